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

_MOST_APART = 26
"""Points between a row and the next, or the caption."""

_HEADS, _ASIDE = 90, 15
"""Points above the first row where heads that are written upwards begin, and from their column, at most."""

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

    @property
    def height(self) -> float:
        return (self.top + self.bottom) / 2


@dataclass(frozen=True)
class PdfLine:
    """Words on one base line of a column, from left to right; `rotated` are those of its page (from 1)."""

    words: tuple[PdfWord, ...]
    page: int
    rotated: tuple[PdfWord, ...] = ()

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
    def height(self) -> float:
        return (self.top + self.bottom) / 2

    @cached_property
    def size(self) -> float:
        return Counter(round(word.size, 1) for word in self.words for _ in word.text).most_common(1)[0][0]

    @cached_property
    def cells(self) -> list[PdfWord]:
        """Words joined where the gap is that of a sentence; numbers behind numbers are cells of their own."""
        behind = next(
            (i for i, word in enumerate(self.words[::-1]) if not is_value(word.text)), len(self.words)
        )
        first = len(self.words) - behind if behind > 2 else -1  # of three numbers or more that end the line
        cells: list[PdfWord] = []
        last = ""
        for i, word in enumerate(self.words):
            gap = (word.x0 - cells[-1].x1) / max(word.size, 4) if cells else 9.0
            is_number = is_value(word.text) and "±" not in word.text + last and not last.endswith("/")
            is_apart = is_number and (gap > 0.45 or i == first or is_value(last))
            last = word.text
            if gap < 0.62 and not is_apart:
                cells[-1] = replace(cells[-1], text=f"{cells[-1].text} {word.text}", x1=word.x1)
            else:
                cells.append(word)
        return cells

    @cached_property
    def is_tabular(self) -> bool:
        """Whether the line has the numbers or the gaps of a row."""
        n, values = len(self.cells), self.n_values
        wide = sum(b.x0 - a.x1 > 0.9 * a.size for a, b in pairwise(self.cells))
        return values >= max(2, n - 3) or wide >= 2 or (values == 1 and n == 2 and len(self.words) < 8)

    @cached_property
    def is_prose(self) -> bool:
        """Whether the line is as long as one of a paragraph, or ends like one."""
        ends = len(self.text) > 1 and self.text.endswith((".", "-"))
        return len(self.text) > 60 or len(self.words) > 9 or ends

    @property
    def is_no_row(self) -> bool:
        """Whether it is a caption, a heading or prose."""
        is_prose = self.is_prose and not self.is_subtitle and not self.is_tabular
        return self.is_caption or self.is_heading or is_prose

    @cached_property
    def is_subtitle(self) -> bool:
        """Whether it is the caption of a part, "(a) Accuracy"."""
        return _SUBTITLE.match(self.text) is not None

    @cached_property
    def n_values(self) -> int:
        """Number of its cells with a value."""
        return sum(is_value(cell.text) for cell in self.cells)

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
    words, rotated = (_words(page, is_upright=each) for each in (True, False))
    page.close()
    return [PdfLine(tuple(row), page.page_number, tuple(rotated)) for row in _rows(words)]


def _words(page: Any, *, is_upright: bool) -> list[PdfWord]:
    """Words of the page; those that are written upwards do not follow the order of the file."""
    own = page.filter(lambda o: o.get("object_type") != "char" or o.get("upright", True) == is_upright)
    order = {"use_text_flow": True} if is_upright else {"char_dir_rotated": "btt", "line_dir_rotated": "ltr"}
    found = own.extract_words(x_tolerance_ratio=0.15, y_tolerance=2, return_chars=True, **order)
    return [
        PdfWord(unicodedata.normalize("NFKC", _text(w)), w["x0"], w["x1"], w["top"], w["bottom"], _size(w))
        for w in found
        if w["x1"] > 0 and w["x0"] < page.width and _text(w)
    ]


def _text(word: Any) -> str:
    """Text of a word, without glyphs that stand for no letter and a small mark beside a decimal number."""
    base = "".join(c["text"] for c in word["chars"] if c["size"] > 0.8 * _size(word))
    return base if re.fullmatch(r"[+−–-]?\d*\.\d+%?", base) else re.sub(r"\(cid:\d+\)", "", word["text"])


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


