"""Record of a finished stage: `record.json`, typed and versioned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from isogloss.errors import StoreError
from isogloss.identity import Frozen
from isogloss.inference.layer_shares import LayerShares
from isogloss.tasks.base import SourceFile
from isogloss.training.report import FinetuneReport

RECORD_VERSION = 1
"""Raised when a field changes its name or meaning."""


class Hardware(Frozen):
    """The machine that a stage ran on."""

    processor: str = Field(description="Name of the processor.")
    cores: int | None = Field(description="Cores of the machine.")
    threads: int = Field(description="Threads of the numerical library in use.")
    memory_gib: float | None = Field(description="Memory of the machine in GiB.")
    device: str = Field(description="What computed: cpu, or the accelerator and its name.")
    platform: str = Field(description="Operating system.")


class DataRead(Frozen):
    """One split that a stage read."""

    task: str = Field(description="Task, by registry name.")
    language: str = Field(description="Language, as the data set spells it.")
    split: str = Field(description="train, validation or test.")
    n_examples: int = Field(description="Examples used.")
    n_available: int = Field(description="Usable examples in the split.")
    dropped: dict[str, int] = Field(description="Rows left out, by reason.")
    notes: tuple[str, ...] = Field(description="What a reader of the scores must know about the data.")
    files: tuple[SourceFile, ...] = Field(description="Files read; none where the data are generated.")


class EncoderRead(Frozen):
    """The encoder that a stage began with."""

    id: str = Field(description="Registry name, hub id, or name of a folder.")
    revision: str | None = Field(description="Pinned commit, branch or tag.")
    fingerprint: str = Field(description="Hash of its files.")


class Settings(Frozen):
    """Settings of training: what the study states, and what was filled in."""

    passed: dict[str, Any] = Field(description="Stated in the study file or on the command line.")
    defaulted: dict[str, Any] = Field(description="Defaults of isogloss or of the task.")


class ScoreRecord(Frozen):
    """The score of an evaluation."""

    metric: str = Field(description="Name of the metric.")
    score: float = Field(description="In [0, 1].")
    chance: float = Field(description="Score of a model that knows nothing, in [0, 1].")
    n_examples: int = Field(description="Examples scored.")
    n_units: int = Field(description="Units of the metric: examples, words or entities.")


class StageRecord(Frozen):
    """All that a finished stage says of itself."""

    version: int = Field(default=RECORD_VERSION, description="Version of this form.")
    state: Literal["done"] = Field(default="done", description="Only finished stages have a record.")
    stage_id: str = Field(description="Hash of everything that may change a number.")
    kind: Literal["finetune", "evaluate"] = Field(description="Training, or scoring of one target.")
    label: str = Field(description="Name of the stage for people.")
    isogloss_version: str = Field(description="Version of isogloss that ran it.")
    git_commit: str | None = Field(description="Commit of the checkout it ran from, if it was one.")
    git_dirty: bool | None = Field(description="Whether that checkout had uncommitted changes.")
    versions: dict[str, str] = Field(description="Versions of Python and packages that may change numbers.")
    hardware: Hardware = Field(description="The machine.")
    precision: str = Field(description="fp32 or bf16, as computed.")
    precision_reason: str = Field(description="Why it is that precision.")
    settings: Settings | None = Field(default=None, description="Of training; None for an evaluation.")
    seed: int | None = Field(default=None, description="Of training; None for an evaluation.")
    started: str = Field(description="Start in UTC, ISO 8601.")
    seconds: float = Field(description="Time it took.")
    throughput: float = Field(description="Subwords per second.")
    peak_memory_gib: float | None = Field(
        default=None,
        description="Most memory the process, or its accelerator, held so far, in GiB; None where the "
        "system does not say.",
    )
    resumed_updates: tuple[int, ...] = Field(
        default=(), description="Updates after which training went on from a checkpoint."
    )
    data: tuple[DataRead, ...] = Field(description="What it read.")
    warnings: tuple[str, ...] = Field(description="What a reader must know about the stage.")
    encoder: EncoderRead | None = Field(default=None, description="Of training.")
    training: FinetuneReport | None = Field(default=None, description="Of training.")
    result: ScoreRecord | None = Field(default=None, description="Of an evaluation.")
    macro_f1: float | None = Field(default=None, description="Macro F1 of tags, where the task has tags.")
    layer_shares: LayerShares | None = Field(default=None, description="Where the aggregator has them.")


_AGAIN = "run the study again: it redoes the stage"


def read_json(path: Path) -> dict[str, Any]:
    """Parse a JSON file of a store or a run.

    Raises
    ------
    StoreError
        If it is missing or torn, or not an object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot read {path.name}: {error}", where=str(path), hint=_AGAIN) from None
    if not isinstance(value, dict):
        raise StoreError(f"{path.name} is not a JSON object", where=str(path), hint=_AGAIN)
    return value


def read_record(path: Path, stage_id: str) -> StageRecord:
    """Read and check the record of a stage.

    Parameters
    ----------
    path : Path
    stage_id : str
        The stage that it must be of.

    Raises
    ------
    StoreError
        If it is missing, torn, of another version, or of another stage.
    """
    value = read_json(path)
    version = value.get("version")
    if version != RECORD_VERSION:
        raise StoreError(
            f"a record of version {version}",
            where=str(path),
            allowed=f"version {RECORD_VERSION}",
            hint="use the isogloss that wrote it, or run the study into another folder",
        )
    try:
        record = StageRecord.model_validate(value)
    except ValidationError as error:
        raise StoreError(fault_in(error), where=str(path), hint=_AGAIN) from None
    if record.stage_id != stage_id:
        raise StoreError(f"the record of stage {record.stage_id}", where=str(path), hint=_AGAIN)
    return record


def fault_in(error: ValidationError) -> str:
    """Field and message of the first fault of a file that was written by isogloss."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
