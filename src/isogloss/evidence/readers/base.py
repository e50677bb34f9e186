"""Contract of a reader, the limits that every file has to keep, and grids to tables."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from pathlib import Path

from isogloss.evidence.documents import Block, Table
from isogloss.evidence.numbers import is_value
from isogloss.registry import Registry


class UnreadableError(Exception):
    """A file that cannot be read; the caller reports the reason and skips the file."""


@dataclass(frozen=True)
class Limits:
    """Upper limits for one file: its size, its pages, and time and address space to read it."""

    megabytes: float = 50.0
    pages: int = 500
    seconds: float = 120.0
    memory_megabytes: int = 3072


@dataclass(frozen=True)
class Reader:
    """Reader of one kind of file; a file in ``evidence/readers/`` defines ``READER`` and ``NAME``.

    `suffixes` are in lower case; `parse` reads one file or raises UnreadableError. Its caller enforces time
    and memory.
    """

    suffixes: tuple[str, ...]
    parse: Callable[[Path, Limits], list[Block]]


READERS: Registry[Reader] = Registry("reader", "isogloss.evidence.readers", "READER")

MAX_CELLS = 20_000
_Column = tuple[str, ...]
_NAMES = re.compile(r"\b[A-Z][\w-]*%?(?:\s*/\s*[A-Z][\w-]*%?)+")
_CAPTION = re.compile(r"^[\s*_]*Tab(?:le|\.)\s*\w+", re.IGNORECASE)


def read_text(path: Path) -> str:
    """Decode a file as UTF-8, as its byte order mark says, or as Latin-1; NUL bytes raise UnreadableError."""
    data = path.read_bytes()
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", errors="replace")
    if b"\x00" in data:
        raise UnreadableError("not a text file: it holds NUL bytes")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def table_blocks(
    grid: Sequence[Sequence[str]], caption: str = "", page: int | None = None, n_header: int | None = None
) -> list[Block]:
    """Find header, row labels and groups of rows in a grid; blocks side by side become tables of their own.

    Parameters
    ----------
    grid : sequence of sequence of str
        Rows, with spanning cells repeated.
    caption : str
    page : int or None
    n_header : int or None
        Number of header rows; None to count the leading rows without a value.
    """
    rows = _filled(grid)
    if len(rows) < 2 or len(rows[0]) < 2 or len(rows) * len(rows[0]) > MAX_CELLS:
        return []
    n = _header_rows(rows) if n_header is None else min(n_header, len(rows) - 1)
    if again := _headers_again(rows, n):
        spans = pairwise([0, *again, len(rows)])
        return [block for a, b in spans for block in table_blocks(rows[a:b], caption, page)]
    columns = _unpaired(list(zip(*rows, strict=True)), n, caption)
    heads = [" / ".join(dict.fromkeys(filter(None, column[:n]))) for column in columns]
    if n == 1:  # a corner of one line, "train / test", is none of two
        heads[0] = heads[0].replace(" / ", "/")
    heads = [re.sub(r"(?<=\w-) / ", "", head) for head in heads]  # a word cut at the end of a line
    is_label = [j == 0 or _is_label(column[n:]) for j, column in enumerate(columns)]
    blocks = []
    for first, last in _side_by_side(heads, [column[n:] for column in columns], is_label):
        n_labels = is_label[first:last].index(False) if False in is_label[first:last] else 1
        body = [list(row) for row in zip(*(column[n:] for column in columns[first:last]), strict=True)]
        if part := _grouped(body, n_labels):
            table = Table(caption, tuple(heads[first:last]), tuple(map(tuple, part)), n_labels)
            blocks.append(Block("table", table.as_text(), page, table))
    return blocks


def _headers_again(rows: Sequence[Sequence[str]], n: int) -> list[int]:
    """Where a row between values has another text in most columns: a table of its own, with a label above."""
    texts = [list(filter(None, row[1:])) for row in rows]
    has_values = [any(map(is_value, row)) for row in texts]
    least = max(map(len, texts)) / 2
    starts = []
    for i in range(n + 1, len(rows) - 1):
        is_full = len(texts[i]) > max(2, least) and len({*texts[i]}) > 0.8 * len(texts[i])
        start = i - (len({*filter(None, rows[i - 1])}) == 1)
        if not has_values[i] and has_values[i + 1] and has_values[start - 1]:
            starts += [start] if is_full or rows[i] in rows[:n] else []
    return starts


def _side_by_side(
    heads: Sequence[str], columns: Sequence[_Column], is_label: Sequence[bool]
) -> Iterator[tuple[int, int]]:
    """First and last column of each table of a grid.

    One begins where labels follow values: each another, or below the head of the first column.
    """
    starts = [j for j in range(1, len(is_label)) if is_label[j] and not is_label[j - 1] and not is_label[-1]]
    several = (len({c for c in column if not is_value(c)}) > 0.7 * len(column) for column in columns)
    begins = [is_other or head == heads[0] != "" for is_other, head in zip(several, heads, strict=True)]
    return pairwise([0, *(j for j in starts if begins[j]), len(is_label)])


def _filled(grid: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Rows of one width with plain spaces, without empty rows and columns."""
    rows = [[" ".join(cell.split()) for cell in row] for row in grid]
    columns = [column for column in zip_longest(*rows, fillvalue="") if any(column)]
    return [row for row in zip(*columns, strict=True) if any(row)]


