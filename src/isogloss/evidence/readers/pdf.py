"""PDF files: words with their positions by pdfplumber; columns, paragraphs, headings and tables from them."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from isogloss.evidence.documents import Block
from isogloss.evidence.numbers import is_value
from isogloss.evidence.readers.base import Limits, UnreadableError, table_blocks

NAME = "pdf"

_CAPTION = re.compile(r"(?:Table|Tab\.|Figure|Fig\.)\s*[A-Z]?\d+[a-z]?\s*[:.|]|(?:TABLE|FIGURE)\s+[IVX\d]+")
_HEADING = re.compile(
    r"(?:\d{1,2}|[A-H])(?:\.\d{1,2}){0,3}\.?\s+[A-Z][^.]{2,80}"
    r"|Abstract|References|Acknowledge?ments?|Appendix.{0,60}|Conclusions?|Limitations"
)
_END = (".", "?", "!", ":", "”", ")")


@dataclass(frozen=True)
class _Word:
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
class _Line:
    words: tuple[_Word, ...]
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
    def cells(self) -> list[_Word]:
        """Words joined where the gap is that of a sentence; a number is a cell of its own."""
        cells: list[_Word] = []
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
    def is_heading(self) -> bool:
        has_value = any(is_value(cell.text) for cell in self.cells[1:])
        return len(self.words) < 14 and bool(_HEADING.fullmatch(self.text)) and not has_value


class PdfReader:
    """Pages with a text layer; columns are read one after the other."""

    suffixes = (".pdf",)

    def parse(self, path: Path, limits: Limits) -> list[Block]:
        """Read the file."""
        import pdfplumber

        logging.getLogger("pdfminer").setLevel(logging.ERROR)
        if b"%PDF" not in path.read_bytes()[:1024]:
            raise UnreadableError("broken: it does not begin with %PDF")
        try:
            with pdfplumber.open(path) as pdf:
                pages = [page for _, page in zip(range(limits.pages + 1), pdf.pages, strict=False)]
                if len(pages) > limits.pages:
                    raise UnreadableError(f"more than {limits.pages} pages, the limit")
                lines = [line for page in pages for line in _page_lines(page)]
        except (UnreadableError, MemoryError):
            raise
        except Exception as error:  # pdfminer raises errors of many kinds for broken files
            if "Password" in repr(error) or "Encryption" in repr(error):
                raise UnreadableError("encrypted: it needs a password") from None
            raise UnreadableError(f"broken: {type(error).__name__} {str(error)[:120]}".strip()) from None
        if not lines:
            raise UnreadableError("no text layer: scanned pages are not read")
        return _blocks(lines)


def _page_lines(page: Any) -> list[_Line]:
    """Lines in reading order: stretches of full-width lines, and of two columns."""
    upright = page.filter(lambda o: o.get("object_type") != "char" or o.get("upright", True))
    found = upright.extract_words(x_tolerance_ratio=0.15, y_tolerance=2, return_chars=True)
    words = [
        _Word(unicodedata.normalize("NFKC", w["text"]), w["x0"], w["x1"], w["top"], w["bottom"], _size(w))
        for w in found
        if w["x1"] > 0 and w["x0"] < page.width
    ]
    page.close()
    rows, gutter, n = _rows(words), _gutter(words, float(page.width)), page.page_number
    if gutter is None:
        return [_Line(tuple(row), n) for row in rows]
    lines: list[_Line] = []
    is_full = _full_width(rows, gutter)
    edges = [0, *(i for i in range(1, len(rows)) if is_full[i] != is_full[i - 1]), len(rows)]
    for i, j in pairwise(edges):
        stretch = [w for row in rows[i:j] for w in row]
        left, right = [w for w in stretch if w.x1 <= gutter + 3], [w for w in stretch if w.x1 > gutter + 3]
        parts = [stretch] if is_full[i] else [left, right]
        lines += [_Line(tuple(row), n) for part in parts for row in _rows(part)]
    return lines


def _size(word: Any) -> float:
    return float(max(char["size"] for char in word["chars"]))


def _rows(words: Iterable[_Word]) -> list[list[_Word]]:
    """Words that share a base line, by their middle; small raised words go with their line."""
    rows: list[list[_Word]] = []
    for word in sorted(words, key=lambda w: w.top + w.bottom):
        for row in rows[-3:]:
            first = max(row, key=lambda w: w.size)
            if abs(word.top + word.bottom - first.top - first.bottom) < 0.84 * first.size:
                row.append(word)
                break
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.x0) for row in rows]


def _gutter(words: Sequence[_Word], width: float) -> float | None:
    """Middle of the white strip between two columns, or None for a page of one column."""

    def crossing(x: float) -> int:
        return sum(w.x0 - 2 < x < w.x1 + 2 for w in words)

    best = min(
        (width * (0.42 + 0.004 * i) for i in range(41)), key=lambda x: (crossing(x), abs(x - width / 2))
    )
    left = sum(w.x1 < best for w in words)
    is_split = len(words) >= 60 and crossing(best) < 0.045 * len(words) and 0.15 < left / len(words) < 0.85
    return best if is_split else None


def _full_width(rows: Sequence[Sequence[_Word]], gutter: float) -> list[bool]:
    """Whether each row crosses both columns; the rows of a table do if its caption does."""
    is_full = []
    for row in rows:
        left, right = [w for w in row if w.x1 <= gutter], [w for w in row if w.x0 >= gutter]
        is_close = bool(left and right) and right[0].x0 - left[-1].x1 < 0.5 * left[-1].size
        is_full.append(is_close or any(w.x0 < gutter < w.x1 for w in row))
    captions = [
        i for i, row in enumerate(rows) if is_full[i] and _CAPTION.match(" ".join(w.text for w in row))
    ]
    for i in captions:
        gaps = {j: abs(rows[j][0].top - rows[i][0].top) for j in (i - 1, i + 1) if 0 <= j < len(rows)}
        others = {j: gap for j, gap in gaps.items() if not is_full[j] or j < i}
        for step in (j - i for j, gap in others.items() if gap <= min(others.values()) + 2):
            j = i + step
            while 0 <= j < len(rows) and abs(rows[j][0].top - rows[j - step][0].top) < 40:
                if not (is_full[j] or len(rows[j]) <= 3 or _is_wide_row(rows[j], gutter)):
                    break
                is_full[j] = True
                j += step
    return is_full


def _is_wide_row(row: Sequence[_Word], gutter: float) -> bool:
    """Whether words are cells of a table across both columns rather than two lines of text."""
    cells = _Line(tuple(row), 0).cells
    sides = [sum(c.x1 <= gutter for c in cells), sum(c.x0 >= gutter for c in cells)]
    is_row = (len(cells) >= 4 and max(sides) >= 2) or sum(is_value(c.text) for c in cells) >= 2
    return is_row and max(len(c.text) for c in cells) < 45


def _blocks(lines: list[_Line]) -> list[Block]:
    keys = [(re.sub(r"\d+", "#", line.text), round(line.top / 3)) for line in lines]
    counts, limit = Counter(keys), max(3, 0.4 * lines[-1].page)
    kept = zip(lines, keys, strict=True)
    lines = [line for line, key in kept if counts[key] < limit and not re.fullmatch(r"\d{1,5}", line.text)]
    body = Counter(line.size for line in lines for _ in line.text).most_common(1)[0][0] if lines else 0.0
    used: set[int] = set()
    tables: dict[int, list[Block]] = {}
    for i, line in enumerate(lines):
        if i not in used and line.text[:3].lower() == "tab" and _CAPTION.match(line.text):
            rows, end = _table_rows(lines, i, used)
            caption = _joined(lines[i:end])
            found = table_blocks(_grid([lines[j] for j in rows]), caption, line.page) if rows else []
            used.update(rows if found else [], range(i, end))
            tables[i] = found or [Block("caption", caption, line.page)]
    first = [i for i, line in enumerate(lines[:25]) if line.page == lines[0].page]
    largest = max((lines[i].size for i in first), default=0.0)
    title = [i for i in first if lines[i].size > max(largest - 0.6, body + 1)]
    used.update(title)
    titles = [Block("title", _joined([lines[i] for i in title])[:300], 1)] if title else []
    return titles + _rejoined(_flow(lines, used, tables, body))


def _flow(lines: Sequence[_Line], used: set[int], tables: dict[int, list[Block]], body: float) -> list[Block]:
    blocks: list[Block] = []
    chunk: list[_Line] = []
    in_references = False

    def close() -> None:
        if chunk:
            kind = (
                "reference" if in_references else "caption" if _CAPTION.match(chunk[0].text) else "paragraph"
            )
            blocks.append(Block(kind, _joined(chunk), chunk[0].page))
            chunk.clear()

    for i, line in enumerate(lines):
        if i in tables:
            close()
            blocks += tables[i]
        if i in used:
            continue
        is_large = line.size > body + 0.4
        if line.is_heading and (
            is_large or not chunk or (len(line.text) < 60 and chunk[-1].text.endswith(_END))
        ):
            close()
            is_after = in_references and not re.match(r"[A-H]\.?\d?\s|Appendix", line.text)
            in_references = line.text.startswith("References") or is_after
            blocks.append(Block("heading", line.text, line.page))
            continue
        if chunk and _begins(line, chunk[-1]):
            close()
        chunk.append(line)
    close()
    return blocks


def _begins(line: _Line, last: _Line) -> bool:
    """Whether a line begins a paragraph: a caption, other letters, a gap, or an indent after a full stop."""
    is_below = line.page == last.page and line.top > last.top
    indent = line.words[0].x0 - last.words[0].x0
    return (
        bool(_CAPTION.match(line.text))
        or abs(line.size - last.size) > 0.8
        or (is_below and line.top - last.bottom > 0.75 * line.size)
        or (is_below and last.text.endswith(_END) and 4 < indent < 60)
    )


def _rejoined(blocks: Sequence[Block]) -> list[Block]:
    """Put together a paragraph that a table, a figure, a footnote or the end of a column cuts."""
    out: list[Block] = []
    cut: int | None = None
    for block in blocks:
        if block.kind == "paragraph" and cut is not None and block.text[:1].islower():
            text = _hyphenated(out[cut].text, block.text)
            out[cut] = replace(out[cut], text=text)
            cut = None if text.endswith(_END) else cut
            continue
        if block.kind == "heading":
            cut = None
        elif block.kind == "paragraph" and len(block.text) > 80 and not block.text.endswith(_END):
            cut = len(out)
        out.append(block)
    return out


def _hyphenated(text: str, more: str) -> str:
    """Join two pieces; a word that was cut at the end of a line is put together."""
    return (
        text[:-1] + more if re.search(r"[a-z]-$", text) and more[:1].islower() else f"{text} {more}".strip()
    )


def _joined(lines: Sequence[_Line]) -> str:
    text = ""
    for line in lines:
        text = _hyphenated(text, line.text)
    return re.sub(r"\(cid:\d+\)|^\d{1,2}(?=[A-Z][a-z])", "", text)  # no glyphs, no mark of a footnote


def _table_rows(lines: Sequence[_Line], at: int, used: set[int]) -> tuple[list[int], int]:
    """Lines of the table of a caption, above or below it, and the end of the caption."""
    end, size = at + 1, lines[at].size
    for line in lines[at + 1 :]:
        gap = line.top - lines[end - 1].top
        is_next = line.page == lines[at].page and 0 < gap < 1.6 * size + 1 and abs(line.size - size) < 0.5
        if not is_next or line.is_tabular or _CAPTION.match(line.text):
            break
        end += 1
    above = _run(lines, range(at - 1, -1, -1), lines[at], used)[::-1]
    below = _run(lines, range(end, len(lines)), lines[end - 1], used)
    n_above, n_below = (
        sum(is_value(c.text) for j in rows for c in lines[j].cells) for rows in (above, below)
    )
    return (above if n_above >= max(n_below, 1) else below), end


def _run(lines: Sequence[_Line], order: range, caption: _Line, used: set[int]) -> list[int]:
    """Lines next to a caption that look like rows."""
    rows: list[int] = []
    last = caption
    for j in order:
        line = lines[j]
        gap = max(line.top - last.bottom, last.top - line.bottom)
        if (
            j in used
            or line.page != caption.page
            or not -9 <= gap <= 26
            or _CAPTION.match(line.text)
            or line.is_heading
        ):
            break
        is_prose = len(line.text) > 60 or len(line.words) > 9 or line.text.endswith((".", "-"))
        is_label = re.match(r"\([a-h]\) ", line.text) is not None
        if is_prose and not is_label and not line.is_tabular:
            break
        rows += [] if is_label else [j]
        last = line
    left = min((lines[j].words[0].x0 for j in rows), default=0.0)
    while len(rows) > 1 and len(lines[rows[-1]].cells) < 2 and lines[rows[-1]].words[0].x0 < left + 20:
        rows.pop()  # what spans some columns only is a head of theirs
    return rows if any(lines[j].is_tabular for j in rows) else []


def _grid(lines: Sequence[_Line]) -> list[list[str]]:
    """Cells by column: columns are where the cells of the rows with numbers stand."""
    rows = [line.cells for line in lines]
    data = [row for row in rows if sum(is_value(c.text) for c in row) >= max(1, len(row) // 3)] or rows
    spans: list[tuple[float, float]] = []
    most = max(len(row) for row in data)
    full = sorted((c for row in data if len(row) > most // 2 for c in row), key=lambda c: c.x1 - c.x0)
    alone = [row[0] for row in rows if len(row) == 1]
    for cell in [*full, *alone]:
        hits = [s for s in spans if min(cell.x1, s[1]) - max(cell.x0, s[0]) > -0.5]
        if not hits if cell in alone else len(hits) < 2 or is_value(cell.text):
            ends = [*hits, (cell.x0, cell.x1)]
            spans = [s for s in spans if s not in hits] + [(min(a for a, _ in ends), max(b for _, b in ends))]
    grid = [_placed(row, sorted(spans)) for row in rows]
    return _with_centred_labels(grid, [(line.top + line.bottom) / 2 for line in lines])


def _with_centred_labels(grid: list[list[str]], heights: Sequence[float]) -> list[list[str]]:
    """Write a label that stands between the rows it holds for into each of them, by distance."""
    steps = [b - a for a, b in pairwise(heights)]
    alone = [i for i, row in enumerate(grid) if row[0] and not any(row[1:])]
    between = [i for i in alone if 0 < i < len(steps) and max(steps[i - 1], steps[i]) < 0.75 * max(steps)]
    first = next((i for i, row in enumerate(grid) if any(map(is_value, row[1:]))), 0)
    if not between or any(
        row[0] for i, row in enumerate(grid) if i >= first and i not in between and any(row[1:])
    ):
        return grid
    for i in range(first, len(grid)):
        grid[i][0] = grid[min(between, key=lambda j: abs(heights[i] - heights[j]))][0]
    return [row for i, row in enumerate(grid) if i not in between]


def _placed(row: Sequence[_Word], spans: Sequence[tuple[float, float]]) -> list[str]:
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
    heads = [c for c in row if c.x0 > spans[0][1]]
    if len(row) > 1 and heads and len(heads) < len(spans) - 1 and not any(is_value(c.text) for c in row):
        for j in (j for j in range(1, len(spans)) if not out[j]):
            nearest_head = min(heads, key=lambda c: abs(c.middle - middles[j]))
            others = [abs(c.middle - nearest_head.middle) for c in heads if c is not nearest_head]
            if abs(nearest_head.middle - middles[j]) <= min(others, default=1e9) / 2:
                out[j] = nearest_head.text
    return out


READER = PdfReader()
