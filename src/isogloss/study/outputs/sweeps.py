"""Layer sweeps of a study: from stored predictions to numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from isogloss.analysis.layer_sweep import LayerSweep, SweepData, SweepSetting, analyse_layers
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR
from isogloss.scores.table import layer_of
from isogloss.statistics.paired import ItemCounts
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.record import StageRecord
from isogloss.study.outputs.store import Store
from isogloss.study.stages import Cell

Run = tuple[str, int, str]
"""Aggregator, seed, target language."""


@dataclass(frozen=True)
class TargetShares:
    """Mean share of the lower layer on one target over seeds: over all subwords, and by quarter of the input.

    A quarter is NaN where no input is long enough to have it.
    """

    target: str
    overall: float
    parts: tuple[float, ...]


@dataclass(frozen=True)
class StudySweep:
    """One sweep, and what the records say beside the score.

    Parameters
    ----------
    sweep : LayerSweep
    macro_f1 : mapping of str to float
        Aggregator to the mean over zero-shot targets and seeds; empty where the metric is not word accuracy.
    lower_share : mapping of str to float
        Fused aggregator to the mean share of its lower layer, likewise; empty where no record has shares.
    shares : tuple of TargetShares
        Of the chosen aggregator, or else the best on the targets.
    """

    sweep: LayerSweep
    macro_f1: Mapping[str, float]
    lower_share: Mapping[str, float]
    shares: tuple[TargetShares, ...]


@dataclass(frozen=True)
class Sweeps:
    """Every layer sweep of a study, and what could not enter one."""

    sections: tuple[StudySweep, ...] = ()
    notes: tuple[str, ...] = ()


def sweeps_of(folders: Sequence[Path]) -> tuple[LayerSweep, ...]:
    """Layer sweeps of several studies, each as in its report; one that two of them share is taken once.

    Raises
    ------
    StoreError
        If a folder is not an output folder, or a record cannot be read.
    """
    studies = [layer_sweeps(StudyFolder.open(folder)) for folder in folders]
    found = [section.sweep for study in studies for section in study.sections]
    return tuple({sweep.setting: sweep for sweep in found}.values())


def layer_sweeps(folder: StudyFolder) -> Sweeps:
    """Analyse every task, encoder and source language with the last layer and a fused one.

    Cells with an intermediate stage, or scored on another task than the source's, take no part. An aggregator
    enters with all targets and seeds that the last layer has, or not at all; the notes say which were left
    out.

    Parameters
    ----------
    folder : StudyFolder
        Resampling takes the seed of the study's analysis.
    """
    groups: dict[tuple[str, str, str, str], dict[Run, Cell]] = defaultdict(dict)
    store = folder.store
    for cell in folder.manifest.cells:
        own_task = cell.task == (cell.source_task or cell.task)
        if own_task and cell.intermediate_language is None and store.is_done(cell.stage_id):
            key = (cell.task, cell.encoder, cell.source_language, cell.split)
            groups[key][cell.aggregator, cell.seed, cell.target_language] = cell
    found: list[StudySweep] = []
    notes: list[str] = []
    for key, runs in groups.items():
        complete, missing = _complete(runs)
        notes += [f"{', '.join(key[:3])}: {name} is not complete and takes no part" for name in missing]
        cells = [runs[run] for run in runs if run[0] in complete]
        has_targets = any(cell.zero_shot for cell in cells)
        if has_targets and any(layer_of(name) is not None for name in complete):
            card = folder.manifest.tasks[key[0]]
            data = _data(store, card, runs, complete)
            beside = _Beside(store, runs, data.setting)
            sweep = analyse_layers(data, seed=folder.manifest.study.analysis.seed)
            found.append(_section(sweep, beside))
    return Sweeps(tuple(found), tuple(notes))


def _section(sweep: LayerSweep, beside: _Beside) -> StudySweep:
    fused = {row.aggregator: row.layer for row in sweep.rows if row.layer is not None}
    names = sweep.setting.aggregators
    macro = {name: beside.mean(name, lambda record: record.macro_f1) for name in names}
    lower = {name: beside.mean(name, _overall(layer)) for name, layer in fused.items()}
    shown = sweep.chosen or sweep.best
    return StudySweep(
        sweep,
        macro_f1={name: value for name, value in macro.items() if value is not None},
        lower_share={name: value for name, value in lower.items() if value is not None},
        shares=beside.shares(shown, fused[shown]),
    )


Reading = Callable[[StageRecord], float | None]
"""Takes one number from a record; None where the record has none."""


def _overall(layer: int) -> Reading:
    return lambda record: None if record.layer_shares is None else record.layer_shares.overall[layer]


class _Beside:
    """Details from the records of a sweep's evaluations."""

    def __init__(self, store: Store, runs: Mapping[Run, Cell], setting: SweepSetting) -> None:
        self.setting = setting
        self.records = {
            (name, seed, target): store.record(runs[name, seed, target].stage_id)
            for name in setting.aggregators
            for seed in setting.seeds
            for target in setting.targets
        }

    def mean(self, aggregator: str, reading: Reading, target: str | None = None) -> float | None:
        """Mean over seeds and the zero-shot targets, or one target; None where a record lacks it."""
        zero_shot = zip(self.setting.targets, self.setting.zero_shot, strict=True)
        targets = [code for code, flag in zero_shot if flag] if target is None else [target]
        found = [
            reading(self.records[aggregator, seed, code]) for seed in self.setting.seeds for code in targets
        ]
        known = [value for value in found if value is not None]
        return fmean(known) if len(known) == len(found) else None

    def shares(self, aggregator: str, layer: int) -> tuple[TargetShares, ...]:
        """Shares of one layer on every target; empty where a record has none."""
        rows = []
        for target in self.setting.targets:
            overall = self.mean(aggregator, _overall(layer), target)
            if overall is None:
                return ()
            found = [self.records[aggregator, seed, target].layer_shares for seed in self.setting.seeds]
            by_seed = [shares.by_part[layer] for shares in found if shares is not None]
            parts = (math.nan if None in part else fmean(part) for part in zip(*by_seed, strict=True))
            rows.append(TargetShares(target, overall, tuple(parts)))
        return tuple(rows)


