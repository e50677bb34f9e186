"""Frozen models of a study file, canonical JSON, and identities."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    Strict,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from isogloss.errors import IsoglossError

NUMBERS_VERSION = 2
"""Part of every stage id; raised when a fix changes scores."""

T = TypeVar("T")


def _listed(value: Any) -> Any:
    """Read one value as a list of one: every axis of the grid takes either."""
    return value if isinstance(value, list | tuple) else [value]


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    for at, value in enumerate(values):
        if value in values[:at]:
            raise ValueError(f"{_in_words(value)} stands there twice: keep one")
    return values


def _in_words(value: object) -> str:
    return canonical_json(value.model_dump()) if isinstance(value, BaseModel) else f"'{value}'"


def _checked(kind: str) -> AfterValidator:
    """Hand a value to the check of its kind, where the caller of the validation brings one as context.

    So a study file with a wrong type in one place and an unknown name in another is told both at once,
    although this room knows no tasks, distances or encoders.
    """

    def check(value: T, info: ValidationInfo) -> T:
        try:
            (info.context or {}).get(kind, str)(value)
        except IsoglossError as error:
            raise PydanticCustomError(UNUSABLE_NAME, "not usable", {"error": error}) from None
        return value

    return AfterValidator(check)


UNUSABLE_NAME = "unusable_name"
"""Type of the validation errors that hold an `IsoglossError` under ``error``."""

OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_listed), Field(min_length=1), AfterValidator(_distinct)]
Integer = Annotated[int, Strict()]
"""No text, no boolean: ``true`` is not the number 1."""
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]

TaskName = Annotated[str, _checked("task")]
LanguageName = Annotated[str, _checked("language")]


def _all_alone(value: tuple[str, ...]) -> tuple[str, ...]:
    if ALL in value and len(value) > 1:
        raise ValueError(
            "'all' stands for every language that has the data: write it alone, or list languages"
        )
    return value


ALL = "all"
Languages = Annotated[OneOrMore[LanguageName], AfterValidator(_all_alone)]
"""Language codes in any spelling, or the single word ``all``: every language that has the data."""

SplitName = Literal["train", "validation", "test"]
Baseline = Literal["none", "source-language"]
Selection = Literal["source-validation", "oracle", "none"]
ValidationSplit = Literal["validation", "train"]
Mode = Literal["finetune", "probe"]
"""`probe` leaves the encoder as it is and trains aggregator and head on its states."""


class Frozen(BaseModel):
    """Base of all settings: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainingSettings(Frozen):
    """How one stage is trained; every field may change a number and is part of the stage id.

    Defaults are those of XTREME (Hu et al. 2020, section 4) where it states them; `epochs` of None and
    `steps` of None together mean the task's default number of epochs.
    """

    epochs: Number | None = Field(default=None, gt=0)
    steps: Integer | None = Field(default=None, gt=0)
    examples_per_update: Integer = Field(default=32, gt=0)
    learning_rate: Number = Field(default=2e-5, gt=0)
    warmup_share: Number = Field(default=0.1, ge=0, lt=1)
    weight_decay: Number = Field(default=0.01, ge=0)
    max_gradient_norm: Number = Field(default=1.0, gt=0)
    max_length: Integer = Field(default=128, gt=4)
    dropout: Number | None = Field(default=None, ge=0, lt=1)
    precision: Literal["auto", "fp32", "bf16"] = "auto"

    @model_validator(mode="after")
    def _one_length(self) -> TrainingSettings:
        if self.epochs is not None and self.steps is not None:
            raise ValueError("give epochs or steps, not both")
        return self

    def overridden_by(self, other: TrainingSettings) -> TrainingSettings:
        """These settings with every field that `other` states itself."""
        stated = {name: getattr(other, name) for name in other.model_fields_set}
        base = {name: getattr(self, name) for name in self.model_fields_set}
        if "steps" in stated:
            base.pop("epochs", None)
        if "epochs" in stated:
            base.pop("steps", None)
        return TrainingSettings(**(base | stated))


def _number_or(*words: str) -> PlainValidator:
    """Take a whole number above 0, or one of some words."""

    def check(value: Any) -> Any:
        if value in words or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        quoted = " or ".join(f"'{word}'" for word in words)
        raise ValueError(f"{canonical_json(value)}: a whole number above 0 is needed, or {quoted}")

    return PlainValidator(check)


class ValidationSettings(Frozen):
    """On what, how often and how long the checkpoint of a stage is chosen; every field may change a number.

    `auto` leaves it to a budget of a tenth of the training: `isogloss.training.selection`.
    """

    split: ValidationSplit = "validation"
    examples: Annotated[int | str, _number_or("auto", "all")] = "auto"
    evaluations: Annotated[int | str, _number_or("auto")] = "auto"
    patience: Integer | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _can_work(self) -> ValidationSettings:
        if self.split == "train" and self.examples == "all":
            raise ValueError("examples 'all' with split 'train' leaves no row to train on: give a number")
        points = self.evaluations
        if self.patience is not None and isinstance(points, int) and self.patience >= points:
            raise ValueError(
                f"patience {self.patience} can never stop training with {points} evaluations: "
                "give more evaluations, or less patience"
            )
        return self


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
    baselines: Annotated[tuple[Baseline, ...], BeforeValidator(_listed), AfterValidator(_distinct)] = (
        "none",
        "source-language",
    )
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


