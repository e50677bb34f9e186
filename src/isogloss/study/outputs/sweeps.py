"""Layer sweeps of a study: from stored predictions to numbers."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.layer_sweep import LayerSweep, SweepData, SweepSetting, analyse_layers
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR
from isogloss.scores.table import ScoreTable, layer_of
from isogloss.statistics.paired import ItemCounts
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.record import StageRecord, read_json
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


def runs_of(folders: Sequence[Path]) -> tuple[ScoreTable, tuple[LayerSweep, ...]]:
    """Score table and layer sweeps of several studies; what two of them share is taken once.

    Raises
    ------
    StoreError
        If a folder is not an output folder, or a finished stage is not as it was written.
    DataError
        If two studies have different scores for one cell.
    """
    studies = [(folder, folder.records()) for folder in map(StudyFolder.open, folders)]
    table = ScoreTable.of({row for folder, records in studies for row in folder.table(records)})
    sweeps = [one.sweep for folder, records in studies for one in layer_sweeps(folder, records).sections]
    return table, tuple({sweep.setting: sweep for sweep in sweeps}.values())


def layer_sweeps(folder: StudyFolder, records: Mapping[str, StageRecord]) -> Sweeps:
    """Analyse every task, encoder and source language with the last layer and a fused one.

    Cells with an intermediate stage, or scored on another task than the source's, take no part. An aggregator
    enters with all targets and seeds that the last layer has, or not at all; the notes say which were left
    out.

    Parameters
    ----------
    folder : StudyFolder
        Resampling takes the seed of the study's analysis.
    records : mapping of str to StageRecord
        Of the finished stages, by stage id.
    """
    groups: dict[tuple[str, str, str, str], dict[Run, Cell]] = defaultdict(dict)
    for cell in folder.manifest.cells:
        own_task = cell.task == (cell.source_task or cell.task)
        if own_task and cell.intermediate_language is None and cell.stage_id in records:
            key = (cell.task, cell.encoder, cell.source_language, cell.split)
            groups[key][cell.aggregator, cell.seed, cell.target_language] = cell
    found: list[StudySweep] = []
    notes: list[str] = []
    for key, cells in groups.items():
        complete, missing = _complete(cells)
        notes += [f"{', '.join(key[:3])}: {name} is not complete and takes no part" for name in missing]
        if any(layer_of(name) is not None for name in complete):
            setting = _setting(cells, complete, folder.manifest.tasks[key[0]])
            if any(setting.zero_shot):
                runs = {run: records[cell.stage_id] for run, cell in cells.items()}
                is_oracle = folder.manifest.study.selection == "oracle"
                own = _Evaluations(folder.store, setting, runs, is_oracle)
                sweep = analyse_layers(own.data(), seed=folder.manifest.study.analysis.seed)
                found.append(own.beside(sweep))
    return Sweeps(tuple(found), tuple(notes))


def _complete(runs: Collection[Run]) -> tuple[list[str], list[str]]:
    """Aggregators with every seed and target of the last layer, in the order of the study, and the others."""
    wanted = {(seed, target) for name, seed, target in runs if name == PLAIN_AGGREGATOR}
    names = list(dict.fromkeys(name for name, _, _ in runs))
    have = {name: {(s, t) for other, s, t in runs if other == name} for name in names}
    complete = [name for name in names if wanted and have[name] >= wanted]
    return complete, [name for name in names if wanted and name not in complete]


def _setting(cells: Mapping[Run, Cell], aggregators: Sequence[str], card: Mapping[str, Any]) -> SweepSetting:
    plain = [cell for (name, _, _), cell in cells.items() if name == PLAIN_AGGREGATOR]
    zero_shot = {cell.target_language: cell.zero_shot for cell in plain}
    return SweepSetting(
        task=plain[0].task,
        encoder=plain[0].encoder,
        source_language=plain[0].source_language,
        metric=card["metric"],
        split=plain[0].split,
        aggregators=tuple(aggregators),
        seeds=tuple(sorted({cell.seed for cell in plain})),
        targets=tuple(zero_shot),
        zero_shot=tuple(zero_shot.values()),
        parallel=bool(card["parallel_rows"]),
    )


Reading = Callable[[StageRecord], float | None]
"""Takes one number from a record; None where the record has none."""


def _overall(layer: int) -> Reading:
    return lambda record: None if record.layer_shares is None else record.layer_shares.overall[layer]


@dataclass(frozen=True)
class _Evaluations:
    """The finished evaluations of one sweep."""

    store: Store
    setting: SweepSetting
    records: Mapping[Run, StageRecord]
    is_oracle: bool

    def data(self) -> SweepData:
        """Item counts and validation scores, read from the stages."""
        setting = self.setting
        scores = [[self._validation(name, seed) for seed in setting.seeds] for name in setting.aggregators]
        return SweepData(setting, tuple(map(self._counts, setting.targets)), np.array(scores))

    def beside(self, sweep: LayerSweep) -> StudySweep:
        """Put the means of what the records say beside a sweep."""
        fused = {row.aggregator: row.layer for row in sweep.rows if row.layer is not None}
        shown = sweep.chosen or sweep.best
        return StudySweep(
            sweep,
            macro_f1=self._means({row.aggregator: attrgetter("macro_f1") for row in sweep.rows}),
            lower_share=self._means({name: _overall(layer) for name, layer in fused.items()}),
            shares=self._shares(shown, fused[shown]),
        )

    def _means(self, readings: Mapping[str, Reading]) -> dict[str, float]:
        """Mean of what is read of each aggregator, where every record has it."""
        found = {name: self._mean(name, reading) for name, reading in readings.items()}
        return {name: value for name, value in found.items() if value is not None}

    def _mean(self, aggregator: str, reading: Reading, target: str | None = None) -> float | None:
        """Mean over seeds and the zero-shot targets, or one target; None where a record lacks it."""
        zero_shot = zip(self.setting.targets, self.setting.zero_shot, strict=True)
        targets = [code for code, flag in zero_shot if flag] if target is None else [target]
        found = [
            reading(self.records[aggregator, seed, code]) for seed in self.setting.seeds for code in targets
        ]
        known = [value for value in found if value is not None]
        return fmean(known) if len(known) == len(found) else None

    def _shares(self, aggregator: str, layer: int) -> tuple[TargetShares, ...]:
        """Shares of one layer on every target; empty where a record has none."""
        rows = []
        for target in self.setting.targets:
            overall = self._mean(aggregator, _overall(layer), target)
            if overall is None:
                return ()
            found = [self.records[aggregator, seed, target].layer_shares for seed in self.setting.seeds]
            by_seed = [shares.by_part[layer] for shares in found if shares is not None]
            parts = (math.nan if None in part else fmean(part) for part in zip(*by_seed, strict=True))
            rows.append(TargetShares(target, overall, tuple(parts)))
        return tuple(rows)

    def _validation(self, aggregator: str, seed: int) -> float:
        """Source validation score of the weights that were kept; NaN where their stage measured none."""
        if self.is_oracle:  # measured on the targets
            return math.nan
        one = self.records[aggregator, seed, self.setting.targets[0]]
        stage = read_json(self.store.folder(one.stage_id) / "config.json")
        training = self.store.record(stage["parent"]).training
        score = None if training is None else training.kept_score
        return math.nan if score is None else score

    def _counts(self, target: str) -> ItemCounts:
        """Counts of one target by aggregator and seed."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        def read(aggregator: str, seed: int) -> pa.Table:
            stage = self.records[aggregator, seed, target].stage_id
            columns = ["row", "hits", "n_predicted", "n_gold"]
            return pq.read_table(self.store.folder(stage) / "predictions.parquet", columns=columns)

        setting = self.setting
        tables = [[read(name, seed) for seed in setting.seeds] for name in setting.aggregators]

        def gathered(column: str) -> NDArray[np.int64]:
            return np.array([[table[column].to_numpy() for table in row] for row in tables], dtype=np.int64)

        first = tables[0][0]
        return ItemCounts(
            first["row"].to_numpy(), gathered("hits"), gathered("n_predicted"), first["n_gold"].to_numpy()
        )
