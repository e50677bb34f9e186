"""Which layer to fuse: chosen on the source language's validation data, judged on the targets.

The layer is chosen per task by its score on the validation split of the source language, averaged over seeds;
no target has a part in it. The headline is that layer's gain over the last layer alone, and over a control of
the same size that sees only the last layer. The layer that happens to be best on the targets is shown beside
it, with what a best of so many gains by chance alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.languages import resolve
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR
from isogloss.scores.table import layer_of
from isogloss.statistics.paired import (
    Difference,
    ItemCounts,
    difference,
    gain_of_choosing,
    resample_scores,
)

CONTROL = "mlp_last"
"""As many weights as fusion has, and the last layer only."""


@dataclass(frozen=True)
class SweepSetting:
    """Task, encoder and source language of a sweep.

    Parameters
    ----------
    task, encoder, source_language, metric, split : str
    aggregators : tuple of str
        As score tables name them; ``last`` among them.
    seeds : tuple of int
    targets : tuple of str
    zero_shot : tuple of bool
        One a target.
    parallel : bool
        Item i says the same in every target.
    """

    task: str
    encoder: str
    source_language: str
    metric: str
    split: str
    aggregators: tuple[str, ...]
    seeds: tuple[int, ...]
    targets: tuple[str, ...]
    zero_shot: tuple[bool, ...]
    parallel: bool


@dataclass(frozen=True, eq=False)
class SweepData:
    """Every aggregator of one task, encoder and source language, on the same targets with the same seeds.

    Parameters
    ----------
    setting : SweepSetting
    counts : tuple of ItemCounts
        One a target; systems are the aggregators.
    validation : ndarray of float, shape (aggregator, seed)
        Score on the source language's validation split of the weights that were kept; NaN where none was
        measured.
    """

    setting: SweepSetting
    counts: tuple[ItemCounts, ...]
    validation: NDArray[np.float64]


@dataclass(frozen=True)
class AggregatorRow:
    """One aggregator: means over seeds of its scores, and its gain over the last layer on the targets.

    `layer` is None for an aggregator that is not one of a sweep; `validation` and `source` are NaN where they
    were not measured; `gain` is None for the last layer itself. `behind` is what the chosen layer gains over
    this aggregator, None where none was chosen.
    """

    aggregator: str
    layer: int | None
    validation: float
    source: float
    targets: float
    gain: Difference | None
    behind: Difference | None = None


@dataclass(frozen=True)
class TargetGain:
    """Gain of the chosen layer over the last on one target; the same `family` as the source, or another."""

    target: str
    family: bool | None
    zero_shot: bool
    score: float
    gain: Difference


@dataclass(frozen=True)
class FamilyGain:
    """Mean gain over the targets in the source's family (``enf``) or outside it (``noenf``), or between."""

    group: str
    targets: tuple[str, ...]
    gain: Difference


@dataclass(frozen=True)
class LayerSweep:
    """Result of a sweep over layers.

    Parameters
    ----------
    setting : SweepSetting
    rows : tuple of AggregatorRow
    chosen : str or None
        The fused aggregator that is best on source validation; the lowest layer of equals.
    no_choice : str
        Why none was chosen, where none was.
    headline : tuple of (str, Difference)
        Gain of the chosen one over the last layer, and over the control where it was run.
    best : str
        The fused aggregator that is best on the targets themselves.
    best_gain : Difference
        Its gain over the last layer; its interval does not allow for the choice.
    best_by_chance : float
        What the best of that many equally good layers gains by chance.
    per_target : tuple of TargetGain
        Of the chosen one.
    families : tuple of FamilyGain
    """

    setting: SweepSetting
    rows: tuple[AggregatorRow, ...]
    chosen: str | None
    no_choice: str
    headline: tuple[tuple[str, Difference], ...]
    best: str
    best_gain: Difference
    best_by_chance: float
    per_target: tuple[TargetGain, ...]
    families: tuple[FamilyGain, ...]


def analyse_layers(data: SweepData, *, n_resamples: int = 2000, seed: int = 0) -> LayerSweep:
    """Choose the layer, and say what it gains.

    Parameters
    ----------
    data : SweepData
        With at least one fused aggregator, and the last layer.
    n_resamples : int
        Of the items.
    seed : int
        Of the resampling.
    """
    return _Sweep(data, n_resamples, seed).result()


