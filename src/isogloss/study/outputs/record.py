"""Record of a finished stage: `record.json`, typed and versioned."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from isogloss.errors import StoreError
from isogloss.identity import Frozen, fault_in
from isogloss.inference.layer_shares import LayerShares
from isogloss.tasks.base import SourceFile
from isogloss.training.report import FinetuneReport

RECORD_VERSION = 1
"""Raised when a field changes its name or meaning."""


class Hardware(Frozen):
    """The machine that a stage ran on.

    Parameters
    ----------
    processor : str
        Name of the processor.
    cores : int or None
        Cores of the machine.
    threads : int
        Threads of the numerical library in use.
    memory_gib : float or None
        Memory of the machine in GiB.
    device : str
        What computed: cpu, or the accelerator and its name.
    platform : str
        Operating system.
    """

    processor: str
    cores: int | None
    threads: int
    memory_gib: float | None
    device: str
    platform: str


class DataRead(Frozen):
    """One split that a stage read.

    Parameters
    ----------
    task : str
        Task, by registry name.
    language : str
        Language, as the data set spells it.
    split : str
        train, validation or test.
    n_examples : int
        Examples used.
    n_available : int
        Usable examples in the split.
    dropped : dict of str to int
        Rows left out, by reason.
    notes : tuple of str
        What a reader of the scores must know about the data.
    files : tuple of SourceFile
        Files read; none where the data are generated.
    """

    task: str
    language: str
    split: str
    n_examples: int
    n_available: int
    dropped: dict[str, int]
    notes: tuple[str, ...]
    files: tuple[SourceFile, ...]


class EncoderRead(Frozen):
    """The encoder that a stage began with.

    Parameters
    ----------
    id : str
        Registry name, hub id, or name of a folder.
    revision : str or None
        Pinned commit, branch or tag.
    fingerprint : str
        Hash of its files.
    """

    id: str
    revision: str | None
    fingerprint: str


class Settings(Frozen):
    """Settings of training: what the study states, and what was filled in.

    Parameters
    ----------
    passed : dict of str to value
        Stated in the study file or on the command line.
    defaulted : dict of str to value
        Defaults of isogloss or of the task.
    """

    passed: dict[str, Any]
    defaulted: dict[str, Any]


class ScoreRecord(Frozen):
    """The score of an evaluation.

    Parameters
    ----------
    metric : str
        Name of the metric.
    score : float
        In [0, 1].
    chance : float
        Score of a model that knows nothing, in [0, 1].
    n_examples : int
        Examples scored.
    n_units : int
        Units of the metric: examples, words or entities.
    """

    metric: str
    score: float
    chance: float
    n_examples: int
    n_units: int


class StageRecord(Frozen):
    """All that a finished stage says of itself.

    Parameters
    ----------
    version : int
        Version of this form.
    state : {"done"}
        Only finished stages have a record.
    stage_id : str
        Hash of everything that may change a number.
    kind : {"finetune", "evaluate"}
        Training, or scoring of one target.
    label : str
        Name of the stage for people.
    isogloss_version : str
        Version of isogloss that ran it.
    git_commit : str or None
        Commit of the checkout it ran from, if it was one.
    git_dirty : bool or None
        Whether that checkout had uncommitted changes.
    versions : dict of str to str
        Versions of Python and packages that may change numbers.
    hardware : Hardware
        The machine.
    precision : str
        fp32 or bf16, as computed.
    precision_reason : str
        Why it is that precision.
    settings : Settings or None
        Of training; None for an evaluation.
    seed : int or None
        Of training; None for an evaluation.
    started : str
        Start in UTC, ISO 8601.
    seconds : float
        Time it took.
    throughput : float
        Subwords per second.
    peak_memory_gib : float or None
        Most memory the process, or its accelerator, held so far, in GiB; None where the system does
        not say.
    resumed_updates : tuple of int
        Updates after which training went on from a checkpoint.
    data : tuple of DataRead
        What it read.
    warnings : tuple of str
        What a reader must know about the stage.
    encoder : EncoderRead or None
        Of training.
    training : FinetuneReport or None
        Of training.
    result : ScoreRecord or None
        Of an evaluation.
    macro_f1 : float or None
        Macro F1 of tags, where the task has tags.
    layer_shares : LayerShares or None
        Where the aggregator has them.
    """

    version: int = RECORD_VERSION
    state: Literal["done"] = "done"
    stage_id: str
    kind: Literal["finetune", "evaluate"]
    label: str
    isogloss_version: str
    git_commit: str | None
    git_dirty: bool | None
    versions: dict[str, str]
    hardware: Hardware
    precision: str
    precision_reason: str
    settings: Settings | None = None
    seed: int | None = None
    started: str
    seconds: float
    throughput: float
    peak_memory_gib: float | None = None
    resumed_updates: tuple[int, ...] = ()
    data: tuple[DataRead, ...]
    warnings: tuple[str, ...]
    encoder: EncoderRead | None = None
    training: FinetuneReport | None = None
    result: ScoreRecord | None = None
    macro_f1: float | None = None
    layer_shares: LayerShares | None = None


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
