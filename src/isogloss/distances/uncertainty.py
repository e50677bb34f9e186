"""How far the distance over all features of a metric may lie from the one over those on record.

Few languages have all features on record. The distance over the features known for both languages estimates
the distance over all of them, and the estimate is the rougher the fewer there are. The model counts
disagreements, the features in which two languages differ:

- Feature i differs between two languages with probability ``r h_i``. ``h_i`` is how often two languages of
  the whole collection differ in it, ``r`` how much these two differ, in all features alike, compared
  with an average pair.
- Over all pairs r has a gamma distribution of mean 1. The disagreements seen update it: with O of them where
  E were expected, its mean is ``(k + O / f) / (k + E / f)``, with the concentration k of the distribution
  and a factor f by which features that depend on each other inflate the variance.
- The disagreements not seen have mean ``r`` times their expected number; where a feature is known for one of
  the two languages, the expected number is that of a language with this value.

The quantiles of the unseen disagreements bound the distance. With every feature known nothing is unseen, and
the interval is the value (sampling from a finite population). No family and no place enters, so that an
interval is not a second copy of the genetic or geographic distance.

References
----------
Clayton and Kaldor (1987), Biometrics 43: ratios of observed to expected counts, shrunk by a gamma
distribution. Wilson and Hilferty (1931), PNAS 17: quantiles of a gamma distribution by a cube of a normal
one. Cochran (1977), Sampling Techniques, chapter 2: sampling without replacement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.90
"""Share of intervals that hold the distance over all features; checked by ``bench/distance_intervals.py``."""

_Z = 1.6448536269514722
"""Quantile of the normal distribution at (1 + `CONFIDENCE`) / 2."""

Array = NDArray[np.float64]
Positions = NDArray[np.intp]


class Interval(NamedTuple):
    """Distances over all features estimated from the features on record.

    Parameters
    ----------
    expected : ndarray of float, shape (row, column)
        Best estimate. It lies between the value and the mean of all pairs, the nearer to the latter the fewer
        features are known.
    low, high : ndarray of float, shape (row, column)
        Bounds that hold the distance over all features with the probability `CONFIDENCE`.
    """

    expected: Array
    low: Array
    high: Array

    @property
    def error(self) -> Array:
        """Standard error: the half width of the interval over the normal quantile, shape (row, column)."""
        return (self.high - self.low) / (2 * _Z)


class Estimate(Protocol):
    """Source of the intervals of a matrix, for the rows and columns at some positions."""

    @property
    def unknown_width(self) -> float:
        """Width of the interval of two languages of which nothing is on record."""
        ...

    def __call__(self, rows: Positions, columns: Positions) -> Interval:
        """Intervals of the languages at `rows` and `columns`."""
        ...


@dataclass(frozen=True)
class Calibration:
    """The two constants of the model; see the head of this module.

    Parameters
    ----------
    concentration : float
        Of the gamma distribution of r: one over its variance between pairs of languages.
    inflation : float
        Variance of a count of disagreements over that of independent features.
    """

    concentration: float
    inflation: float


OWN_DATA = Calibration(15.0, 0.8)
"""For data sets that no calibration was made for: the constants of URIEL's syntax."""


def unseen(
    observed: Array, expected: Array, expected_unseen: Array, n_unseen: Array, calibration: Calibration
) -> tuple[Array, Array]:
    """Mean and variance of the disagreements among the features not known for both languages.

    Parameters
    ----------
    observed : ndarray of float, shape (...)
        Disagreements among the features known for both.
    expected : ndarray of float, shape (...)
        As many as an average pair has in these.
    expected_unseen : ndarray of float, shape (...)
        As many as an average pair has in the others.
    n_unseen : ndarray of float, shape (...)
        Number of the others; where there is none, mean and variance are 0.
    calibration : Calibration
    """
    k, f = calibration.concentration, calibration.inflation
    shape = k + observed / f
    mean = np.clip(expected_unseen * shape / (k + expected / f), 0.0, n_unseen)
    agreeing = np.divide(n_unseen - mean, n_unseen, out=np.zeros_like(mean), where=n_unseen > 0)
    return mean, f * mean * agreeing + mean**2 / shape


