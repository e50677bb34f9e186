"""The claims on record compared with our own runs: reported, ours, difference with interval, verdict.

Scores come from the score table, a mean over targets once per seed, with Student's interval over seeds. What
fused layers gain comes from the layer sweeps of the studies, as in their reports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.layer_sweep import LayerSweep
from isogloss.evidence.claims.records import BestLayerTest, ClaimRecord, FamilyTest, FusionGainTest, ScoreTest
from isogloss.scores.table import ScoreRow, ScoreTable
from isogloss.statistics.paired import Difference, summed

RunVerdict = Literal["reproduced", "contradicted", "undecided", "not tested"]

CONFIDENCE = 0.95
MARGIN_POINTS = 1.0
"""A difference in points that is smaller counts as no difference."""

_SAME_POINTS = 1e-9


@dataclass(frozen=True)
class SeedInterval:
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
    ours : SeedInterval or None
        In percentage points.
    difference : SeedInterval or None
        Ours less the reported value; for a reported range or direction, our value itself.
    scope : str
        Task, encoder and targets that ours is about.
    """

    claim: ClaimRecord
    verdict: RunVerdict
    reason: str
    ours: SeedInterval | None = None
    difference: SeedInterval | None = None
    scope: str = ""


class _NotTestedError(Exception):
    """These runs cannot test a claim; the message is the reason."""


def join_runs(
    claims: Sequence[ClaimRecord], table: ScoreTable, sweeps: Sequence[LayerSweep] = ()
) -> list[Joined]:
    """Compare every claim with one or more studies.

    Parameters
    ----------
    claims : sequence of ClaimRecord
    table : ScoreTable
        Only test scores without an intermediate stage are used; a score claim is about the mean over all
        targets, the source language included, as the papers report it.
    sweeps : sequence of LayerSweep
        Of the same studies, see `isogloss.study.outputs.sweeps.runs_of`; without them, claims about fused
        layers are not tested.
    """
    rows = [row for row in table if row.intermediate_language is None]
    return [_join(claim, rows, sweeps) for claim in claims]


def _join(claim: ClaimRecord, rows: Sequence[ScoreRow], sweeps: Sequence[LayerSweep]) -> Joined:
    try:
        match claim.test:
            case None:
                raise _NotTestedError("it states no `test`: see isogloss claims --list --yaml")
            case ScoreTest():
                return _score(claim, claim.test, rows)
            case FusionGainTest():
                return _fusion_gain(claim, claim.test, _testable(sweeps))
            case BestLayerTest():
                return _best_layer(claim, _testable(sweeps))
            case FamilyTest():
                return _family(claim, _testable(sweeps))
    except _NotTestedError as reason:
        return Joined(claim, "not tested", str(reason))


def _score(claim: ClaimRecord, test: ScoreTest, rows: Sequence[ScoreRow]) -> Joined:
    own = _rows_of(test, rows)
    targets = sorted({row.target_language for row in own})
    values = _means_by_seed(own, targets)
    reported = claim.value if isinstance(claim.value, float) else float("nan")
    ours, gap = _over_seeds(values), _over_seeds(values - reported)
    scope = f"{own[0].task}, {own[0].encoder} by its name, {len(targets)} targets"
    if gap.high < -MARGIN_POINTS or gap.low > MARGIN_POINTS:
        return Joined(claim, "contradicted", f"more than {MARGIN_POINTS:g} point apart", ours, gap, scope)
    if gap.is_small:
        return Joined(claim, "reproduced", f"within {MARGIN_POINTS:g} point", ours, gap, scope)
    return Joined(
        claim, "undecided", f"the interval holds {MARGIN_POINTS:g} point and more", ours, gap, scope
    )


def _rows_of(test: ScoreTest, rows: Sequence[ScoreRow]) -> list[ScoreRow]:
    """Rows that a score claim is about; each condition narrows those of the one before."""
    wanted: Sequence[tuple[str, Sequence[str], Callable[[ScoreRow], str]]] = (
        ("", test.encoders, lambda row: row.encoder.rstrip("/").rsplit("/", 1)[-1]),
        ("task ", test.tasks, lambda row: row.task),
        ("aggregator ", (test.aggregator,), lambda row: row.aggregator),
        ("metric ", (test.metric,), lambda row: row.metric),
        ("source language ", ("en",), lambda row: row.source_language),
        ("split ", ("test",), lambda row: row.split),
    )
    own = list(rows)
    for name, values, of in wanted:
        there = ", ".join(sorted({of(row) for row in own})) or "none"
        own = [row for row in own if of(row) in values]
        if not own:
            raise _NotTestedError(f"needs {name}{' or '.join(values)}; these runs have {there}")
    return own


