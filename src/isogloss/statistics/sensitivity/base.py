"""What a sensitivity method is given and returns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.registry import Registry
from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.reference import TIE, observed_cells, permute


@dataclass(frozen=True, eq=False)
class Dyads:
    """One effectiveness measure beside one distance.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing.
    distance : ndarray, shape (row, column)
        Known for every pair of a row and another column language.
    rows, columns : sequence of str
        Language ids.
    """

    values: NDArray[np.float64]
    distance: NDArray[np.float64]
    rows: Sequence[str]
    columns: Sequence[str]

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
    def vary(self) -> bool:
        """Neither side is constant."""
        return not any(is_constant(side, side - side.mean()) for side in self.pairs)


SensitivityMethod = Callable[[Dyads, int, np.random.Generator], TestResult]
"""(dyads, n_permutations, rng) -> result; a file in this folder defines ``NAME`` and ``METHOD``."""

SENSITIVITY: Registry[SensitivityMethod] = Registry(
    "sensitivity method", "isogloss.statistics.sensitivity", "METHOD"
)


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
    permutations = language_permutations(dyads.rows, dyads.columns, n_permutations=n_permutations, rng=rng)
    reference = permute(
        dyads.values, dyads.distance[None], dyads.rows, dyads.columns, permutations, AdditiveEffects.mean
    )
    extreme = np.abs(reference.correlation[:, 0])
    return TestResult(
        method=name,
        statistic=statistic,
        estimate=estimate,
        ci_low=float("nan"),
        ci_high=float("nan"),
        p_value=float((extreme >= extreme[0] - TIE).mean()),
        n=reference.n,
        n_resamples=permutations.n_resamples,
        exact=permutations.exact,
        p_min=float((extreme >= extreme.max() - TIE).mean()),
    )
