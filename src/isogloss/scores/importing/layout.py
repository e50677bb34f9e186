"""Long and wide tables become the same records: one score each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from isogloss.errors import DataError
from isogloss.scores.importing.numbers import MISSING
from isogloss.scores.importing.raw import RawTable
from isogloss.scores.importing.roles import (
    SYNONYMS,
    Columns,
    Roles,
    is_language,
    is_wide,
    language_columns,
    normalised,
    roles_of_long,
    said_roles,
)


@dataclass(frozen=True)
class Record:
    """One score as it is written, by role, with all columns of its row."""

    place: str
    fields: dict[str, str]
    row: dict[str, str]


@dataclass(frozen=True)
class Layout:
    """A table as records.

    Parameters
    ----------
    roles : Roles
    records : tuple of Record
    notes : tuple of str
        How the table was understood.
    """

    roles: Roles
    records: tuple[Record, ...]
    notes: tuple[str, ...]


def laid_out(table: RawTable, said: Columns) -> Layout:
    """Find out whether a table is long or wide, and read its records.

    Raises
    ------
    DataError
        If a column that is needed cannot be found.
    """
    return _wide(table, said) if is_wide(table, said) else _long(table, said)


def _long(table: RawTable, said: Columns) -> Layout:
    roles = roles_of_long(table, said)
    records = tuple(
        Record(place, {role: row[column] for role, column in roles.column.items()}, row)
        for place, row in zip(table.places, _by_name(table), strict=True)
    )
    return Layout(roles, records, (roles.sentence,))


def _wide(table: RawTable, said: Columns) -> Layout:
    """Read a matrix: one side in the header, the other in a column; scores in between."""
    across = language_columns(table)
    beside = [name for name in table.header if name not in across]
    of_language = said.source in across  # the one source language is also one of the targets
    column, only_source = said_roles(
        table, replace(said, target=None, score=None, source=None if of_language else said.source)
    )
    only_source = said.source or "" if of_language else only_source
    labels = _label_column(table, said, beside, column)
    if labels is None and not only_source:
        raise DataError(
            "the rows of the matrix name no language",
            where=table.name,
            allowed="languages in the first column, or the only source language as --source",
        )
    down = _side(labels, said, column)
    over = "source" if down == "target" else "target"
    roles = Roles({"score": "the matrix"}, frozenset(), only_source if labels is None else "", said.by)
    others = tuple(
        name for name in beside if name != labels and name not in said.by and _holds_text(table, name)
    )
    roles = replace(roles, by=(*said.by, *others))
    records = tuple(
        Record(
            f"{place}, column '{name}'",
            {over: name, "score": row[name], **({down: row[labels]} if labels is not None else {})},
            row,
        )
        for place, row in zip(table.places, _by_name(table), strict=True)
        for name in across
        if row[name].lower() not in MISSING
    )
    ignored = [name for name in beside if name != labels and name not in roles.by]
    notes = [
        f"a matrix: {down} languages in column '{labels}', {over} languages in the header"
        if labels is not None
        else f"a matrix: {over} languages in the header, the only source language is {only_source}"
    ]
    if roles.by:
        notes.append(f"analysed by themselves: each value of {', '.join(roles.by)}")
    if ignored:
        notes.append(f"columns not used: {', '.join(ignored)}")
    return Layout(roles, records, tuple(notes))


def _by_name(table: RawTable) -> Iterator[dict[str, str]]:
    return (dict(zip(table.header, row, strict=True)) for row in table.rows)


def _label_column(
    table: RawTable, said: Columns, beside: Sequence[str], column: dict[str, str]
) -> str | None:
    """The column that names the languages of the rows: as said, else the first in which most texts do."""
    for role in ("source", "intermediate"):
        if role in column:
            return column[role]
    if said.target is not None and said.target in beside:
        return said.target
    for name in beside:
        texts = {row[table.header.index(name)] for row in table.rows}
        if sum(is_language(text) for text in texts) > len(texts) / 2:
            return name
    return None


def _side(labels: str | None, said: Columns, column: dict[str, str]) -> str:
    """Which side of the design the rows are: as said, else by the name of their column, else sources."""
    if labels is None or labels == column.get("source"):
        return "source"
    if labels == column.get("intermediate"):
        return "intermediate"
    if labels == said.target:
        return "target"
    return next(
        (role for role in ("intermediate", "target") if normalised(labels) in SYNONYMS[role]), "source"
    )


def _holds_text(table: RawTable, name: str) -> bool:
    from isogloss.scores.importing.numbers import is_numeric

    return not is_numeric([row[table.header.index(name)] for row in table.rows])
