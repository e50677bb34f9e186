"""Input and output of a sensitivity analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.registry import Registry
from isogloss.statistics.base import TestResult
from isogloss.statistics.coverage import incomplete_languages
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.permutations import LanguagePermutations, language_permutations
from isogloss.statistics.reference import TIE, observed_cells, permute

CELLS_TO_PERMUTE = 70_000_000
"""Most cells that a method permutes in all; a large matrix gets fewer permutations, as its record says."""


class NotApplicableError(Exception):
    """A method that this design, or these data, leave nothing to do; the message is the reason."""


@dataclass(frozen=True, eq=False)
class Dyads:
    """One effectiveness measure and one distance, and what else is known of the same cells.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing.
    distance : ndarray, shape (row, column)
        Known for every pair of a row and another column language.
    rows, columns : sequence of str
        Language ids.
    others : mapping of str to ndarray, shape (row, column)
        The other distances that were tried; NaN where a pair is not on record.
    controls : mapping of str to ndarray, shape (row, column)
        What may explain both sides; NaN where unknown.
    scores : ndarray, shape (row, column), or None
        Scores in [0, 1] behind the values; None where the measure is not a score less a baseline.
    flagged : ndarray of bool, shape (row, column), or None
        Cells at chance or at the ceiling.
    runs : ndarray, shape (seed, row, column), or None
        The measure per seed; a run is one seed of one row language.
    families : mapping of str to str
        Language id to family, where known.
    expected, error : ndarray, shape (row, column), or None
        Best estimates of the distances over all features, and their standard errors; None where the distances
        do not rest on features.
    """

    values: NDArray[np.float64]
    distance: NDArray[np.float64]
    rows: Sequence[str]
    columns: Sequence[str]
    others: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    controls: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    scores: NDArray[np.float64] | None = None
    flagged: NDArray[np.bool_] | None = None
    runs: NDArray[np.float64] | None = None
    families: Mapping[str, str] = field(default_factory=dict)
    expected: NDArray[np.float64] | None = None
    error: NDArray[np.float64] | None = None

    @property
    def apart(self) -> NDArray[np.bool_]:
        """Cells of two different languages."""
        return observed_cells(self.values, self.rows, self.columns)[0]

    @property
    def observed(self) -> NDArray[np.bool_]:
        """Those of them that have a value."""
        return observed_cells(self.values, self.rows, self.columns)[1]

    @property
    def pairs(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Effectiveness and distance of the observed cells, each of shape (cell,)."""
        return self.values[self.observed], self.distance[self.observed]

    @property
    def star(self) -> bool:
        """One side has a single language."""
        return bool(min(self.values.shape) == 1)

    def known_to(self, names: Mapping[str, NDArray[np.float64]]) -> Dyads:
        """Keep the languages whose pairs all of `names` and the distance have on record.

        Of what else is known only `others` and `controls` are kept.
        """
        combined = self.distance + sum(names.values())
        gone = incomplete_languages(self.values, combined, self.rows, self.columns)
        rows = [i for i, row in enumerate(self.rows) if row not in gone]
        columns = [j for j, column in enumerate(self.columns) if column not in gone]
        at = np.ix_(rows, columns)
        return Dyads(
            self.values[at],
            self.distance[at],
            [self.rows[i] for i in rows],
            [self.columns[j] for j in columns],
            others={name: matrix[at] for name, matrix in self.others.items()},
            controls={name: matrix[at] for name, matrix in self.controls.items()},
            families=self.families,
        )

    def affordable(self, n_permutations: int) -> int:
        """As many permutations as `CELLS_TO_PERMUTE` allows, at least 199, at most `n_permutations`."""
        return min(n_permutations, max(199, CELLS_TO_PERMUTE // self.values.size))

    def permutations(self, n_permutations: int, rng: np.random.Generator) -> LanguagePermutations:
        """Permutations of whole languages, as many as are affordable."""
        n_permutations = self.affordable(n_permutations)
        return language_permutations(self.rows, self.columns, n_permutations=n_permutations, rng=rng)

    @property
    def vary(self) -> bool:
        """Neither side is constant."""
        return not any(is_constant(side, side - side.mean()) for side in self.pairs)


SensitivityMethod = Callable[[Dyads, int, np.random.Generator], TestResult]
"""(dyads, n_permutations, rng) -> result; a file in this folder defines ``NAME`` and ``method``.

A method that does not apply raises `NotApplicableError`.
"""

SENSITIVITY: Registry[SensitivityMethod] = Registry(
    "sensitivity method", "isogloss.statistics.sensitivity", "method"
)


def slope_between(
    name: str, estimate: float, ends: Iterable[float], n: int, n_resamples: int, note: str
) -> TestResult:
    """Result of a method that gives a slope with an interval or a range, and no p-value.

    Parameters
    ----------
    name : str
        Registry name of the method.
    estimate : float
    ends : (float, float)
        Lower and upper end.
    n, n_resamples : int
        Cells, and how often they were resampled.
    note : str
    """
    low, high = map(float, ends)
    return TestResult(
        method=name,
        statistic="slope",
        estimate=float(estimate),
        ci_low=low,
        ci_high=high,
        n=n,
        n_resamples=n_resamples,
        note=note,
    )


def naive_correlation(
    name: str,
    statistic: str,
    correlate: Callable[[Any, Any], Any],
    dyads: Dyads,
    n_permutations: int,
    rng: np.random.Generator,
) -> TestResult:
    """Correlate effectiveness and distance by a test of scipy, over dyads as if they were independent."""
    values, distances = dyads.pairs
    n, found = len(values), correlate(values, distances)
    estimate, p_value = float(found.statistic), float(found.pvalue)
    result = TestResult(method=name, statistic=statistic, estimate=estimate, p_value=p_value, n=n)
    if n <= 3 or not hasattr(found, "confidence_interval"):  # Pearson's alone has one, Fisher's
        return result
    low, high = map(float, found.confidence_interval())
    return replace(result, ci_low=low, ci_high=high)


def permuted_correlation(
    name: str, statistic: str, estimate: float, dyads: Dyads, n_permutations: int, rng: np.random.Generator
) -> TestResult:
    """Test a plain correlation by permuting whole languages (quadratic assignment).

    Parameters
    ----------
    name, statistic : str
        What the result calls itself.
    estimate : float
        The correlation to report.
    dyads : Dyads
        Values and distances as they are, or their ranks.
    n_permutations : int
    rng : numpy.random.Generator
    """
    permutations = dyads.permutations(n_permutations, rng)
    values, distances = dyads.values, dyads.distance[None]
    removal = AdditiveEffects.mean
    reference = permute(values, distances, dyads.rows, dyads.columns, permutations, removal, interval=False)
    return permuted(name, statistic, estimate, reference.statistic[:, 0], reference.n, permutations)


def permuted(
    name: str,
    statistic: str,
    estimate: float,
    reference: NDArray[np.float64],
    n: int,
    permutations: LanguagePermutations,
    note: str = "",
) -> TestResult:
    """Make a two-sided result of a statistic under every permutation.

    Parameters
    ----------
    name, statistic : str
    estimate : float
    reference : ndarray, shape (permutation,)
        The statistic that is compared, in absolute value; entry 0 is as observed.
    n : int
        Dyads.
    permutations : LanguagePermutations
    note : str
        What a reader should know.
    """
    extreme = np.abs(reference)
    return TestResult(
        method=name,
        statistic=statistic,
        estimate=estimate,
        p_value=float((extreme >= extreme[0] - TIE).mean()),
        n=n,
        n_resamples=permutations.n_resamples,
        exact=permutations.exact,
        p_min=float((extreme >= extreme.max() - TIE).mean()),
        note=note,
    )
