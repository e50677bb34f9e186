"""HTML pages: text and tables; scripts and styles are dropped unread."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

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
_HOMES = frozenset(("table", "title", *_HEADINGS, *_PARAGRAPHS))
_CELLS = ("th", "td")


class HtmlReader:
    """Blocks in the order of the page; text belongs to the block element or the table that it stands in."""

    suffixes = (".html", ".htm", ".xhtml")
    bytes_to_trust = 300_000

    def parse(self, path: Path, limits: Limits) -> Parsed:
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
    for home, strings in _by_home(soup):
        if home is title or home.name == "title":
            continue
        if home.name == "table":
            yield from _table(home)
            continue
        text = _joined(strings)
        if text:
            kind: Literal["heading", "paragraph"] = "heading" if home.name in _HEADINGS else "paragraph"
            yield Block(kind, text, None, home.sourceline)


def _by_home(soup: Any) -> Iterator[tuple[Any, list[str]]]:
    """Neighbouring strings of one block element; a table comes once and without its strings."""
    homes: dict[int, Any] = {id(soup): soup}
    tables: set[int] = set()
    current, strings = soup, list[str]()
    for string in soup.strings:
        home = _home(string.parent, homes)
        if home is not current:
            if strings:
                yield current, strings
            current, strings = home, []
        if home.name != "table":
            strings.append(str(string))
        elif id(home) not in tables:
            tables.add(id(home))
            yield home, []
    if strings:
        yield current, strings


def _home(element: Any, homes: dict[int, Any]) -> Any:
    """The outermost table around an element, else the innermost block; each element is climbed from once."""
    chain = []
    while id(element) not in homes:
        chain.append(element)
        element = element.parent
    home = homes[id(element)]
    for each in reversed(chain):
        if home.name != "table" and each.name in _HOMES:
            home = each
        homes[id(each)] = home
    return home


def _table(element: Any) -> Iterator[Block]:
    own = _cells_by_row(element)
    inside: dict[int, list[str]] = {}
    for string in element.strings:
        inside.setdefault(id(string.find_parent(_CELLS)), []).append(str(string))
    rows = spread(
        [
            [
                Cell(_joined(inside.get(id(cell), [])), _span(cell, "colspan"), _span(cell, "rowspan"))
                for cell in row
            ]
            for row in own
        ]
    )
    table = make_table(rows, _text(element.caption) if element.caption else "", _n_header(own))
    if table is not None:
        yield Block("table", table.as_text(), None, element.sourceline, table)
    elif any(any(row) for row in rows):
        yield Block("paragraph", ". ".join(" ".join(row) for row in rows), None, element.sourceline)


def _cells_by_row(element: Any) -> list[list[Any]]:
    """Cells by the nearest row; the parser nests a row or a cell in one that is never closed."""
    rows: dict[int, list[Any]] = {}
    for cell in element.find_all(_CELLS):
        rows.setdefault(id(cell.find_parent(("tr", "table"))), []).append(cell)
    return list(rows.values())


def _span(cell: Any, name: str) -> int:
    value = str(cell.get(name, "1"))
    return max(1, min(int(value), _MAX_SPAN)) if value.isdecimal() and len(value) < 6 else 1


def _n_header(rows: Sequence[Sequence[Any]]) -> int:
    """The rows of the table's head, or those at its top that hold nothing but header cells."""
    for i, row in enumerate(rows):
        if row[0].find_parent("thead") is None and any(cell.name == "td" for cell in row):
            return max(1, i)
    return 1


def _text(element: Any) -> str:
    return _joined(element.strings)


def _joined(strings: Iterable[str]) -> str:
    return re.sub(r"\s+", " ", " ".join(strings)).strip().replace(" .", ".").replace(" ,", ",")


def _year(soup: Any) -> int | None:
    for name in ("citation_publication_date", "citation_date", "citation_year", "dc.date", "date"):
        meta = soup.find("meta", attrs={"name": re.compile(f"^{re.escape(name)}$", re.IGNORECASE)})
        if meta is not None and (year := first_year(str(meta.get("content", "")))):
            return year
    return first_year(soup.get_text(" ")[:600])


READER = HtmlReader()
