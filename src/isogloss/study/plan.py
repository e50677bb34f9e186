"""From a resolved study to a graph of stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

from isogloss.errors import IsoglossError, StudyError
from isogloss.modeling.device import resolve_precision
from isogloss.study.file.names import NamedAggregator, NamedEncoder, named_encoder
from isogloss.study.file.resolution import ResolvedStudy, TaskLanguage, resolve_study
from isogloss.study.file.schema import IntermediateSettings, SourceSettings, Study
from isogloss.study.file.yaml_text import StudyFile
from isogloss.study.jobs import Job
from isogloss.study.stages import (
    Cell,
    DataRef,
    EvaluateStage,
    FinetuneStage,
    PrecisionChoice,
    Selection,
    Stage,
)
from isogloss.tasks.base import Split, Task
from isogloss.training.settings import TrainingSettings


@dataclass(frozen=True)
class Plan:
    """The stages of a study and the cells of its score table.

    Parameters
    ----------
    resolved : ResolvedStudy
        With the tasks of all; of several source tasks, its languages are those of the first.
    stages : mapping of stage id to stage
        Parents come before their children.
    cells : tuple of Cell
    n_unshared : int
        Stages there would be if no two points of the grid shared one.
    precision : PrecisionChoice or None
        What ``auto`` came to; None where the study states its precisions.
    """

    resolved: ResolvedStudy
    stages: Mapping[str, Stage]
    cells: tuple[Cell, ...]
    n_unshared: int
    precision: PrecisionChoice | None = None

    def training_of(self, stage: Stage) -> FinetuneStage:
        """The stage itself where it trains, else the one whose model it scores."""
        found = stage if isinstance(stage, FinetuneStage) else self.stages[stage.parent]
        if not isinstance(found, FinetuneStage):
            raise TypeError(f"{stage.label} starts from an evaluation")
        return found

    def job(self, stages: tuple[Stage, ...], store: Path, halvings: int = 0) -> Job:
        """Tell a worker what to do and where.

        Parameters
        ----------
        stages : tuple of Stage
        store : Path
            Folder of the stage store.
        halvings : int
            How often the micro-batch is to be halved, because memory did not do.
        """
        execution = self.resolved.study.execution
        return Job(
            stages=stages,
            store=str(store.resolve()),
            data_dir=str(self.resolved.data_dir) if self.resolved.data_dir else None,
            tasks=self.resolved.study.tasks,
            tasks_dir=str(self.resolved.folder),
            threads=execution.threads_per_worker,
            device=execution.device,
            max_subwords_per_batch=execution.max_subwords_per_batch,
            trust_remote_code=any(self.training_of(stage).trust_remote_code for stage in stages),
            halvings=halvings,
            checkpoint_seconds=60 * execution.checkpoint_minutes,
            precision_reason=self.precision.reason if self.precision else None,
        )


Fingerprints = dict[tuple[str, str, Split], str]
"""Hashes of the data that were read, by task, language and split."""

ChoosePrecision = Callable[[Plan], PrecisionChoice]
"""From a plan in a provisional precision to the one that ``auto`` shall be."""


def make_plan(file: StudyFile, choose: ChoosePrecision | None = None) -> Plan:
    """Resolve a study file and expand its grid; equal stages coincide by their id.

    Source tasks are independent: each is planned as a study of its own, and the stages lie side by side.
    ``auto`` is one precision for the whole study, so that no table mixes two: that which another stage
    states, else what `choose` says.

    Parameters
    ----------
    file : StudyFile
    choose : callable, optional
        By default bf16 where it can be computed in.

    Raises
    ------
    StudyError
        See `resolve_study`; of several source tasks with the problems of all.
    """
    found = _resolved(file)
    fingerprints: Fingerprints = {}  # reads every data file: once for all precisions

    def planned(precision: PrecisionChoice | None) -> Plan:
        grids = [_Grid(resolved, precision, fingerprints) for resolved in found]
        tasks = {name: task for resolved in found for name, task in resolved.tasks.items()}
        # The analysis has whole paths.
        study = file.study.model_copy(update={"analysis": found[0].study.analysis})
        stages = {key: stage for grid in grids for key, stage in grid.stages.items()}
        cells = tuple(cell for grid in grids for cell in grid.cells)
        n_unshared = sum(grid.n_unshared for grid in grids)
        return Plan(replace(found[0], study=study, tasks=tasks), stages, cells, n_unshared, precision)

    precisions = _stated_precisions(file.study)
    if "auto" not in precisions:
        return planned(None)
    stated = sorted(precisions - {"auto"})
    choice = PrecisionChoice(
        precision=resolve_precision(stated[0] if stated else "auto", file.study.execution.device),
        reason="as stated for another stage" if stated else "not timed",
    )
    return planned(choice if choose is None or stated else choose(planned(choice)))


def _resolved(file: StudyFile) -> list[ResolvedStudy]:
    """The study with each of its source tasks alone."""
    found: list[ResolvedStudy] = []
    problems: dict[str, IsoglossError] = {}
    identify = cache(named_encoder)  # reads every file of an encoder: once for all source tasks
    source = file.study.source
    for name in source.task:
        alone = {"source": source.model_copy(update={"task": (name,)})}
        try:
            found.append(resolve_study(replace(file, study=file.study.model_copy(update=alone)), identify))
        except StudyError as error:
            problems |= {str(problem): problem for problem in error.problems}
    if problems:
        raise StudyError(list(problems.values()))
    return found


def _stated_precisions(study: Study) -> set[str]:
    """Precisions that the settings of the stages state, ``auto`` among them."""
    stages = [study.source.training, *([study.intermediate.training] if study.intermediate else [])]
    return {study.training.overridden_by(stage).precision for stage in stages}


class _Model(NamedTuple):
    """What is trained, before it is known on what."""

    encoder: NamedEncoder
    aggregator: NamedAggregator
    seed: int

    @property
    def label(self) -> str:
        return f"{self.encoder.name} {self.aggregator.config.label()} seed {self.seed}"


class _Grid:
    """Every point of the grid as stages and cells, with ``auto`` as chosen."""

    def __init__(
        self, resolved: ResolvedStudy, precision: PrecisionChoice | None, fingerprints: Fingerprints
    ) -> None:
        self.resolved, self.study = resolved, resolved.study
        self.task = resolved.tasks[self.study.source.task[0]]
        self.stages: dict[str, Stage] = {}
        self.cells: list[Cell] = []
        self.n_unshared = 0
        self._fingerprints, self._precision = fingerprints, precision
        self._scored = [
            (task, language, self._target_data(task, language.code)) for task, language in self._targets()
        ]
        models = product(resolved.encoders, resolved.aggregators, self.study.seed)
        for model, source, middle in product(models, resolved.sources, resolved.intermediates):
            self.add(_Model(*model), source, middle)

    def add(self, model: _Model, source: TaskLanguage, middle: TaskLanguage | None) -> None:
        """Add intermediate -> source -> evaluation of every target."""
        settings, parent = self.study.intermediate, None
        if settings is not None and middle is not None:
            parent = self._finetune(model, settings, self.resolved.tasks[settings.task], middle)
        trained = self._finetune(model, self.study.source, self.task, source, parent)
        self.n_unshared += (1 if parent is None else 2) + len(self._scored)
        for task, target, data in self._scored:
            scored = target.code if task is self.task else f"{task.card.name} {target.code}"
            stage = EvaluateStage(
                parent=trained.stage_id,
                data=data,
                max_length=trained.training.max_length,
                precision=trained.training.precision,
                label=f"{trained.label} > {scored}",
            )
            self.stages.setdefault(stage.stage_id, stage)
            seen = {source.language, middle.language if middle else source.language}
            self.cells.append(
                Cell(
                    task=task.card.name,
                    source_task=self.task.card.name,
                    encoder=model.encoder.name,
                    aggregator=model.aggregator.config.label(),
                    seed=model.seed,
                    source_language=source.code,
                    intermediate_task=parent.train.task if parent else None,
                    intermediate_language=middle.code if middle else None,
                    target_language=target.code,
                    split=self.study.targets.split,
                    zero_shot=target.language not in seen,
                    stage_id=stage.stage_id,
                )
            )

    def _finetune(
        self,
        model: _Model,
        stated: SourceSettings | IntermediateSettings,
        task: Task,
        language: TaskLanguage,
        parent: FinetuneStage | None = None,
    ) -> FinetuneStage:
        """Plan a training; the last weights are kept unless it is the source's, whose weights are chosen."""
        settings = self.study.training.overridden_by(stated.training)
        is_source = stated is self.study.source
        selection: Selection = self.study.selection if is_source else "none"
        path = f"{parent.label} > " if parent else f"{model.label}: "
        stage = FinetuneStage(
            encoder=model.encoder.settings.id,
            revision=model.encoder.settings.revision,
            trust_remote_code=model.encoder.settings.trust_remote_code,
            encoder_fingerprint=model.encoder.identity.fingerprint,
            aggregator=model.aggregator.name,
            aggregator_options=model.aggregator.config.model_dump(mode="json"),
            train=self._data(task, language.code, stated.split, stated.examples),
            validation=self._validation(language) if is_source else (),
            training=self._filled(task, settings),
            selection=selection,
            validation_settings=None if selection == "none" else self.study.validation,
            seed=model.seed,
            mode=self.study.mode,
            parent=parent.stage_id if parent else None,
            label=f"{path}{task.card.name} {language.code}",
            stated=tuple(sorted(settings.model_fields_set)),
        )
        self.stages.setdefault(stage.stage_id, stage)
        return stage

    def _validation(self, source: TaskLanguage) -> tuple[DataRef, ...]:
        """Data that the checkpoint is chosen on; `oracle` takes those of the targets, so is not zero-shot."""
        cut = self.study.validation.split == "train"
        looked_at = {
            "source-validation": [] if cut else [(self.task, source)],
            "oracle": self._targets(),
            "none": [],
        }
        return tuple(
            self._data(task, language.code, "validation", None)
            for task, language in looked_at[self.study.selection]
        )

    def _targets(self) -> list[tuple[Task, TaskLanguage]]:
        """Every target language of every task that is scored."""
        return [
            (self.resolved.tasks[name], language)
            for name, languages in self.resolved.targets.items()
            for language in languages
        ]

    def _filled(self, task: Task, settings: TrainingSettings) -> TrainingSettings:
        """Settings with the task's default length and the precision of the study filled in."""
        filled: dict[str, object] = {}
        if settings.precision == "auto" and self._precision is not None:
            filled["precision"] = self._precision.precision
        if settings.epochs is None and settings.steps is None:
            filled["epochs"] = float(task.card.epochs)
        return settings.model_copy(update=filled)

    def _target_data(self, task: Task, language: str) -> DataRef:
        """Data that a target is scored on: where the study says so, without texts of its other splits."""
        settings = self.study.targets
        data = self._data(task, language, settings.split, settings.examples)
        if not settings.drop_overlap:
            return data
        others = [
            split for split in task.available(self.resolved.data_dir)[language] if split != settings.split
        ]
        overlap = {split: self._data(task, language, split, None).fingerprint for split in others}
        return data.model_copy(update={"overlap": overlap})

    def _data(self, task: Task, language: str, split: Split, examples: int | None) -> DataRef:
        key = (task.card.name, language, split)
        if key not in self._fingerprints:
            self._fingerprints[key] = task.fingerprint(self.resolved.data_dir, language, split)
        return DataRef(
            task=task.card.name,
            language=language,
            split=split,
            examples=examples,
            fingerprint=self._fingerprints[key],
        )
