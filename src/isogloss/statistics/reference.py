"""Inner products of scores and distances under every permutation of languages."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import AnalysisError
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.permutations import LanguagePermutations

TIE = 1e-10
"""Correlations closer than this are equal: the same arrangement can add up in another order."""

Removal = Callable[[NDArray[np.bool_]], AdditiveEffects]


@dataclass(frozen=True, eq=False)
class Reference:
    """Slope and correlation as observed and under every permutation.

    With y the residual effectiveness, x_k the k-th residual distance and x_k^s its permuted form,
    residualised over the same cells:

    Parameters
    ----------
    numerator : ndarray, shape (permutation, distance)
        ``<x_k^s, y>``; entry 0 is as observed.
    norm : ndarray, shape (permutation, distance)
        ``|x_k^s|``.
    cross : ndarray, shape (permutation, distance)
        ``<x_k^s, x_k>``.
    score_norm : float
        ``|y|``.
    n : int
        Cells.
    """

    numerator: NDArray[np.float64]
    norm: NDArray[np.float64]
    cross: NDArray[np.float64]
    score_norm: float
    n: int

    @property
    def slope(self) -> NDArray[np.float64]:
        """Least-squares slope as observed, shape (distance,)."""
        return np.asarray(self.numerator[0] / self.norm[0] ** 2)

    @property
    def statistic(self) -> NDArray[np.float64]:
        """Correlation of residuals, shape (permutation, distance); 0 where a distance has no spread."""
        flat = self.norm <= 1e-9 * self.norm[0]
        return np.asarray(
            np.where(flat, 0.0, self.numerator / (np.where(flat, 1.0, self.norm) * self.score_norm))
        )

    def interval(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper bounds of the slopes, see `invert`."""
        return invert(self.numerator, self.norm, self.cross, level)


