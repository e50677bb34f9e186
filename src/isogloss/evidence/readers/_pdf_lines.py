"""Words of a PDF file with their positions, and lines of them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
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
    """Words on one base line of a column, from left to right."""

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

    @property
    def x0(self) -> float:
        return self.words[0].x0

    @property
    def x1(self) -> float:
        return self.words[-1].x1

    @cached_property
    def size(self) -> float:
        return Counter(round(word.size, 1) for word in self.words for _ in word.text).most_common(1)[0][0]

    @cached_property
    def cells(self) -> list[PdfWord]:
        """Words joined where the gap is that of a sentence; numbers behind numbers are cells of their own."""
        cells: list[PdfWord] = []
        last = ""
        for word in self.words:
            gap = (word.x0 - cells[-1].x1) / max(word.size, 4) if cells else 9.0
            is_number = is_value(word.text) and "±" not in word.text + last and not last.endswith("/")
            if gap < 0.62 and not (is_number and (gap > 0.45 or is_value(last))):
                cells[-1] = replace(cells[-1], text=f"{cells[-1].text} {word.text}", x1=word.x1)
            else:
                cells.append(word)
            last = word.text
        return cells

    @cached_property
    def n_values(self) -> int:
        """Number of its cells with a value."""
        return sum(is_value(cell.text) for cell in self.cells)

    @cached_property
    def is_tabular(self) -> bool:
        """Whether the line has the numbers or the gaps of a row."""
        n, values = len(self.cells), self.n_values
        wide = sum(b.x0 - a.x1 > 0.9 * a.size for a, b in pairwise(self.cells))
        return values >= max(2, n - 3) or wide >= 2 or (values == 1 and n == 2 and len(self.words) < 8)

    @property
    def is_prose(self) -> bool:
        """Whether the line is as long as one of a paragraph, or ends like one."""
        ends = len(self.words) > 2 and self.text.endswith((".", "-"))
        is_long = len(self.text) > 60 or len(self.words) > 9 or ends
        return is_long and not self.is_subtitle and not self.is_tabular

    @property
    def is_subtitle(self) -> bool:
        """Whether it is the caption of a part, "(a) Accuracy"."""
        return re.match(r"\([a-h]\) ", self.text) is not None

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
    found = upright.extract_words(
        x_tolerance_ratio=0.15, y_tolerance=2, return_chars=True, use_text_flow=True
    )
    page.close()
    words = [
        PdfWord(unicodedata.normalize("NFKC", _text(w)), w["x0"], w["x1"], w["top"], w["bottom"], _size(w))
        for w in found
        if w["x1"] > 0 and w["x0"] < page.width and _text(w)
    ]
    return [PdfLine(tuple(row), page.page_number) for row in rows_of(words)]


def _text(word: Any) -> str:
    """Text of a word, without glyphs that stand for no letter and a small mark beside a decimal number."""
    base = "".join(c["text"] for c in word["chars"] if c["size"] > 0.8 * _size(word))
    return base if re.fullmatch(r"[+−–-]?\d*\.\d+%?", base) else re.sub(r"\(cid:\d+\)", "", word["text"])


def _size(word: Any) -> float:
    return float(max(char["size"] for char in word["chars"]))


def rows_of(words: Iterable[PdfWord]) -> list[list[PdfWord]]:
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
