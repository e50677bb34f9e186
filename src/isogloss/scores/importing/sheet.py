"""Header, sections and labels of a grid: what belongs to every score although it is written once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.errors import DataError
from isogloss.scores.importing import labels as known
from isogloss.scores.importing.grid import Grid, empty
from isogloss.scores.importing.labels import SPLITS, SYNONYMS, are_languages, language_of, words
from isogloss.scores.importing.numbers import cell, is_mostly_numeric
from isogloss.scores.importing.plain import plain
from isogloss.scores.table import LANGUAGE_ROLES

N_HEADER = 4
"""A header has at most so many rows."""

SECTION = "section"
"""Name of the column of headings that are in rows of their own."""

MOST_LABELS = 10_000
"""A column with more distinct labels is not looked at: there are 8,000 languages."""

_NO_ROW = "the score table has a header and no row"

NAMES = frozenset(name for names in SYNONYMS.values() for name in names)
NAMES_OF_LANGUAGES = frozenset(name for role in (*LANGUAGE_ROLES, "language") for name in SYNONYMS[role])

MAY_BE_EMPTY = frozenset({"intermediate", "intermediate_language", "inter", "inter_lang", "inter_language"})
"""Columns in which an empty field says something."""


Rows = Sequence[Sequence[str]]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table with a header.

    Parameters
    ----------
    grid : Grid
    paths : tuple of tuple of str
        Labels of each column, from the top row of the header to the last; empty where there is none.
    names : tuple of str
        The same in one text; each once.
    body : data frame of str
        Columns by position.
    rows : ndarray of int
        Row of the grid of each row of the body.
    notes : tuple of str
    """

    grid: Grid
    paths: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    body: pd.DataFrame
    rows: NDArray[np.intp]
    notes: tuple[str, ...]

    @cached_property
    def numeric(self) -> list[int]:
        """Positions of the columns that hold numbers."""
        return [j for j in range(len(self.names)) if is_mostly_numeric(self.body[j])]

    def place(self, row: int) -> str:
        """Place of a row of the body."""
        return self.grid.place(int(self.rows[row]))


def sheet_of(grid: Grid) -> Sheet:
    """Separate header and rows.

    Raises
    ------
    DataError
        If there is no row, or two columns have one name.
    """
    if not len(grid.rows):
        raise empty(grid.name)
    keep = [j for j in range(grid.rows.shape[1]) if not (grid.rows[j] == "").all()]
    rows = grid.rows[keep].set_axis(range(len(keep)), axis=1)
    start = 0 if grid.n_header else _titles(rows)
    top = [[plain(text) for text in row] for row in rows.iloc[start : start + 20].to_numpy().tolist()]
    header, levels = _header(top, grid.n_header)
    first = start + len(header)
    if len(rows) <= first:
        raise empty(grid.name, _NO_ROW)
    _refuse_data(header[0], grid, start)
    paths = _paths(_below_names(header) if levels is not None else header)
    names = _names(paths, grid)
    body, positions, sections, notes = _without_headings(
        rows.iloc[first:], np.arange(first, len(rows)), header
    )
    if not len(body):
        raise empty(grid.name, _NO_ROW)
    body, filled = _filled(body.reset_index(drop=True), names)
    if sections is not None:
        body[len(names)] = pd.Series(sections, dtype="str")
        names, paths = (*names, SECTION), (*paths, (*[""] * (len(paths[0]) - 1), SECTION))
    notes += [f"empty fields of column '{name}' are filled from above" for name in filled]
    grid = grid if levels is None else replace(grid, levels=levels)
    return Sheet(grid, paths, names, body, positions, tuple(notes))


def _names(paths: Rows, grid: Grid) -> tuple[str, ...]:
    """Names of columns; of several without one, the place where they stand.

    Raises
    ------
    DataError
        If two columns have one name.
    """
    names = [" ".join(dict.fromkeys(filter(None, path))) for path in paths]
    if names.count("") > 1:
        names = [name or f"column {j}" for j, name in enumerate(names, 1)]
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"two columns are called '{twice}'", where=grid.name, hint="rename one of them")
    return tuple(names)