def observed_cells(
    values: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Cells of two different languages, and those of them that have a value; both of shape (row, column)."""
    apart = np.array([[row != column for column in columns] for row in rows], dtype=np.bool_)
    return apart, apart & np.isfinite(values)


@dataclass(frozen=True, eq=False)
class ResidualCells:
    """Effectiveness and distances without row and column effects, or without their means.

    Parameters
    ----------
    mask : ndarray of bool, shape (row, column)
        Cells of two different languages that have a value.
    is_complete : bool
        Whether these are all cells of two different languages.
    effects : AdditiveEffects
        Over `mask`.
    values : ndarray, shape (row, column)
        Effectiveness without the effects over `mask`.
    distances : ndarray, shape (distance, row, column)
        Without the effects over all cells of two different languages. Effects taken off per language before
        permuting are effects after it too.
    own : ndarray, shape (distance, row, column)
        Without the effects over `mask`.
    """

    mask: NDArray[np.bool_]
    is_complete: bool
    effects: AdditiveEffects
    values: NDArray[np.float64]
    distances: NDArray[np.float64]
    own: NDArray[np.float64]


def without_effects(
    values: NDArray[np.float64],
    distances: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    removal: Removal,
) -> ResidualCells:
    """Remove effects from both sides.

    Parameters are those of `permute`.

    Raises
    ------
    AnalysisError
        If a distance between two different languages is missing, or nothing is left of the scores or of a
        distance.
    """
    apart, mask = observed_cells(values, rows, columns)
    gaps = np.argwhere(apart & ~np.isfinite(distances))
    if len(gaps):
        _, i, j = gaps[0]
        raise AnalysisError(
            f"no distance on record between '{rows[i]}' and '{columns[j]}' ({len(gaps)} such pairs)",
            hint="drop languages until every pair is known; statistics.coverage does it",
        )
    effects = removal(mask)
    y = effects.residuals(values)
    x = removal(apart).residuals(distances)
    own = effects.residuals(x)
    if is_constant(values[mask], y):
        raise AnalysisError(
            f"the effectiveness does not vary beyond row and column effects in its {int(mask.sum())} cells",
            hint="a constant cannot be explained; look at the scores",
        )
    for k, distance in enumerate(distances):
        if is_constant(distance[apart], own[k]):
            raise AnalysisError(
                f"distance {k + 1} of {len(distances)} does not vary beyond row and column effects",
                hint="leave it out, or take languages that it tells apart",
            )
    return ResidualCells(mask, bool(np.array_equal(mask, apart)), effects, y, x, own)


def permute(
    values: NDArray[np.float64],
    distances: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    permutations: LanguagePermutations,
    removal: Removal,
    *,
    interval: bool = True,
) -> Reference:
    """Hold the effectiveness against every permutation of the distances.

    Permuting the distances against fixed scores and permuting the scores (and their missing cells) against
    fixed distances are the same thing seen from two sides. The second is computed, because one permuted
    matrix then serves all distances.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing. Cells of one language with itself are not used.
    distances : ndarray, shape (distance, row, column)
    rows, columns : sequence of str
        Language ids.
    permutations : LanguagePermutations
    removal : callable
        `AdditiveEffects.two_way` or `AdditiveEffects.mean`: what is removed from both sides.
    interval : bool
        Whether an interval will be asked for; without one `cross` is NaN, which saves half of the time.

    Raises
    ------
    AnalysisError
        If a distance between two different languages is missing, or nothing is left of the scores or of a
        distance.
    """
    cells = without_effects(values, distances, rows, columns, removal)
    mask, x, n_cells = cells.mask, cells.distances, cells.mask.size
    flat_x = x.reshape(len(x), n_cells)
    shape = (len(permutations), len(x))
    numerator, cross = np.empty(shape), np.full(shape, np.nan)
    squared = np.broadcast_to(np.sum(cells.own**2, axis=(1, 2)), shape).copy()
    for piece, at_rows, at_columns in permutations.batches():
        at = at_rows * mask.shape[1] + at_columns
        numerator[piece] = cells.values.ravel()[at].reshape(-1, n_cells) @ flat_x.T
        for k in range(len(x)) if interval else ():
            cross[piece, k] = cells.own[k].ravel()[at].reshape(-1, n_cells) @ flat_x[k]
        if not cells.is_complete:
            present = mask.ravel()[at].astype(np.float64)
            for k in range(len(x)):
                squared[piece, k] = _squared_norms(
                    x[k], present, at_rows[:, :, 0], at_columns[:, 0, :], cells.effects
                )
    score_norm = float(np.linalg.norm(cells.values))
    return Reference(numerator, np.sqrt(squared), cross, score_norm, int(mask.sum()))


def _squared_norms(
    x: NDArray[np.float64],
    present: NDArray[np.float64],
    at_rows: NDArray[np.intp],
    at_columns: NDArray[np.intp],
    effects: AdditiveEffects,
) -> NDArray[np.float64]:
    """Squared length of one distance over the cells that each permutation leaves it, effects removed."""
    kept = present * x
    row_sums, column_sums = np.empty(at_rows.shape), np.empty(at_columns.shape)
    np.put_along_axis(row_sums, at_rows, kept.sum(axis=2), axis=1)
    np.put_along_axis(column_sums, at_columns, kept.sum(axis=1), axis=1)
    squares = kept.reshape(len(kept), -1) @ x.ravel()
    return effects.squared_norm(squares, row_sums, column_sums)


def invert(
    numerator: NDArray[np.float64],
    norm: NDArray[np.float64],
    cross: NDArray[np.float64],
    level: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Confidence interval of the slope: every slope b that the test of ``y - b x`` does not reject.

    Write ``L_s(b) = (<x^s, y> - b <x^s, x>) / |x^s|``. A permutation s is at least as extreme as the data
    at b where ``|L_s(b)| >= |L_0(b)|``, which is an interval around the estimate, since ``|<x^s, x>| <=
    |x^s| |x|``. Its two ends have a closed form, and the bounds sought are order statistics of these ends.

    Parameters
    ----------
    numerator, norm, cross : ndarray, shape (permutation, ...)
        As in `Reference`; entry 0 is as observed. They broadcast.
    level : float
        One minus the confidence.

    Returns
    -------
    tuple of ndarray, shape (...)
        Lower and upper bound; infinite where the smallest attainable p-value exceeds `level`.
    """
    length = norm[0]
    flat = norm <= 1e-9 * length
    divisor = np.where(flat, 1.0, norm)
    tilt = np.where(flat, 0.0, cross / divisor)
    estimate = numerator[0] / length**2
    left_over = np.where(flat, 0.0, (numerator - estimate * cross) / divisor)
    tied = length - np.abs(tilt) <= 1e-9 * length
    wide = np.where(tied, np.inf, np.abs(left_over) / np.where(tied, 1.0, length - np.abs(tilt)))
    narrow = np.where(tied, np.inf, np.abs(left_over) / np.where(tied, 1.0, length + np.abs(tilt)))
    same_sign = left_over * tilt > 0
    above, below = np.where(same_sign, narrow, wide), np.where(same_sign, wide, narrow)
    # p(b) > level as long as more than level * n permutations are at least as extreme.
    kth = len(above) - 1 - math.floor(level * len(above) + 1e-9)
    if kth < 0:
        raise AnalysisError(f"level must be below 1, not {level}")
    return estimate - np.partition(below, kth, axis=0)[kth], estimate + np.partition(above, kth, axis=0)[kth]
