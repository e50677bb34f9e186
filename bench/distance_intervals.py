"""Check the intervals of distances, and which ranking finds the nearest languages.

Run: ``python bench/distance_intervals.py choose|report|nearest``.

Well-known languages are split into two halves by a seeded permutation. Features of them are hidden, and the
distance over all their features is compared with the interval from what is left. There are two ways of
hiding. ``as recorded``: a language keeps only the features that another one, drawn at random from URIEL, has
on record. ``at random``: it keeps a random number of random features. The second language of a pair always
loses features, the first in every other repetition. Pairs with too few features left for a value are not
counted, and neither are those of which nothing is hidden.

``choose`` uses the first half alone. The concentration follows from the variance of the ratio of observed to
expected disagreements (method of moments). Of the inflations on a grid that cover at most .95 of all pairs it
takes the one with which coverage is nowhere far from the nominal .90, over all pairs and over the tenth of
the pairs estimated as nearest, in both ways of hiding. ``report`` prints what holds on the second half with
the constants in the code; how common a feature is in the world is counted without these languages.
``nearest`` prints the ten languages nearest to English, German, Swahili and Quechua, ranked by the value
(before) and by the best estimate (now).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.distances import DISTANCES, feature_records
from isogloss.distances.metrics import featural, inventory, phonological, syntactic
from isogloss.distances.metrics._angular import angular
from isogloss.distances.metrics._typological import columns, groups
from isogloss.distances.uncertainty import (
    CONFIDENCE,
    AngularEstimate,
    Calibration,
    Group,
    Interval,
    prevalence,
)
from isogloss.languages import _uriel, recorded, resolve

METRICS = {
    # Prefixes of the features, threshold of the value, share of the features that well-known languages have.
    "syntactic": (("S_",), syntactic.THRESHOLD, 0.75),
    "phonological": (("P_",), phonological.THRESHOLD, 0.85),
    "inventory": (("INV_",), inventory.THRESHOLD, 0.85),
    "featural": (("S_", "P_", "INV_"), featural.THRESHOLD, 0.85),
}
HIDINGS = ("as recorded", "at random")
N_LANGUAGES = 300
"""At most so many well-known languages are used."""
N_REPETITIONS = 20
SEED = 19
INFLATIONS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.5, 2.0)
STARTS = {"English": "en", "German": "de", "Swahili": "sw", "Quechua": "qu"}
N_NEAREST = 10


@dataclass(frozen=True)
class World:
    """Well-known languages of one half, and what there is to hide features with."""

    metric: str
    facts: NDArray[np.int8]
    records: NDArray[np.bool_]
    prevalence: NDArray[np.float64]
    threshold: int

    @classmethod
    def of(cls, metric: str, half: str) -> World:
        """Split the well-known languages; the two halves of a seed have no language in common."""
        prefixes, threshold, least = METRICS[metric]
        facts = feature_records.typology(_uriel.labels("features", "langs"))[:, columns(prefixes)]
        known = facts >= 0
        well_known = np.flatnonzero(known.mean(axis=1) >= least)
        drawn = np.random.default_rng(SEED).permutation(well_known)[:N_LANGUAGES]
        halves = np.array_split(drawn, 2)
        chosen = halves[("choose", "report").index(half)]
        others = np.setdiff1d(np.arange(len(facts)), halves[1])
        records = known[known.any(axis=1) & ~known.all(axis=1)]
        return cls(metric, facts[chosen], records, prevalence(facts[others]), threshold)

    def hide(self, hiding: str, rng: np.random.Generator) -> NDArray[np.int8]:
        """The languages with some of their features unknown."""
        n, n_features = self.facts.shape
        if hiding == "as recorded":
            kept = self.records[rng.integers(len(self.records), size=n)]
        else:
            n_kept = rng.integers(self.threshold, n_features, size=n)
            kept = rng.random((n, n_features)).argsort(axis=1).argsort(axis=1) < n_kept[:, None]
        return np.where(kept, self.facts, -1).astype(np.int8)


@dataclass(frozen=True)
class Trial:
    """Every language against every one with hidden features, shape (language, language)."""

    full: NDArray[np.float64]
    value: NDArray[np.float64]
    shared: NDArray[np.int32]
    counted: NDArray[np.bool_]
    facts: NDArray[np.int8]
    world: World

    def interval(self, of: Sequence[Group]) -> Interval:
        """Intervals as `PairMatrix.interval` gives them, of the features that the two have in full."""
        n = len(self.full)
        inventory = np.concatenate([self.world.facts >= 0] * 2)
        estimate = AngularEstimate(self.facts, self.world.prevalence, of, inventory)
        found = estimate(np.arange(n), np.arange(n, 2 * n))
        return Interval(found.expected, np.fmin(found.low, self.value), np.fmax(found.high, self.value))


def trials(world: World, hiding: str) -> Iterator[Trial]:
    """Hide features again and again."""
    rng = np.random.default_rng(SEED)
    n = len(world.facts)
    full, shared_in_full, _ = angular(world.facts, world.facts >= 0)
    for number in range(N_REPETITIONS):
        first = world.hide(hiding, rng) if number % 2 else world.facts
        facts = np.concatenate([first, world.hide(hiding, rng)])
        values, shared, _ = angular(facts, facts >= 0, world.threshold)
        values, shared = values[:n, n:], shared[:n, n:]
        counted = ~np.isnan(values) & ~np.isnan(full) & (shared < shared_in_full)
        np.fill_diagonal(counted, False)
        yield Trial(full, values, shared, counted, facts, world)


@dataclass(frozen=True)
class Outcome:
    """Counted pairs of all trials, shape (pair,)."""

    full: NDArray[np.float64]
    value: NDArray[np.float64]
    shared: NDArray[np.int32]
    expected: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    @classmethod
    def of(cls, world: World, hiding: str, of: Sequence[Group]) -> Outcome:
        """Run all trials with these constants."""
        parts = []
        for trial in trials(world, hiding):
            found, at = trial.interval(of), trial.counted
            sides = (trial.full, trial.value, trial.shared, found.expected, found.low, found.high)
            parts.append([side[at] for side in sides])
        return cls(*(np.concatenate(side) for side in zip(*parts, strict=True)))

    @property
    def nearest(self) -> NDArray[np.bool_]:
        """The tenth of the pairs that is estimated as nearest."""
        return self.expected <= np.quantile(self.expected, 0.1)

    def thirds(self) -> list[NDArray[np.intp]]:
        """Positions of the pairs with the fewest, more, and the most features left."""
        return np.array_split(self.shared.argsort(kind="stable"), 3)

    def coverage(self, at: NDArray[np.bool_] | NDArray[np.intp] | None = None) -> float:
        """Share of the intervals that hold the distance over all features."""
        held = (self.low - 1e-9 <= self.full) & (self.full <= self.high + 1e-9)
        return float(held.mean() if at is None else held[at].mean())

    def error(self, guess: NDArray[np.float64]) -> float:
        """Root mean square error."""
        return float(np.sqrt(np.mean((guess - self.full) ** 2)))


def choose() -> None:
    """Print, for the choosing half, the concentration by moments and the coverage for every inflation."""
    for metric, (prefixes, _, _) in METRICS.items():
        if len(prefixes) > 1:
            continue  # made of the groups of the others
        world = World.of(metric, "choose")
        concentration = by_moments(world)
        print(f"{metric}, choosing half: {len(world.facts)} languages, concentration {concentration:.1f}")
        best: tuple[float, float] | None = None
        every = np.ones(len(world.prevalence), dtype=bool)
        for inflation in INFLATIONS:
            of = [Group(every, Calibration(round(concentration), inflation))]
            found = {hiding: Outcome.of(world, hiding, of) for hiding in hidings(metric)}
            coverages = [one.coverage(at) for one in found.values() for at in (None, one.nearest)]
            print(
                f"  inflation {inflation:.1f}: "
                + "; ".join(
                    f"hidden {hiding} {one.coverage():.3f}, nearest tenth {one.coverage(one.nearest):.3f}, "
                    f"error {one.error(one.expected):.4f}"
                    for hiding, one in found.items()
                )
            )
            off = max(abs(coverage - CONFIDENCE) for coverage in coverages)
            if max(one.coverage() for one in found.values()) <= 0.95 and (best is None or off < best[0]):
                best = off, inflation
        if best is not None:
            print(f"  taken: {best[1]:.1f}, where coverage is off by {best[0]:.3f} at most")


def hidings(metric: str) -> tuple[str, ...]:
    """Of an inventory URIEL has all features or none, so that as recorded nothing would be left or lost."""
    return HIDINGS[1:] if metric == "inventory" else HIDINGS


def by_moments(world: World) -> float:
    """Concentration of the ratio r of the model: one over its variance between pairs."""
    known, present = world.facts >= 0, (world.facts == 1).astype(float)
    differ = known @ present.T + present @ known.T - 2 * present @ present.T
    rates = 2 * world.prevalence * (1 - world.prevalence)
    expected = (known * rates) @ known.T
    by_chance = (known * rates * (1 - rates)) @ known.T / expected**2
    pairs = np.triu_indices(len(known), 1)
    return float(1 / ((differ / expected)[pairs].var() - by_chance[pairs].mean()))


def report() -> None:
    """Print what holds on the reporting half."""
    for metric, (prefixes, _, _) in METRICS.items():
        world = World.of(metric, "report")
        print(f"{metric}, reporting half: {len(world.facts)} languages")
        for hiding in hidings(metric):
            found = Outcome.of(world, hiding, groups(prefixes))
            thirds = " ".join(f"{found.coverage(third):.3f}" for third in found.thirds())
            print(
                f"  hidden {hiding}: {len(found.full):,} pairs, coverage {found.coverage():.3f}, "
                f"nearest tenth {found.coverage(found.nearest):.3f}, "
                f"thirds from few features to many {thirds}, "
                f"mean width {np.mean(found.high - found.low):.3f}, "
                f"error of the value {found.error(found.value):.4f}, "
                f"of the best estimate {found.error(found.expected):.4f}"
            )
            print("    nearest ten found: " + precision(world, hiding, groups(prefixes)))


def precision(world: World, hiding: str, of: Sequence[Group]) -> str:
    """Of the ten truly nearest languages, the share among the ten ranked first, by three rankings."""
    found: dict[str, list[float]] = {"value": [], "best estimate": [], "upper bound": []}
    for trial in trials(world, hiding):
        interval = trial.interval(of)
        keys = dict(zip(found, (trial.value, interval.expected, interval.high), strict=True))
        apart = ~np.eye(len(trial.full), dtype=bool)
        truth = np.where(apart & ~np.isnan(trial.full + trial.value), trial.full, np.inf)
        for row in range(len(truth)):
            wanted = set(truth[row].argsort(kind="stable")[:N_NEAREST])
            for name, key in keys.items():
                ranked = np.where(apart[row] & ~np.isnan(trial.value[row]), key[row], np.inf)
                listed = set(ranked.argsort(kind="stable")[:N_NEAREST])
                found[name].append(len(wanted & listed) / N_NEAREST)
    return ", ".join(f"by {name} {np.mean(shares):.3f}" for name, shares in found.items())


def nearest() -> None:
    """Print the nearest ten before and after, in the layout of docs/methods/distances.md."""
    languages = list(recorded())
    print("| to | by the value alone (before) | by the best estimate (now) |")
    print("| --- | --- | --- |")
    for name, code in STARTS.items():
        start = resolve(code)
        matrix = DISTANCES["syntactic"]([start, *(one for one in languages if one.id != start.id)])
        interval = matrix.interval([0])
        assert interval is not None
        print(
            f"| {name} | "
            + " | ".join(
                ", ".join(
                    f"{matrix.languages[at].name} ({matrix.shared[0, at]})"
                    for at in np.where(np.isnan(key), np.inf, key)[1:].argsort(kind="stable")[:N_NEAREST] + 1
                )
                for key in (matrix.values[0], interval.expected[0])
            )
            + " |"
        )


if __name__ == "__main__":
    COMMANDS = {"choose": choose, "report": report, "nearest": nearest}
    asked = sys.argv[1:] or ["report", "nearest"]
    wrong = [name for name in asked if name not in COMMANDS]
    if wrong:
        sys.exit(f"'{wrong[0]}' is not a part of this benchmark; allowed: {', '.join(COMMANDS)}")
    for name in asked:
        COMMANDS[name]()
