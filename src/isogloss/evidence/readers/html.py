"""HTML pages; tables by pandas, text by Beautiful Soup."""

from __future__ import annotations

import contextlib
import copy
import re
from collections.abc import Iterable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from isogloss.evidence.documents import Block
from isogloss.evidence.numbers import is_value
from isogloss.evidence.readers import base
from isogloss.evidence.readers.base import Limits, Reader, UnreadableError
from isogloss.evidence.readers.tex import formula, with_formulas

NAME = "html"

_HIDDEN = (
    "script, style, noscript, template, head, nav, svg, footer, [hidden], [style*='display:none']"
    ", [style*='display: none'], .katex-html, .ltx_ERROR, .ltx_tag_note"
)
"""What is not shown, and formulas that are there twice (by KaTeX)."""

_TEXT = [
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "figcaption", "dd", "dt", "blockquote", "pre", "table"),
    *("body", "div", "section", "article", "main", "aside", "header", "address", "details", "summary"),
]
"""Elements that are blocks; text belongs to the innermost."""

_CELL = ["td", "th"]
_BREAK = "\v"
_NOTE = re.compile(r"[\d*†‡§¶,\s]*")


def parse(path: Path, limits: Limits) -> list[Block]:
    """Read the visible text of a page; scripts and styles are dropped."""
    return page_blocks(base.read_text(path))


def page_blocks(page: str) -> list[Block]:
    """Blocks of a page; its title is its first `h1`, ``title``, or a first line that is not a sentence."""
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(page, "lxml")
    names = [_joined(soup.title.strings)] if soup.title else []
    for tag in soup("math"):
        tag.parent.attrs.pop("style", None)  # its picture is shown in its place
        tag.replace_with(_formula(tag))
    for tag in soup.select(_HIDDEN):
        tag.decompose()
    for text in soup.find_all(string=True):
        if (written := with_formulas(text)) != text:
            text.replace_with(written)
    for tag in soup(class_="ltx_eqn_table"):
        tag.name = "p"
    for tag in soup(class_="ltx_note_outer"):  # a footnote
        tag.name = "p"
        tag.find_parent(_TEXT).insert_after(tag.extract())
    for tag in soup("table"):  # lines of a cell, as LaTeXML writes them
        if tag.find_parent(_CELL) and all(len(row(_CELL)) == 1 for row in tag("tr")) and not tag(_TEXT):
            tag.replace_with(_joined(f"{cell.get_text()} " for cell in tag(_CELL)))
    for tag in soup("br"):
        tag.replace_with(_BREAK)
    for tag in soup("sup"):  # the mark of a footnote belongs to no number
        if _NOTE.fullmatch(tag.get_text()):
            tag.decompose()
    try:
        blocks = [block for tag, texts in _runs(soup) for block in _blocks(tag, texts)]
        text = _joined(soup.strings)
    except RecursionError:
        raise UnreadableError("its elements are nested too deep") from None
    blocks = blocks or ([Block("paragraph", text)] if text else [])  # all in tables that lay out the page
    names = [
        *(_joined(tag.strings) for tag in soup("h1")),
        *names,
        *(b.text for b in blocks[:1] if _is_title(b)),
    ]
    title = next(filter(None, names), "")
    rest = [block for block in blocks if block.text != title]
    return base.with_captions([Block("title", title), *rest] if title and rest else blocks)


def _formula(tag: Any) -> str:
    """Text of a formula, from its LaTeX source if the page states it."""
    notes = tag(["annotation", "annotation-xml"])
    source = next((note.get_text() for note in notes if "tex" in note.get("encoding", "")), "")
    for note in notes:
        note.decompose()
    return formula(tag.get("alttext") or source) or str(tag.get_text())


def _joined(texts: Iterable[str]) -> str:
    return " ".join("".join(texts).split())


def _is_title(block: Block) -> bool:
    return block.kind == "heading" or (
        len(block.text) < 250 and not block.table and not block.text.endswith(".")
    )


def _runs(soup: Any) -> list[tuple[Any, list[str]]]:
    """Tables, and texts that follow each other in one block, in the order of the page."""
    runs: list[tuple[Any, list[str]]] = []
    for node in soup.descendants:
        if node.name == "table":
            runs.append((node, []))
        elif type(node).__name__ == "NavigableString" and node.find_parent("table") is None:
            block = node.find_parent(_TEXT)
            if not runs or runs[-1][0] is not block:
                runs.append((block, []))
            runs[-1][1].append(node)
    return [run for run in runs if run[0] is not None]


