"""Multiple regression on dyads, one predictor tested by permuting what the others leave of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.permutations import LanguagePermutations
from isogloss.statistics.reference import Removal, observed_cells


@dataclass(frozen=True, eq=False)
class SemiPartial:
    """One predictor with the others held constant.

    Parameters
    ----------
    slope : float
        Its coefficient; NaN where the others determine it, or the regression fits every score exactly.
    correlation : ndarray, shape (permutation,)
        Partial correlation with the scores, which orders permutations as the t-statistic does; entry 0 is as
        observed.
    n : int
        Cells.
    n_collinear : int
        How many of the others add nothing to the rest, and were not needed.
    """

    slope: float
    correlation: NDArray[np.float64]
    n: int
    n_collinear: int


def double_semi_partialling(
    values: NDArray[np.float64],
    distance: NDArray[np.float64],
    others: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    permutations: LanguagePermutations,
    removal: Removal,
) -> SemiPartial:
    """Regress effectiveness on a distance and others, and permute the residual of the distance.

    The distance is residualised on the others over all pairs of two languages; whole languages of the
    residual are permuted, and under every permutation the full regression is fitted again to the cells that
    are there.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing.
    distance : ndarray, shape (row, column)
    others : ndarray, shape (other, row, column)
        Known, like the distance, for every pair of two languages.
    rows, columns : sequence of str
        Language ids.
    permutations : LanguagePermutations
    removal : callable
        `AdditiveEffects.mean` for an intercept, `AdditiveEffects.two_way` for row and column effects.

    References
    ----------
    Dekker, Krackhardt and Snijders (2007), Psychometrika 72, section 2.3.
    """
    apart, mask = observed_cells(values, rows, columns)
    everywhere = removal(apart)
    over_all, _ = _basis(everywhere, others)
    part = _without(over_all, everywhere.residuals(distance))
    effects = removal(mask)
    basis, n_collinear = _basis(effects, others)
    y = _without(basis, effects.residuals(values)).ravel()
    x = _without(basis, effects.residuals(distance))
    degrees_of_freedom = int(mask.sum()) - effects.rank - len(basis) - 1
    if is_constant(distance[mask], x) or not np.linalg.norm(y) > 0 or degrees_of_freedom < 1:
        return SemiPartial(float("nan"), np.zeros(len(permutations)), int(mask.sum()), n_collinear)
    correlation = np.empty(len(permutations))
    for piece, at_rows, at_columns in permutations.batches():
        moved = effects.residuals(part[at_rows, at_columns]).reshape(-1, y.size)
        squared = np.einsum("si,si->s", moved, moved) - np.sum((moved @ basis.T) ** 2, axis=1)
        flat = squared <= 1e-18 * float(np.sum(part**2))
        correlation[piece] = np.where(flat, 0.0, moved @ y / np.sqrt(np.where(flat, 1.0, squared)))
    slope = float(x.ravel() @ y / np.sum(x**2))
    return SemiPartial(slope, correlation / np.linalg.norm(y), int(mask.sum()), n_collinear)


def _basis(effects: AdditiveEffects, others: NDArray[np.float64]) -> tuple[NDArray[np.float64], int]:
    """Orthonormal rows that span the others beyond the effects, and how many of the others were redundant."""
    n_cells = effects.mask.size
    if not len(others):
        return np.empty((0, n_cells)), 0
    beyond = effects.residuals(others).reshape(len(others), n_cells)
    size = np.linalg.norm(np.where(effects.mask, others, 0.0).reshape(len(others), n_cells), axis=1)
    varies = np.linalg.norm(beyond, axis=1) > 1e-9 * np.maximum(size, 1e-12)
    scaled = beyond[varies] / np.linalg.norm(beyond[varies], axis=1, keepdims=True)
    _, strength, directions = np.linalg.svd(scaled, full_matrices=False)
    basis = directions[strength > 1e-9]
    return basis, len(others) - len(basis)


def _without(basis: NDArray[np.float64], residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    flat = residuals.ravel()
    return np.asarray((flat - basis.T @ (basis @ flat)).reshape(residuals.shape))
