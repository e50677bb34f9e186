"""Pearson's correlation over dyads as if they were independent."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads

NAME = "pearson"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Correlate raw effectiveness and distance; the naive p-value, with Fisher's interval."""
    from scipy.stats import pearsonr

    values, distances = dyads.pairs
    result = pearsonr(values, distances)
    interval = result.confidence_interval() if len(values) > 3 else (float("nan"), float("nan"))
    return TestResult(
        method=NAME,
        statistic="pearson_r",
        estimate=float(result.statistic),
        ci_low=float(interval[0]),
        ci_high=float(interval[1]),
        p_value=float(result.pvalue),
        n=len(values),
    )
