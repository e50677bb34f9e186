"""From the cells of a table, spans and all, to a header and rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.evidence.base import HEADER_PARTS, Table
from isogloss.evidence.readers.base import UnreadableError

_PART = r"\d+\.\d+\*{0,2}"
NUMERIC = re.compile(r"^\W*[+-]?\d+(?:[.,]\d+)*\s*%?(?:\s*(?:±|\+/-|[(_^*†‡]).*)?$")
_SCORE = re.compile(r"^\W*[+-]?\d*[.,]\d")
_SEVERAL = re.compile(rf"^\W*{_PART}(?:\s*/\s*{_PART})+\W*$")
_METRICS = re.compile(r"\(?\b([A-Z][A-Za-z0-9]*(?:\s*/\s*[A-Z][A-Za-z0-9]*)+)\b\)?")
_MAX_CELLS = 100_000


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and how many columns and rows it spans."""

    text: str
    columns: int = 1
    rows: int = 1


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[str]]:
    """Repeat each cell's text in every place that it spans; a cell goes to the next place that is free.

    Raises
    ------
    UnreadableError
        If that makes more than 100,000 cells.
    """
    taken: dict[tuple[int, int], str] = {}
    for i, row in enumerate(rows):
        column = 0
        for cell in row:
            while (i, column) in taken:
                column += 1
            for down in range(min(cell.rows, len(rows) - i)):
                for right in range(cell.columns):
                    taken.setdefault((i + down, column + right), cell.text)
            column += cell.columns
            if len(taken) > _MAX_CELLS:
                raise UnreadableError(f"a table of more than {_MAX_CELLS:,} cells")
    widths = [0] * len(rows)
    for i, column in taken:
        widths[i] = max(widths[i], column + 1)
    return [[taken.get((i, j), "") for j in range(width)] for i, width in enumerate(widths)]


def make_table(rows: Sequence[Sequence[str]], caption: str = "", n_header: int = 1) -> Table | None:
    """A table from rows of cells, the first `n_header` of them its header.

    A row that is one label across the whole table is put before the labels of the rows below it, and a row
    without a label has that of the row above.

    Returns
    -------
    Table or None
        None if no cell but a label holds a number.
    """
    grid = _with_parts([[re.sub(r"\s+", " ", cell).strip() for cell in row] for row in rows], caption)
    n_header -= sum(not any(row) for row in grid[:n_header])
    grid = [row for row in grid if any(row)]
    n_header = max(1, min(n_header, _first_of_body(grid)))
    if len(grid) <= n_header:
        return None
    width = max(len(row) for row in grid)
    top, body = grid[:n_header], [row + [""] * (width - len(row)) for row in grid[n_header:]]
    if all(len(row) == width - 1 for row in top):
        top = [["", *row] for row in top]
    if not any(re.search(r"\d", cell) for row in body for cell in row[1:]):
        return None
    header = [_joined([row[j] for row in top if j < len(row)]) for j in range(width)]
    return _with_groups(header, _with_repeated_labels(body), caption.strip())


def _with_parts(grid: list[list[str]], caption: str) -> list[list[str]]:
    """Cut columns of cells such as 61.2/75.4 where header or caption names their parts (EM/F1)."""
    out: list[list[str]] = [[] for _ in grid]
    for j in range(max(map(len, grid), default=0)):
        column = [row[j] if j < len(row) else "" for row in grid]
        parts = _parts_of_column(column, caption) if j else [column]
        for row, own, *cells in zip(out, grid, *parts, strict=True):
            row.extend(cells if j < len(own) else [])
    return out


def _parts_of_column(column: list[str], caption: str) -> list[list[str]]:
    several = [i for i, cell in enumerate(column) if _SEVERAL.match(cell)]
    if not several or several[0] == 0:
        return [column]
    top = column[: several[0]]
    named = next((i for i in reversed(range(len(top))) if _METRICS.search(top[i])), None)
    match = _METRICS.search(caption if named is None else top[named])
    names = [name.strip() for name in match[1].split("/")] if match else []
    if {column[i].count("/") + 1 for i in several} != {len(names)}:
        return [column]
    at = len(top) - 1 if named is None else named
    return [
        [
            f"{_METRICS.sub('', cell).strip()} {name}".strip()
            if i == at
            else (cell.split("/")[k].strip() if i in several else cell)
            for i, cell in enumerate(column)
        ]
        for k, name in enumerate(names)
    ]


def _first_of_body(grid: Sequence[Sequence[str]]) -> int:
    """The first row with a score; whole numbers above rows with decimals are headers (0, 10, 50 examples)."""
    of_score = next((i for i, row in enumerate(grid) if any(_SCORE.match(cell) for cell in row[1:])), None)
    return next((i for i, row in enumerate(grid) if _has_number(row)), 1) if of_score is None else of_score


def _has_number(row: Sequence[str]) -> bool:
    return any(NUMERIC.match(cell) for cell in row[1:])


def _joined(parts: Sequence[str]) -> str:
    return HEADER_PARTS.join(dict.fromkeys(part for part in parts if part))


def _with_repeated_labels(body: list[list[str]]) -> list[list[str]]:
    """An empty first cell before another label stands for the label above it."""
    out: list[list[str]] = []
    for row in body:
        is_repeated = out and not row[0] and row[1:2] != [""] and not NUMERIC.match(row[1])
        out.append([out[-1][0], *row[1:]] if is_repeated else row)
    return out


def _with_groups(header: list[str], body: list[list[str]], caption: str) -> Table:
    labels = [row[0] for row in body if _has_number(row)]
    recur = len(set(labels)) < len(labels)
    groups = [_group_of(row, recur=recur) for row in body]
    if not any(groups) or len(header) < 3:
        return Table(caption, tuple(header), tuple(map(tuple, body)))
    rows, group = [], ""
    for row, own in zip(body, groups, strict=True):
        group = own or group
        if not own:
            rows.append((group, *row))
    return Table(caption, ("", *header), tuple(rows))


def _group_of(row: Sequence[str], *, recur: bool) -> str:
    """The label that the rows below belong to; with the rest of its row empty only if their labels recur."""
    spans_all = len(set(row)) == 1
    stands_alone = recur and not any(row[1:])
    return row[0] if (spans_all or stands_alone) and not NUMERIC.match(row[0]) else ""
