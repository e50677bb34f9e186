"""Bootstrap interval of the slope of a star: languages are resampled."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.base import TestResult
from isogloss.statistics.reference import TIE
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, slope_between

NAME = "bca"

N_RESAMPLES = 9999


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Plain slope with Efron's bias-corrected and accelerated interval over languages.

    Only in a star, where each language is one cell. The interval is too narrow for few languages (see the
    coverage in the docs); the primary one, by inversion of the test, is not.

    References
    ----------
    Efron (1987), Journal of the American Statistical Association 82, section 2 and equation 6.6.
    """
    if not dyads.star:
        raise NotApplicableError("languages of a matrix cannot be resampled as if each were one cell")
    values, distances = dyads.pairs
    n = len(values)
    estimate = _slopes(values[None], distances[None])[0]
    drawn = rng.integers(n, size=(N_RESAMPLES, n))
    resampled = _slopes(values[drawn], distances[drawn])
    resampled = resampled[np.isfinite(resampled)]  # a resample of one language over and over has no slope
    others = np.array([[j for j in range(n) if j != i] for i in range(n)])
    left = _slopes(values[others], distances[others])
    # A resample of every language has the slope itself, but for rounding.
    apart = resampled - estimate
    apart[np.abs(apart) <= TIE * np.median(np.abs(resampled))] = 0.0
    below = float((np.mean(apart < 0) + np.mean(apart <= 0)) / 2)
    if n < 4 or not np.isfinite(left).all() or not 0 < below < 1:
        raise NotApplicableError(f"{n} languages are too few to resample")
    normal = NormalDist()
    bias = normal.inv_cdf(below)
    pull = left.mean() - left
    acceleration = float(np.sum(pull**3) / (6 * np.sum(pull**2) ** 1.5)) if np.any(pull) else 0.0
    bounds = []
    for z in (normal.inv_cdf(0.025), normal.inv_cdf(0.975)):
        level = normal.cdf(bias + (bias + z) / (1 - acceleration * (bias + z)))
        bounds.append(float(np.quantile(resampled, level)))
    return slope_between(NAME, estimate, bounds, n, len(resampled), "interval by resampling languages")


def _slopes(values: NDArray[np.float64], distances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least-squares slope of every row; NaN where the distances do not vary."""
    x = distances - distances.mean(axis=1, keepdims=True)
    squares = np.sum(x**2, axis=1)
    flat = squares <= 1e-18 * max(float(np.sum(distances**2)), 1e-300)
    return np.where(flat, np.nan, np.sum(x * values, axis=1) / np.where(flat, 1.0, squares))