def _means_by_seed(rows: Sequence[ScoreRow], targets: Sequence[str]) -> NDArray[np.float64]:
    """Mean over targets in points, of the seeds that have all of them."""
    scores = {(row.seed, row.target_language): row.score for row in rows}
    seeds = sorted({row.seed for row in rows})
    means = np.array([100 * np.mean([scores.get((s, t), np.nan) for t in targets]) for s in seeds])
    values: NDArray[np.float64] = means[np.isfinite(means)]
    if len(values) < 2:
        raise _NotTestedError("needs two seeds or more with all targets; one has no interval")
    if np.ptp(values) <= _SAME_POINTS:
        raise _NotTestedError("needs scores that differ between seeds; all seeds give the very same")
    return values


_NEEDS: Sequence[tuple[Callable[[LayerSweep], bool], str]] = (
    (
        lambda sweep: sweep.setting.split == "test",
        "test scores of fused layers (D_k) beside last, of the same seeds and targets",
    ),
    (lambda sweep: len(sweep.setting.seeds) >= 2, "two seeds or more; one has no interval"),
    (lambda sweep: sweep.chosen is not None, "a layer chosen on source validation"),
    (
        lambda sweep: 100 * _gain(sweep).seed_error > _SAME_POINTS,
        "gains that differ between seeds; all seeds give the very same",
    ),
)
"""Parts of a sweep that a claim about layers needs, in the order in which it is looked for."""


def _testable(sweeps: Sequence[LayerSweep]) -> dict[str, LayerSweep]:
    """Sweeps on test data with a chosen layer and gains that differ between seeds, by name."""
    own = list(sweeps)
    for is_usable, needs in _NEEDS:
        before, own = own, [sweep for sweep in own if is_usable(sweep)]
        if not own:
            tasks = ", ".join(f"{sweep.setting.task} {sweep.no_choice}".strip() for sweep in before)
            raise _NotTestedError(f"needs {needs}{f' (on {tasks})' if before else ''}")
    found: dict[str, LayerSweep] = {}
    for sweep in own:
        of = sweep.setting
        name = f"{of.task} from {of.source_language}, {of.encoder}"
        found[name if name not in found else f"{name}, seeds {', '.join(map(str, of.seeds))}"] = sweep
    return found


def _gain(sweep: LayerSweep) -> Difference:
    """Gain of the chosen layer over the last one."""
    return sweep.headline[0][1]


def _fusion_gain(claim: ClaimRecord, test: FusionGainTest, sweeps: Mapping[str, LayerSweep]) -> Joined:
    """Every task has to gain, which needs no adjustment; one that does not is enough against, which does."""
    intervals = {name: _interval([_gain(sweep)]) for name, sweep in sweeps.items()}
    together = {name: _interval([_gain(sweep)], len(sweeps)) for name, sweep in sweeps.items()}
    low, high = test.range or (0.0, float("inf"))
    outside = [name for name, i in together.items() if i.high < low or i.low > high]
    scope = f"{_listed(intervals)} (layer chosen on source validation)"
    if outside:
        ours, why = together[outside[0]], f"outside the reported gain on {', '.join(outside)}"
        return Joined(claim, "contradicted", why, ours, ours, scope)
    first = min(intervals, key=lambda name: intervals[name].estimate)
    ours = intervals[first]
    if not all(i.low > 0 and i.high >= low and i.low <= high for i in intervals.values()):
        return Joined(claim, "undecided", f"the interval holds 0 on {first}", ours, ours, scope)
    missing = f"; {len(intervals)} of the {len(claim.task)} tasks" if len(claim.task) > len(intervals) else ""
    return Joined(claim, "reproduced", f"the gain lies above 0{missing}", ours, ours, scope)


