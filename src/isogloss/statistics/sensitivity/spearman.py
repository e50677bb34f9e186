"""Spearman's rank correlation over dyads as if they were independent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial

from numpy import float64
from numpy.typing import NDArray
from scipy.stats import permutation_test, rankdata, spearmanr

from isogloss.statistics.sensitivity.base import naive_correlation

NAME = "spearman"

_FEW = 8
"""Up to so many dyads all orders are enumerated: the t-distribution gives a p-value of 0 to three."""


@dataclass(frozen=True)
class _Found:
    statistic: float
    pvalue: float


def _spearman(values: NDArray[float64], distances: NDArray[float64]) -> _Found:
    """Spearman's rho, its p-value exact for few dyads, and never below that of the most extreme order."""
    found, n = spearmanr(values, distances), len(values)
    rho, p_value = float(found.statistic), float(found.pvalue)
    if n > _FEW or math.isnan(rho):
        return _Found(rho, max(p_value, 2 / math.factorial(min(n, 100))))
    beside = rankdata(distances) - (n + 1) / 2
    exact = permutation_test(
        (rankdata(values),),
        lambda ranks, axis: (ranks * beside).sum(axis=axis),
        permutation_type="pairings",
        n_resamples=math.factorial(_FEW),  # at least as many as there are orders: all of them
        vectorized=True,
    )
    return _Found(rho, float(exact.pvalue))


method = partial(naive_correlation, NAME, "spearman_rho", _spearman)
"""Spearman's rho of raw effectiveness and distance; the naive p-value."""
