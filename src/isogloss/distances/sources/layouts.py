"""Which fields of a table are languages, and which are distances between them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from isogloss.data_files import comma_error, unclear_comma
from isogloss.display import counted
from isogloss.distances.sources.text_files import Line, plain_stem, same_width
from isogloss.errors import DataError, some_of
from isogloss.languages import find

UNKNOWN = frozenset({"", "-", "--", "–", "—", ".", "?", "nan", "na", "n/a", "#n/a", "null", "none"})
"""Texts for a distance that is not known, in any case."""

ALLOWED = (
    "a square table with the languages in the first row or column or both, a table of some languages by "
    "others, or one row per pair with two columns of languages and one of numbers, such as a, b, value"
)

_SIDES = (
    *(("a", "b"), ("from", "to"), ("source", "target"), ("src", "tgt"), ("src", "trg"), ("1", "2")),
    *(("x", "y"), ("i", "j"), ("left", "right"), ("row", "column"), ("row", "col"), ("first", "second")),
    *(("one", "two"), ("transfer", "task"), ("train", "test"), ("origin", "destination"), ("l", "r")),
)
"""Words by which two columns of languages differ; the first is the one that a distance starts from."""

_VALUE_NAMES = ("value", "distance", "dist", "dissimilarity", "divergence", "d")
_NO_DISTANCE = frozenset({"", "id", "index", "key", "line", "n", "no", "nr", "rank", "run", "seed", "year"})
_SCORES = frozenset({"acc", "accuracy", "bleu", "f1", "las", "score", "uas"})
_COUNTS = ("features", "of")
_MOSTLY = 0.8
"""Share of the names that are languages, where rows and columns are other ones; columns may be facts."""
_MOST_LISTED = 5
_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?(\d+|\d*,\d+)(e[+-]?\d{1,4})?", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One number of a file and its place; `counts` are shared and union.

    `where_codes` are the places of the two codes.
    """

    a: str
    b: str
    value: float
    where: str
    where_codes: tuple[str, str]
    counts: tuple[int, int] | None = None


@dataclass
class Stated:
    """Entries of one metric in a file.

    `column` is the name of its column, where it has one of its own.
    """

    entries: list[Entry] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    column: str = ""

    def add(self, entry: Entry) -> None:
        """Keep an entry, and where each code is first named."""
        self.entries.append(entry)
        for code, where in zip((entry.a, entry.b), entry.where_codes, strict=True):
            self.codes.setdefault(code, where)


class Numbers:
    """Reads the numbers of one table, and collects what is not a number.

    The sign between units and fractions is a point unless fractions are written with a comma only; `unclear`
    is a number of which nothing says whether its comma divides thousands.
    """

    def __init__(self, rows: Sequence[Line]) -> None:
        fields = [text for row in rows for text in row.fields]
        has_point = any("." in text and _POINT.fullmatch(text) for text in fields)
        self.unclear = None if has_point else unclear_comma(fields)
        self._pattern = _POINT if has_point else _COMMA
        self._wrong: list[tuple[str, str]] = []

    def is_number(self, text: str) -> bool:
        """Whether a field is a number, of whatever sign and size."""
        return text.isascii() and (self._pattern.fullmatch(text) or _POINT.fullmatch(text)) is not None

    def any_in(self, row: Line) -> bool:
        """Whether any field of a row is a number, which none of a header is."""
        return any(map(self.is_number, row.fields))

    def share_in(self, body: Sequence[Line], column: int) -> float:
        """Share of numbers among the known fields of a column; NaN where none is known."""
        texts = [row.fields[column] for row in body if column < len(row.fields)]
        known = [text for text in texts if text.lower() not in UNKNOWN]
        return sum(map(self.is_number, known)) / len(known) if known else math.nan

    def signed(self, text: str) -> float:
        """A number of any sign; NaN for other text: the column may not be one of distances."""
        return float(text.replace(",", ".")) if self.is_number(text) else math.nan

    def read(self, text: str, where: str) -> float:
        """A distance; NaN where it is unknown, or is not a distance and kept for `check`."""
        if text.lower() in UNKNOWN:
            return math.nan
        value = self.signed(text)
        if 0 <= value < math.inf:
            return value
        self._wrong.append((text, where))
        return math.nan

    def check(self) -> None:
        """Refuse all fields that are not distances.

        Raises
        ------
        DataError
        """
        if not self._wrong:
            return
        text, _ = self._wrong[0]
        shown = text if len(text) <= 60 else f"{text[:60]}..."
        n = len(self._wrong) - 1
        others = f", nor {'is' if n == 1 else 'are'} {counted(n, 'other')}" if n else ""
        listed = "; ".join(where for _, where in self._wrong[:_MOST_LISTED])
        raise DataError(
            f"'{shown}' is not a valid distance{others}",
            where=listed,
            allowed="a number from 0 up; empty for unknown",
        )


