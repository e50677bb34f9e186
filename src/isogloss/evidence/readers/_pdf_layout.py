"""Layout of a PDF file: lines of words with positions, rows beside a caption, and columns of their cells."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

from isogloss.evidence.numbers import is_value

_CAPTION = re.compile(r"(?:Table|Tab\.|Figure|Fig\.)\s*[A-Z]?\d+[a-z]?\s*[:.|]|(?:TABLE|FIGURE)\s+[IVX\d]+")
_HEADING = re.compile(
    r"(?:\d{1,2}|[A-H])(?:\.\d{1,2}){0,3}\.?\s+[A-Z][^.]{2,80}"
    r"|Abstract|References|Acknowledge?ments?|Appendix.{0,60}|Conclusions?|Limitations"
)

_SUBTITLE = re.compile(r"\([a-h]\) ")


@dataclass(frozen=True)
class PdfWord:
    """A word, or the words of a cell, with its edges in points from the left and the top of the page."""

    text: str
    x0: float
    x1: float
    top: float
    bottom: float
    size: float

    @property
    def middle(self) -> float:
        return (self.x0 + self.x1) / 2


@dataclass(frozen=True)
class PdfLine:
    """Words on one base line of a column, from left to right; `page` from 1."""

    words: tuple[PdfWord, ...]
    page: int

    @cached_property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @cached_property
    def top(self) -> float:
        return min(word.top for word in self.words)

    @cached_property
    def bottom(self) -> float:
        return max(word.bottom for word in self.words)

    @cached_property
    def size(self) -> float:
        return Counter(round(word.size, 1) for word in self.words for _ in word.text).most_common(1)[0][0]

    @cached_property
    def cells(self) -> list[PdfWord]:
        """Words joined where the gap is that of a sentence; a number is a cell of its own."""
        cells: list[PdfWord] = []
        for word in self.words:
            last, gap = (cells[-1].text, (word.x0 - cells[-1].x1) / max(word.size, 4)) if cells else ("", 9.0)
            is_number = is_value(word.text) and "±" not in word.text + last and not last.endswith("/")
            if gap < 0.62 and not (is_number and (gap > 0.45 or is_value(last))):
                cells[-1] = replace(cells[-1], text=f"{cells[-1].text} {word.text}", x1=word.x1)
            else:
                cells.append(word)
        return cells

    @cached_property
    def is_tabular(self) -> bool:
        """Whether the line has the numbers or the gaps of a row."""
        n, values = len(self.cells), sum(is_value(cell.text) for cell in self.cells)
        wide = sum(b.x0 - a.x1 > 0.9 * a.size for a, b in pairwise(self.cells))
        return values >= max(2, n - 3) or wide >= 2 or (values == 1 and n == 2 and len(self.words) < 8)

    @cached_property
    def is_prose(self) -> bool:
        """Whether the line is as long as one of a paragraph, or ends like one."""
        return len(self.text) > 60 or len(self.words) > 9 or self.text.endswith((".", "-"))

    @cached_property
    def is_caption(self) -> bool:
        """Whether a caption begins here."""
        return bool(_CAPTION.match(self.text))

    @cached_property
    def is_heading(self) -> bool:
        """Whether it is numbered like a heading or named like one, and no row."""
        has_value = any(is_value(cell.text) for cell in self.cells[1:])
        return len(self.words) < 14 and bool(_HEADING.fullmatch(self.text)) and not has_value


def page_lines(page: Any) -> list[PdfLine]:
    """Upright words within the page as lines, in the order of the file: columns one after the other."""
    upright = page.filter(lambda o: o.get("object_type") != "char" or o.get("upright", True))
    options = {"x_tolerance_ratio": 0.15, "y_tolerance": 2, "use_text_flow": True, "return_chars": True}
    words = [
        PdfWord(unicodedata.normalize("NFKC", w["text"]), w["x0"], w["x1"], w["top"], w["bottom"], _size(w))
        for w in upright.extract_words(**options)
        if w["x1"] > 0 and w["x0"] < page.width
    ]
    page.close()
    return [PdfLine(tuple(row), page.page_number) for row in _rows(words)]


def _size(word: Any) -> float:
    return float(max(char["size"] for char in word["chars"]))


def _rows(words: Iterable[PdfWord]) -> list[list[PdfWord]]:
    """Words that share a base line, by their middle; small raised words go with their line."""
    rows: list[list[PdfWord]] = []
    for word in words:
        for row in rows[-3:]:
            first = max(row, key=lambda w: w.size)
            if abs(word.top + word.bottom - first.top - first.bottom) < 0.84 * first.size:
                row.append(word)
                break
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.x0) for row in rows]


def table_rows(lines: Sequence[PdfLine], at: int, used: set[int]) -> tuple[list[int], int]:
    """Lines of the table of a caption, above or below it, and the end of the caption."""
    end, size = at + 1, lines[at].size
    for line in lines[at + 1 :]:
        gap = line.top - lines[end - 1].top
        is_next = line.page == lines[at].page and 0 < gap < 1.6 * size + 1 and abs(line.size - size) < 0.5
        if not is_next or line.is_tabular or line.is_caption:
            break
        end += 1
    above = _run(lines, range(at - 1, -1, -1), lines[at], used)[::-1]
    below = _run(lines, range(end, len(lines)), lines[end - 1], used)
    n_above, n_below = (
        sum(is_value(c.text) for j in rows for c in lines[j].cells) for rows in (above, below)
    )
    return (above if n_above >= max(n_below, 1) else below), end


def _run(lines: Sequence[PdfLine], order: range, last: PdfLine, used: set[int]) -> list[int]:
    """Lines next to a caption that look like rows."""
    rows: list[int] = []
    for j in order:
        line = lines[j]
        gap = max(line.top - last.bottom, last.top - line.bottom)
        is_beside = line.page == last.page and -9 <= gap <= 26
        if j in used or not is_beside or line.is_caption or line.is_heading:
            break
        is_subtitle = _SUBTITLE.match(line.text) is not None
        if line.is_prose and not is_subtitle and not line.is_tabular:
            break
        rows += [] if is_subtitle else [j]
        last = line
    rows = _without_heads(rows, lines)
    return rows if any(lines[j].is_tabular for j in rows) else []


def _without_heads(rows: list[int], lines: Sequence[PdfLine]) -> list[int]:
    """Rows without labels at their far end; a line that spans some columns only is a head of theirs."""
    left = min((lines[j].words[0].x0 for j in rows), default=0.0)
    while len(rows) > 1 and len(lines[rows[-1]].cells) < 2 and lines[rows[-1]].words[0].x0 < left + 20:
        rows = rows[:-1]
    return rows


def grid(lines: Sequence[PdfLine]) -> list[list[str]]:
    """Cells of lines by column."""
    spans = sorted(_spans([line.cells for line in lines]))
    placed = [_placed(line.cells, spans) for line in lines]
    return _with_centred_labels(placed, [(line.top + line.bottom) / 2 for line in lines])


def _spans(rows: Sequence[Sequence[PdfWord]]) -> list[tuple[float, float]]:
    """Columns, as left and right edges: where the cells of the rows with numbers stand."""
    full = sorted(_full_rows(rows), key=lambda cell: cell.x1 - cell.x0)
    alone = [row[0] for row in rows if len(row) == 1]
    spans: list[tuple[float, float]] = []
    for cell in [*full, *alone]:
        hits = [(a, b) for a, b in spans if min(cell.x1, b) - max(cell.x0, a) > -0.5]
        if not hits if cell in alone else len(hits) < 2 or is_value(cell.text):
            edges = [*hits, (cell.x0, cell.x1)]
            merged = min(a for a, _ in edges), max(b for _, b in edges)
            spans = [*(span for span in spans if span not in hits), merged]
    return spans


def _full_rows(rows: Sequence[Sequence[PdfWord]]) -> list[PdfWord]:
    """Cells of the rows with numbers, or of all if none has any, that fill half of the columns or more."""
    data = [row for row in rows if sum(is_value(c.text) for c in row) >= max(1, len(row) // 3)] or rows
    most = max(len(row) for row in data)
    return [cell for row in data if len(row) > most // 2 for cell in row]


def _with_centred_labels(cells: list[list[str]], heights: Sequence[float]) -> list[list[str]]:
    """Write a label that stands between the rows it holds for into each of them, by distance."""
    between = _labels_between(cells, heights)
    first = next((i for i, row in enumerate(cells) if any(map(is_value, row[1:]))), 0)
    others = [row for i, row in enumerate(cells) if i >= first and i not in between]
    if not between or any(row[0] and any(row[1:]) for row in others):
        return cells
    for i in range(first, len(cells)):
        cells[i][0] = cells[min(between, key=lambda j: abs(heights[i] - heights[j]))][0]
    return [row for i, row in enumerate(cells) if i not in between]


def _labels_between(cells: Sequence[Sequence[str]], heights: Sequence[float]) -> list[int]:
    """Rows that hold a label only, and are nearer to both neighbours than rows of the table are apart."""
    steps = [b - a for a, b in pairwise(heights)]
    alone = [i for i, row in enumerate(cells) if row[0] and not any(row[1:])]
    return [i for i in alone if 0 < i < len(steps) and max(steps[i - 1], steps[i]) < 0.75 * max(steps)]


def _placed(row: Sequence[PdfWord], spans: Sequence[tuple[float, float]]) -> list[str]:
    """Texts of a row by column; a header cell that is centred over several columns is repeated in each."""
    out, middles = [""] * len(spans), [(a + b) / 2 for a, b in spans]
    for cell in row:
        hits = [
            j for j, (a, b) in enumerate(spans)
            if min(cell.x1, b) - max(cell.x0, a) > 0.3 * min(b - a, cell.x1 - cell.x0)
        ]  # fmt: skip
        nearest = min(range(len(spans)), key=lambda j: abs(middles[j] - cell.middle))
        for j in hits if hits and not is_value(cell.text) else hits[:1] or [nearest]:
            out[j] = f"{out[j]} {cell.text}".strip()
    heads = [cell for cell in row if cell.x0 > spans[0][1]]
    if 0 < len(heads) < len(spans) - 1 and _is_header(row):
        out[1:] = [text or _head_above(x, heads) for text, x in zip(out[1:], middles[1:], strict=True)]
    return out


def _is_header(row: Sequence[PdfWord]) -> bool:
    return len(row) > 1 and not any(is_value(cell.text) for cell in row)


def _head_above(middle: float, heads: Sequence[PdfWord]) -> str:
    """The head that a column without one belongs to: the nearest, within half the way from it to the next."""
    nearest = min(heads, key=lambda head: abs(head.middle - middle))
    to_others = [abs(head.middle - nearest.middle) for head in heads if head is not nearest]
    return nearest.text if abs(nearest.middle - middle) <= min(to_others, default=1e9) / 2 else ""
