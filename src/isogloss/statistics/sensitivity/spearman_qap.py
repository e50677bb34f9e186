"""Spearman's rank correlation, tested by permuting whole languages."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads, permuted_correlation

NAME = "spearman_qap"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Rank-correlate raw effectiveness and distance; p by permutation.

    For the test, scores are ranked over observed cells and distances over all pairs of a row and another
    column language, so that ranks travel with the pairs; without missing cells this is Spearman's statistic.
    """
    from scipy.stats import rankdata, spearmanr

    ranks = replace(dyads, values=np.full_like(dyads.values, np.nan), distance=np.zeros_like(dyads.distance))
    ranks.values[dyads.observed] = rankdata(dyads.values[dyads.observed])
    ranks.distance[dyads.apart] = rankdata(dyads.distance[dyads.apart])
    estimate = float(spearmanr(*dyads.pairs).statistic)
    return permuted_correlation(NAME, "spearman_rho", estimate, ranks, n_permutations, rng)
