"""Minimum detectable slope: what the primary test would find on these very distances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.reference import invert, observed_cells
from isogloss.statistics.studentised import FLAT, Studentised, critical_value, is_studentised, studentise

N_PERMUTATIONS = 1999

MOST_STEPS, TOLERANCE = 20, 0.005
"""Of the search for a slope that exceeds the critical value with that slope; share of the slope."""

LEVEL = 0.05
"""At which the critical values of two slopes are compared."""


def minimum_detectable_slope(
    values: NDArray[np.float64],
    distance: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    level: float = 0.05,
    critical: float | None = None,
    power: float = 0.8,
    rng: np.random.Generator,
) -> float:
    """Smallest absolute slope that the primary test finds with probability `power`.

    Where the test divides the slope by its standard error (`is_studentised`), that error times the sum of the
    critical value and a draw of the permuted statistic is what one table would need (Bloom 1995, with
    permutations in place of the t-distribution). Else normal errors are simulated with the residual variance
    that was fitted to the scores, correlated between the two cells of an unordered pair as the residuals are.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing.
    distance : ndarray, shape (row, column)
    rows, columns : sequence of str
        Language ids.
    level : float
        Level of the test of this distance; in a family, what `SlopeFamily.levels` says.
    critical : float, optional
        What a studentised slope has to exceed; in a family, what `SlopeFamily.critical` says, else that of
        `level`.
    power : float
    rng : numpy.random.Generator

    Returns
    -------
    float
        In effectiveness per unit distance; infinite where the design cannot reach `level` at all.

    References
    ----------
    Bloom (1995), Minimum detectable effects, Evaluation Review 19, 547-556.
    """
    if is_studentised(rows, columns):
        return _detectable_studentised(values, distance, rows, columns, level, critical, power, rng)
    _, mask = observed_cells(values, rows, columns)
    errors = residual_errors(values, rows, columns, distance)
    if errors is None or level <= 0:
        return float("inf")
    needed = slopes_needed(mask, distance, rows, columns, errors, level=level, rng=rng)
    return float(np.quantile(needed, power, method="higher"))


def _detectable_studentised(
    values: NDArray[np.float64],
    distance: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    level: float,
    critical: float | None,
    power: float,
    rng: np.random.Generator,
) -> float:
    """Smallest slope that is found where the test divides it by its standard error.

    Permuted distances see the slope of the scores where languages stand on both sides. So draws are those of
    scores without it, and the critical value is as much larger as with the slope that is sought.
    """
    permutations = language_permutations(rows, columns, n_permutations=N_PERMUTATIONS, rng=rng)

    def tested(scores: NDArray[np.float64]) -> Studentised:
        return studentise(scores, distance[None], rows, columns, permutations)

    found = tested(values)
    slope, error = float(found.slope[0]), float(found.error[0])
    least = float(critical_value(found.statistic, level)[0]) if critical is None else critical
    without_slope = values - slope * distance
    _, mask = observed_cells(values, rows, columns)
    if is_constant(without_slope[mask], AdditiveEffects.two_way(mask).residuals(without_slope)):
        return error * least
    draws = tested(without_slope).statistic[:, 0]
    beyond = float(np.quantile(np.concatenate([draws, -draws]), power, method="higher"))
    as_observed = critical_value(found.statistic, LEVEL)[0]
    before, needed = 0.0, error * (least + beyond)
    for _ in range(MOST_STEPS):
        if math.isinf(needed) or abs(needed - before) <= TOLERANCE * needed:
            return needed
        with_slope = without_slope + math.copysign(needed, slope) * distance
        at_slope = critical_value(tested(with_slope).statistic, LEVEL)[0]
        before, needed = needed, error * float(least * at_slope / as_observed + beyond)
    return math.inf  # the critical value keeps ahead of the slope


@dataclass(frozen=True)
class Errors:
    """Parameters of a simulation.

    Parameters
    ----------
    deviation : float
        Standard deviation, in units of effectiveness.
    reciprocity : float
        Correlation of the two cells of an unordered pair, in [0, 1].
    """

    deviation: float
    reciprocity: float = 0.0


def residual_errors(
    values: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    distance: NDArray[np.float64] | None = None,
) -> Errors | None:
    """Fit the errors beyond row and column effects, and beyond a distance where one is given.

    None where that leaves no degree of freedom.
    """
    _, mask = observed_cells(values, rows, columns)
    effects = AdditiveEffects.two_way(mask)
    error, degrees_of_freedom = effects.residuals(values), int(mask.sum()) - effects.rank
    if distance is not None:
        x = effects.residuals(distance)
        slope = float(np.sum(x * error) / np.sum(x**2))
        error, degrees_of_freedom = error - slope * x, degrees_of_freedom - 1
    if degrees_of_freedom < 1:
        return None
    deviation = float(np.sqrt(np.sum(error**2) / degrees_of_freedom))
    return Errors(deviation, _reciprocity(error, rows, columns))


def slopes_needed(
    mask: NDArray[np.bool_],
    distance: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    errors: Errors,
    *,
    level: float,
    n_draws: tuple[int, int] = (500, 999),
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Absolute slope that the primary test would need in each simulated table, of either sign.

    The share of them below a slope is the power at that slope. Row and column effects need no simulation: the
    test does not depend on them. Adding ``b x`` to the scores moves an interval by inversion by b, so one set
    of intervals over simulated errors holds the whole power curve: slope ``-b`` is found where the upper
    bound lies below b, slope b where the lower bound lies above -b. Where the test divides the slope by its
    standard error, in which permuted distances see ``b x``, the slope that turns significant is searched.

    Parameters
    ----------
    mask : ndarray of bool, shape (row, column)
        Cells of the design; those of one language with itself do not count.
    distance : ndarray, shape (row, column)
    rows, columns : sequence of str
        Language ids.
    errors : Errors
    level : float
    n_draws : (int, int)
        Simulated tables, and permutations of each test.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (2 * simulation,)
        In effectiveness per unit distance; infinite where the design cannot reach `level`.
    """
    apart, _ = observed_cells(distance, rows, columns)
    distance = np.where(apart, distance, 0.0)
    effects = AdditiveEffects.two_way(mask & apart)
    x = effects.residuals(distance)
    n_simulations, n_permutations = n_draws
    noise = _noise(n_simulations, rows, columns, errors.reciprocity, rng)
    simulated = effects.residuals(errors.deviation * noise)
    permutations = language_permutations(rows, columns, n_permutations=n_permutations, rng=rng)
    permuted = np.empty((len(permutations), *distance.shape))
    for piece, at_rows, at_columns in permutations.batches():
        permuted[piece] = effects.residuals(distance[at_rows, at_columns])
    if is_studentised(rows, columns):
        return _studentised_slopes(permuted, simulated, x, level)
    permuted, simulated = (each.reshape(len(each), -1) for each in (permuted, simulated))
    norm = np.sqrt(np.einsum("sc,sc->s", permuted, permuted))[:, None]
    low, high = invert(permuted @ simulated.T, norm, permuted @ x.reshape(-1, 1), level)
    return np.concatenate([high, -low])