class _Sweep:
    """Scores, and scores in resamples of the items, of every target, aggregator and seed."""

    def __init__(self, data: SweepData, n_resamples: int, seed: int) -> None:
        self.data, self.setting, self.seed = data, data.setting, seed
        layers = {name: layer_of(name) for name in data.setting.aggregators}
        self.fused = {name: layer for name, layer in layers.items() if layer is not None}
        rng = np.random.default_rng([seed, 1])
        self.scores = np.stack([one.scores() for one in data.counts])
        self.resampled = resample_scores(
            data.counts, shared=data.setting.parallel, n_resamples=n_resamples, rng=rng
        )
        self.zero_shot = [i for i, flag in enumerate(data.setting.zero_shot) if flag]

    def result(self) -> LayerSweep:
        chosen, no_choice = self._choose()
        best = max(self.fused, key=lambda name: self._mean_score(name, self.zero_shot))
        references = [name for name in (PLAIN_AGGREGATOR, CONTROL) if name in self.setting.aggregators]
        headline = tuple((name, self.gain(chosen, name)) for name in references) if chosen else ()
        rows = tuple(self._row(name, chosen) for name in self.setting.aggregators)
        of_best = (best, self.gain(best, PLAIN_AGGREGATOR), self._gain_of_choosing())
        of_chosen = (self._per_target(chosen), self._families(chosen)) if chosen else ((), ())
        return LayerSweep(self.setting, rows, chosen, no_choice, headline, *of_best, *of_chosen)

    def gain(self, of: str, over: str, targets: Sequence[int] | None = None) -> Difference:
        """Gain of one aggregator over another, mean over targets: the zero-shot ones unless stated."""
        chosen = self.zero_shot if targets is None else targets
        return self._difference(self._gains(of, over, chosen), chosen)

    def _gains(
        self, of: str, over: str, targets: Sequence[int]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Mean gain over targets by seed, shape (seed,), and in resamples, shape (resample, seed)."""
        a, b = self._at(of), self._at(over)
        point = (self.scores[targets, a] - self.scores[targets, b]).mean(axis=0)
        inner = self.resampled[:, targets]
        return point, (inner[:, :, a] - inner[:, :, b]).mean(axis=1)

    def _difference(
        self, gains: tuple[NDArray[np.float64], NDArray[np.float64]], targets: Sequence[int]
    ) -> Difference:
        sizes = [len(self.data.counts[target].items) for target in targets]
        return difference(*gains, n_items=max(sizes) if self.setting.parallel else sum(sizes))

    def _choose(self) -> tuple[str | None, str]:
        rows = {name: self.data.validation[self._at(name)] for name in self.fused}
        unknown = ", ".join(name for name, scores in rows.items() if not np.isfinite(scores).all())
        if unknown:
            return None, f"no source validation score of {unknown}: run with selection: source-validation"
        order = sorted(self.fused, key=lambda name: (self.fused[name], name))
        return max(order, key=lambda name: rows[name].mean()), ""

    def _gain_of_choosing(self) -> float:
        at = [self._at(name) for name in self.fused]
        point = self.scores[self.zero_shot][:, at].mean(axis=0)
        resampled = self.resampled[:, self.zero_shot][:, :, at].mean(axis=1)
        return gain_of_choosing(point, resampled, rng=np.random.default_rng([self.seed, 2]))

    def _row(self, name: str, chosen: str | None) -> AggregatorRow:
        source = resolve(self.setting.source_language)
        own = [i for i, target in enumerate(self.setting.targets) if resolve(target) == source]
        validation = float(self.data.validation[self._at(name)].mean())
        on_source = self._mean_score(name, own) if own else float("nan")
        scores = validation, on_source, self._mean_score(name, self.zero_shot)
        gain = None if name == PLAIN_AGGREGATOR else self.gain(name, PLAIN_AGGREGATOR)
        behind = self.gain(chosen, name) if chosen else None
        return AggregatorRow(name, self.fused.get(name), *scores, gain, behind)

    def _per_target(self, chosen: str) -> tuple[TargetGain, ...]:
        found = []
        for i, target in enumerate(self.setting.targets):
            about = (target, self._in_family(target), self.setting.zero_shot[i])
            gain = self.gain(chosen, PLAIN_AGGREGATOR, [i])
            found.append(TargetGain(*about, self._mean_score(chosen, [i]), gain))
        return tuple(found)

    def _families(self, chosen: str) -> tuple[FamilyGain, ...]:
        groups = {
            name: [i for i in self.zero_shot if self._in_family(self.setting.targets[i]) is is_inside]
            for name, is_inside in (("enf", True), ("noenf", False))
        }
        gains = {name: self._gains(chosen, PLAIN_AGGREGATOR, own) for name, own in groups.items() if own}
        found = []
        for name, gain in gains.items():
            targets = tuple(self.setting.targets[i] for i in groups[name])
            found.append(FamilyGain(name, targets, self._difference(gain, groups[name])))
        if len(gains) == len(groups):
            (inside, inside_resampled), (outside, outside_resampled) = gains.values()
            between = (outside - inside, outside_resampled - inside_resampled)
            everyone = [*groups["enf"], *groups["noenf"]]
            found.append(FamilyGain("noenf less enf", (), self._difference(between, everyone)))
        return tuple(found)

    def _in_family(self, target: str) -> bool | None:
        """Whether a target belongs to the top-level family of the source; None where one is unknown."""
        own, other = resolve(self.setting.source_language).top_family, resolve(target).top_family
        return own == other if own and other else None

    def _mean_score(self, name: str, targets: Sequence[int]) -> float:
        return float(self.scores[targets, self._at(name)].mean())

    def _at(self, name: str) -> int:
        return self.setting.aggregators.index(name)