def read_layout(path: Path, rows: Sequence[Line]) -> tuple[dict[str, Stated], tuple[str, ...]]:
    """Read the languages and distances of a table.

    Parameters
    ----------
    path : Path
    rows : sequence of Line
        At least two.

    Returns
    -------
    tuple of dict and tuple of str
        What the file says, by metric, and notes on how it was read.

    Raises
    ------
    DataError
        If the layout is none of those in `ALLOWED`, or a distance is not a number.
    """
    if len(rows[0].fields) == 1 and rows[0].fields[0].isdigit() and len(rows) > 2:
        rows = rows[1:]  # the number of languages, as in PHYLIP's files
    numbers = Numbers(rows)
    if numbers.unclear is not None:
        line = next(row.number for row in rows if numbers.unclear in row.fields)
        raise comma_error(numbers.unclear, f"{path}, line {line}")
    grid = _grid(path, rows, numbers)
    if grid is None:
        return _pairs(path, _with_two_sides(rows, numbers), numbers)
    stated = _cells(path, grid, numbers)
    numbers.check()
    if set(grid[0]) == set(grid[1]):
        return {plain_stem(path): stated}, ()
    size = f"{len(grid[1])} rows x {len(grid[0])} columns"
    return {plain_stem(path): stated}, (f"{path.name}: {size}, from the language of the row to the column's",)


_Grid = tuple[list[str], list[str], list[Line], int]
"""Names of the columns and the rows, the cells, and the line of the header."""


def _cells(path: Path, grid: _Grid, numbers: Numbers) -> Stated:
    """Distances of a matrix: whole, one half of it, or some languages by others."""
    columns, named, cells, header_line = grid
    if sorted(named) != sorted(columns) and not _is_rectangle(columns, named, cells, numbers):
        odd = sorted(set(named) ^ set(columns)) or sorted({code for code in named if named.count(code) > 1})
        raise DataError(
            f"rows and columns name different languages: {some_of(odd, 20)}",
            where=str(path),
            allowed=ALLOWED,
        )
    found = Stated()
    for row, texts in zip(named, cells, strict=True):
        for column, text in zip(columns, texts.fields, strict=False):  # a lower half ends at the diagonal
            place = f"{path}, line {texts.number}, column '{column}'"
            codes = (f"{path}, line {texts.number}, the first column", f"{path}, line {header_line}")
            found.add(Entry(row, column, numbers.read(text, place), place, codes))
    return found


def _grid(path: Path, rows: Sequence[Line], numbers: Numbers) -> _Grid | None:
    """A matrix with names on one side or both; None for another layout."""
    first, body = rows[0], rows[1:]
    columns, line = list(first.fields), first.number
    if all(_is_row(row, numbers) for row in rows):  # no header
        named, cells = _named(rows)
        return (named, named, cells, line) if _fits(cells, len(named)) else None
    if numbers.any_in(first) or _is_pairs(first, body, numbers):
        return None
    if all(_is_values(row.fields, numbers) for row in body) and len(body) == len(columns):  # no row names
        return (columns, columns, list(body), line) if _fits(body, len(columns)) else None
    named, cells = _named(body)
    # R writes no name over the names of the rows.
    if sorted(columns) != sorted(named) and (not columns[0] or len(columns) != len(cells[0].fields)):
        columns = columns[1:]
    if not set(columns) & set(named) and not _is_rectangle(columns, named, cells, numbers):
        return None
    _check_distinct(columns, path, line)
    if not _fits(cells, len(columns)) or len({len(row.fields) for row in cells}) == 1:
        width = len(columns) + 1
        same_width([Line(line, ("",) * width), *body], path)
    return columns, named, cells, line


def _is_rectangle(
    columns: Sequence[str], named: Sequence[str], cells: Sequence[Line], numbers: Numbers
) -> bool:
    """Whether rows and columns are other languages, such as sources and targets; no square with a slip."""
    diagonal = [row.fields[i] for i, row in enumerate(cells) if i < len(row.fields)]
    is_square = len(columns) == len(named) and not any(numbers.signed(text) > 0 for text in diagonal)
    are_languages = all(
        len(set(side)) == len(side) and sum(find(name) is not None for name in side) >= _MOSTLY * len(side)
        for side in (columns, named)
    )
    return len(columns) > 1 and are_languages and not is_square


