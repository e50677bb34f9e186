"""The primary slope over its standard error over runs: errors of one run may go together in any way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, permuted

NAME = "run_robust"

FEWEST_ROWS = 6
"""A standard error over fewer row languages says little."""

CONFIDENCE = 0.95


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Test the primary slope by a statistic that allows any correlation of the errors of one row.

    One model scores all targets, and what it is better at, it is better at in several of them. Where such
    targets are also close to each other, as in Europe and in East Asia, slopes of noise vary more as
    observed than permuted, and the primary test rejects too often. Here the slope is divided by its standard
    error with rows as clusters, anew under every permutation. The interval is the slope less and plus its
    standard error times the quantile of the permuted statistic.

    References
    ----------
    DiCiccio and Romano (2017), Robust permutation tests for correlation and regression coefficients, JASA
    112, 1211-1220. Liang and Zeger (1986), Biometrika 73, 13-22, for the standard error.
    """
    if dyads.star:
        raise NotApplicableError("a star has no row and column effects")
    if len(dyads.rows) < FEWEST_ROWS:
        raise NotApplicableError(f"{len(dyads.rows)} row languages; {FEWEST_ROWS} are needed")
    mask = dyads.observed
    effects = AdditiveEffects.two_way(mask)
    y = effects.residuals(dyads.values)
    permutations = dyads.permutations(n_permutations, rng)
    distance = np.where(dyads.apart, dyads.distance, 0.0)
    slopes, errors = np.empty((2, len(permutations)))
    for piece, at_rows, at_columns in permutations.batches():
        x = effects.residuals(distance[at_rows, at_columns])
        slopes[piece], errors[piece] = clustered_slope(y, x)
    studentised = np.divide(slopes, errors, out=np.zeros_like(slopes), where=errors > 0)
    found = permuted(NAME, "slope", float(slopes[0]), studentised, int(mask.sum()), permutations)
    reach = float(errors[0] * np.quantile(np.abs(studentised), CONFIDENCE, method="higher"))
    return replace(found, ci_low=found.estimate - reach, ci_high=found.estimate + reach)


def clustered_slope(
    y: NDArray[np.float64], x: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Slope of `y` on `x` and its standard error with rows as clusters, both of shape (...).

    Parameters
    ----------
    y : ndarray, shape (row, column)
        Without the effects of rows and columns; 0 where a cell is missing.
    x : ndarray, shape (..., row, column)
        Likewise; a slope on one without spread is 0.
    """
    squares, products = np.sum(x**2, axis=-1), np.sum(x * y, axis=-1)
    total = squares.sum(axis=-1)
    total = np.where(total > 0, total, np.inf)
    slope = products.sum(axis=-1) / total
    return slope, np.sqrt(np.sum((products - slope[..., None] * squares) ** 2, axis=-1)) / total