def _blocks(tag: Any, texts: Sequence[str]) -> list[Block]:
    """A table, or a text, which a line break ends unless a word in small letters follows it."""
    if tag.name == "table":
        return _table(tag) if tag.find("table") is None else _around_inner(tag)
    kind = "heading" if re.fullmatch(r"h\d", tag.name) else "paragraph"
    lines = re.split(rf"{_BREAK}(?!\s*[a-z]+[\s,.;])", "".join(texts))
    return [Block(kind, text) for line in lines if (text := _joined([line]))]


def _around_inner(tag: Any) -> list[Block]:
    """A table without those in its cells; nothing of one that lays out a page, without numbers of its own."""
    cells = [cell for cell in tag(_CELL) if cell.find_parent("table") is tag]
    if not any(cell.find("table") is None and is_value(_joined(cell.strings)) for cell in cells):
        return []
    outer = copy.copy(tag)
    while (inner := outer.find("table")) is not None:
        inner.decompose()
    return _table(outer)


def _table(tag: Any) -> list[Block]:
    import pandas as pd

    caption = _joined(tag.caption.strings) if tag.caption else ""
    cells = tag(_CELL)
    for cell in cells:
        for name in ("colspan", "rowspan"):
            value = cell.get(name, "1")
            cell[name] = str(max(1, min(int(value), 50))) if value.isdecimal() else "1"
    if sum(int(cell["colspan"]) * int(cell["rowspan"]) for cell in cells) > base.MAX_CELLS:
        return []
    width = 0
    above: list[tuple[int, int]] = []  # cells that go on in the next row
    for row in tag("tr"):
        own = [(int(cell["rowspan"]) - 1, int(cell["colspan"])) for cell in row(_CELL)]
        width = max(width, sum(span for _, span in (*above, *own)))
        above = [(n - 1, span) for n, span in above if n > 1] + [(n, span) for n, span in own if n]
    options: dict[str, Any] = {"keep_default_na": False, "thousands": None, "flavor": "lxml"}
    frame = None
    while frame is None and width:
        texts, width = dict.fromkeys(range(width), str), width - 1  # pandas takes no column too many
        with contextlib.suppress(IndexError):
            try:
                frame = pd.read_html(StringIO(str(tag)), converters=texts, **options)[0]
            except ValueError:
                return []
    if frame is None:
        return []
    names = frame.columns.to_frame(index=False).to_numpy(dtype=object).tolist()
    header = list(zip(*names, strict=True)) if type(names[0][0]) is str else []
    grid = [["" if "Unnamed: " in str(part) else str(part) for part in row] for row in header]
    body = frame.astype(str).to_numpy().tolist()
    grid = [_without_numbers(row) for row in grid]
    if body and grid and not any(map(any, grid)):  # Markdown, of which the first row has to be a head
        grid = [] if any(map(is_value, body[0][1:])) else [body.pop(0)]
    while grid and len(body) > 1 and _is_head(body[0], above=grid[-1], below=body[1:]):
        for j in range(2, len(grid[0])):
            grid[-1][j] = grid[-1][j] or grid[-1][j - 1]  # a head stands for the empty ones behind it
        grid.append(body.pop(0))
    return base.table_blocks([*grid, *body], caption, n_header=len(grid) or None)


def _without_numbers(heads: Sequence[str]) -> list[str]:
    """Heads as the page has them: pandas writes "XNLI.1" for the second of two columns "XNLI"."""
    bare = [re.sub(r"\.\d+$", "", head) for head in heads]
    return [short if short in heads else head for short, head in zip(bare, heads, strict=True)]


def _is_head(row: Sequence[str], *, above: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    """Whether a row is a further head, as Markdown can have only one: several texts, and values below.

    These follow at once, or the head above is one of several columns, with others empty or the same.
    """
    texts, heads = list(filter(None, row[1:])), above[1:]
    with_values = [any(map(is_value, each[1:])) for each in below]
    is_above = with_values[0] or (any(with_values) and ("" in heads or len({*heads}) < len(heads)))
    return is_above and len({*texts}) > 1 and not any(map(is_value, texts))


READER = Reader((".html", ".htm", ".xhtml"), parse)