def _named(rows: Sequence[Line]) -> tuple[list[str], list[Line]]:
    """Names in the first column, and what follows them."""
    return [row.fields[0] for row in rows], [Line(row.number, row.fields[1:]) for row in rows]


def _fits(cells: Sequence[Line], n: int) -> bool:
    """Whether rows are as long as `n` columns, or grow by one as a lower half does."""
    widths = [len(row.fields) for row in cells]
    halves = ([*range(1, n + 1)], [*range(n)])
    return len(cells) == n and (widths == [n] * n or widths in halves)


def _is_row(row: Line, numbers: Numbers) -> bool:
    """Whether a name is followed by distances alone."""
    name, *rest = row.fields
    return not numbers.is_number(name) and bool(name) and _is_values(rest, numbers)


def _is_values(texts: Sequence[str], numbers: Numbers) -> bool:
    return all(numbers.is_number(text) or text.lower() in UNKNOWN for text in texts)


def _check_distinct(columns: Sequence[str], path: Path, line: int) -> None:
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise DataError(
            "two columns are called " + ", ".join(f"'{name}'" for name in twice[:_MOST_LISTED]),
            where=f"{path}, line {line}",
            hint="keep one of them",
        )


def _is_pairs(first: Line, body: Sequence[Line], numbers: Numbers) -> bool:
    """Whether at least two columns hold text: names of two languages."""
    return {"a", "b"} <= set(first.fields) or len(_text_columns(body, numbers)) >= 2


def _text_columns(body: Sequence[Line], numbers: Numbers) -> list[int]:
    n = max(len(row.fields) for row in body)
    return [column for column in range(n) if numbers.share_in(body, column) < 1 / 2]


def _with_two_sides(rows: Sequence[Line], numbers: Numbers) -> Sequence[Line]:
    """The same rows, with two columns in place of one of pairs such as ``en-de``."""
    from isogloss.scores.importing.labels import pairs  # brings pandas, which other files do without

    text_columns = _text_columns(rows[1:], numbers)
    texts = {j: [row.fields[j] for row in rows if j < len(row.fields)] for j in text_columns}
    found = {j: both for j in text_columns if (both := pairs(texts[j][1:])) is not None}
    if len(found) != 1 or sum(_holds_languages(texts[j][1:]) for j in text_columns if j not in found) > 1:
        return rows
    ((at, sides),) = found.items()
    name = texts[at][0]
    # With the header too, which may be missing: the first row is a pair then.
    sides = {name: (f"{name}, first language", f"{name}, second language"), **(pairs(texts[at]) or sides)}
    return [
        Line(row.number, (*row.fields[:at], *sides.get(row.fields[at], ("", "")), *row.fields[at + 1 :]))
        if at < len(row.fields)
        else row
        for row in rows
    ]


def _pairs(path: Path, rows: Sequence[Line], numbers: Numbers) -> tuple[dict[str, Stated], tuple[str, ...]]:
    """One row per pair."""
    first, body = rows[0], rows[1:]
    header = list(first.fields)
    where = f"{path}, line {first.number}"
    text_columns = _text_columns(body, numbers)
    if numbers.any_in(first) and any(find(first.fields[j]) for j in text_columns if j < len(header)):
        raise DataError("the table has no header", where=where, allowed=ALLOWED)
    _check_distinct([name for name in header if name], path, first.number)
    same_width(rows, path)
    a, b = _languages(header, body, text_columns, where)
    values, by_column, left_out = _values(header, body, (a, b), numbers, where)
    counts = tuple(header.index(name) for name in _COUNTS if name in header)
    metric = header.index("metric") if "metric" in header and not by_column else None
    found: dict[str, Stated] = {}
    for row in body:
        place = f"{path}, line {row.number}"
        codes = (f"{place}, column '{header[a]}'", f"{place}, column '{header[b]}'")
        stated = row.fields[metric] if metric is not None else ""
        shared_and_union = _counts([row.fields[number] for number in counts], place)
        for column in values:
            text, of_value = row.fields[column], f"{place}, column '{header[column]}'"
            name = header[column] if by_column else stated or plain_stem(path)
            value = numbers.signed(text) if by_column else numbers.read(text, of_value)
            entry = Entry(row.fields[a], row.fields[b], value, of_value, codes, shared_and_union)
            found.setdefault(name, Stated(column=header[column])).add(entry)
    numbers.check()
    return found, _notes(path, header, (a, b), values, left_out)


