"""Slopes over their standard errors with rows as clusters, as observed and under every permutation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.permutations import LanguagePermutations
from isogloss.statistics.reference import without_effects

FEWEST_ROWS = 10
"""With fewer row languages a standard error over them costs more power than it saves errors."""

FLAT = 1e-18
"""Share of the observed sum of squares that is rounding: a permuted distance may vary in no scored cell."""


@dataclass(frozen=True, eq=False)
class Studentised:
    """Slopes of several distances, beyond row and column effects.

    Parameters
    ----------
    slope, error : ndarray, shape (distance,)
        As observed, with the standard error.
    statistic : ndarray, shape (permutation, distance)
        Slope over standard error; entry 0 is as observed.
    n : int
        Cells.
    """

    slope: NDArray[np.float64]
    error: NDArray[np.float64]
    statistic: NDArray[np.float64]
    n: int

    def interval(self, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Lower and upper bounds of the slopes; they exclude 0 where the p-value is at most `level`."""
        reach = self.error * critical_value(self.statistic, level)
        return self.slope - reach, self.slope + reach


def is_studentised(rows: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether the primary test of a design divides the slope by its standard error."""
    return len(rows) >= FEWEST_ROWS and len(columns) > 1


def studentise(
    values: NDArray[np.float64],
    distances: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    permutations: LanguagePermutations,
) -> Studentised:
    """Divide the slope on every permuted distance by its own standard error.

    One model scores all targets of a row, and what it is better at, it is better at in several of them. With
    rows as clusters the standard error allows any correlation of the errors of one row.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing. Cells of one language with itself are not used.
    distances : ndarray, shape (distance, row, column)
        Known for every pair of a row and another column language.
    rows, columns : sequence of str
        Language ids.
    permutations : LanguagePermutations

    Raises
    ------
    AnalysisError
        If a distance is missing, or nothing varies beyond row and column effects.

    References
    ----------
    DiCiccio and Romano (2017), Robust permutation tests for correlation and regression coefficients, JASA
    112, 1211-1220. Liang and Zeger (1986), Biometrika 73, 13-22, for the standard error.
    """
    cells = without_effects(values, distances, rows, columns, AdditiveEffects.two_way)
    shape = (len(permutations), len(distances))
    slopes, errors = np.empty(shape), np.empty(shape)
    for piece, at_rows, at_columns in permutations.batches():
        for k, distance in enumerate(cells.distances):
            x = distance[at_rows, at_columns]
            if not cells.is_complete:  # effects over other cells than before
                x = cells.effects.residuals(x)
            products, squares = np.einsum("src,rc->sr", x, cells.values), np.einsum("src,src->sr", x, x)
            least = FLAT * float(np.sum(cells.own[k] ** 2))
            slopes[piece, k], errors[piece, k] = clustered_slope(products, squares, least)
    statistic = np.divide(slopes, errors, out=np.zeros(shape), where=errors > 0)
    return Studentised(slopes[0], errors[0], statistic, int(cells.mask.sum()))


def clustered_slope(
    products: NDArray[np.float64], squares: NDArray[np.float64], least: float = 0.0
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope of y on x and its standard error with rows as clusters, both of shape (...).

    Parameters
    ----------
    products, squares : ndarray, shape (..., row)
        Sums of x y and of x squared over each row.
    least : float
        Sum of squares up to which x has no spread but rounding; slope and error are 0 then.
    """
    total = squares.sum(axis=-1)
    total = np.where(total > least, total, np.inf)
    slope = products.sum(axis=-1) / total
    error = np.sqrt(np.sum((products - slope[..., None] * squares) ** 2, axis=-1)) / total
    return slope, np.maximum(error, 1e-12 * np.abs(slope))


def critical_value(statistic: NDArray[np.float64], level: float) -> NDArray[np.float64]:
    """Largest absolute value with a p-value above `level`, shape (...); infinite where every one has.

    Parameters
    ----------
    statistic : ndarray, shape (permutation, ...)
        Entry 0 is as observed, and takes no part: what is tested stands in its place.
    level : float
    """
    n = math.floor(level * len(statistic) + 1e-9)
    if n < 1:
        return np.full(statistic.shape[1:], np.inf)
    others = np.abs(statistic[1:])
    return np.asarray(np.partition(others, len(others) - n, axis=0)[len(others) - n])