def _header(top: Rows, n_header: int | None) -> tuple[Rows, tuple[str, ...] | None]:
    """Rows of the header; and names of those above the last, where this one names the labels of rows."""
    n = _pivot(top)
    if n is not None:
        return top[:n], tuple(row[0] for row in top[: n - 1])
    return top[: _n_header(top) if n_header in (None, 1) else n_header], None


def _below_names(header: Rows) -> list[list[str]]:
    """Header of a pivoted data frame with the names of its labels in the row of the columns."""
    *above, index = header
    n = sum(map(bool, index))
    levels = [[*[""] * n, *row[n:]] for row in above]
    levels[-1][:n] = index[:n]
    return levels


def _refuse_data(header: Sequence[str], grid: Grid, row: int) -> None:
    """Refuse a table without a header: its first row holds a language and a score.

    Raises
    ------
    DataError
    """
    label = next((text for text in header if text), "")
    scores = [text for text in header if re.fullmatch(r"[01]?\d?\d?[.,]\d+ ?%?", text)]
    if scores and words(label) not in NAMES and language_of(label) is not None:
        raise DataError(
            f"the first row holds the score {scores[0]}: the table has no header",
            where=grid.place(row),
            hint="write names of columns above it, such as source, target, score",
        )


def _pivot(top: Rows) -> int | None:
    """Rows of the header of a pivoted data frame: the last names the labels, those above may have a name."""
    heights = range(1, min(N_HEADER + 1, len(top) - 1))
    return next((n + 1 for n in heights if _is_pivot(top[:n], top[n])), None)


def _is_pivot(above: Rows, index: Sequence[str]) -> bool:
    """Say whether a row names the labels of rows, below rows with a name, if any, and labels of columns."""
    filled = sum(map(bool, index))
    if not 0 < filled < len(index) or any(index[filled:]):
        return False
    if any(any(row[1:filled]) or not any(row[filled:]) for row in above):
        return False
    own = {words(name) for name in index[:filled]}
    named = own | {words(row[0]) for row in above if row[0]}
    if named == own and len(above) > 1 and (NAMES - SPLITS) & own:
        return True
    return len(named) == len(above) + 1 and bool(named & NAMES_OF_LANGUAGES) and len(named & NAMES) >= 2


def _titles(rows: pd.DataFrame) -> int:
    """How many rows at the top are a title: one text, in a table of several columns."""
    n = 0
    while n < min(5, len(rows) - 2) and rows.shape[1] > 1:
        filled = [text for text in rows.iloc[n].tolist() if text]
        if len(set(filled)) > 1 or (filled and not rows.iloc[n, 0]):
            break
        n += 1
    return n


def _n_header(top: Rows) -> int:
    """Rows of the header: the first, and those below one that names groups of columns."""
    n = 1
    while n < min(N_HEADER, len(top) - 1) and _names_groups(top[n - 1]) and _is_header(top[n], top[n - 1]):
        n += 1
    return n


def _names_groups(row: Sequence[str]) -> bool:
    labels = [label for label in row[1:] if label]
    return len(labels) > 0 and ("" in row[1:] or len(set(labels)) < len(labels))


def _is_header(row: Sequence[str], above: Sequence[str]) -> bool:
    """No score is in the row; counts that begin anew below every label above are replicates."""
    numbers = [text for text in row if (found := cell(text)) is not None and found.values]
    if not numbers:
        return sum(bool(text) for text in row) > 1
    if not all(text.isdigit() and len(text) < 4 for text in numbers) or len(set(numbers)) == len(numbers):
        return False
    return len(numbers) >= len([label for label in above[1:] if label]) and int(min(numbers, key=int)) <= 1


def _paths(header: Rows) -> tuple[tuple[str, ...], ...]:
    """Labels by column; a group's name holds for the columns to its right."""
    levels = [list(level) for level in header]
    for upper in levels[:-1]:
        for j in range(1, len(upper)):
            if not upper[j] and any(upper[:j]) and levels[-1][j]:
                upper[j] = upper[j - 1]
    columns = [list(column) for column in zip(*levels, strict=True)]
    for column in columns:
        if not column[-1]:
            column[:] = [*[""] * (len(column) - 1), next((label for label in reversed(column) if label), "")]
        column[:-1] = ["" if label == column[-1] else label for label in column[:-1]]
    return tuple(map(tuple, columns))


