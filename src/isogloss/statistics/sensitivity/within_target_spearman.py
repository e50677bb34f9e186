"""Rank correlation within each target: which of the other languages transfers best to this one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, permuted

NAME = "within_target_spearman"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Mean over targets of Spearman's correlation over row languages; p by permutation.

    Only targets count that have three scores or more, and on which neither side is constant. For the test,
    distances are ranked within a target over all its pairs, so that ranks travel with the pairs.
    """
    if len(dyads.rows) < 3:
        raise NotApplicableError(f"{len(dyads.rows)} row languages: nothing to rank within a target")
    observed = dyads.observed
    scores = _column_ranks(dyads.values, observed)
    distances = _column_ranks(dyads.distance, observed)
    usable = (observed.sum(axis=0) >= 3) & (_norms(scores) > 0) & (_norms(distances) > 0)
    if not usable.any():
        raise NotApplicableError("no target has three scores that differ")
    estimate = float(_mean_correlation(scores, distances[None], observed, usable)[0])
    travelling = _column_ranks(dyads.distance, dyads.apart)
    permutations = dyads.permutations(n_permutations, rng)
    means = np.empty(len(permutations))
    for piece, at_rows, at_columns in permutations.batches():
        means[piece] = _mean_correlation(scores, travelling[at_rows, at_columns], observed, usable)
    n = int(observed[:, usable].sum())
    return permuted(NAME, "mean_spearman_rho", estimate, means, n, permutations)


def _column_ranks(values: NDArray[np.float64], cells: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Ranks within each column over `cells`, centred; 0 elsewhere."""
    from scipy.stats import rankdata

    ranks = rankdata(np.where(cells, values, np.nan), axis=0, nan_policy="omit")
    mean = np.where(cells, ranks, 0.0).sum(axis=0) / np.maximum(cells.sum(axis=0), 1)
    return np.where(cells, ranks - mean, 0.0)


def _norms(ranks: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.norm(ranks, axis=-2))


def _mean_correlation(
    scores: NDArray[np.float64],
    ranks: NDArray[np.float64],
    observed: NDArray[np.bool_],
    usable: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Mean over the usable columns of the correlation with every matrix of `ranks`, shape (matrix,).

    `scores` are centred within columns and 0 where not observed; `ranks` has the shape (matrix, row, column).
    A matrix that leaves a column without spread has 0 there.
    """
    cells = observed.astype(np.float64)
    present = ranks * cells
    products = np.einsum("srt,rt->st", present, scores)
    sums = np.einsum("srt,rt->st", present, cells)
    squares = np.einsum("srt,srt->st", present, present) - sums**2 / np.maximum(cells.sum(axis=0), 1)
    size = _norms(scores) * np.sqrt(np.maximum(squares, 0.0))
    correlation = np.where(size > 1e-6, products / np.where(size > 1e-6, size, 1.0), 0.0)
    return np.asarray(correlation[:, usable].mean(axis=1))
