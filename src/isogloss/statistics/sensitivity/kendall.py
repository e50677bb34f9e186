"""Kendall's rank correlation over dyads as if they were independent."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads, naive_correlation

NAME = "kendall"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Kendall's tau-b of raw effectiveness and distance; the naive p-value."""
    from scipy.stats import kendalltau

    return naive_correlation(NAME, "kendall_tau", dyads, kendalltau)
