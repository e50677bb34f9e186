"""Several scores of one cell: replicates, repetitions, or a column that nobody spoke of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from isogloss.errors import DataError
from isogloss.scores.importing.layout import Record
from isogloss.scores.importing.roles import Roles
from isogloss.scores.table import KEY, LANGUAGE_ROLES, ScoreRow

Kept = tuple[Record, ScoreRow]


def distinct_cells(
    records: Sequence[Record], rows: Sequence[ScoreRow], roles: Roles
) -> tuple[list[Kept], list[tuple[Record, Record]], list[str]]:
    """Keep one row a cell.

    Rows that say the same are kept once. Where rows of one cell disagree and exactly one further column
    tells all of them apart, each of its values holding at least half of all cells, its values are analysed
    by themselves, and that is said: to take them for replicates would be the bolder guess.

    Returns
    -------
    tuple
        The rows that are kept; those that repeat one, each with the one; notes.

    Raises
    ------
    DataError
        If rows of one cell disagree and nothing tells them apart.
    """
    disagreeing = _disagreeing(records, rows)
    notes = []
    if disagreeing:
        column = _column_that_tells_apart(records, rows, roles)
        if column is None:
            raise _disagreement(*disagreeing, records, rows, roles)
        rows = [
            _told_apart(row, f"{column} {record.row[column]}")
            for record, row in zip(records, rows, strict=True)
        ]
        values = len({record.row[column] for record in records})
        notes.append(
            f"column '{column}' tells scores of one cell apart: each of its {values} values is analysed by "
            f"itself (--seed-column {column} if they are replicates)"
        )
    first: dict[tuple[object, ...], Kept] = {}
    repeats = []
    for record, row in zip(records, rows, strict=True):
        key = _key(row)
        if key in first:
            repeats.append((record, first[key][0]))
        else:
            first[key] = (record, row)
    return list(first.values()), repeats, notes


def clashing_spellings(records: Sequence[Record], rows: Sequence[ScoreRow]) -> dict[tuple[str, str], str]:
    """Codes that denote a language which the table scores otherwise under another code.

    Two varieties can come down to one language: a macrolanguage and its standard, or codes that ISO 639-3 has
    merged. Whichever the table names first stands for it.

    Returns
    -------
    dict of (str, str) to str
        Role and code to the code that the table names first.
    """
    seen: dict[tuple[object, ...], int] = {}
    found: dict[tuple[str, str], str] = {}
    for number, row in enumerate(rows):
        before = seen.setdefault(_key(row), number)
        if rows[before].score == row.score:
            continue
        for role in LANGUAGE_ROLES:
            texts = {records[i].fields.get(role, "") for i in (before, number)}
            if len(texts) > 1:
                first = str(getattr(row, f"{role}_language"))
                found |= {(role, text): first for text in texts if text != first}
    return found


def _told_apart(row: ScoreRow, what: str) -> ScoreRow:
    """The same row with `what` in the name of its task."""
    task = ", ".join(part for part in (row.task, what) if part)
    return replace(row, task=task, source_task=task if row.source_task == row.task else row.source_task)


def _key(row: ScoreRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in KEY)


def _disagreeing(
    records: Sequence[Record], rows: Sequence[ScoreRow], column: str = ""
) -> tuple[int, int] | None:
    """The first two rows of one cell whose scores differ; with `column`, cells are told apart by it too."""
    seen: dict[tuple[object, ...], int] = {}
    for number, (record, row) in enumerate(zip(records, rows, strict=True)):
        key = (*_key(row), record.row[column] if column else "")
        before = seen.setdefault(key, number)
        if rows[before].score != row.score:
            return before, number
    return None


def _candidates(records: Sequence[Record], rows: Sequence[ScoreRow], roles: Roles) -> list[str]:
    taken = {*roles.column.values(), *roles.by}
    return [
        name for name in records[0].row if name not in taken and _disagreeing(records, rows, name) is None
    ]


def _column_that_tells_apart(records: Sequence[Record], rows: Sequence[ScoreRow], roles: Roles) -> str | None:
    n_cells = len({_key(row) for row in rows})
    whole = []
    for name in _candidates(records, rows, roles):
        cells: dict[str, set[tuple[object, ...]]] = {}
        for record, row in zip(records, rows, strict=True):
            cells.setdefault(record.row[name], set()).add(_key(row))
        if all(len(own) >= n_cells / 2 for own in cells.values()):
            whole.append(name)
    return whole[0] if len(whole) == 1 else None


def _disagreement(
    before: int, after: int, records: Sequence[Record], rows: Sequence[ScoreRow], roles: Roles
) -> DataError:
    row = rows[after]
    trained = row.intermediate_language or row.source_language
    candidates = _candidates(records, rows, roles)
    return DataError(
        f"two scores of {trained} -> {row.target_language}: {rows[before].score:g} and {row.score:g}",
        where=f"{records[before].place} and {records[after].place}",
        allowed=f"columns that tell them apart: {', '.join(candidates)}" if candidates else None,
        hint="name replicates with --seed-column, what is to be analysed apart with --by, or keep one row",
    )