def _without_headings(
    body: pd.DataFrame, positions: NDArray[np.intp], header: Rows
) -> tuple[pd.DataFrame, NDArray[np.intp], list[str] | None, list[str]]:
    """Take out rows that hold one text alone (headings, footnotes) and headers that are repeated."""
    if len(body) > 20_000 or body.shape[1] < 3:
        return body, positions, None, []
    section = ""
    sections: list[str] = []
    kept: list[int] = []
    since: list[str] = []  # headings below the last row that is kept: these are notes
    for i, row in enumerate(body.to_numpy().tolist()):
        if list(map(plain, row)) in header:
            continue
        if _is_heading(row):
            since.append(next(filter(None, row)))
            section = plain(since[-1])
        else:
            kept.append(i)
            sections.append(section)
            since = []
    notes = [f"row left out, a note: '{text[:60]}'" for text in since]
    return body.iloc[kept], positions[kept], sections if any(sections) else None, notes


def _is_heading(row: Sequence[str]) -> bool:
    filled = [text for text in row if text]
    if len(set(filled)) != 1 or (1 < len(filled) < len(row)):
        return False
    found = cell(filled[0])
    return found is None and (len(filled) > 1 or language_of(filled[0]) is None)


def _filled(body: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Fill labels of groups of rows, which are written once: in columns that are half empty or more."""
    filled = []
    for j in range(len(names) - 1):
        blank = body[j] == ""
        if blank.iloc[0] or 2 * blank.sum() < len(body) or words(names[j]) in MAY_BE_EMPTY:
            continue
        if not is_mostly_numeric(body[j][~blank]) and len(body) > 1:
            body[j] = body[j].where(~blank).ffill()
            filled.append(names[j])
    return body, filled


def split_at_languages(sheet: Sheet) -> Sheet:
    """Make two columns of a column of such labels, where nothing else in the table names languages.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    Sheet
        With one further column, called ``task`` where it holds tasks; or as it was.
    """
    if any(_name_languages(list(level)) for level in zip(*sheet.paths, strict=True)):
        return sheet
    texts = [j for j in range(len(sheet.names)) if j not in sheet.numeric]
    distinct = {j: [label for label in sheet.body[j].unique() if label] for j in texts}
    distinct = {j: own for j, own in distinct.items() if 1 < len(own) <= MOST_LABELS}
    if any(are_languages(own) or known.pairs(own) for own in sorted(distinct.values(), key=len)):
        return sheet
    for j, own in distinct.items():
        parts = known.split(own)
        if parts is not None:
            return _divided(sheet, j, parts)
    return sheet


def _divided(sheet: Sheet, position: int, parts: Mapping[str, known.Pair]) -> Sheet:
    """The languages stay in the column, the rest comes into one of its own."""
    rests = {rest for _, rest in parts.values()}
    name = "task" if known.is_one_of(rests, known.TASKS) else f"{sheet.names[position]}, the rest"
    if name in sheet.names:
        return sheet
    divided = [parts.get(label, ("", label)) for label in sheet.body[position].tolist()]
    body = sheet.body.copy()
    for at, side in ((position, 0), (len(sheet.names), 1)):
        body[at] = pd.Series([pair[side] for pair in divided], dtype="str")
    label, (language, rest) = next(iter(parts.items()))
    note = f"labels of rows hold a language and something else: '{label}' is '{language}' of '{rest}'"
    paths = (*sheet.paths, (*[""] * (len(sheet.paths[0]) - 1), name))
    return replace(sheet, body=body, names=(*sheet.names, name), paths=paths, notes=(*sheet.notes, note))


def _name_languages(labels: list[str]) -> bool:
    own = [label for label in labels if label]
    return bool(own) and bool(are_languages(own) or known.pairs(own) or known.split(own))