def beside(lines: Sequence[PdfLine], at: int, used: set[int]) -> tuple[list[int], list[int], int]:
    """Lines that look like the table of a caption, above it and below it, and the end of the caption."""
    end, size = at + 1, _largest(lines[at])
    for line in lines[at + 1 :]:
        gap = line.top - lines[end - 1].top
        is_next = (
            line.page == lines[at].page and 0 < gap < 1.6 * size + 1 and abs(_largest(line) - size) < 0.5
        )
        if not is_next or line.is_tabular or line.is_caption:
            break
        end += 1
    above = _run(lines, range(at - 1, -1, -1), lines[at], used)[::-1]
    return above, _run(lines, range(end, len(lines)), lines[end - 1], used), end


def _largest(line: PdfLine) -> float:
    """Size of the largest letters: capitals, where the others are small capitals."""
    return max(word.size for word in line.words)


def parts(lines: Sequence[PdfLine], *, is_above: bool) -> list[tuple[str, list[PdfLine]]]:
    """Rows of each part of a table, in order, with its subtitle, which stands where the caption does.

    A label that the file states apart from its row is put into it.
    """
    words = sorted((word for line in lines for word in line.words), key=lambda w: w.top + w.bottom)
    found: list[tuple[str, list[PdfLine]]] = [("", [])]
    for line in (PdfLine(tuple(row), lines[0].page, lines[0].rotated) for row in _rows(words)):
        if not line.is_subtitle:
            found[-1][1].append(line)
        elif is_above:
            found[-1:] = [(line.text, found[-1][1]), ("", [])]
        else:
            found.append((line.text, []))
    return [part for part in found if part[1]]


def _run(lines: Sequence[PdfLine], order: range, last: PdfLine, used: set[int]) -> list[int]:
    """Lines next to a caption that look like rows."""
    rows: list[int] = []
    top, bottom = last.top, last.bottom
    for j in order:
        line = lines[j]
        is_out = line.is_no_row and not _is_label_within(lines, j, order.step, rows)
        if j in used or line.page != last.page or is_out:
            break
        if _is_beside(line, last, top, bottom) or _is_within(line, [lines[i] for i in rows], top, bottom):
            last, top, bottom = line, min(top, line.top), max(bottom, line.bottom)
        elif not rows or len(line.cells) > 1 or not _is_ahead(lines, j + order.step, top, bottom):
            break  # a label of one cell may stand in the file before the rows it is for
        rows.append(j)
    has_values = any(lines[j].n_values for j in rows)
    return rows if has_values and any(lines[j].is_tabular for j in rows) else []


def _is_label_within(lines: Sequence[PdfLine], j: int, step: int, rows: Sequence[int]) -> bool:
    """Whether a long line is the label of a part: between two rows, one with numbers, and shorter."""
    if not rows or not 0 <= j + step < len(lines) or lines[j].is_caption or lines[j].is_heading:
        return False
    line, near = lines[j], (lines[rows[-1]], lines[j + step])
    is_within = all(
        row.page == line.page and row.is_tabular and len(row.cells) > 3
        and line.words[-1].x1 + 20 < row.words[-1].x1 and abs(_gap(row, line.top, line.bottom)) < 9
        for row in near
    )  # fmt: skip
    is_inside = min(row.words[0].x0 for row in near) < line.words[0].x0 + 2
    return is_within and is_inside and max(row.n_values for row in near) > 2


def _is_beside(line: PdfLine, last: PdfLine, top: float, bottom: float) -> bool:
    """Whether a line is next to the last row, or to the region of all rows."""
    gaps = _gap(line, last.top, last.bottom), _gap(line, top, bottom)
    return any(-9 <= gap <= _MOST_APART for gap in gaps)


def _is_within(line: PdfLine, rows: Sequence[PdfLine], top: float, bottom: float) -> bool:
    """Whether a line stands between rows and begins within their width, or a label's width before it."""
    start = line.words[0].x0
    is_inside = _gap(line, top, bottom) < 0
    return is_inside and any(row.words[0].x0 - 60 < start < row.words[-1].x1 for row in rows)


def _is_ahead(lines: Sequence[PdfLine], j: int, top: float, bottom: float) -> bool:
    return 0 <= j < len(lines) and _gap(lines[j], top, bottom) <= _MOST_APART


def _gap(line: PdfLine, top: float, bottom: float) -> float:
    """Points from a line to a region; negative where they overlap."""
    return max(line.top - bottom, top - line.bottom)


