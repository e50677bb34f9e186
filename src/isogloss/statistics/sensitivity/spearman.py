"""Spearman's rank correlation over dyads as if they were independent."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads, naive_correlation

NAME = "spearman"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Rank-correlate raw effectiveness and distance; the naive p-value."""
    from scipy.stats import spearmanr

    return naive_correlation(NAME, "spearman_rho", dyads, spearmanr)
