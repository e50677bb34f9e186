"""Kendall's rank correlation, tested by permuting whole languages."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.base import TestResult
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.sensitivity.base import Dyads, permuted

NAME = "kendall_qap"

CELLS_TO_COMPARE = 60_000_000
"""Pairs of cells are compared anew under every permutation, so a large matrix gets fewer of them."""

CELLS_TO_SORT = 1500
"""From here on sorting is faster than comparing."""


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Kendall's tau-b of raw effectiveness and distance; p by permutation."""
    values, _ = dyads.pairs
    n_pairs = len(values) * (len(values) - 1) // 2
    n_permutations = min(n_permutations, max(199, CELLS_TO_COMPARE // max(n_pairs, 1)))
    permutations = language_permutations(dyads.rows, dyads.columns, n_permutations=n_permutations, rng=rng)
    taus = np.empty(len(permutations))
    for piece, at_rows, at_columns in permutations.batches():
        taus[piece] = _taus(values, dyads.distance[at_rows, at_columns][:, dyads.observed])
    return permuted(NAME, "kendall_tau", float(taus[0]), taus, len(values), permutations)


def _taus(values: NDArray[np.float64], moved: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tau-b of `values` with every row of `moved`; 0 for a row without spread.

    One sign per pair of cells, for all permutations at once; with many cells each permutation is sorted.
    """
    if len(values) > CELLS_TO_SORT:
        from scipy.stats import kendalltau

        return np.nan_to_num([kendalltau(values, row, method="asymptotic").statistic for row in moved])
    concordant, n_untied = np.zeros(len(moved)), np.zeros(len(moved))
    n_untied_values = 0.0
    for i in range(len(values) - 1):
        signs = np.sign(moved[:, i + 1 :] - moved[:, i, None])
        order = np.sign(values[i + 1 :] - values[i])
        concordant += signs @ order
        n_untied += np.count_nonzero(signs, axis=1)
        n_untied_values += np.count_nonzero(order)
    size = np.sqrt(n_untied * n_untied_values)
    return np.where(size > 0, concordant / np.where(size > 0, size, 1.0), 0.0)