def _best_layer(claim: ClaimRecord, sweeps: Mapping[str, LayerSweep]) -> Joined:
    """Loss of both tasks of a pair if each fuses the layer that was chosen for the other."""
    losses = {
        f"{one.setting.task} and {other.setting.task}": [_loss(one, other), _loss(other, one)]
        for one, other in combinations(sweeps.values(), 2)
        if one.setting.encoder == other.setting.encoder and one.setting.task != other.setting.task
        and len(_fused(one)) >= 2 and _fused(one) == _fused(other)
    }  # fmt: skip
    if not losses:
        tasks = ", ".join(sorted({sweep.setting.task for sweep in sweeps.values()}))
        needs = "needs two tasks with the same encoder and the same two fused layers or more"
        raise _NotTestedError(f"{needs}; these runs have {tasks}")
    intervals = {name: _interval(both, len(losses)) for name, both in losses.items()}
    best = max(intervals, key=lambda name: intervals[name].low)
    layers = ", ".join(f"{sweep.setting.task} {sweep.chosen}" for sweep in sweeps.values())
    small = f"another task's best layer costs less than {MARGIN_POINTS:g} point"
    why = "the other task's best layer is worse"
    return _effect(claim, intervals, best, (intervals[best].low > 0, why, small), f"{best}; layers: {layers}")


def _fused(sweep: LayerSweep) -> set[str]:
    return {row.aggregator for row in sweep.rows if row.layer is not None}


def _loss(own: LayerSweep, other: LayerSweep) -> Difference:
    """Loss of a task by the layer that was chosen for another one."""
    behind = next(row.behind for row in own.rows if row.aggregator == other.chosen)
    assert behind is not None  # a layer is chosen
    return behind


def _family(claim: ClaimRecord, sweeps: Mapping[str, LayerSweep]) -> Joined:
    apart: dict[str, Difference] = {}
    for name, sweep in sweeps.items():
        if len(sweep.families) == 3:
            enf, noenf, between = sweep.families
            apart[f"{name}: {len(enf.targets)} enf, {len(noenf.targets)} noenf"] = between.gain
    if not apart:
        raise _NotTestedError("needs targets both in and outside the family of the source language")
    found = {name: _interval([gain], len(apart), sign=-1) for name, gain in apart.items()}
    first = max(found, key=lambda n: abs(found[n].estimate) / max(found[n].high - found[n].low, 1e-9))
    ours = found[first]
    why = f"targets {'in' if ours.low > 0 else 'outside'} the family gain more"
    small = f"apart by less than {MARGIN_POINTS:g} point"
    return _effect(claim, found, first, (ours.low > 0 or ours.high < 0, why, small), _listed(found))


def _effect(
    claim: ClaimRecord,
    found: Mapping[str, SeedInterval],
    first: str,
    effect: tuple[bool, str, str],
    scope: str,
) -> Joined:
    """Verdict on an effect: shown by one interval, ruled out by all, or neither.

    `effect` is whether it is shown, and what is then said, or where it is ruled out.
    """
    ours, (shown, why, small) = found[first], effect
    if shown:
        return Joined(claim, "reproduced", why, ours, ours, scope)
    if all(interval.is_small for interval in found.values()):
        return Joined(claim, "contradicted", small, ours, ours, scope)
    return Joined(claim, "undecided", "the interval holds 0", ours, ours, scope)


def _listed(intervals: Mapping[str, SeedInterval]) -> str:
    return "; ".join(f"{name}: {interval}" for name, interval in intervals.items())


def _interval(gains: Sequence[Difference], n_together: int = 1, *, sign: int = 1) -> SeedInterval:
    """Sum of independent gains in points; of several intervals, all hold together (Bonferroni)."""
    found = summed(gains, confidence=1 - (1 - CONFIDENCE) / n_together)
    low, high = sorted((100 * sign * found.ci_low, 100 * sign * found.ci_high))
    return SeedInterval(100 * sign * found.estimate, low, high, found.n_seeds)


def _over_seeds(values: NDArray[np.float64]) -> SeedInterval:
    """Student's interval of the mean of independent seeds."""
    from scipy.stats import ttest_1samp

    low, high = ttest_1samp(values, 0.0).confidence_interval(CONFIDENCE)
    return SeedInterval(float(values.mean()), float(low), float(high), len(values))


def as_rows(joined: Sequence[Joined]) -> list[dict[str, object]]:
    """Plain records of the joined claims."""
    return [{**asdict(each), "claim": each.claim.id, "reported": each.claim.reported()} for each in joined]
