"""Contract of a reader, the limits that every file has to keep, and grids to tables."""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

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


class Reader(Protocol):
    """A file in ``evidence/readers/`` defines ``NAME`` and ``READER``; suffixes are in lower case."""

    suffixes: tuple[str, ...]

    def parse(self, path: Path, limits: Limits) -> list[Block]:
        """Read one file; raises UnreadableError. The caller enforces time and memory."""


READERS: Registry[Reader] = Registry("reader", "isogloss.evidence.readers", "READER")

MAX_CELLS = 20_000
_PAIR = re.compile(r"\b([A-Z][A-Za-z]*\d?)\s*/\s*([A-Z][A-Za-z]*\d?)\b")
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
    width = max((len(row) for row in grid), default=0)
    rows = [[" ".join(cell.split()) for cell in row] + [""] * (width - len(row)) for row in grid]
    rows = [row for row in rows if any(row)]
    keep = [j for j in range(width) if any(row[j] for row in rows)]
    rows = [[row[j] for j in keep] for row in rows]
    if len(rows) < 2 or len(keep) < 2 or len(rows) * len(keep) > MAX_CELLS:
        return []
    n = _header_rows(rows) if n_header is None else min(n_header, len(rows) - 1)
    rows = _unpaired(rows, n, caption)
    header, body, columns = rows[:n], rows[n:], range(len(rows[0]))
    heads = [" / ".join(dict.fromkeys(row[j] for row in header if row[j])) for j in columns]
    joined = [re.sub(r"(?<=\w-) / ", "", head) for head in heads]  # a word cut at the end of a line
    is_label = [j == 0 or _is_label([row[j] for row in body if row[j]]) for j in columns]
    starts = [j for j in columns if j == 0 or (is_label[j] and not is_label[j - 1] and not is_label[-1])]
    blocks = []
    for first, last in zip(starts, [*starts[1:], len(rows[0])], strict=True):
        n_labels = next((j - first for j in range(first, last) if not is_label[j]), 1)
        if part := _grouped([row[first:last] for row in body], n_labels):
            table = Table(caption, tuple(joined[first:last]), tuple(map(tuple, part)), n_labels)
            blocks.append(Block("table", table.as_text(), page, table))
    return blocks


def _unpaired(rows: Sequence[list[str]], n: int, caption: str) -> list[list[str]]:
    """Make two columns of one whose cells hold two values that its head or the caption calls "F1 / EM"."""
    pair = next(iter(_PAIR.findall(caption)), None)
    columns: list[list[str]] = []
    for cells in ([row[j] for row in rows] for j in range(len(rows[0]))):
        values = [cell.split("/") for cell in cells[n:] if cell]
        is_paired = bool(values) and all(len(v) == 2 and all(is_value(p.strip()) for p in v) for v in values)
        names = next((_PAIR.findall(cell)[0] for cell in cells[:n] if _PAIR.search(cell)), pair)
        if not is_paired or names is None:
            columns.append(cells)
            continue
        head = [_PAIR.sub("", cell).strip() for cell in cells[:n]]
        for i, name in enumerate(names):
            named = [*head[:-1], f"{head[-1]} {name}".strip()] if head else []
            columns.append([*named, *(cell.split("/")[i].strip() if cell else "" for cell in cells[n:])])
    return [list(row) for row in zip(*columns, strict=True)]


def _header_rows(rows: Sequence[Sequence[str]]) -> int:
    n = next((i for i, row in enumerate(rows) if any(is_value(cell) for cell in row[1:])), 1)
    while n > 1 and len({cell for cell in rows[n - 1] if cell}) == 1:
        n -= 1  # the label of the first group of rows
    has_decimals = any("." in cell for row in rows[1:] for cell in row[1:])
    return n or int(has_decimals and all(cell.isdigit() or not is_value(cell) for cell in rows[0]))


def _is_label(cells: Sequence[str]) -> bool:
    return sum(not is_value(cell) for cell in cells) > len(cells) / 2


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
            out[i] = Block("table", table.as_text(), block.page, table)
            out[j] = replace(out[j], kind="caption")
    return out
