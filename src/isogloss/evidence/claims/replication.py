"""The claims on record compared with our own runs: reported, ours, difference with interval, verdict.

Replicates are seeds: a value is a mean over targets, once per seed, with Student's interval over seeds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isogloss.evidence.claims.records import BestLayerTest, ClaimRecord, FamilyTest, FusionGainTest, ScoreTest
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR
from isogloss.scores.table import ScoreRow, ScoreTable

RunVerdict = Literal["reproduced", "contradicted", "undecided", "not tested"]

CONFIDENCE = 0.95
MARGIN_POINTS = 1.0
"""A difference in points that is smaller counts as no difference."""

_SAME_POINTS = 1e-9


@dataclass(frozen=True)
class Interval:
    """A mean over seeds in percentage points, with its interval."""

    estimate: float
    low: float
    high: float
    n_seeds: int

    def __str__(self) -> str:
        return f"{self.estimate:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"

    @property
    def is_small(self) -> bool:
        """Whether it lies within the margin around 0."""
        return max(abs(self.low), abs(self.high)) <= MARGIN_POINTS


@dataclass(frozen=True)
class Joined:
    """One claim beside our runs.

    Parameters
    ----------
    claim : ClaimRecord
    verdict : {"reproduced", "contradicted", "undecided", "not tested"}
        About these runs, on this encoder and these tasks.
    reason : str
    ours : Interval or None
        In percentage points.
    difference : Interval or None
        Ours less the reported value; for a reported range or direction, our value itself.
    scope : str
        Task, encoder and targets that ours is about.
    """

    claim: ClaimRecord
    verdict: RunVerdict
    reason: str
    ours: Interval | None = None
    difference: Interval | None = None
    scope: str = ""


class _NotTestedError(Exception):
    """These runs cannot test a claim; the message is the reason."""


def join_runs(claims: Sequence[ClaimRecord], table: ScoreTable) -> list[Joined]:
    """Compare every claim with the score table of one or more studies.

    Only test scores of zero-shot cells without an intermediate stage are used, but a score claim is about
    the mean over all targets, the source language included, as the papers report it.
    """
    return [_join(claim, [row for row in table if row.intermediate_language is None]) for claim in claims]


def _join(claim: ClaimRecord, rows: Sequence[ScoreRow]) -> Joined:
    try:
        if claim.test is None:
            raise _NotTestedError("no score table can test it")
        if isinstance(claim.test, ScoreTest):
            return _score(claim, claim.test, rows)
        by_task = _by_task([row for row in rows if row.zero_shot])
        if isinstance(claim.test, FusionGainTest):
            return _fusion_gain(claim, claim.test, by_task)
        return (
            _family(claim, by_task)
            if isinstance(claim.test, FamilyTest)
            else _best_layer(claim, claim.test, by_task)
        )
    except _NotTestedError as reason:
        return Joined(claim, "not tested", str(reason))


def _score(claim: ClaimRecord, test: ScoreTest, rows: Sequence[ScoreRow]) -> Joined:
    encoders = ", ".join(sorted({row.encoder for row in rows})) or "none"
    own = [row for row in rows if row.encoder.rstrip("/").rsplit("/", 1)[-1] in test.encoders]
    if not own:
        raise _NotTestedError(f"needs {' or '.join(test.encoders)}; these runs have {encoders}")
    wanted: Sequence[tuple[str, Sequence[str], Callable[[ScoreRow], str]]] = (
        ("task", test.tasks, lambda row: row.task),
        ("aggregator", (test.aggregator,), lambda row: row.aggregator),
        ("metric", (test.metric,), lambda row: row.metric),
        ("source language", ("en",), lambda row: row.source_language),
        ("split", ("test",), lambda row: row.split),
    )
    for name, values, of in wanted:
        there = ", ".join(sorted({of(row) for row in own}))
        own = [row for row in own if of(row) in values]
        if not own:
            raise _NotTestedError(f"needs {name} {' or '.join(values)}; these runs have {there}")
    targets = sorted({row.target_language for row in own})
    scores = {(row.seed, row.target_language): row.score for row in own}
    means = np.array([100 * np.mean([scores.get((s, t), np.nan) for t in targets]) for s in _seeds(own)])
    values = means[np.isfinite(means)]
    if len(values) < 2:
        raise _NotTestedError("needs two seeds or more with all targets; one has no interval")
    if np.ptp(values) <= _SAME_POINTS:
        raise _NotTestedError("needs scores that differ between seeds; all seeds give the very same")
    reported = claim.value if isinstance(claim.value, float) else float("nan")
    ours, gap = _interval(values), _interval(values - reported)
    scope = f"{own[0].task}, {own[0].encoder} by its name, {len(targets)} targets"
    if gap.high < -MARGIN_POINTS or gap.low > MARGIN_POINTS:
        return Joined(claim, "contradicted", f"more than {MARGIN_POINTS:g} point apart", ours, gap, scope)
    if gap.is_small:
        return Joined(claim, "reproduced", f"within {MARGIN_POINTS:g} point", ours, gap, scope)
    return Joined(
        claim, "undecided", f"the interval holds {MARGIN_POINTS:g} point and more", ours, gap, scope
    )


@dataclass(frozen=True)
class _Gains:
    """Gain of each fused layer over the last one, in points; `values` of shape (seed, layer, target)."""

    task: str
    encoder: str
    layers: tuple[str, ...]
    targets: tuple[str, ...]
    source: str
    values: NDArray[np.float64]

    def by_seed(self, columns: Sequence[int] | None = None) -> NDArray[np.float64]:
        """Mean over targets, shape (seed, layer)."""
        values = self.values if columns is None else self.values[:, :, list(columns)]
        return np.asarray(values.mean(axis=2))

    def chosen(self) -> list[int]:
        """For each seed the layer that is best on the seed before it, for the first one on the last.

        No seed chooses its own layer. Choosing on all other seeds would share them between the choices, and
        the interval would then miss the gain two to eight times as often as it should.
        """
        gains = self.by_seed()
        return [int(np.argmax(gains[s - 1])) for s in range(len(gains))]

    @property
    def name(self) -> str:
        return f"{self.task}, {self.encoder}"


def _by_task(rows: Sequence[ScoreRow]) -> list[_Gains]:
    """Gains of every task, encoder, source and metric with fused and plain rows of the same cells."""
    groups: dict[tuple[str, str, str, str], list[ScoreRow]] = {}
    for row in rows:
        if row.split == "test":
            groups.setdefault((row.task, row.encoder, row.source_language, row.metric), []).append(row)
    found = []
    for (task, encoder, source, _), own in sorted(groups.items()):
        score = {(row.aggregator, row.seed, row.target_language): 100 * row.score for row in own}
        fused = {row.aggregator: row.layer for row in own if row.layer is not None}
        layers = sorted(fused, key=lambda name: (fused[name], name))
        targets = sorted({row.target_language for row in own})
        names = (PLAIN_AGGREGATOR, *layers)
        seeds = [s for s in _seeds(own) if all((name, s, t) in score for name in names for t in targets)]
        if layers and seeds:
            plain = [[[score[PLAIN_AGGREGATOR, s, t] for t in targets]] for s in seeds]
            values = np.array(
                [[[score[k, s, t] for t in targets] for k in layers] for s in seeds]
            ) - np.array(plain)
            found.append(_Gains(task, encoder, tuple(layers), tuple(targets), source, values))
    return found


def _fusion_gain(claim: ClaimRecord, test: FusionGainTest, by_task: Sequence[_Gains]) -> Joined:
    """Every task has to gain, which needs no adjustment; one that does not is enough against, which does."""
    chosen = {
        g.name: np.array([g.by_seed()[s, k] for s, k in enumerate(g.chosen())]) for g in _with_seeds(by_task)
    }
    intervals = {name: _interval(gains) for name, gains in chosen.items()}
    together = {name: _interval(gains, len(chosen)) for name, gains in chosen.items()}
    low, high = test.range or (0.0, float("inf"))
    outside = [name for name, i in together.items() if i.high < low or i.low > high]
    n_inside = sum(i.low > 0 and i.high >= low and i.low <= high for i in intervals.values())
    scope = "; ".join(f"{name}: {i}" for name, i in intervals.items()) + " (layer chosen on another seed)"
    if outside:
        ours, why = together[outside[0]], f"outside the reported gain on {', '.join(outside)}"
        return Joined(claim, "contradicted", why, ours, ours, scope)
    first = min(intervals, key=lambda name: intervals[name].estimate)
    if n_inside < len(intervals):
        return Joined(
            claim, "undecided", f"the interval holds 0 on {first}", intervals[first], intervals[first], scope
        )
    missing = f"; {len(intervals)} of the {len(claim.task)} tasks" if len(claim.task) > len(intervals) else ""
    return Joined(
        claim, "reproduced", f"the gain lies above 0{missing}", intervals[first], intervals[first], scope
    )


def _best_layer(claim: ClaimRecord, test: BestLayerTest, by_task: Sequence[_Gains]) -> Joined:
    """Loss of both tasks of a pair if each fuses the layer that is best for the other."""
    gains = _with_seeds(by_task)
    pairs = [
        (one, other)
        for one, other in combinations(gains, 2)
        if one.encoder == other.encoder and one.task != other.task and one.layers == other.layers
        and len(one.layers) >= 2 and len(one.values) == len(other.values)
    ]  # fmt: skip
    if not pairs:
        tasks = ", ".join(sorted({each.task for each in gains}))
        needs = "needs two tasks with the same encoder, seeds and two fused layers or more"
        raise _NotTestedError(f"{needs}; these runs have {tasks}")
    intervals = {}
    for one, other in pairs:
        a, b, k, m = one.by_seed(), other.by_seed(), one.chosen(), other.chosen()
        loss = [a[s, k[s]] - a[s, m[s]] + b[s, m[s]] - b[s, k[s]] for s in range(len(a))]
        intervals[f"{one.task} and {other.task}"] = _interval(np.array(loss), len(pairs))
    best = max(intervals, key=lambda name: intervals[name].low)
    layers = {each.task: each.layers[int(np.argmax(each.by_seed().mean(0)))] for each in gains}
    scope = f"{best}; best layers: {', '.join(f'{task} {layer}' for task, layer in layers.items())}"
    small = f"another task's best layer costs less than {MARGIN_POINTS:g} point"
    return _effect(
        claim, intervals, best, intervals[best].low > 0, "the other task's best layer is worse", small, scope
    )


def _family(claim: ClaimRecord, by_task: Sequence[_Gains]) -> Joined:
    from isogloss.languages import resolve

    apart: dict[str, NDArray[np.float64]] = {}
    for each in _with_seeds(by_task):
        family = resolve(each.source).family[:1]
        inside = [j for j, t in enumerate(each.targets) if family and resolve(t).family[:1] == family]
        outside = [j for j, t in enumerate(each.targets) if resolve(t).family[:1] not in ((), family)]
        if inside and outside:
            difference = each.by_seed(inside) - each.by_seed(outside)
            name = f"{each.name}: {len(inside)} enf, {len(outside)} noenf"
            apart[name] = np.array([difference[s, k] for s, k in enumerate(each.chosen())])
    if not apart:
        raise _NotTestedError("needs targets both in and outside the family of the source language")
    found = {name: _interval(gains, len(apart)) for name, gains in apart.items()}
    first = max(found, key=lambda n: abs(found[n].estimate) / max(found[n].high - found[n].low, 1e-9))
    why = f"targets {'in' if found[first].low > 0 else 'outside'} the family gain more"
    small, scope = (
        f"apart by less than {MARGIN_POINTS:g} point",
        "; ".join(f"{name}: {i}" for name, i in found.items()),
    )
    return _effect(claim, found, first, found[first].low > 0 or found[first].high < 0, why, small, scope)


def _effect(
    claim: ClaimRecord, found: dict[str, Interval], first: str, there: bool, why: str, small: str, scope: str
) -> Joined:
    """Verdict on an effect: shown by one interval, ruled out by all, or neither."""
    ours = found[first]
    if there:
        return Joined(claim, "reproduced", why, ours, ours, scope)
    if all(interval.is_small for interval in found.values()):
        return Joined(claim, "contradicted", small, ours, ours, scope)
    return Joined(claim, "undecided", "the interval holds 0", ours, ours, scope)


def _with_seeds(by_task: Sequence[_Gains]) -> list[_Gains]:
    if not by_task:
        raise _NotTestedError("needs rows of fused layers (D_k) beside last, of the same seeds and targets")
    enough = [each for each in by_task if len(each.values) >= 2]
    if not enough:
        raise _NotTestedError("needs two seeds or more; one has no interval")
    varied = [each for each in enough if np.ptp(each.values, axis=0).max() > _SAME_POINTS]
    if not varied:
        tasks = ", ".join(each.task for each in enough)
        raise _NotTestedError(
            f"needs gains that differ between seeds; on {tasks} all seeds give the very same"
        )
    return varied


def _interval(values: NDArray[np.float64], n_together: int = 1) -> Interval:
    """Student's interval of the mean of independent seeds; of several, all hold together (Bonferroni)."""
    from scipy.stats import t

    n, mean = len(values), float(values.mean())
    half = float(t.ppf(1 - (1 - CONFIDENCE) / (2 * n_together), n - 1) * values.std(ddof=1) / np.sqrt(n))
    return Interval(mean, mean - half, mean + half, n)


def _seeds(rows: Sequence[ScoreRow]) -> list[int]:
    return sorted({row.seed for row in rows})


def as_rows(joined: Sequence[Joined]) -> list[dict[str, object]]:
    """Plain records of the joined claims."""
    return [{**asdict(each), "claim": each.claim.id, "reported": each.claim.reported()} for each in joined]
