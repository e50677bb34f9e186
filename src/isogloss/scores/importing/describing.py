"""Result of reading a table, and how it was read, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from isogloss.display import counted
from isogloss.scores.importing.labels import unmarked
from isogloss.scores.importing.layout import Layout
from isogloss.scores.importing.records import Records
from isogloss.scores.table import LANGUAGE_ROLES, ScoreTable

N_SHOWN = 8

_CELL = attrgetter(
    *("task", "encoder", "aggregator", "split", "metric", "source_id", "intermediate_id", "target_id")
)


@dataclass(frozen=True)
class Unusable:
    """A row that no analysis uses, and why."""

    place: str
    reason: str


REPEATS = "says the same as "
"""Begins the reason of a row that repeats another, which it names."""


def by_reason(rows: Sequence[Unusable]) -> list[str]:
    """Each reason once, with the first row that has it and how many others have."""
    alike: dict[str, list[Unusable]] = {}
    for row in rows:
        alike.setdefault(REPEATS if row.reason.startswith(REPEATS) else row.reason, []).append(row)
    lines = []
    for first, *rest in alike.values():
        others = f" and {counted(len(rest), 'more row')}" if rest else ""
        lines.append(f"{first.place}{others}: {first.reason}")
    return lines


@dataclass(frozen=True)
class ImportedScores:
    """A score table from elsewhere, and how it was read.

    Parameters
    ----------
    table : ScoreTable
        Scores as fractions; what the file does not say is empty, NaN (chance) or 0 (examples).
    notes : tuple of str
        How it was understood: columns, scale, spellings.
    unusable : tuple of Unusable
    columns : mapping of str to mapping of (str, str) to float
        Numeric columns that were asked for, by row and target language: means over replicates.
    described : tuple of (str, str)
        Roles, replicates, scale and what is left out, each with what was found; see `describe`.
    """

    table: ScoreTable
    notes: tuple[str, ...]
    unusable: tuple[Unusable, ...]
    columns: Mapping[str, Mapping[tuple[str, str], float]]
    described: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return "\n".join(f"{what}: {how}" for what, how in self.described)


def describe(reading: ImportedScores) -> list[tuple[str, str]]:
    """How a table was read: what was looked for, and what was found.

    Parameters
    ----------
    reading : ImportedScores

    Returns
    -------
    list of (str, str)
        Such as ``("target language", "the header, guessed by what it holds: 6 languages: de, en")``; what
        is left out is at the end, with the reason.

    Examples
    --------
    >>> import pandas as pd
    >>> from isogloss.scores.importing import describe, read_scores
    >>> frame = pd.DataFrame({"source": ["en", "en"], "target": ["de", "fr"], "score": [0.8, 0.7]})
    >>> dict(describe(read_scores(frame)))["target language"]
    "column 'target', guessed by its name: 2 languages: de, fr"
    """
    return list(reading.described)


def described(
    records: Records,
    table: ScoreTable,
    notes: Sequence[str],
    unusable: Sequence[Unusable],
    used: Sequence[str],
) -> tuple[tuple[str, str], ...]:
    """The lines of `describe`."""
    sheet, layout = records.sheet, records.layout
    shape = "wide: scores in several columns" if layout.is_wide else "long: one row per score"
    size = f"{counted(len(sheet.body), 'row')} x {counted(len(sheet.names), 'column')}"
    lines = [("table", f"{sheet.grid.name}: {size}, {shape}")]
    lines += _sides(layout, table)
    names = [sheet.names[j] for j in layout.scores]
    several = f"{counted(len(names), 'column')}: {_some(names)}"
    lines.append(("score", several if layout.is_wide else f"column '{names[0]}'"))
    lines += [
        (role, f"{_found(layout, role)}: {_some(_kept(records, role))}")
        for role in layout.roles
        if role not in (*LANGUAGE_ROLES, "pair")
    ]
    per_cell = Counter(map(_CELL, table))
    counts = sorted(set(per_cell.values()))
    lines.append(("replicates", f"{' to '.join(map(str, dict.fromkeys((counts[0], counts[-1]))))} per cell"))
    lines.append(("scores", f"{len(table)} in {counted(len(per_cell), 'cell')}"))
    lines += [
        ("left out", note.removeprefix("left out: ")) if note.startswith("left out: ") else ("note", note)
        for note in notes
        if not note.startswith(("columns:", "a matrix:"))
    ]
    unread = [d.place for d in layout.others if d.name and d.name not in used]
    lines += [("not used", f"{_some(unread)}: not needed to distinguish scores")] if unread else []
    reasons = by_reason(unusable)
    lines += [("left out", reason) for reason in reasons[:N_SHOWN]]
    if len(reasons) > N_SHOWN:
        lines.append(("left out", counted(len(reasons) - N_SHOWN, "further reason")))
    return tuple(lines)


def _sides(layout: Layout, table: ScoreTable) -> Iterator[tuple[str, str]]:
    """Where the languages of each role were found."""
    for role in LANGUAGE_ROLES:
        spellings = sorted({getattr(row, f"{role}_language") for row in table} - {None, ""})
        if spellings:
            held = role if role in layout.roles else "pair"
            where = _found(layout, held) if held in layout.roles else "named: the only source"
            n = counted(len(spellings), "language")
            yield f"{role} language", f"{where}: {n}: {_some(spellings)}"


def _found(layout: Layout, role: str) -> str:
    """Place of what holds a role, and how it was found."""
    how = layout.how[role]
    return layout.roles[role].place + ("" if how == "named" else f", guessed {how}")


def _kept(records: Records, role: str) -> list[str]:
    """Labels of the records that are read, without footnote marks."""
    kept = map(str, records.labels[role].unique())
    return list(dict.fromkeys(unmarked(label) for label in kept if label))


def _some(texts: Sequence[str]) -> str:
    shown = ", ".join(texts[:N_SHOWN])
    return shown if len(texts) <= N_SHOWN else f"{shown}, ... ({len(texts)})"