def _complete(runs: Mapping[Run, Cell]) -> tuple[list[str], list[str]]:
    """Aggregators with every seed and target of the last layer, in the order of the study, and the others."""
    wanted = {(seed, target) for name, seed, target in runs if name == PLAIN_AGGREGATOR}
    names = list(dict.fromkeys(name for name, _, _ in runs))
    have = {name: {(s, t) for other, s, t in runs if other == name} for name in names}
    complete = [name for name in names if wanted and have[name] >= wanted]
    return complete, [name for name in names if wanted and name not in complete]


def _data(
    store: Store, card: Mapping[str, Any], runs: Mapping[Run, Cell], aggregators: Sequence[str]
) -> SweepData:
    plain = [run for run in runs if run[0] == PLAIN_AGGREGATOR]
    seeds = tuple(sorted({seed for _, seed, _ in plain}))
    targets = tuple(dict.fromkeys(target for _, _, target in plain))
    first = runs[plain[0]]
    validation = [
        [_validation(store, runs[name, seed, targets[0]]) for seed in seeds] for name in aggregators
    ]
    setting = SweepSetting(
        task=first.task,
        encoder=first.encoder,
        source_language=first.source_language,
        metric=card["metric"],
        split=first.split,
        aggregators=tuple(aggregators),
        seeds=seeds,
        targets=targets,
        zero_shot=tuple(runs[PLAIN_AGGREGATOR, seeds[0], target].zero_shot for target in targets),
        parallel=bool(card["parallel_rows"]),
    )
    counts = (
        _counts(store, [[runs[name, seed, target] for seed in seeds] for name in aggregators])
        for target in targets
    )
    return SweepData(setting, tuple(counts), np.array(validation))


def _validation(store: Store, cell: Cell) -> float:
    """Validation score of the weights that were kept; NaN where the stage measured none."""
    stage = store.read_json(store.folder(cell.stage_id) / "config.json")
    training = store.record(stage["parent"]).training
    score = None if training is None else training.kept_score
    return math.nan if score is None else score


def _counts(store: Store, cells: Sequence[Sequence[Cell]]) -> ItemCounts:
    """Counts of one target, one row of cells an aggregator, one cell a seed."""
    import pyarrow.parquet as pq

    columns = ["row", "hits", "n_predicted", "n_gold"]
    tables = [
        [pq.read_table(store.folder(cell.stage_id) / "predictions.parquet", columns=columns) for cell in row]
        for row in cells
    ]

    def gathered(column: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        return np.array([[table[column].to_numpy() for table in row] for row in tables], dtype=np.int64)

    first = tables[0][0]
    return ItemCounts(
        first["row"].to_numpy(), gathered("hits"), gathered("n_predicted"), first["n_gold"].to_numpy()
    )
