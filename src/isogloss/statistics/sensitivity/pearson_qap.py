"""Pearson's correlation, tested by permuting whole languages."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads, permuted_correlation

NAME = "pearson_qap"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Correlate raw effectiveness and distance; p by permutation (Mantel's test, in blocks)."""
    values, distances = dyads.pairs
    estimate = float(np.corrcoef(values, distances)[0, 1])
    return permuted_correlation(NAME, "pearson_r", estimate, dyads, n_permutations, rng)