def _studentised_slopes(
    permuted: NDArray[np.float64], simulated: NDArray[np.float64], x: NDArray[np.float64], level: float
) -> NDArray[np.float64]:
    """Absolute slopes from which `Studentised` finds something in each simulated table.

    Parameters
    ----------
    permuted : ndarray, shape (permutation, row, column)
        Distances without effects; the first as it is.
    simulated : ndarray, shape (simulation, row, column)
    x : ndarray, shape (row, column)
        The first of `permuted`.
    level : float

    Returns
    -------
    ndarray, shape (2 * simulation,)
        Of falling slopes, then of rising ones; infinite where none is found.
    """
    n_beyond = math.floor(level * len(permuted) + 1e-9)
    squares = np.einsum("src,src->rs", permuted, permuted)[:, :, None]
    moved = np.einsum("src,rc->rs", permuted, x)[:, :, None]
    own = [permuted[:, i] @ simulated[:, i].T for i in range(len(x))]
    # Sums over rows of products of scores y = e + b x with a permuted distance, by powers of b.
    sums = sum(own), sum(moved)
    products = (
        sum(each**2 for each in own),
        sum(2 * e * m for e, m in zip(own, moved, strict=True)),
        sum(moved**2),
    )
    beside = sum(e * s for e, s in zip(own, squares, strict=True)), sum(moved * squares)
    total, fourth = sum(squares), sum(squares**2)

    def is_found(b: NDArray[np.float64], sign: float) -> NDArray[np.bool_]:
        numerator = sums[0] + b * sums[1]
        slope = np.where(total > FLAT * total[0], numerator / np.maximum(total, 1e-300), 0.0)
        meat = products[0] + b * products[1] + b**2 * products[2]
        meat += slope * (slope * fourth - 2 * (beside[0] + b * beside[1]))
        statistic = np.where(meat > 0, (slope * total) ** 2 / np.maximum(meat, 1e-300), 0.0)
        is_extreme = (statistic >= statistic[0] * (1 - 1e-9)).sum(axis=0) <= n_beyond
        return np.asarray(is_extreme & (sign * slope[0] > 0))

    ends = []
    for sign in (-1.0, 1.0):
        low, high = np.zeros(len(simulated)), np.full(len(simulated), np.std(simulated) / np.std(x))
        for _ in range(12):
            found = is_found(sign * high, sign)
            if found.all():
                break
            low, high = np.where(found, (low, high), (high, 2 * high))
        for _ in range(12):
            middle = (low + high) / 2
            low, high = np.where(is_found(sign * middle, sign), (low, middle), (middle, high))
        ends.append(np.where(is_found(sign * high, sign), high, np.inf))
    return np.concatenate(ends)


def _twins(rows: Sequence[str], columns: Sequence[str]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Flat positions of the cells (a, b) and (b, a), of which each unordered pair appears once."""
    at = {cell: place for place, cell in enumerate(product(rows, columns))}
    on_columns = set(columns)
    both = [language for language in rows if language in on_columns]
    pairs = [(at[a, b], at[b, a]) for i, a in enumerate(both) for b in both[:i]]
    first, second = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return first, second


def _reciprocity(error: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str]) -> float:
    """Intraclass correlation of the two cells of a pair, at least 0."""
    first, second = _twins(rows, columns)
    a, b = error.ravel()[first], error.ravel()[second]
    there = (a != 0) & (b != 0)
    squares = float(np.sum(a[there] ** 2 + b[there] ** 2) / 2)
    return min(max(float(np.sum(a[there] * b[there])) / squares, 0.0), 1.0) if squares > 0 else 0.0


def _noise(
    n: int, rows: Sequence[str], columns: Sequence[str], reciprocity: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Standard normal errors, shape (simulation, row, column), the two cells of a pair correlated."""
    noise = rng.standard_normal((n, len(rows) * len(columns)))
    first, second = _twins(rows, columns)
    noise[:, second] = reciprocity * noise[:, first] + np.sqrt(1 - reciprocity**2) * noise[:, second]
    return noise.reshape(n, len(rows), len(columns))
