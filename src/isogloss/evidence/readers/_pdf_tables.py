"""Tables of a PDF file: the rows beside a caption, and the columns of their cells."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from isogloss.evidence.documents import Block
from isogloss.evidence.numbers import is_value
from isogloss.evidence.readers._pdf_lines import PdfLine, PdfWord, rows_of
from isogloss.evidence.readers.base import table_blocks

_MOST_APART = 26
"""Points between a row and the next, or the caption."""


def table_at(lines: Sequence[PdfLine], at: int, used: set[int]) -> tuple[list[int], str, list[Block]]:
    """The table above or below a caption: its lines, those of the caption included, caption and blocks."""
    end = _end_of_caption(lines, at)
    caption = joined(line.text for line in lines[at:end])
    free = [i for i, line in enumerate(lines) if line.page == lines[at].page and i not in used]
    free = [i for i in free if not at <= i < end]
    for is_above in (True, False):
        rows = _beside(lines, lines[at:end], free, is_above=is_above)
        found = [
            block
            for subtitle, part in _parts([lines[i] for i in rows], is_above=is_above)
            for block in table_blocks(_grid(part), f"{caption} {subtitle}".strip(), lines[at].page)
        ]
        if found:
            return [*rows, *range(at, end)], caption, found
    return [*range(at, end)], caption, []


def joined(texts: Iterable[str]) -> str:
    """Texts of lines as one; a word that was cut at the end of a line is put together."""
    return functools.reduce(
        lambda text, more: (
            text[:-1] + more
            if re.search(r"[a-z]-$", text) and more[:1].islower()
            else f"{text} {more}".strip()
        ),
        texts,
        "",
    )


def _end_of_caption(lines: Sequence[PdfLine], at: int) -> int:
    """First line after a caption: of another size, or like a row, or farther than the next line."""
    size = _largest(lines[at])
    for end in range(at + 1, len(lines)):
        line, gap = lines[end], lines[end].top - lines[end - 1].top
        is_next = line.page == lines[at].page and 0 < gap < 1.6 * size + 1
        if not is_next or abs(_largest(line) - size) >= 0.5 or line.is_tabular or line.is_caption:
            return end
    return len(lines)


def _largest(line: PdfLine) -> float:
    """Size of the largest letters: capitals, where the others are small capitals."""
    return max(word.size for word in line.words)


def _beside(
    lines: Sequence[PdfLine], caption: Sequence[PdfLine], free: Sequence[int], *, is_above: bool
) -> list[int]:
    """Lines that look like rows, from the caption on: each near the one before it, and in one column."""
    x0, x1 = min(line.x0 for line in caption), max(line.x1 for line in caption)
    aligned = (lines[i] for i in free if lines[i].is_prose and abs(lines[i].x0 - x0) < 2)
    nearest = min(aligned, key=lambda line: abs(line.top - caption[0].top), default=caption[0])
    x1 = max(x1, nearest.x1)  # a short caption of a wide table
    edge = caption[0].top if is_above else caption[-1].bottom
    sign = -1 if is_above else 1
    order = sorted(free, key=lambda i: sign * (lines[i].top + lines[i].bottom))
    order = [i for i in order if sign * (lines[i].top + lines[i].bottom) / 2 > sign * edge]
    rows: list[int] = []
    for n, i in enumerate(order):
        line = lines[i]
        if not _is_in(line, (x0, x1)):
            continue
        gap = edge - line.bottom if is_above else line.top - edge
        near = [lines[j] for j in (*rows[-1:], *order[n + 1 : n + 2])]
        is_label = bool(rows) and _is_label(line, near)
        if gap > _MOST_APART or line.is_caption or line.is_heading or (line.is_prose and not is_label):
            break
        rows.append(i)
        x0, x1 = min(x0, line.x0), max(x1, line.x1)
        edge = min(edge, line.top) if is_above else max(edge, line.bottom)
    is_table = any(lines[i].n_values for i in rows) and any(lines[i].is_tabular for i in rows)
    return sorted(rows) if is_table else []


def _is_in(line: PdfLine, region: tuple[float, float]) -> bool:
    """Whether a line and a region share half of the narrower of the two."""
    shared = min(line.x1, region[1]) - max(line.x0, region[0])
    return shared >= 0.5 * min(line.x1 - line.x0, region[1] - region[0])


def _is_label(line: PdfLine, near: Sequence[PdfLine]) -> bool:
    """Whether a long line is the label of a part: between two rows, one with numbers, and shorter."""
    return max(row.n_values for row in near) > 2 and all(
        row.is_tabular and max(line.top - row.bottom, row.top - line.bottom) < 9 and line.x1 + 20 < row.x1
        for row in near
    )


def _parts(lines: Sequence[PdfLine], *, is_above: bool) -> list[tuple[str, list[PdfLine]]]:
    """Rows of each part of a table, in order, with its subtitle, which stands where the caption does.

    A label that the file states apart from its row is put into it.
    """
    words = sorted((word for line in lines for word in line.words), key=lambda w: w.top + w.bottom)
    found: list[tuple[str, list[PdfLine]]] = [("", [])]
    for line in (PdfLine(tuple(row), lines[0].page) for row in rows_of(words)):
        if not line.is_subtitle:
            found[-1][1].append(line)
        elif is_above:
            found[-1:] = [(line.text, found[-1][1]), ("", [])]
        else:
            found.append((line.text, []))
    return [part for part in found if part[1]]


def _grid(lines: Sequence[PdfLine]) -> list[list[str]]:
    """Cells of lines by column; a label in the middle of the rows it holds for is written into each."""
    spans, heights = _spans([line.cells for line in lines]), [line.top + line.bottom for line in lines]
    rows = [_placed(line.cells, spans) for line in lines]
    data = [i for i, row in enumerate(rows) if any(map(is_value, row[1:]))]
    alone = [i for i, row in enumerate(rows) if not any(row[1:]) and data and i > data[0] - 2]
    labels = [(heights[i], rows[i][0]) for i in sorted({*data, *alone}) if rows[i][0]]
    groups = _groups(labels, [heights[i] for i in data])
    for i, group in zip(data, groups, strict=False):
        rows[i][0] = group
    return [row for row in rows if any(row[1:])] if groups else rows


def _groups(labels: Sequence[tuple[float, str]], heights: Sequence[float]) -> list[str]:
    """For each row the label in the middle of its group; nothing where labels stand elsewhere."""
    slack = 0.6 * min((b - a for a, b in pairwise(heights)), default=0.0)
    groups: list[str] = []
    for height, text in labels:
        rest = heights[len(groups) :]
        end = 2 * height - rest[0] if rest else 0.0
        own = [each for each in rest if each <= end + slack]
        is_first = not groups and rest and abs(height - rest[0]) < slack  # labels beside the first row
        if is_first or not own or abs(own[-1] - end) > slack:
            return []
        groups += [text] * len(own)
    return groups if len(groups) == len(heights) else []


def _spans(rows: Sequence[Sequence[PdfWord]]) -> list[tuple[float, float]]:
    """Columns, as left and right edges: where the cells of the rows with numbers stand."""
    data = [row for row in rows if sum(is_value(c.text) for c in row) >= max(1, len(row) // 3)] or rows
    most = max(len(row) for row in data)
    full = [cell for row in data if len(row) > most // 2 for cell in row]
    spans: list[tuple[float, float]] = []
    for cell in sorted(full, key=lambda cell: cell.x1 - cell.x0):
        hits = [(a, b) for a, b in spans if min(cell.x1, b) - max(cell.x0, a) > -0.5]
        if len(hits) < 2 or is_value(cell.text):
            edges = [*hits, (cell.x0, cell.x1)]
            merged = min(a for a, _ in edges), max(b for _, b in edges)
            spans = [*(span for span in spans if span not in hits), merged]
    return sorted(spans)


def _placed(row: Sequence[PdfWord], spans: Sequence[tuple[float, float]]) -> list[str]:
    """Texts of a row by column; a header cell that is centred over several columns is repeated in each."""
    out, middles = [""] * len(spans), [(a + b) / 2 for a, b in spans]
    for cell in row:
        hits = [
            j for j, (a, b) in enumerate(spans)
            if min(cell.x1, b) - max(cell.x0, a) > 0.3 * min(b - a, cell.x1 - cell.x0)
        ]  # fmt: skip
        nearest = min(range(len(spans)), key=lambda j: abs(middles[j] - cell.middle))
        is_label = len(row) == 1 and hits[:1] == [0]
        for j in hits if hits and not (is_value(cell.text) or is_label) else hits[:1] or [nearest]:
            out[j] = f"{out[j]} {cell.text}".strip()
    heads = [cell for cell in row if cell.x0 > spans[0][1]]
    if 0 < len(heads) < len(spans) - 1 and len(row) > 1 and not any(is_value(cell.text) for cell in row):
        out[1:] = [text or _head_above(x, heads) for text, x in zip(out[1:], middles[1:], strict=True)]
    return out


def _head_above(middle: float, heads: Sequence[PdfWord]) -> str:
    """The head that a column without one belongs to: the nearest, within half the way from it to the next."""
    nearest = min(heads, key=lambda head: abs(head.middle - middle))
    to_others = [abs(head.middle - nearest.middle) for head in heads if head is not nearest]
    return nearest.text if abs(nearest.middle - middle) <= min(to_others, default=1e9) / 2 else ""