def _encoder_shorthand(value: Any) -> Any:
    return {"id": value} if isinstance(value, str) else value


class EncoderSettings(Frozen):
    """One encoder: a registry name, a local folder or a hub id, and the revision to pin."""

    id: str
    revision: str | None = None
    trust_remote_code: bool = False


def _aggregator_shorthand(value: Any) -> Any:
    """``last`` and ``{aif: {layer: 3}}`` as a name with options."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and "name" not in value and len(value) == 1:
        name, options = next(iter(value.items()))
        return {"name": name, "options": options or {}}
    return value


class AggregatorSettings(Frozen):
    """One aggregator over layers, by registry name, with the options of its own config."""

    name: str
    options: dict[str, Any] = {}


class AnalysisSettings(Frozen):
    """What is set against what; declared before the scores are seen."""

    distances: OneOrMore[Annotated[str, _checked("distance")]] = ("all",)
    definition: Literal["shared", "uriel"] = "shared"
    distance_files: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    cldf: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    urielplus: bool = False
    effectiveness: OneOrMore[Annotated[str, _checked("effectiveness measure")]] | None = None
    n_permutations: Integer = Field(default=9999, ge=99)
    seed: Integer = Field(default=0, ge=0)


Column = str | Annotated[Integer, Field(ge=0)]


class ColumnSettings(Frozen):
    """Columns of a user's own file: names where there is a header or JSONL, positions from 0 otherwise."""

    text_a: Column | None = None
    text_b: Column | None = None
    label: Column | None = None
    words: Column | None = None
    labels: Column | None = None


def _label(value: Any) -> Any:
    """A label that is a whole number, as files spell it; other values need quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class LocalTaskSettings(Frozen):
    """A task over the user's own files."""

    name: str
    path: str
    format: Literal["tsv", "csv", "jsonl"] | None = None
    head: Literal["sentence", "word"] = "sentence"
    columns: ColumnSettings = ColumnSettings()
    header: bool | None = None
    labels: Annotated[tuple[Annotated[str, BeforeValidator(_label)], ...], Field(min_length=2)]
    metric: Literal["accuracy", "entity_f1", "word_accuracy"] | None = None
    parallel_rows: bool = False


class ExecutionSettings(Frozen):
    """Where and how wide the work runs; changes no number and is no part of an identity."""

    executor: Annotated[str, _checked("executor")] = "processes"
    workers: Integer = Field(default=1, ge=1)
    threads: Integer | None = Field(default=None, ge=1)
    device: Annotated[str, _checked("device")] = "auto"
    subword_budget: Integer | None = Field(default=None, ge=16)
    keep_models: Literal["needed", "all"] = "needed"


class Study(Frozen):
    """A whole study file, validated; axes of the grid are tuples."""

    name: str = Field(min_length=1, pattern=r"^[\w.-]+$")
    description: str = ""
    source: SourceSettings
    intermediate: IntermediateSettings | None = None
    targets: Annotated[TargetSettings, BeforeValidator(_target_shorthand)]
    encoder: OneOrMore[Annotated[EncoderSettings, BeforeValidator(_encoder_shorthand), _checked("encoder")]]
    aggregator: OneOrMore[
        Annotated[AggregatorSettings, BeforeValidator(_aggregator_shorthand), _checked("aggregator")]
    ] = (AggregatorSettings(name="last"),)
    seed: OneOrMore[Annotated[Integer, Field(ge=0, lt=2**32)]] = (1,)
    mode: Mode = "finetune"
    training: TrainingSettings = TrainingSettings()
    selection: Selection = "source-validation"
    validation: ValidationSettings = ValidationSettings()
    analysis: AnalysisSettings = AnalysisSettings()
    tasks: tuple[Annotated[LocalTaskSettings, _checked("own task")], ...] = ()
    data_dir: Annotated[str | None, _checked("data directory")] = None
    execution: ExecutionSettings = ExecutionSettings()

    @field_validator("tasks")
    @classmethod
    def _one_task_a_name(cls, tasks: tuple[LocalTaskSettings, ...]) -> tuple[LocalTaskSettings, ...]:
        _distinct(tuple(task.name for task in tasks))
        return tasks

    @model_validator(mode="after")
    def _probes_have_no_intermediate(self) -> Study:
        if self.mode == "probe" and self.intermediate is not None:
            raise ValueError(
                "mode probe leaves the encoder as it is, so an intermediate stage would change nothing: "
                "leave out `mode` or `intermediate`"
            )
        return self

    @model_validator(mode="after")
    def _validation_fits_the_selection(self) -> Study:
        if self.selection == "none" and self.validation != ValidationSettings():
            raise ValueError(
                "selection none keeps the last weights and looks at no validation rows: "
                "leave out `validation`, or choose another selection"
            )
        if self.selection == "oracle" and self.validation.split == "train":
            raise ValueError(
                "selection oracle looks at the targets' own validation data, so validation.split cannot be "
                "train: leave it out, or choose selection source-validation"
            )
        split = self.validation.split
        if self.selection == "source-validation" and split == "validation" == self.source.split:
            raise ValueError(
                "the source is trained on its validation split, on which selection source-validation would "
                "choose: set validation.split to train, or selection to none"
            )
        return self


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no white space: equal settings give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """First 32 hex digits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]
