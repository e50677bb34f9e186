"""PDF files: words with their positions by pdfplumber; columns, paragraphs, headings and tables from them."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from isogloss.errors import is_out_of_memory
from isogloss.evidence.documents import Block
from isogloss.evidence.readers._pdf_lines import PdfLine, page_lines
from isogloss.evidence.readers._pdf_tables import joined, table_at
from isogloss.evidence.readers.base import Limits, Reader, UnreadableError

NAME = "pdf"

_END = (".", "?", "!", ":", "”", ")")


def parse(path: Path, limits: Limits) -> list[Block]:
    """Read pages with a text layer in the order of the file: columns one after the other."""
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    if b"%PDF" not in path.read_bytes()[:1024]:
        raise UnreadableError("broken: it does not begin with %PDF")
    try:
        with pdfplumber.open(path) as pdf:
            pages = [page for _, page in zip(range(limits.pages + 1), pdf.pages, strict=False)]
            if len(pages) > limits.pages:
                raise UnreadableError(f"more than {limits.pages} pages, the limit")
            lines = [line for page in pages for line in page_lines(page)]
    except UnreadableError:
        raise
    except Exception as error:  # pdfminer raises errors of many kinds for broken files
        if is_out_of_memory(error):
            raise
        if "Password" in repr(error) or "Encryption" in repr(error):
            raise UnreadableError("encrypted: it needs a password") from None
        raise UnreadableError(f"broken: {type(error).__name__} {str(error)[:120]}".strip()) from None
    if not lines:
        raise UnreadableError("no text layer: scanned pages are not read")
    return _blocks(lines)


def _blocks(lines: Sequence[PdfLine]) -> list[Block]:
    lines = _without_running_heads(lines)
    body = Counter(line.size for line in lines for _ in line.text).most_common(1)[0][0] if lines else 0.0
    used: set[int] = set()
    tables = _tables(lines, used)
    title = _title(lines, body)
    used.update(title)
    titles = [Block("title", _joined([lines[i] for i in title])[:300], 1)] if title else []
    return titles + _rejoined(_flow(lines, used, tables, body))


def _tables(lines: Sequence[PdfLine], used: set[int]) -> dict[int, list[Block]]:
    """Tables by the line where their caption begins; the lines of both are used."""
    tables: dict[int, list[Block]] = {}
    for i in (i for i, line in enumerate(lines) if line.text[:3].lower() == "tab" and line.is_caption):
        if i not in used:
            own, caption, found = table_at(lines, i, used)
            used.update(own)
            tables[i] = found or [Block("caption", caption, lines[i].page)]
    return tables


def _without_running_heads(lines: Sequence[PdfLine]) -> list[PdfLine]:
    """Lines without page numbers, and without those that stand at one height of many pages."""
    keys = [(re.sub(r"\d+", "#", line.text), round(line.top / 3)) for line in lines]
    counts, limit = Counter(keys), max(3, 0.4 * lines[-1].page)
    kept = (line for line, key in zip(lines, keys, strict=True) if counts[key] < limit)
    return [line for line in kept if not re.fullmatch(r"\d{1,5}", line.text)]


def _title(lines: Sequence[PdfLine], body: float) -> list[int]:
    """The largest lines at the top of the first page, if they are larger than the text."""
    first = [i for i, line in enumerate(lines[:25]) if line.page == lines[0].page]
    largest = max((lines[i].size for i in first), default=0.0)
    return [i for i in first if lines[i].size > max(largest - 0.6, body + 1)]


def _flow(
    lines: Sequence[PdfLine], used: set[int], tables: dict[int, list[Block]], body: float
) -> list[Block]:
    blocks: list[Block] = []
    chunk: list[PdfLine] = []
    in_references = False

    def close() -> None:
        if chunk:
            kind = "caption" if chunk[0].is_caption else "paragraph"
            blocks.append(Block("reference" if in_references else kind, _joined(chunk), chunk[0].page))
            chunk.clear()

    for i, line in enumerate(lines):
        if i in tables:
            close()
            blocks += tables[i]
        if i in used:
            continue
        if line.is_heading and (line.size > body + 0.4 or not chunk or _is_apart(line, chunk[-1])):
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


def _is_apart(line: PdfLine, last: PdfLine) -> bool:
    """Whether a short line follows the end of a paragraph."""
    return len(line.text) < 60 and last.text.endswith(_END)


def _begins(line: PdfLine, last: PdfLine) -> bool:
    """Whether a line begins a paragraph: a caption, other letters, a gap, or an indent after a full stop."""
    is_below = line.page == last.page and line.top > last.top
    indent = line.words[0].x0 - last.words[0].x0
    return (
        line.is_caption
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
            text = joined([out[cut].text, block.text])
            out[cut] = replace(out[cut], text=text)
            cut = None if text.endswith(_END) else cut
            continue
        if block.kind == "heading":
            cut = None
        elif block.kind == "paragraph" and len(block.text) > 80 and not block.text.endswith(_END):
            cut = len(out)
        out.append(block)
    return out


def _joined(lines: Iterable[PdfLine]) -> str:
    """Text of lines without the mark of a footnote."""
    return re.sub(r"^\d{1,2}(?=[A-Z][a-z])", "", joined(line.text for line in lines))


READER = Reader((".pdf",), parse)
