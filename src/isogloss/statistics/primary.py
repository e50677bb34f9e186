"""The primary test: slope of effectiveness on distance beyond row and column effects, languages permuted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.reference import TIE, Reference, permute
from isogloss.statistics.studentised import Studentised, critical_value, is_studentised, studentise

METHOD = "primary"


@dataclass(frozen=True)
class SlopeFamily:
    """The tests of several distances on the same permutations.

    Parameters
    ----------
    results : tuple of TestResult
        In the order of the distances.
    levels : tuple of float
        Largest p-value that each distance may have for its family-wise p-value to be at most alpha.
    critical : tuple of float
        Absolute statistic of each distance from which that is so; infinite where none is.
    """

    results: tuple[TestResult, ...]
    levels: tuple[float, ...]
    critical: tuple[float, ...]


def permutation_slope(
    values: NDArray[np.float64],
    distances: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    n_permutations: int = 9999,
    alpha: float = 0.05,
    n_tried: int | None = None,
    rng: np.random.Generator,
) -> SlopeFamily:
    """Test whether effectiveness changes with distance beyond row and column effects.

    Both are residualised over the observed cells (Frisch and Waugh), the distance anew under every
    permutation. Whole languages of the distance matrix are permuted; scores and missing cells stay where
    they are. With a single row or column only the mean is removed: the plain slope. The statistic is the
    absolute slope over its standard error with rows as clusters (`studentise`) where there are ten rows or
    more, else the absolute correlation of the residuals. Divided by its root mean square over the
    permutations it is comparable between distances, so that its maximum over them gives the family-wise
    p-value (max-T). The interval belongs to the test of each distance by itself.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing. Cells of one language with itself are not used.
    distances : ndarray, shape (distance, row, column)
        Known for every pair of a row and another column language.
    rows, columns : sequence of str
        Language ids.
    n_permutations : int
        All permutations are enumerated if there are at most so many.
    alpha : float
        Level of the test; the interval has confidence ``1 - alpha``.
    n_tried : int, optional
        Distances tried in all, where others are tested on other permutations: the family-wise p-value is
        multiplied by ``n_tried / len(distances)`` (Bonferroni over families, by their size).
    rng : numpy.random.Generator

    Returns
    -------
    SlopeFamily

    Raises
    ------
    AnalysisError
        If a distance is missing, or nothing varies beyond row and column effects.

    References
    ----------
    Dekker, Krackhardt and Snijders (2007), Psychometrika 72, sections 2 and 3; Westfall and Young (1993),
    chapter 2; Phipson and Smyth (2010), section 3, for ``(count + 1) / (n + 1)``.
    """
    permutations = language_permutations(rows, columns, n_permutations=n_permutations, rng=rng)
    found: Studentised | Reference
    if is_studentised(rows, columns):
        found = studentise(values, distances, rows, columns, permutations)
    else:
        found = permute(values, distances, rows, columns, permutations, AdditiveEffects.two_way)
    size = np.sqrt(np.mean(found.statistic**2, axis=0))
    extreme = np.abs(found.statistic) / size
    largest = extreme.max(axis=1)
    observed = extreme[0] - TIE
    p_values = (extreme >= observed).mean(axis=0)
    weight = (n_tried or len(distances)) / len(distances)
    p_family = np.minimum(weight * (largest[:, None] >= observed).mean(axis=0), 1.0)
    p_min = (extreme >= extreme.max(axis=0) - TIE).mean(axis=0)
    low, high = found.interval(alpha)
    results = tuple(
        TestResult(
            method=METHOD,
            statistic="slope",
            estimate=float(found.slope[k]),
            ci_low=float(low[k]),
            ci_high=float(high[k]),
            p_value=float(p_values[k]),
            n=found.n,
            n_resamples=permutations.n_resamples,
            exact=permutations.exact,
            p_min=float(p_min[k]),
            confidence=1 - alpha,
            p_family=float(p_family[k]),
        )
        for k in range(len(distances))
    )
    critical = critical_value(largest, alpha / weight) * size
    return SlopeFamily(results, _levels(extreme, largest, alpha / weight), tuple(map(float, critical)))


def _levels(extreme: NDArray[np.float64], largest: NDArray[np.float64], alpha: float) -> tuple[float, ...]:
    """Share of each distance's own permutations beyond the family's critical value."""
    ordered = np.sort(largest)[::-1]
    n_beyond = int(np.floor(alpha * len(ordered) + 1e-9))
    # The smallest value that at most n_beyond permutations reach, ties included.
    reached = ordered[:n_beyond][ordered[:n_beyond] > ordered[n_beyond] + TIE]
    if not len(reached):
        return (0.0,) * int(extreme.shape[1])
    shares = (extreme >= reached[-1] - TIE).mean(axis=0)
    return tuple(float(share) for share in shares)
