"""Intervals of means over targets that share their sources."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from isogloss.recommend.pairs import Pairs


@dataclass(frozen=True, eq=False)
class Replicates:
    """A mean over targets, and what it is without each language.

    Parameters
    ----------
    estimate : float
    without : dict of str to float
        By language id.
    targets : frozenset of str
        Languages that have a value.
    """

    estimate: float
    without: dict[str, float]
    targets: frozenset[str]

    @property
    def n_targets(self) -> int:
        """Number of languages that have a value."""
        return len(self.targets)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Estimate less and plus a multiple of the jackknife's standard error; NaN for fewer than 2 targets.

        References
        ----------
        Snijders and Borgatti (1999), Non-parametric standard errors and tests for network statistics,
        Connections 22(2).
        """
        values = np.array([value for value in self.without.values() if not math.isnan(value)])
        if self.n_targets < 2 or len(values) < 2:
            return math.nan, math.nan
        n = len(values)
        error = math.sqrt((n - 1) / n * float(np.sum((values - self.estimate) ** 2)))
        reach = float(student.ppf((1 + level) / 2, self.n_targets - 1)) * error
        return self.estimate - reach, self.estimate + reach


def replicates(pairs: Pairs, values: NDArray[np.float64], without: NDArray[np.float64]) -> Replicates:
    """Take the mean over targets, and again without each language on either side.

    Two targets share candidates, and often the source that is chosen for both: without that source both
    change at once. So the interval knows that targets are not independent.

    Parameters
    ----------
    pairs : Pairs
    values : ndarray of float, shape (target,)
        NaN where a target has no value.
    without : ndarray of float, shape (source, target)
        The values if a source were no candidate.
    """
    row = {code: number for number, code in enumerate(pairs.source_ids)}
    left = {}
    for code in dict.fromkeys((*pairs.source_ids.tolist(), *pairs.target_ids.tolist())):
        own = without[row[code]] if code in row else values
        left[code] = mean_of(own[pairs.target_ids != code])
    return Replicates(mean_of(values), left, frozenset(pairs.target_ids[np.isfinite(values)].tolist()))


def mean_of(values: NDArray[np.float64]) -> float:
    """Mean without NaN; NaN where there is nothing."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else math.nan


def average(parts: list[Replicates]) -> Replicates:
    """Mean over conditions, which share languages: a language is left out of all of them at once."""
    parts = [part for part in parts if part.n_targets]
    if not parts:
        return Replicates(math.nan, {}, frozenset())
    codes = dict.fromkeys(code for part in parts for code in part.without)
    left = {code: float(np.mean([part.without.get(code, part.estimate) for part in parts])) for code in codes}
    estimate = float(np.mean([part.estimate for part in parts]))
    return Replicates(estimate, left, frozenset().union(*(part.targets for part in parts)))
