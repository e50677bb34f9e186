"""From the lines of a PDF page to title, headings, paragraphs and tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import quantiles

from isogloss.evidence.base import Block, Table
from isogloss.evidence.readers._grid import NUMERIC, make_table

_GAP = re.compile(r"\s{2,}")
_NUMERIC = re.compile(rf"{NUMERIC.pattern}|^[-–—]$")
_HEADING = re.compile(r"^(?:(?:\d{1,2}(?:\.\d+)*\.?|[IVX]+\.)\s+)?[A-Z][^.;,!?|=]{1,80}$")
_END = re.compile(r"[.!?:][\"')\u201d]?$")
_NO_TEXT = re.compile(r"^\W*\d*\W*$")
_WIDE_GAP = re.compile(r"(?<=\S)\s{2,}(?=\S)|^\s{20,}(?=\S)")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_N_WORDS = 3
_MIN_LINES = 8
_SHORT = 0.85
"""A line shorter than this share of a full line may end a paragraph."""


def blocks_of_page(running: str, layout: str, page: int, *, is_first: bool) -> list[Block]:
    """Blocks of one page; tables are found by the layout and taken out of the running text."""
    tables = _tables_of_page(layout)
    compact = {_compact(line): i for i, (lines, _) in enumerate(tables) for line in lines}
    placed: set[int] = set()
    blocks: list[Block] = []
    paragraph: list[str] = []
    lines = [line.strip() for line in running.split("\n") if line.strip() and not _NO_TEXT.match(line)]
    full = _full_length(lines)

    def flush() -> None:
        if paragraph:
            blocks.append(Block("paragraph", "\n".join(paragraph), page))
            paragraph.clear()

    for i, line in enumerate(lines):
        at = compact.get(_compact(line))
        if at is not None:
            flush()
            if at not in placed:
                placed.add(at)
                blocks.append(Block("table", tables[at][1].as_text(), page, None, tables[at][1]))
            continue
        following = lines[i + 1] if i + 1 < len(lines) else ""
        if is_first and i == 0 and not _END.search(line):
            blocks.append(Block("title", line, page))
        elif not paragraph and len(line) < _SHORT * full and _HEADING.match(line) and following[:1].isupper():
            blocks.append(Block("heading", line, page))
        else:
            paragraph.append(line)
            is_short = len(line) < _SHORT * full
            if _END.search(line) and (is_short or _HEADING.match(following)):
                flush()
    flush()
    return blocks + [
        Block("table", table.as_text(), page, None, table)
        for i, (_, table) in enumerate(tables)
        if i not in placed
    ]


def _full_length(lines: list[str]) -> float:
    """Length of a full line: the ninth decile."""
    lengths = [float(len(line)) for line in lines]
    return quantiles(lengths, n=10)[-1] if len(lengths) > 1 else 1.0


def _tables_of_page(layout: str) -> list[tuple[list[str], Table]]:
    """Tables as wide as the page, then those of each of its columns."""
    lines = [line for line in layout.split("\n") if line.strip()]
    wide = _tables(lines)
    gutter = _gutter(lines)
    if gutter is None:
        return wide
    used = {line for own, _ in wide for line in own}
    rest = [line for line in lines if line.strip() not in used]
    columns = [line[:gutter] for line in rest], [line[gutter:] for line in rest]
    return wide + [table for column in columns for table in _tables(column)]


def _gutter(lines: Sequence[str]) -> int | None:
    """Where the second column of a page begins: most lines go on there after a gap, and go on in words."""
    starts = Counter(match.end() for line in lines for match in _WIDE_GAP.finditer(line))
    if not starts:
        return None
    at, n = starts.most_common(1)[0]
    long = [line for line in lines if len(line) > at]
    in_words = sum(
        len(_LETTERS.findall(line[at:])) >= _N_WORDS for line in long if not line[at - 2 : at].strip()
    )
    return at if n >= max(_MIN_LINES, 0.5 * len(long)) and in_words >= 0.5 * n else None


def _tables(lines: Sequence[str]) -> list[tuple[list[str], Table]]:
    """Runs of lines with a label and the same number of numeric cells, and the header above them."""
    lines = [line.strip() for line in lines if line.strip()]
    cells = [_GAP.split(line) for line in lines]
    found: list[tuple[list[str], Table]] = []
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and _is_row(cells[j]) and len(cells[j]) == len(cells[i]):
            j += 1
        if j - i >= 2 and i > 0 and len(cells[i - 1]) in (len(cells[i]), len(cells[i]) - 1):
            table = make_table([list(row) for row in cells[i - 1 : j]])
            if table is not None:
                found.append((lines[i - 1 : j], table))
        i = max(j, i + 1)
    return found


def _is_row(cells: list[str]) -> bool:
    return (
        len(cells) >= 2 and not _NUMERIC.match(cells[0]) and all(_NUMERIC.match(cell) for cell in cells[1:])
    )


def _compact(line: str) -> str:
    return re.sub(r"\s+", "", line)
