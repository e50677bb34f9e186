"""Plain text and Markdown."""

from __future__ import annotations

import re
from pathlib import Path

from isogloss.evidence.base import Block, Parsed, Table
from isogloss.evidence.readers._grid import make_table
from isogloss.evidence.readers.base import (
    Limits,
    first_year,
    read_text_file,
    with_captions,
)

NAME = "text"

_HEADING = re.compile(r"^(?:#{1,6}\s+.+|(?:\d{1,2}(?:\.\d+)*\.?|[IVX]+\.)\s+[A-Z].*|[A-Z][^.:;,!?|]*)$")
_MAX_HEADING = 90
_RULE_ROW = re.compile(r"^[\s|:+=-]+$")
_GAP = re.compile(r"\s{2,}|\t+")


class TextReader:
    """Paragraphs parted by empty lines; headings; tables with bars or aligned columns."""

    suffixes = (".txt", ".md")

    def read(self, path: Path, limits: Limits) -> Parsed:
        """Read the file as UTF-8."""
        text = read_text_file(path)
        return Parsed(tuple(with_captions(blocks_of(text))), first_year(text[:600]))


def blocks_of(text: str) -> list[Block]:
    """Title, headings, paragraphs and tables of a plain text; lines are counted from 1."""
    blocks: list[Block] = []
    lines = text.split("\n")
    start = 0
    for i in range(len(lines) + 1):
        if i < len(lines) and lines[i].strip():
            continue
        chunk = lines[start:i]
        if chunk:
            blocks += _blocks_of_chunk(chunk, start + 1, is_first=not blocks)
        start = i + 1
    return blocks


def _blocks_of_chunk(chunk: list[str], line: int, *, is_first: bool) -> list[Block]:
    table = _table(chunk)
    if table is not None:
        return [Block("table", table.as_text(), None, line, table)]
    first = chunk[0].strip()
    if is_first and len(chunk) <= 3 and not first.endswith("."):
        return [Block("title", " ".join(each.strip().lstrip("#").strip() for each in chunk), None, line)]
    is_heading = len(first) <= _MAX_HEADING and bool(_HEADING.match(first))
    if is_heading and (len(chunk) == 1 or first.startswith("#")):
        rest = _blocks_of_chunk(chunk[1:], line + 1, is_first=False) if len(chunk) > 1 else []
        return [Block("heading", first.lstrip("#").strip(), None, line), *rest]
    return [Block("paragraph", "\n".join(chunk), None, line)]


def _table(chunk: list[str]) -> Table | None:
    rows = [line for line in chunk if not _RULE_ROW.match(line)]
    if len(rows) < 2:
        return None
    if all("|" in row for row in rows):
        return make_table([[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows])
    cells = [_GAP.split(row.strip()) for row in rows]
    if min(len(row) for row in cells) < 2 or len({len(row) for row in cells[1:]}) > 1:
        return None
    return make_table(cells)


READER = TextReader()