def _unpaired(columns: Sequence[_Column], n: int, caption: str) -> list[_Column]:
    """Make columns of one whose cells hold several values that its head or the caption calls "F1 / EM"."""
    out: list[_Column] = []
    for column in columns:
        head, parts = column[:n], [cell.split("/") for cell in column[n:] if cell]
        found = (m.split("/") for text in (*head, caption) for m in _NAMES.findall(text))
        names = next((each for each in found if all(len(part) == len(each) for part in parts)), None)
        if not parts or names is None or not all(is_value(value.strip()) for part in parts for value in part):
            out.append(column)
            continue
        bare = [_NAMES.sub("", text).strip() for text in head]
        for i, name in enumerate(names):
            named = [*bare[:-1], *(f"{text} {name.strip(' %')}".strip() for text in bare[-1:])]
            cells = ((cell.split("/")[i].strip() if cell else "") for cell in column[n:])
            out.append((*named, *cells))
    return out


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    n = next((i for i, row in enumerate(rows) if any(is_value(cell) for cell in row[1:])), 1)
    while n > 1 and len({cell for cell in rows[n - 1] if cell}) == 1:
        n -= 1  # the label of the first group of rows
    has_decimals = any("." in cell for row in rows[1:] for cell in row[1:])
    while has_decimals and n < len(rows) - 1 and _heads_columns(rows[n], is_first=not n):
        n += 1
    return n


def _heads_columns(row: Sequence[str], *, is_first: bool) -> bool:
    """Whether a row holds sizes such as 10K, and no decimal number, above others that do."""
    return (is_first or not row[0]) and len({*filter(None, row)}) > 1 and not any("." in c for c in row)


def _is_label(cells: Sequence[str]) -> bool:
    held = [cell for cell in cells if cell]
    return sum(not is_value(cell) for cell in held) > len(held) / 2


def _grouped(rows: Sequence[list[str]], n_labels: int) -> list[list[str]]:
    """Write the label of a group, and a label that holds for several rows, into each of their rows."""
    out: list[list[str]] = []
    group, above = "", [""] * n_labels
    for row in rows:
        if len({cell for cell in row if cell}) == 1 and len(rows) > 1 and not any(map(is_value, row[1:])):
            group, above = next(cell for cell in row if cell), [""] * n_labels
        elif any(row[n_labels:]):
            labels = [row[i] or (above[i] if i < n_labels - 1 or i == 0 else "") for i in range(n_labels)]
            above = labels
            out.append([f"{group}: {labels[0]}" if group else labels[0], *labels[1:], *row[n_labels:]])
    return out


def with_captions(blocks: list[Block]) -> list[Block]:
    """Give a table without a caption the paragraph beside it that reads as one ("Table 2: ...")."""
    out = list(blocks)
    for i, block in enumerate(blocks):
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(out) and out[j].kind == "paragraph"]
        j = next((j for j in beside if _CAPTION.match(out[j].text)), None)
        if block.table is not None and not block.table.caption and j is not None:
            table = replace(block.table, caption=out[j].text)
            columns = _unpaired(list(zip(table.header, *table.rows, strict=True)), 1, table.caption)
            header, *rows = zip(*columns, strict=True)
            table = replace(table, header=header, rows=tuple(rows))
            out[i] = Block("table", table.as_text(), block.page, table)
            out[j] = replace(out[j], kind="caption")
    return out
