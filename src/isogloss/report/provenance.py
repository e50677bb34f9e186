"""Where the numbers come from: what the stage records say, once where all stages agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from isogloss.narrative.durations import duration
from isogloss.study.outputs.record import DataRead, StageRecord


@dataclass(frozen=True)
class RunFact:
    """One line of provenance: a name and its value, or values with the number of stages that have each."""

    name: str
    value: str


@dataclass(frozen=True)
class DroppedRows:
    """Rows of one data file that were left out."""

    task: str
    language: str
    split: str
    reason: str
    n_dropped: int
    n_kept: int
    files: tuple[str, ...]


@dataclass(frozen=True)
class DataFile:
    """One file that was read, with its fingerprint."""

    task: str
    language: str
    split: str
    path: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class Stage:
    """One stage as it ran."""

    stage_id: str
    kind: str
    label: str
    state: str
    seed: str
    seconds: float
    throughput: str
    started: str
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Failure:
    """One stage that failed, with its error."""

    stage_id: str
    label: str
    error: str


@dataclass(frozen=True)
class Provenance:
    """Facts about software and machines, data, stages."""

    facts: tuple[RunFact, ...]
    dropped: tuple[DroppedRows, ...]
    notes: tuple[str, ...]
    files: tuple[DataFile, ...]
    stages: tuple[Stage, ...]


def provenance(records: Sequence[StageRecord], cards: Mapping[str, Mapping[str, Any]]) -> Provenance:
    """Gather the records of all stages of a study, and the cards of its tasks by name."""
    entries = [entry for record in records for entry in record.data]
    return Provenance(
        facts=(*_facts(records), *(RunFact(f"task {name}", _card(card)) for name, card in cards.items())),
        dropped=_dropped(entries),
        notes=_notes(entries),
        files=tuple(
            dict.fromkeys(
                DataFile(entry.task, entry.language, entry.split, file.path, file.sha256, file.rows)
                for entry in entries
                for file in entry.files
            )
        ),
        stages=tuple(_stage(record) for record in records),
    )


def failure(record: Mapping[str, Any]) -> Failure:
    """Read one ``error.json``."""
    error = record.get("error") or record.get("message") or "no message was recorded"
    return Failure(str(record.get("stage_id", "")), str(record.get("label", "")), str(error))


def _commit(record: StageRecord) -> str:
    if not record.git_commit:
        return "not run from a checkout"
    return f"{record.git_commit}{' with uncommitted changes' if record.git_dirty else ''}"


def _hardware(record: StageRecord) -> str:
    found = record.hardware.model_dump(exclude_none=True).items()
    return ", ".join(
        value if isinstance(value, str) else f"{key.replace('_gib', ' GiB')} {value}" for key, value in found
    )


def _seed(record: StageRecord) -> str:
    return "" if record.seed is None else str(record.seed)


def _encoder(record: StageRecord) -> str:
    found = record.encoder.model_dump(exclude_none=True) if record.encoder else {}
    return ", ".join(f"{key} {value}" for key, value in found.items())


_FACTS: Mapping[str, Callable[[StageRecord], str]] = {
    "isogloss": lambda record: record.isogloss_version,
    "git commit": _commit,
    "packages": lambda record: ", ".join(f"{name} {version}" for name, version in record.versions.items()),
    "hardware": _hardware,
    "precision": lambda record: record.precision,
    "seeds": _seed,
    "encoder": _encoder,
}
"""Facts of the stages, and how a record gives them; empty where it does not."""


def _facts(records: Sequence[StageRecord]) -> tuple[RunFact, ...]:
    columns = {name: [value for record in records if (value := of(record))] for name, of in _FACTS.items()}
    facts = [RunFact(name, _told_once(values)) for name, values in columns.items() if values]
    seconds = duration(sum(record.seconds for record in records))
    n_trained = sum(record.kind == "finetune" for record in records)
    return (*facts, RunFact("time", f"{seconds} over {len(records)} stages, {n_trained} of them training"))


def _card(card: Mapping[str, Any]) -> str:
    revision = f" at revision {card['revision']}" if card.get("revision") else ""
    parts = [f"{card['title']}: {card['dataset']}{revision}", f"licence {card['licence']}", card["citation"]]
    return "; ".join(part for part in parts if part)


def _told_once(values: Sequence[str]) -> str:
    counts = Counter(values)
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{value} ({n} stages)" for value, n in sorted(counts.items()))


def _notes(entries: Iterable[DataRead]) -> tuple[str, ...]:
    """Notes on the data, each once with the languages it holds for."""
    languages: dict[tuple[str, str, str], dict[str, None]] = {}
    for entry in entries:
        for note in entry.notes:
            languages.setdefault((entry.task, entry.split, note), {})[entry.language] = None
    return tuple(
        f"{task} {split} ({', '.join(codes)}): {note}" for (task, split, note), codes in languages.items()
    )


def _dropped(entries: Iterable[DataRead]) -> tuple[DroppedRows, ...]:
    found = []
    for entry in entries:
        about, files = (entry.task, entry.language, entry.split), tuple(file.path for file in entry.files)
        for reason, n in entry.dropped.items():
            if n:
                found.append(DroppedRows(*about, reason, n, entry.n_available, files))
    return tuple(dict.fromkeys(found))


def _stage(record: StageRecord) -> Stage:
    fields = {name: getattr(record, name) for name in Stage.__dataclass_fields__}
    return Stage(**{**fields, "seed": _seed(record), "throughput": f"{record.throughput:,.0f}"})
