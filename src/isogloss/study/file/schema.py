"""Frozen models of a study file."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from isogloss.analysis.spec import AnalysisSpec
from isogloss.errors import FieldError
from isogloss.identity import (
    NAME_OR_FIELDS,
    UNUSABLE_NAME,
    Frozen,
    Integer,
    Number,
    OneOrMore,
    checked_by_caller,
    distinct,
    listed,
    spelled,
)
from isogloss.study.executor import Placement, RaySettings, SlurmSettings
from isogloss.study.stages import Mode, Selection
from isogloss.tasks.settings import LocalTaskSettings
from isogloss.training.settings import TrainingSettings, ValidationSettings

TaskName = Annotated[str, checked_by_caller("task")]
LanguageName = Annotated[str, checked_by_caller("language")]


def _all_alone(value: tuple[str, ...]) -> tuple[str, ...]:
    if ALL in value and len(value) > 1:
        raise ValueError(
            "'all' stands for every language that has the data: write it alone, or list languages"
        )
    return value


T = TypeVar("T")
Listed = Annotated[tuple[T, ...], BeforeValidator(listed), AfterValidator(distinct)]
"""Any number of values, each once; one value may be written without a list."""
ALL = "all"
Languages = Annotated[OneOrMore[LanguageName], AfterValidator(_all_alone)]
"""Language codes in any spelling, or the single word ``all``: every language that has the data."""
SplitName = Literal["train", "validation", "test"]
Baseline = Literal["none", "source-language"]


class SourceSettings(Frozen):
    """The target task, or several in turn, and the language or languages it is trained in."""

    task: OneOrMore[TaskName]
    language: Languages
    split: SplitName = "train"
    examples: Integer | None = Field(default=None, gt=0)
    training: TrainingSettings = TrainingSettings()


class IntermediateSettings(Frozen):
    """A stage before the source stage: a task, in each of several languages in turn."""

    task: TaskName
    languages: Languages
    split: SplitName = "train"
    examples: Integer | None = Field(default=None, gt=0)
    baselines: Listed[Baseline] = ("none", "source-language")
    training: TrainingSettings = TrainingSettings()


def _target_shorthand(value: Any) -> Any:
    return value if isinstance(value, dict | TargetSettings) else {"languages": value}


class TargetSettings(Frozen):
    """The languages that are only evaluated, and the tasks they are scored on: by default the source task."""

    languages: Languages
    task: OneOrMore[TaskName] | None = None
    split: SplitName = "test"
    examples: Integer | None = Field(default=None, gt=0)
    drop_overlap: bool = False


def _named(value: Any, field: str) -> Any:
    """A name as the field that holds it; other fields as they are."""
    if not isinstance(value, str | dict | Frozen):
        raise PydanticCustomError(NAME_OR_FIELDS, "neither a name nor fields")
    return {field: value} if isinstance(value, str) else value


class EncoderSettings(Frozen):
    """One encoder: a registry name, a local folder or a hub id, and the revision to pin."""

    id: str
    revision: str | None = None
    trust_remote_code: bool = False


def _aggregator_shorthand(value: Any) -> Any:
    """``last`` and ``{aif: {layer: 3}}`` as a name with options."""
    if isinstance(value, dict) and "name" not in value and len(value) == 1:
        name, options = next(iter(value.items()))
        return {"name": name, "options": options or {}}
    return _named(value, "name")


class AggregatorSettings(Frozen):
    """One aggregator over layers, by registry name, with the options of its own config."""

    name: str
    options: dict[str, Any] = Field(default_factory=dict)


class ExecutionSettings(Frozen):
    """Where and how wide the work runs; changes no number and is not a part of an identity."""

    executor: Annotated[str, checked_by_caller("executor")] = "processes"
    jobs: Integer = Field(default=1, ge=1)
    threads: Integer | None = Field(default=None, ge=1)
    device: Annotated[str, checked_by_caller("device")] = "auto"
    max_subwords_per_batch: Integer | None = Field(default=None, ge=16)
    keep_models: Literal["needed", "all"] = "needed"
    checkpoint_minutes: Number = Field(default=10.0, ge=0)
    track: Listed[Annotated[str, checked_by_caller("tracker")]] = ()

    @property
    def threads_per_worker(self) -> int:
        """Threads of the numerical library in each worker: as stated, else the cores shared out."""
        return self.threads or max(1, (os.cpu_count() or 1) // self.jobs)


def _named_apart(tasks: tuple[LocalTaskSettings, ...]) -> tuple[LocalTaskSettings, ...]:
    distinct(tuple(task.name for task in tasks))
    return tasks


def _unusable(*field: str, what: str) -> PydanticCustomError:
    """Fields that do not go together, at the place of one of them."""
    return PydanticCustomError(UNUSABLE_NAME, "not usable", {"error": FieldError(what, field=field)})


class Study(Frozen):
    """A whole study file, validated; axes of the grid are tuples."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=100),
        spelled(r"\.*[\w-][\w.-]*", "letters, digits, '_', '.' and '-', not dots alone"),
    ]
    description: str = ""
    source: SourceSettings
    intermediate: IntermediateSettings | None = None
    targets: Annotated[TargetSettings, BeforeValidator(_target_shorthand)]
    encoder: OneOrMore[
        Annotated[EncoderSettings, BeforeValidator(partial(_named, field="id")), checked_by_caller("encoder")]
    ]
    aggregator: OneOrMore[
        Annotated[AggregatorSettings, BeforeValidator(_aggregator_shorthand), checked_by_caller("aggregator")]
    ] = (AggregatorSettings(name="last"),)
    seed: OneOrMore[Annotated[Integer, Field(ge=0, lt=2**32)]] = (1,)
    mode: Mode = "finetune"
    training: TrainingSettings = TrainingSettings()
    selection: Selection = "source-validation"
    validation: ValidationSettings = ValidationSettings()
    analysis: AnalysisSpec = AnalysisSpec()
    tasks: Annotated[
        tuple[Annotated[LocalTaskSettings, checked_by_caller("own task")], ...], AfterValidator(_named_apart)
    ] = ()
    data_dir: Annotated[str | None, checked_by_caller("data directory")] = None
    execution: ExecutionSettings = ExecutionSettings()
    slurm: SlurmSettings = SlurmSettings()
    ray: RaySettings = RaySettings()

    def with_training(self) -> Study:
        """The same study with the training of every stage written out."""
        stages = {name: stage for name in ("source", "intermediate") if (stage := getattr(self, name))}
        trainings = {name: self.training.overridden_by(stage.training) for name, stage in stages.items()}
        return self.model_copy(
            update={name: stages[name].model_copy(update={"training": of}) for name, of in trainings.items()}
        )

    def placement(self, folder: Path) -> Placement:
        """Say to an executor where stages run; `folder` is the output folder."""
        execution = self.execution
        threads = execution.threads_per_worker
        return Placement(self.name, folder.resolve(), execution.jobs, threads, self.slurm, self.ray)

    @model_validator(mode="after")
    def _fields_go_together(self) -> Study:
        if self.mode == "probe" and self.intermediate is not None:
            raise _unusable(
                "mode",
                what="mode probe leaves the encoder as it is, so an intermediate stage would change nothing: "
                "leave out `mode` or `intermediate`",
            )
        if self.selection == "none" and self.validation != ValidationSettings():
            raise _unusable(
                *("validation", *sorted(self.validation.model_fields_set)[:1]),
                what="selection none keeps the last weights and looks at no validation rows: "
                "leave out `validation`, or choose another selection",
            )
        if self.selection == "oracle" and self.validation.split == "train":
            raise _unusable(
                *("validation", "split"),
                what="selection oracle looks at the targets' own validation data, so validation.split cannot "
                "be train: leave it out, or choose selection source-validation",
            )
        split = self.validation.split
        if self.selection == "source-validation" and split == "validation" == self.source.split:
            raise _unusable(
                *("source", "split"),
                what="the source is trained on its validation split, on which selection source-validation "
                "would choose: set validation.split to train, or selection to none",
            )
        return self
