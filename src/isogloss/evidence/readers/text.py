"""Plain text and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_GAP = re.compile(r"\s{2,}|\t+")


class TextReader:
    """Paragraphs parted by empty lines; headings; tables with bars or aligned columns."""

    suffixes = (".txt", ".md")
    bytes_to_trust = 50_000_000

    def parse(self, path: Path, limits: Limits) -> Parsed:
        """Read the file line by line."""
        text = read_text_file(path)
        if path.suffix.lower() == ".md":
            text = _STRONG.sub(r"\2", text)
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
            blocks += list(_blocks_of_chunk(chunk, start + 1, is_first=not blocks))
        start = i + 1
    return blocks


def _blocks_of_chunk(chunk: list[str], line: int, *, is_first: bool) -> Iterator[Block]:
    first = chunk[0].strip()
    if is_first and len(chunk) <= 3 and not first.endswith(".") and _table(chunk) is None:
        yield Block("title", " ".join(each.strip().lstrip("#").strip() for each in chunk), None, line)
        return
    n_headings = 0
    for each in chunk if len(chunk) > 1 and first.startswith("#") else chunk[:1]:
        if not _is_heading(each.strip(), is_alone=n_headings == len(chunk) - 1):
            break
        yield Block("heading", each.strip().lstrip("#").strip(), None, line + n_headings)
        n_headings += 1
    rest = chunk[n_headings:]
    if rest:
        table = _table(rest)
        text = table.as_text() if table else "\n".join(rest)
        yield Block("table" if table else "paragraph", text, None, line + n_headings, table)


def _is_heading(text: str, *, is_alone: bool) -> bool:
    is_short = len(text) <= _MAX_HEADING and bool(_HEADING.match(text))
    return is_short and (is_alone or text.startswith("#"))


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
