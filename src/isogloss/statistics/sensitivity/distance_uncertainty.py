"""How much of the primary slope hangs on features that are not on record: distances are drawn anew."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.sensitivity.base import CELLS_TO_PERMUTE, Dyads, NotApplicableError, slope_between

NAME = "distance_uncertainty"

N_DRAWS = 999


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    r"""Slope on the best estimates of the distances, and its range over distances drawn from their intervals.

    Errors of a distance pull the slope on the values towards 0. The slope on best estimates does not have
    this fault (regression calibration). Distances of the pairs of languages are then drawn as in multiple
    imputation: with the mean and standard error of their intervals, and, since a draw that ignores the scores
    would again pull the slope towards 0, given the scores,

    .. math:: N\left(e + v \frac{b}{s^2} \sum r, \; v\right), \quad v = (1 / u^2 + m b^2 / s^2)^{-1},

    with the best estimate e and its standard error u, the slope b, the residuals r of the m cells of the
    pair and their variance :math:`s^2`. Errors of pairs that share a language are taken as independent. The
    interval has 95% of the slopes; it shows the uncertainty of the distances alone and is not a test.
    """
    if dyads.expected is None or dyads.error is None:
        raise NotApplicableError("the values of this distance have no intervals")
    observed = dyads.observed
    estimates, errors = dyads.expected[observed], dyads.error[observed]
    if not np.isfinite(estimates).all() or not np.isfinite(errors).all():
        raise NotApplicableError("a distance has no interval")
    if not errors.any():
        raise NotApplicableError("all features are on record: the distances are exact")
    effects = AdditiveEffects.two_way(observed)
    y = effects.residuals(dyads.values)
    x = effects.residuals(dyads.expected)
    squares = float(np.sum(x**2))
    if squares <= 1e-12:
        raise NotApplicableError("the best estimates do not vary beyond row and column effects")
    slope = float(np.sum(x * y)) / squares
    residuals = (y - slope * x)[observed]
    degrees = max(int(observed.sum()) - effects.rank - 1, 1)
    # The variance of the residuals has a part that comes from the errors of the distances.
    total = float(np.sum(residuals**2)) / degrees
    variance = max(total - slope**2 * float(np.mean(errors**2)), 0.1 * total, 1e-15)
    pair = _pairs(dyads)[observed]
    n_cells, summed = np.bincount(pair), np.bincount(pair, weights=residuals)
    center, error = np.zeros((2, len(n_cells)))
    center[pair], error[pair] = estimates, errors
    spread = 1 / (1 / np.maximum(error, 1e-9) ** 2 + n_cells * slope**2 / variance)
    center = center + spread * slope / variance * summed
    n_draws = min(N_DRAWS, max(199, CELLS_TO_PERMUTE // (8 * dyads.values.size)))
    slopes = np.empty(n_draws)
    drawn = np.zeros(dyads.values.shape)
    for number in range(n_draws):
        drawn[observed] = rng.normal(center, np.sqrt(spread))[pair]
        z = effects.residuals(drawn)
        slopes[number] = np.sum(z * y) / np.sum(z**2)
    ends = np.quantile(slopes, [0.025, 0.975])
    # Of each cell's error, row and column effects take their share with them.
    left = float(np.sum(errors**2)) * (1 - effects.rank / max(int(observed.sum()), 1))
    reliability = squares / (squares + left)
    note = f"on best estimates over all features; reliability of the distances {reliability:.2f}"
    return slope_between(NAME, slope, ends, int(observed.sum()), n_draws, note)


def _pairs(dyads: Dyads) -> NDArray[np.intp]:
    """Number of the pair of languages of every cell, shape (row, column); both directions have one."""
    names = {name: place for place, name in enumerate(dict.fromkeys((*dyads.rows, *dyads.columns)))}
    rows, columns = (np.array([names[name] for name in side]) for side in (dyads.rows, dyads.columns))
    low, high = np.minimum(rows[:, None], columns[None]), np.maximum(rows[:, None], columns[None])
    _, pair = np.unique(low * len(names) + high, return_inverse=True)
    return np.asarray(pair.reshape(low.shape), dtype=np.intp)
