"""Delimited text, and tables printed as text, as grids."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from itertools import dropwhile, islice

import numpy as np
import pandas as pd

from isogloss.display import counted
from isogloss.errors import DataError
from isogloss.scores.importing.grid import Grid, empty
from isogloss.scores.importing.numbers import cell
from isogloss.scores.table import without_guard

_CHUNK = 50_000
_LONGEST_LINE = 1_000_000
_TOP = 4000
"""A border or a separator that a file declares is among its first characters."""

_BORDER = re.compile(r"^(?=.*[-=─━═╌]{3})[ \t|+:\-=─━═╌│┃║┆\u250c-\u254b\u2552-\u2570]+$", re.MULTILINE)
_BARS = str.maketrans(dict.fromkeys("│┃║┆", "|"))
_DECLARED = re.compile(r"\s*sep=(.)[ \t]*(?=\r|\n)", re.IGNORECASE)
"""First line of a file that a spreadsheet writes."""

_GAP = re.compile(r"\s{2,}|\t")

Numbered = Iterable[tuple[int, list[str]]]


def separated(name: str, text: str, *, tab: bool = False) -> Grid:
    """Read delimited text, columns aligned by spaces, or a table with borders, in rows of one width.

    Parameters
    ----------
    name : str
        File, for messages.
    text : str
    tab : bool
        Fields are separated by tabs; else by comma, semicolon, tab or bar, which the header has most of.

    Raises
    ------
    DataError
        If there is no row, rows differ in width, or there is one column only.
    """
    if _BORDER.search(text[:_TOP]):
        text = _BORDER.sub("", text.translate(_BARS))
    declared = _DECLARED.match(text[:_TOP])
    if declared is not None:
        text = text[declared.end() :].replace("\n", "\n\n", 1)  # keeps the numbers of the lines
    first = next((line for line in _lines(text) if line.strip() and not line.startswith("#")), "")
    delimiter = declared[1] if declared else _delimiter(first, tab=tab)
    longest = csv.field_size_limit(_LONGEST_LINE)
    try:
        numbered = _aligned(text) if delimiter is None else _delimited(text, delimiter)
        guarded = re.search(r"'[=+\-@\t\r']", text) is not None
        chunks = list(_chunks(_of_one_width(name, numbered), guarded=guarded))
    except csv.Error as error:
        raise DataError(
            f"the file is not a table of text: {error}", where=name, hint="save the table as CSV"
        ) from error
    finally:
        csv.field_size_limit(longest)
    if not chunks:
        raise empty(name)
    rows = pd.concat([chunk for chunk, _ in chunks], ignore_index=True)
    return Grid(name, rows, np.concatenate([numbers for _, numbers in chunks]))


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one at a time: a large file is not held a second time."""
    return (found[0] for found in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))


def _delimiter(first: str, *, tab: bool) -> str | None:
    """Tab for .tsv; else whichever the header has most of; None for columns aligned by spaces."""
    if tab:
        return "\t"
    best = max((",", "\t", ";", "|"), key=first.count)
    return best if first.count(best) else None


def _delimited(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=True)
    for row in reader:
        yield reader.line_num, [field.strip() for field in row]


def _aligned(text: str) -> Numbered:
    """Rows of columns aligned by spaces: two or more, or where that gives no table, one.

    In a data frame that pandas prints the header lacks the index, whose name is in a row of its own.
    """
    filled = [(i, line.strip()) for i, line in enumerate(_lines(text), start=1) if line.strip()]
    filled = (
        list(dropwhile(lambda line: line[1].startswith("#") or not _GAP.search(line[1]), filled)) or filled
    )
    tables = [[(i, re.split(between, line)) for i, line in filled] for between in (_GAP, r"\s+")]
    return next(filter(None, map(_headed, tables)), tables[0])


def _headed(rows: list[tuple[int, list[str]]]) -> Numbered | None:
    """Rows as wide as their header, to which the name of the index is added; None where they differ."""
    (number, header), *body = rows or [(0, [""])]
    index = body[0][1] if body and len(body[0][1]) == 1 else [""]
    body = body[len(index) if index[0] else 0 :]
    widths = {len(row) for _, row in body}
    if widths == {len(header)} and len(header) > 1 and not index[0]:
        return rows
    return [(number, [*index, *header]), *body] if widths == {len(header) + 1} else None


def _of_one_width(name: str, numbered: Numbered) -> Iterator[tuple[int, list[str]]]:
    """Rows from the header on, without empty ones, comments and titles above it.

    Raises
    ------
    DataError
        If a row is wider or narrower than the header.
    """
    width, comment = 0, (0, [""])
    for number, fields in numbered:
        if not any(fields):
            continue
        if not width:
            if fields[0].startswith("#"):
                comment = (number, fields)
                continue
            if _is_header(comment[1], fields):
                yield comment[0], [comment[1][0].lstrip("# ") or "#", *comment[1][1:]]
            elif len(fields) == 1:
                comment = (number, fields)
                continue  # a title above the header
            width = len(fields)
        yield number, fields if len(fields) == width else _fitted(name, number, fields, width)
    if not width and len(comment[1]) == 1 and comment[1][0]:
        raise DataError(
            "the file has one column only",
            where=name,
            allowed="columns separated by comma, semicolon, tab or bar, or aligned by spaces",
            hint="separate the columns",
        )


def _is_header(comment: list[str], fields: list[str]) -> bool:
    """Say whether a line that begins with ``#`` is the header: the next has as many fields, and scores."""

    def holds_scores(row: list[str]) -> bool:
        return any((found := cell(text)) is not None and found.values for text in row)

    same = len(comment) == len(fields) > 1
    return same and all(comment) and holds_scores(fields) and not holds_scores(comment)


def _fitted(name: str, number: int, fields: list[str], width: int) -> list[str]:
    """The row as wide as the header: without empty fields at its end; a note is one field."""
    if len(fields) > width and not any(fields[width:]):
        return fields[:width]
    if len(fields) == 1 and width > 2:
        return [*fields, *[""] * (width - 1)]
    raise DataError(
        f"{counted(len(fields), 'field')} where the header has {width}",
        where=f"{name}, line {number}",
        hint="quote fields that hold the separator"
        if len(fields) > width
        else "leave fields without a value empty, with their separators; remove the line if it is a note",
    )


def _chunks(numbered: Numbered, *, guarded: bool) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
    """Rows by the fifty thousand, so that texts of rows are not held twice."""
    rest = iter(numbered)
    while chunk := list(islice(rest, _CHUNK)):
        numbers, rows = zip(*chunk, strict=True)
        yield _frame(rows, guarded=guarded), np.array(numbers)


def _frame(rows: Iterable[list[str]], *, guarded: bool) -> pd.DataFrame:
    columns = zip(*rows, strict=True)
    if guarded:
        columns = (tuple(map(without_guard, column)) for column in columns)  # type: ignore[assignment]
    return pd.DataFrame({i: pd.Series(column, dtype="str") for i, column in enumerate(columns)})