def grid(lines: Sequence[PdfLine]) -> list[list[str]]:
    """Cells of lines by column; a label in the middle of the rows it holds for is written into each."""
    spans = sorted(_spans([line.cells for line in lines]))
    placed, heights = [_placed(line.cells, spans) for line in lines], [line.height for line in lines]
    data = [i for i, row in enumerate(placed) if _has_value(row)]
    upward = _upward(lines)
    labels = upward or [(lines[i].words[0].height, placed[i][0]) for i in _labelled(placed, data)]
    groups = _groups(labels, [heights[i] for i in data])
    for i, group in zip(data, groups, strict=False):
        placed[i][0] = f"{group}: {placed[i][0]}" if upward else group
    is_moved = bool(groups) and not upward
    rows = [row for row in placed if any(row[1:]) or not is_moved]
    at = next((i for i, row in enumerate(rows) if _has_value(row)), 0)
    heads = _upright_heads(lines[data[0]], spans) if data else []
    return [*rows[:at], heads, *rows[at:]] if heads else rows


def _upright_heads(first: PdfLine, spans: Sequence[tuple[float, float]]) -> list[str]:
    """Heads that are written upwards above the first row, by column; nothing if most columns have none."""
    heads, middles = [""] * len(spans), [(a + b) / 2 for a, b in spans]
    above = (w for w in first.rotated if first.top - _HEADS < w.top and w.bottom < first.top + 2)
    for word in sorted(above, key=lambda w: -w.bottom):
        j = min(range(len(spans)), key=lambda j: abs(middles[j] - word.middle))
        if abs(middles[j] - word.middle) < _ASIDE:
            heads[j] = f"{heads[j]} {word.text}".strip()
    return heads if sum(map(bool, heads[1:])) > len(heads) / 2 else []


def _has_value(row: Sequence[str]) -> bool:
    return any(map(is_value, row[1:]))


def _upward(lines: Sequence[PdfLine]) -> list[tuple[float, str]]:
    """Height and text of labels that are written upwards on the left of lines."""
    left = min(line.words[0].x0 for line in lines)
    beside = (w for w in lines[0].rotated if left - 60 < w.x0 and w.x1 < left + 2)
    return [(w.height, w.text) for w in beside if lines[0].height < w.height < lines[-1].height]


def _labelled(rows: Sequence[Sequence[str]], data: Sequence[int]) -> list[int]:
    """Rows with values, or with a label alone from the last row before them, that have a label."""
    alone = [i for i, row in enumerate(rows) if not any(row[1:]) and data and i > data[0] - 2]
    return [i for i in (*data, *alone) if rows[i][0]]


def _groups(labels: Sequence[tuple[float, str]], heights: Sequence[float]) -> list[str]:
    """For each row the label in the middle of its group; nothing where labels stand elsewhere."""
    slack = 0.6 * min((b - a for a, b in pairwise(heights)), default=0.0)
    groups: list[str] = []
    for height, text in sorted(labels):
        rest = heights[len(groups) :]
        if not rest or (not groups and abs(height - rest[0]) < slack):
            return []  # labels beside the first row of their group
        end = 2 * height - rest[0]
        own = [each for each in rest if each <= end + slack]
        if not own or abs(own[-1] - end) > slack:
            return []
        groups += [text] * len(own)
    return groups if len(groups) == len(heights) else []


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
    if len(row) == 1 and _is_centred(row[0], spans):
        return ["", *[row[0].text] * (len(spans) - 1)]
    if 0 < len(heads) < len(spans) - 1 and _is_header(row):
        out[1:] = [text or _head_above(x, heads) for text, x in zip(out[1:], middles[1:], strict=True)]
    return out


def _is_centred(cell: PdfWord, spans: Sequence[tuple[float, float]]) -> bool:
    """Whether words stand in the middle of four columns or more, without those of labels or with them."""
    if len(spans) < 5 or is_value(cell.text):
        return False
    middles = [(spans[i][0] + spans[-1][1]) / 2 for i in (0, 1)]
    return cell.x0 > spans[0][1] and min(abs(cell.middle - middle) for middle in middles) < _ASIDE


def _is_header(row: Sequence[PdfWord]) -> bool:
    return len(row) > 1 and not any(is_value(cell.text) for cell in row)


def _head_above(middle: float, heads: Sequence[PdfWord]) -> str:
    """The head that a column without one belongs to: the nearest, within half the way from it to the next."""
    nearest = min(heads, key=lambda head: abs(head.middle - middle))
    to_others = [abs(head.middle - nearest.middle) for head in heads if head is not nearest]
    return nearest.text if abs(nearest.middle - middle) <= min(to_others, default=1e9) / 2 else ""
