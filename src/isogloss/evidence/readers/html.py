"""HTML pages: text and tables; scripts and styles are dropped unread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from isogloss.evidence.base import Block, Parsed
from isogloss.evidence.readers._grid import Cell, make_table, spread
from isogloss.evidence.readers.base import (
    Limits,
    UnreadableError,
    first_year,
    read_text_file,
    with_captions,
)

NAME = "html"

_DROPPED = (
    "script",
    "style",
    "nav",
    "header",
    "footer",
    "aside",
    "noscript",
    "template",
    "svg",
    "form",
    "iframe",
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_MAX_SPAN = 100
_PARAGRAPHS = (
    "p",
    "li",
    "blockquote",
    "figcaption",
    "dd",
    "dt",
    "pre",
    "div",
    "section",
    "article",
    "main",
    "td",
    "body",
)


class HtmlReader:
    """Blocks in the order of the page; a block element that holds no other block is a paragraph."""

    suffixes = (".html", ".htm", ".xhtml")

    def read(self, path: Path, limits: Limits) -> Parsed:
        """Parse with the standard library's parser, which loads nothing from elsewhere."""
        from bs4 import BeautifulSoup

        try:
            soup = BeautifulSoup(read_text_file(path), "html.parser")
            year = _year(soup)
            for element in soup.find_all(_DROPPED):
                element.decompose()
            blocks = list(_blocks(soup))
        except RecursionError:
            raise UnreadableError("its elements are nested too deep") from None
        return Parsed(tuple(with_captions(blocks)), year)


def _blocks(soup: Any) -> Iterator[Block]:
    title = soup.find("h1") or soup.find("title")
    if title is not None and title.get_text(strip=True):
        yield Block("title", _text(title), None, title.sourceline)
    elements = soup.find_all(("table", *_HEADINGS, *_PARAGRAPHS))
    holders, in_tables = _holders(elements), _in_tables(soup)
    for element in elements:
        if element is title or id(element) in in_tables:
            continue
        if element.name == "table":
            yield from _table(element)
        elif element.name in _HEADINGS:
            yield Block("heading", _text(element), None, element.sourceline)
        elif id(element) not in holders and _text(element):
            yield Block("paragraph", _text(element), None, element.sourceline)


def _holders(elements: Iterable[Any]) -> set[int]:
    """Elements that hold one of `elements`; each is climbed to once, however deep the nesting."""
    found: set[int] = set()
    for element in elements:
        parent = element.parent
        while parent is not None and id(parent) not in found:
            found.add(id(parent))
            parent = parent.parent
    return found


def _in_tables(soup: Any) -> set[int]:
    found: set[int] = set()
    for table in soup.find_all("table"):
        if id(table) not in found:
            found |= {id(element) for element in table.descendants}
    return found


def _table(element: Any) -> Iterator[Block]:
    elements = element.find_all("tr")
    rows = spread([[_cell(each) for each in row.find_all(("th", "td"))] for row in elements])
    caption = _text(element.caption) if element.caption else ""
    table = make_table(rows, caption, _n_header(elements))
    if table is not None:
        yield Block("table", table.as_text(), None, element.sourceline, table)
    elif any(any(row) for row in rows):
        yield Block("paragraph", ". ".join(" ".join(row) for row in rows), None, element.sourceline)


def _cell(element: Any) -> Cell:
    return Cell(_text(element), _span(element, "colspan"), _span(element, "rowspan"))


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1"))
    return max(1, min(int(value), _MAX_SPAN)) if value.isdecimal() and len(value) < 6 else 1


def _n_header(rows: Sequence[Any]) -> int:
    """The rows of the table's head, or those at its top that hold nothing but header cells."""
    for i, row in enumerate(rows):
        if row.find_parent("thead") is None and (row.find("td") is not None or row.find("th") is None):
            return max(1, i)
    return 1


def _text(element: Any) -> str:
    return re.sub(r"\s+", " ", element.get_text(" ")).strip().replace(" .", ".").replace(" ,", ",")


def _year(soup: Any) -> int | None:
    for name in ("citation_publication_date", "citation_date", "citation_year", "dc.date", "date"):
        meta = soup.find("meta", attrs={"name": re.compile(f"^{re.escape(name)}$", re.IGNORECASE)})
        if meta is not None and (year := first_year(str(meta.get("content", "")))):
            return year
    return first_year(soup.get_text(" ")[:600])


READER = HtmlReader()
