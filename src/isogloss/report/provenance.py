"""Where the numbers come from: what the stage records say, once where all stages agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from isogloss.narrative.durations import duration

Record = Mapping[str, Any]
T = TypeVar("T")


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
    seconds: float | None
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


def provenance(records: Sequence[Record], cards: Mapping[str, Record]) -> Provenance:
    """Gather the records of all stages of a study, and the cards of its tasks by name."""
    entries = [entry for record in records for entry in record.get("data") or ()]
    return Provenance(
        facts=(*_facts(records), *(RunFact(f"task {name}", _card(card)) for name, card in cards.items())),
        dropped=_dropped(entries),
        notes=_notes(entries),
        files=_unique(
            DataFile(
                entry["task"], entry["language"], entry["split"], file["path"], file["sha256"], file["rows"]
            )
            for entry in entries
            for file in entry.get("files") or ()
        ),
        stages=tuple(_stage(record) for record in records),
    )


def failure(record: Record) -> Failure:
    """Read one ``error.json``."""
    error = record.get("error") or record.get("message") or "no message was recorded"
    return Failure(str(record.get("stage_id", "")), str(record.get("label", "")), str(error))


def _facts(records: Sequence[Record]) -> tuple[RunFact, ...]:
    def commit(record: Record) -> str:
        if not record.get("git_commit"):
            return "not run from a checkout"
        return f"{record['git_commit']}{' with uncommitted changes' if record.get('git_dirty') else ''}"

    def versions(record: Record) -> str:
        return ", ".join(f"{name} {version}" for name, version in (record.get("versions") or {}).items())

    def hardware(record: Record) -> str:
        return ", ".join(_hardware(record.get("hardware") or {}))

    trained = [record for record in records if record.get("kind") != "evaluate"]
    columns = {
        "isogloss": [str(record.get("isogloss_version", "unknown")) for record in records],
        "git commit": [commit(record) for record in records],
        "packages": [versions(record) for record in records],
        "hardware": [hardware(record) for record in records],
        "precision": [str(record.get("precision", "unknown")) for record in records],
        "seeds": [str(record["seed"]) for record in records if record.get("seed") is not None],
        "encoder": [_encoder(record) for record in records if record.get("encoder")],
    }
    facts = [RunFact(name, _told_once(values)) for name, values in columns.items() if any(values)]
    seconds = sum(float(record.get("seconds") or 0) for record in records)
    facts.append(
        RunFact("time", f"{duration(seconds)} over {len(records)} stages, {len(trained)} of them training")
    )
    return tuple(facts)


def _card(card: Record) -> str:
    revision = f" at revision {card['revision']}" if card.get("revision") else ""
    parts = [f"{card['title']}: {card['dataset']}{revision}", f"licence {card['licence']}", card["citation"]]
    return "; ".join(part for part in parts if part)


def _hardware(hardware: Mapping[str, Any]) -> list[str]:
    return [
        str(value) if isinstance(value, str) else f"{key.replace('_gib', ' GiB')} {value}"
        for key, value in hardware.items()
        if value
    ]


def _encoder(record: Record) -> str:
    encoder = record["encoder"]
    if isinstance(encoder, Mapping):
        return ", ".join(f"{key} {value}" for key, value in encoder.items() if value is not None)
    return str(encoder)


def _told_once(values: Sequence[str]) -> str:
    counts = Counter(values)
    if len(counts) == 1:
        return next(iter(counts))
    return "; ".join(f"{value} ({n} stages)" for value, n in sorted(counts.items()))


def _notes(entries: Iterable[Record]) -> tuple[str, ...]:
    """Notes on the data, each once with the languages it holds for."""
    languages: dict[tuple[str, str, str], dict[str, None]] = {}
    for entry in entries:
        for note in entry.get("notes") or ():
            languages.setdefault((entry["task"], entry["split"], note), {})[entry["language"]] = None
    return tuple(
        f"{task} {split} ({', '.join(codes)}): {note}" for (task, split, note), codes in languages.items()
    )


def _dropped(entries: Iterable[Record]) -> tuple[DroppedRows, ...]:
    return _unique(
        DroppedRows(
            task=entry["task"],
            language=entry["language"],
            split=entry["split"],
            reason=reason,
            n_dropped=n,
            n_kept=entry["n_available"],
            files=tuple(file["path"] for file in entry.get("files") or ()),
        )
        for entry in entries
        for reason, n in (entry.get("dropped") or {}).items()
        if n
    )


def _stage(record: Record) -> Stage:
    seconds = record.get("seconds")
    return Stage(
        stage_id=str(record["stage_id"]),
        kind=str(record.get("kind", "")),
        label=str(record.get("label", "")),
        state=str(record.get("state", "")),
        seed="" if record.get("seed") is None else str(record["seed"]),
        seconds=None if seconds is None else float(seconds),
        throughput=_throughput(record.get("throughput")),
        started=str(record.get("started") or ""),
        warnings=tuple(str(warning) for warning in record.get("warnings") or ()),
    )


def _throughput(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{_number(number)} {unit.replace('_', ' ')}" for unit, number in value.items())
    return _number(value)


def _number(value: Any) -> str:
    return f"{value:,.0f}" if isinstance(value, float | int) else str(value)


def _unique(items: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(items))
