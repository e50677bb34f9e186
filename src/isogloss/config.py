"""Frozen models of a study file, canonical JSON, and identities."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

NUMBERS_VERSION = 1
"""Part of every stage id; raised when a fix changes scores."""

T = TypeVar("T")


def _listed(value: Any) -> Any:
    """Read one value as a list of one: every axis of the grid takes either."""
    return value if isinstance(value, list | tuple) else [value]


OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_listed), Field(min_length=1)]
Languages = OneOrMore[str]
"""Language codes in any spelling, or the single word ``all``: every language that has the data."""

SplitName = Literal["train", "validation", "test"]
Baseline = Literal["none", "source-language"]
Selection = Literal["source-validation", "oracle", "none"]
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

    epochs: float | None = Field(default=None, gt=0)
    steps: int | None = Field(default=None, gt=0)
    examples_per_update: int = Field(default=32, gt=0)
    learning_rate: float = Field(default=2e-5, gt=0)
    warmup_share: float = Field(default=0.1, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    max_gradient_norm: float = Field(default=1.0, gt=0)
    max_length: int = Field(default=128, gt=4)
    dropout: float | None = Field(default=None, ge=0, lt=1)
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


class SourceSettings(Frozen):
    """The target task, or several in turn, and the language or languages it is trained in."""

    task: OneOrMore[str]
    language: Languages
    split: SplitName = "train"
    examples: int | None = Field(default=None, gt=0)
    training: TrainingSettings = TrainingSettings()


class IntermediateSettings(Frozen):
    """A stage before the source stage: a task, in each of several languages in turn."""

    task: str
    languages: Languages
    split: SplitName = "train"
    examples: int | None = Field(default=None, gt=0)
    baselines: Annotated[tuple[Baseline, ...], BeforeValidator(_listed)] = ("none", "source-language")
    training: TrainingSettings = TrainingSettings()


def _target_shorthand(value: Any) -> Any:
    return value if isinstance(value, dict | TargetSettings) else {"languages": value}


class TargetSettings(Frozen):
    """The languages that are only evaluated, and the tasks they are scored on: by default the source task."""

    languages: Languages
    task: OneOrMore[str] | None = None
    split: SplitName = "test"
    examples: int | None = Field(default=None, gt=0)
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

    distances: OneOrMore[str] = ("all",)
    definition: Literal["shared", "uriel"] = "shared"
    distance_files: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    cldf: Annotated[tuple[str, ...], BeforeValidator(_listed)] = ()
    urielplus: bool = False
    effectiveness: OneOrMore[str] | None = None
    n_permutations: int = Field(default=9999, ge=99)
    seed: int = 0


class ColumnSettings(Frozen):
    """Columns of a user's own file: names where there is a header or JSONL, positions from 0 otherwise."""

    text_a: str | int | None = None
    text_b: str | int | None = None
    label: str | int | None = None
    words: str | int | None = None
    labels: str | int | None = None


class LocalTaskSettings(Frozen):
    """A task over the user's own files."""

    name: str
    path: str
    format: Literal["tsv", "csv", "jsonl"] | None = None
    head: Literal["sentence", "word"] = "sentence"
    columns: ColumnSettings = ColumnSettings()
    header: bool = True
    labels: Annotated[tuple[str, ...], Field(min_length=2)]
    metric: Literal["accuracy", "entity_f1", "word_accuracy"] | None = None
    parallel_rows: bool = False


class ExecutionSettings(Frozen):
    """Where and how wide the work runs; changes no number and is no part of an identity."""

    executor: str = "processes"
    workers: int = Field(default=1, ge=1)
    threads: int | None = Field(default=None, ge=1)
    subword_budget: int = Field(default=4096, ge=16)
    keep_models: Literal["needed", "all"] = "needed"


class Study(Frozen):
    """A whole study file, validated; axes of the grid are tuples."""

    name: str = Field(min_length=1, pattern=r"^[\w.-]+$")
    description: str = ""
    source: SourceSettings
    intermediate: IntermediateSettings | None = None
    targets: Annotated[TargetSettings, BeforeValidator(_target_shorthand)]
    encoder: OneOrMore[Annotated[EncoderSettings, BeforeValidator(_encoder_shorthand)]]
    aggregator: OneOrMore[Annotated[AggregatorSettings, BeforeValidator(_aggregator_shorthand)]] = (
        AggregatorSettings(name="last"),
    )
    seed: OneOrMore[int] = (1,)
    mode: Mode = "finetune"
    training: TrainingSettings = TrainingSettings()
    selection: Selection = "source-validation"
    analysis: AnalysisSettings = AnalysisSettings()
    tasks: tuple[LocalTaskSettings, ...] = ()
    data_dir: str | None = None
    execution: ExecutionSettings = ExecutionSettings()

    @model_validator(mode="after")
    def _probes_have_no_intermediate(self) -> Study:
        if self.mode == "probe" and self.intermediate is not None:
            raise ValueError(
                "mode probe leaves the encoder as it is, so an intermediate stage would change nothing: "
                "leave out `mode` or `intermediate`"
            )
        return self


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no white space: equal settings give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """First 32 hex digits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]
