"""Lines of a page of a PDF file in reading order, from words with their positions."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise
from operator import itemgetter
from typing import Any

from isogloss.evidence.numbers import is_value

_CAPTION = re.compile(r"(?:Table|Tab\.|Figure|Fig\.)\s*[A-Z]?\d+[a-z]?\s*[:.|]|(?:TABLE|FIGURE)\s+[IVX\d]+")
_HEADING = re.compile(
    r"(?:\d{1,2}|[A-H])(?:\.\d{1,2}){0,3}\.?\s+[A-Z][^.]{2,80}"
    r"|Abstract|References|Acknowledge?ments?|Appendix.{0,60}|Conclusions?|Limitations"
)


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
    """Lines in reading order: stretches of full-width lines, and of two columns."""
    words, n = _words(page), page.page_number
    page.close()
    rows, gutter = _rows(words), _gutter(words, float(page.width))
    if gutter is None:
        return [PdfLine(tuple(row), n) for row in rows]
    lines: list[PdfLine] = []
    marked = zip(_full_width(rows, gutter), rows, strict=True)
    for is_full, stretch in groupby(marked, key=itemgetter(0)):
        found = [word for _, row in stretch for word in row]
        columns = [[w for w in found if w.x1 <= gutter + 3], [w for w in found if w.x1 > gutter + 3]]
        for part in [found] if is_full else columns:
            lines += [PdfLine(tuple(row), n) for row in _rows(part)]
    return lines


def _words(page: Any) -> list[PdfWord]:
    """Upright words within the page."""
    upright = page.filter(lambda o: o.get("object_type") != "char" or o.get("upright", True))
    return [
        PdfWord(unicodedata.normalize("NFKC", w["text"]), w["x0"], w["x1"], w["top"], w["bottom"], _size(w))
        for w in upright.extract_words(x_tolerance_ratio=0.15, y_tolerance=2, return_chars=True)
        if w["x1"] > 0 and w["x0"] < page.width
    ]


def _size(word: Any) -> float:
    return float(max(char["size"] for char in word["chars"]))


def _rows(words: Iterable[PdfWord]) -> list[list[PdfWord]]:
    """Words that share a base line, by their middle; small raised words go with their line."""
    rows: list[list[PdfWord]] = []
    for word in sorted(words, key=lambda w: w.top + w.bottom):
        for row in rows[-3:]:
            first = max(row, key=lambda w: w.size)
            if abs(word.top + word.bottom - first.top - first.bottom) < 0.84 * first.size:
                row.append(word)
                break
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.x0) for row in rows]


def _gutter(words: Sequence[PdfWord], width: float) -> float | None:
    """Middle of the white strip between two columns, or None for a page of one column."""

    def crossing(x: float) -> int:
        return sum(w.x0 - 2 < x < w.x1 + 2 for w in words)

    best = min(
        (width * (0.42 + 0.004 * i) for i in range(41)), key=lambda x: (crossing(x), abs(x - width / 2))
    )
    left = sum(w.x1 < best for w in words)
    is_split = len(words) >= 60 and crossing(best) < 0.045 * len(words) and 0.15 < left / len(words) < 0.85
    return best if is_split else None


def _full_width(rows: Sequence[Sequence[PdfWord]], gutter: float) -> list[bool]:
    """Whether each row crosses both columns; the rows of a table do if its caption does."""
    is_full = [_is_across(row, gutter) for row in rows]
    for i in [i for i, row in enumerate(rows) if is_full[i] and PdfLine(tuple(row), 0).is_caption]:
        steps = [s for s in (-1, 1) if 0 <= i + s < len(rows) and (s < 0 or not is_full[i + s])]
        gaps = {step: abs(rows[i + step][0].top - rows[i][0].top) for step in steps}
        for step in (step for step, gap in gaps.items() if gap <= min(gaps.values()) + 2):
            _widen(is_full, rows, range(i + step, len(rows) if step > 0 else -1, step), gutter)
    return is_full


def _is_across(row: Sequence[PdfWord], gutter: float) -> bool:
    """Whether a word crosses the gutter, or the words on both sides are as close as in a sentence."""
    left, right = [w for w in row if w.x1 <= gutter], [w for w in row if w.x0 >= gutter]
    is_close = bool(left and right) and right[0].x0 - left[-1].x1 < 0.5 * left[-1].size
    return is_close or any(w.x0 < gutter < w.x1 for w in row)


def _widen(is_full: list[bool], rows: Sequence[Sequence[PdfWord]], order: range, gutter: float) -> None:
    """Mark the rows of a table from its caption on, up to a gap or a row that is none of it."""
    for j in order:
        is_near = abs(rows[j][0].top - rows[j - order.step][0].top) < 40
        if not is_near or not (is_full[j] or len(rows[j]) <= 3 or _is_wide_row(rows[j], gutter)):
            break
        is_full[j] = True


def _is_wide_row(row: Sequence[PdfWord], gutter: float) -> bool:
    """Whether words are cells of a table across both columns rather than two lines of text."""
    cells = PdfLine(tuple(row), 0).cells
    sides = [sum(c.x1 <= gutter for c in cells), sum(c.x0 >= gutter for c in cells)]
    is_row = (len(cells) >= 4 and max(sides) >= 2) or sum(is_value(c.text) for c in cells) >= 2
    return is_row and max(len(c.text) for c in cells) < 45
