"""HTML pages; tables by pandas, text by Beautiful Soup."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

from isogloss.evidence.documents import Block
from isogloss.evidence.readers import base
from isogloss.evidence.readers.base import Limits, UnreadableError

NAME = "html"

_HIDDEN = ["script", "style", "noscript", "template", "head", "nav", "svg", "math", "footer"]
_HEADINGS = ["h2", "h3", "h4", "h5", "h6"]
_TEXT = ["h1", *_HEADINGS, "p", "li", "figcaption", "dd", "blockquote", "table"]


class HtmlReader:
    """The visible text of a page; scripts and styles are dropped."""

    suffixes = (".html", ".htm", ".xhtml")

    def parse(self, path: Path, limits: Limits) -> list[Block]:
        """Read the page."""
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(base.read_text(path), "lxml")
        title = [Block("title", " ".join(soup.title.get_text(" ").split()))] if soup.title else []
        for tag in soup(_HIDDEN):
            tag.decompose()
        try:
            blocks = [block for tag in soup.find_all(_TEXT) for block in _blocks(tag)]
            text = " ".join(soup.get_text(" ").split())
        except RecursionError:
            raise UnreadableError("its elements are nested too deep") from None
        blocks = blocks or ([Block("paragraph", text)] if text else [])
        return base.with_captions(blocks if any(b.kind == "title" for b in blocks) else title + blocks)


def _blocks(tag: Any) -> list[Block]:
    if tag.find_parent("table") is not None or tag.find(_TEXT) is not None:
        return []
    if tag.name == "table":
        return _table(tag)
    text = " ".join(tag.get_text("").split())
    kind = "title" if tag.name == "h1" else "heading" if tag.name in _HEADINGS else "paragraph"
    return [Block(kind, text)] if text else []


def _table(tag: Any) -> list[Block]:
    import pandas as pd

    caption = " ".join(tag.caption.get_text(" ").split()) if tag.caption else ""
    cells = tag(["td", "th"])
    for cell in cells:
        for name in ("colspan", "rowspan"):
            value = cell.get(name, "1")
            cell[name] = str(max(1, min(int(value), 50))) if value.isdecimal() else "1"
    if sum(int(cell["colspan"]) * int(cell["rowspan"]) for cell in cells) > base.MAX_CELLS:
        return []
    width = min((sum(int(cell["colspan"]) for cell in row(["td", "th"])) for row in tag("tr")), default=0)
    options: dict[str, Any] = {"keep_default_na": False, "thousands": None, "flavor": "lxml"}
    try:
        frame = pd.read_html(StringIO(str(tag)), converters=dict.fromkeys(range(width), str), **options)[0]
    except (ValueError, IndexError):
        return []
    names = frame.columns.to_frame(index=False).to_numpy(dtype=object).tolist()
    header = list(zip(*names, strict=True)) if type(names[0][0]) is str else []
    grid = [["" if "Unnamed: " in str(part) else str(part) for part in row] for row in header]
    return base.table_blocks(
        [*grid, *frame.astype(str).to_numpy().tolist()], caption, n_header=len(header) or None
    )


READER = HtmlReader()