def _notes(
    path: Path,
    header: Sequence[str],
    sides: tuple[int, int],
    values: Sequence[int],
    left_out: Sequence[int],
) -> tuple[str, ...]:
    if [header[number] for number in (*sides, *values)] == ["a", "b", "value"]:
        return ()
    a, b = (header[side] or f"number {side + 1}" for side in sides)
    listed = ", ".join(f"'{header[value]}'" for value in values)
    said = f"{path.name}: from the language in column '{a}' to that in '{b}', by {listed}"
    if not left_out:
        return (said,)
    others = ", ".join(f"'{header[column]}'" for column in left_out)
    return (said, f"{path.name}: left out, scores or facts about one of the two languages: {others}")


def _languages(
    header: Sequence[str], body: Sequence[Line], text_columns: Sequence[int], where: str
) -> tuple[int, int]:
    """The two columns of languages."""
    if {"a", "b"} <= set(header):
        return header.index("a"), header.index("b")
    likely = [column for column in text_columns if _holds_languages([row.fields[column] for row in body])]
    for columns in (likely, text_columns):
        sides = next(_facing(header, columns), None)
        if sides is not None:
            return sides
        if len(columns) == 2:
            return columns[0], columns[1]
    raise DataError(
        "the two columns of languages cannot be told"
        + (f": columns with names or codes of languages: {len(likely)}" if likely else ""),
        where=where,
        allowed=ALLOWED + f"; the columns are: {', '.join(header)}",
        hint="call the two columns of languages a and b, and the one of distances value",
    )


def _holds_languages(texts: Sequence[str]) -> bool:
    distinct = list(dict.fromkeys(text for text in texts if text))[:200]
    return sum(find(text) is not None for text in distinct) >= max(len(distinct) / 2, 1)


def _facing(header: Sequence[str], columns: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of columns whose names differ in one word of two sides: ``iso1`` and ``iso2``."""
    words = {column: _words(header[column]) for column in columns}
    for one, two in _SIDES:
        for a in columns:
            if one in words[a]:
                other = [two if word == one else word for word in words[a]]
                yield from ((a, b) for b in columns if words[b] == other)


def _words(name: str) -> list[str]:
    return re.findall(r"[a-z]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", name).lower())


def _values(
    header: Sequence[str], body: Sequence[Line], sides: tuple[int, int], numbers: Numbers, where: str
) -> tuple[list[int], bool, tuple[int, ...]]:
    """The columns of distances, whether each is a metric by itself, and others of numbers."""
    others = [column for column in range(len(header)) if column not in sides]
    for name in _VALUE_NAMES:
        named = [column for column in others if header[column].lower() == name]
        if len(named) == 1:
            return named, False, ()
    numeric = [
        column
        for column in others
        if header[column].lower() not in (*_NO_DISTANCE, *_COUNTS) and numbers.share_in(body, column) > 1 / 2
    ]
    if not numeric and len(others) != 1:
        raise DataError(
            f"no column holds distances: {', '.join(header)}",
            where=where,
            allowed=ALLOWED,
            hint="call the column of distances value",
        )
    likely = numeric or others
    left_out = _no_distances(header, body, sides, likely)
    kept = [column for column in likely if column not in left_out]
    return kept, len(kept) > 1, left_out


def _no_distances(
    header: Sequence[str], body: Sequence[Line], sides: tuple[int, int], columns: Sequence[int]
) -> tuple[int, ...]:
    """Columns of scores and of facts about one of the two languages, unless all are."""
    found = tuple(c for c in columns if header[c].lower() in _SCORES or _of_one_side(body, sides, c))
    return found if len(found) < len(columns) else ()


def _of_one_side(body: Sequence[Line], sides: tuple[int, int], column: int) -> bool:
    """Whether a column, such as the data size, depends on one of the two languages only."""
    for side in sides:
        told: dict[str, set[str]] = {}
        for row in body:
            told.setdefault(row.fields[side], set()).add(row.fields[column])
        if len(told) < len(body) and all(len(texts) == 1 for texts in told.values()):
            return True
    return False


def _counts(texts: Sequence[str], where: str) -> tuple[int, int] | None:
    """Shared facts and all facts of a row, where it states both."""
    if len(texts) < 2 or not all(texts):
        return None
    shared, union = (_count(text, where, name) for text, name in zip(texts, _COUNTS, strict=True))
    if shared > union:
        raise DataError(
            f"{shared} shared facts of {union} in all",
            where=f"{where}, columns 'features' and 'of'",
            allowed="at most as many shared as there are",
        )
    return shared, union


def _count(text: str, where: str, column: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        shown = text if len(text) <= 60 else f"{text[:60]}..."
        raise DataError(
            f"'{shown}' is not a valid count",
            where=f"{where}, column '{column}'",
            allowed="0, 1, 2, ... below a billion",
        )
    return int(text)