def bounds(mean: Array, variance: Array, n_unseen: Array) -> tuple[Array, Array]:
    """Quantiles of a number of disagreements; a count, so that 0.5 is added on both sides."""
    spread = np.divide(variance, mean**2, out=np.zeros_like(mean), where=mean > 0)
    low, high = (mean * np.maximum(0.0, 1 - spread / 9 + z * np.sqrt(spread / 9)) ** 3 for z in (-_Z, _Z))
    return np.maximum(low - 0.5, 0.0), np.where(mean > 0, np.minimum(high + 0.5, n_unseen), 0.0)


@dataclass(frozen=True, eq=False)
class Group:
    """Features among which two languages differ to one degree.

    Parameters
    ----------
    columns : ndarray of bool, shape (feature,)
    calibration : Calibration
    """

    columns: NDArray[np.bool_] = field(repr=False)
    calibration: Calibration


@dataclass(frozen=True, eq=False)
class AngularEstimate:
    """Intervals of the angular distance between vectors of present and absent features.

    Parameters
    ----------
    facts : ndarray of int8, shape (language, feature)
        1 present, 0 absent, negative where unknown.
    prevalence : ndarray of float, shape (feature,)
        Share of the languages of the collection that have the feature.
    groups : sequence of Group
        Every feature is in one of them.
    inventory : ndarray of bool, shape (language, feature), or None
        The features whose distance is estimated, where it is not that over all of them: a pair is taken over
        those that both languages have. For checks on languages that are not known in full.
    """

    facts: NDArray[np.int8] = field(repr=False)
    prevalence: Array = field(repr=False)
    groups: Sequence[Group]
    inventory: NDArray[np.bool_] | None = field(default=None, repr=False)

    @cached_property
    def unknown_width(self) -> float:
        """Width of the interval of two languages of which nothing is on record."""
        nothing = np.full((2, len(self.prevalence)), -1, dtype=np.int8)
        found = AngularEstimate(nothing, self.prevalence, self.groups)(np.array([0]), np.array([1]))
        return float((found.high - found.low)[0, 0])

    def __call__(self, rows: Positions, columns: Positions) -> Interval:
        """Intervals of the languages at `rows` and `columns`, from products of matrices."""
        totals = np.zeros((7, len(rows), len(columns)))
        for group in self.groups:
            totals += self._sums(rows, columns, group)
        observed, in_a, in_b, n_unseen, mean, variance, free = totals
        expected = _angle(in_a, in_b, observed + mean)
        # How many features are present is uncertain too: the more there are, the smaller the angle.
        shift = np.where(free > 0, (_Z * np.sqrt(free) + 0.5) / 2, 0.0)
        ends = []
        for disagreements, sign in zip(bounds(mean, variance, n_unseen), (1, -1), strict=True):
            by_disagreements = _angle(in_a, in_b, observed + disagreements) - expected
            more_a, more_b = (np.maximum(count + sign * shift, count / 2) for count in (in_a, in_b))
            by_presence = _angle(more_a, more_b, observed + mean) - expected
            ends.append(expected - sign * np.hypot(by_disagreements, np.nan_to_num(by_presence)))
        return Interval(expected, np.maximum(ends[0], 0.0), np.minimum(ends[1], 1.0))

    def _sums(self, rows: Positions, columns: Positions, group: Group) -> Array:
        """Sums over the features of a group of which the distance is made, shape (sum, row, column).

        They are the disagreements seen, the features present in a and in b, the number of features not known
        for both, mean and variance of the disagreements among these, and the variance of the number of
        features present.
        """
        q = self.prevalence[group.columns]
        known_a, present_a, meant_a = self._side(rows, group.columns)
        known_b, present_b, meant_b = self._side(columns, group.columns)
        # An unknown feature counts as present with the probability of its prevalence.
        likely_a = meant_a * (present_a + (1 - known_a) * q)
        likely_b = meant_b * (present_b + (1 - known_b) * q)
        in_a, in_b = likely_a @ meant_b.T, meant_a @ likely_b.T
        observed = present_a @ known_b.T + known_a @ present_b.T - 2 * present_a @ present_b.T
        expected = (known_a * (2 * q * (1 - q))) @ known_b.T
        n_unseen = meant_a @ meant_b.T - known_a @ known_b.T
        more = np.where(n_unseen > 0, in_a + in_b - 2 * likely_a @ likely_b.T - observed, 0.0)
        mean, variance = unseen(observed, expected, more, n_unseen, group.calibration)
        free_a, free_b = (
            meant * (1 - known) * (q * (1 - q)) for meant, known in ((meant_a, known_a), (meant_b, known_b))
        )
        free = np.where(n_unseen > 0, free_a @ meant_b.T + meant_a @ free_b.T, 0.0)
        return np.stack([observed, in_a, in_b, n_unseen, mean, variance, group.calibration.inflation * free])

    def _side(self, at: Positions, columns: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
        """Which features are known, present, and meant, as numbers, each of shape (language, feature)."""
        facts = self.facts[np.ix_(at, columns)]
        meant = np.ones(facts.shape) if self.inventory is None else self.inventory[np.ix_(at, columns)]
        return (facts >= 0).astype(np.float64), (facts == 1).astype(np.float64), meant.astype(np.float64)


def _angle(in_a: Array, in_b: Array, disagreements: Array) -> Array:
    """Angle between vectors with so many ones and disagreements, as a fraction of a right angle."""
    in_both = np.clip((in_a + in_b - disagreements) / 2, 0.0, np.minimum(in_a, in_b))
    length = np.sqrt(in_a * in_b)
    cosine = np.divide(in_both, length, out=np.full_like(length, np.nan), where=length > 0)
    return np.asarray(2 / np.pi * np.arccos(np.minimum(cosine, 1.0)))


def prevalence(facts: NDArray[np.int8]) -> Array:
    """Share of the languages known for a feature that have it, shape (feature,); one half where none is.

    Half a language with and half a language without it are added, so that no share is 0 or 1.
    """
    return np.asarray(((facts == 1).sum(axis=0) + 0.5) / ((facts >= 0).sum(axis=0) + 1.0))


@dataclass(frozen=True, eq=False)
class ShareEstimate:
    """Intervals of the share of the parameters in which two languages differ.

    Parameters
    ----------
    known : ndarray of bool, shape (language, parameter)
    disagreement : ndarray of float, shape (parameter,)
        Mean disagreement, from 0 to 1, of the pairs of languages in the collection that have both a value.
    values : ndarray of float, shape (language, language)
        Share of the parameters known for both that differ; NaN where none is.
    calibration : Calibration
    """

    known: NDArray[np.bool_] = field(repr=False)
    disagreement: Array = field(repr=False)
    values: Array = field(repr=False)
    calibration: Calibration = OWN_DATA

    @property
    def unknown_width(self) -> float:
        """Width of the interval of two languages of which nothing is on record."""
        none, total = np.zeros(1), np.array([self.disagreement.sum()])
        n = np.array([float(len(self.disagreement))])
        low, high = bounds(*unseen(none, none, total, n, self.calibration), n)
        return float((high - low)[0] / max(n[0], 1.0))

    def __call__(self, rows: Positions, columns: Positions) -> Interval:
        """Intervals of the languages at `rows` and `columns`."""
        known_a, known_b = (self.known[at].astype(np.float64) for at in (rows, columns))
        shared = known_a @ known_b.T
        expected = (known_a * self.disagreement) @ known_b.T
        values = self.values[np.ix_(rows, columns)]
        observed = np.where(shared > 0, np.nan_to_num(values), 0.0) * shared
        n = len(self.disagreement)
        expected_unseen = np.where(shared < n, self.disagreement.sum() - expected, 0.0)
        mean, variance = unseen(observed, expected, expected_unseen, n - shared, self.calibration)
        low, high = bounds(mean, variance, n - shared)
        return Interval(*((observed + disagreements) / max(n, 1) for disagreements in (mean, low, high)))


@dataclass(frozen=True, eq=False)
class GivenEstimate:
    """Intervals that were computed or stated elsewhere."""

    interval: Interval
    unknown_width: float = float("nan")

    def __call__(self, rows: Positions, columns: Positions) -> Interval:
        """Intervals of the languages at `rows` and `columns`."""
        at = np.ix_(rows, columns)
        return Interval(*(side[at] for side in self.interval))
