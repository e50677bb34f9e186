"""Spearman's rank correlation over dyads as if they were independent."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads

NAME = "spearman"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Rank-correlate raw effectiveness and distance; the naive p-value."""
    from scipy.stats import spearmanr

    values, distances = dyads.pairs
    result = spearmanr(values, distances)
    return TestResult(
        method=NAME,
        statistic="spearman_rho",
        estimate=float(result.statistic),
        p_value=float(result.pvalue),
        n=len(values),
    )
