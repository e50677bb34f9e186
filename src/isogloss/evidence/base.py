"""What a document, a passage, a finding and a verdict are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Facet = Literal["task", "model", "method", "metric", "language", "training_language"]
FACETS: tuple[Facet, ...] = ("task", "model", "method", "metric", "language", "training_language")
"""What a number is about. `language` is the target; `training_language` any language trained on."""

Ring = Literal["own", "sentence", "near", "document"]
"""How close to a number its context was found: clause or headers of the cell, sentence or caption, the
sentences before and the heading, the whole document."""

Kind = Literal["level", "difference", "ratio", "correlation", "count", "condition"]
"""A score; a change of one; a share or multiple of another; a correlation; a number of things; a condition
(30% noise)."""

CITED = "cited work"
"""The method of a number that belongs to work that is cited."""

UNNAMED = "unnamed"
"""The value of a facet in a row or column whose neighbours name one and which itself names none."""

Qualifier = Literal["", "about", "at least", "at most", "spread"]
"""How a number is meant; *spread* marks the ends of what several values range over."""

VerdictWord = Literal["supported", "contradicted", "not found"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands; `page` and `line` from 1, None where the format has none."""

    page: int | None = None
    line: int | None = None
    section: str = ""

    def __str__(self) -> str:
        parts = [
            f"page {self.page}" if self.page is not None else "",
            f"line {self.line}" if self.line is not None else "",
            self.section,
        ]
        return ", ".join(part for part in parts if part)


HEADER_PARTS = " / "
"""What parts the rows of a table's header, which become one row: ``XNLI / sw``."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text; every row has as many cells as the header, the first of them the row's label."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_text(self) -> str:
        """The table as lines; cells separated by a bar."""
        lines = [self.caption] if self.caption else []
        return "\n".join([*lines, *(" | ".join(row) for row in (self.header, *self.rows))])


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document as a reader finds it."""

    kind: Literal["title", "heading", "paragraph", "table"]
    text: str
    page: int | None = None
    line: int | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a reader makes of a file."""

    blocks: tuple[Block, ...]
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph or a table of a document.

    Parameters
    ----------
    id : str
        ``document#number``, unique in a collection.
    document : str
        Id of the document.
    text : str
        For a table its caption, header and rows.
    place : Place
    table : Table or None
    """

    id: str
    document: str
    text: str
    place: Place
    table: Table | None = None


@dataclass(frozen=True)
class Document:
    """A paper, or as much of it as is at hand.

    Parameters
    ----------
    id : str
        Short and unique in a collection: the file's name, or the id of the index it was found in.
    title : str
    source : str
        Path or address.
    year : int or None
    authors : tuple of str
    venue : str
    sha256 : str
        Of the file, or of the abstract.
    passages : tuple of Passage
    full_text : bool
        False where only the abstract is at hand.
    """

    id: str
    title: str
    source: str
    year: int | None
    passages: tuple[Passage, ...]
    authors: tuple[str, ...] = ()
    venue: str = ""
    sha256: str = ""
    full_text: bool = True


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that was not read, and why."""

    source: str
    reason: str


@dataclass(frozen=True)
class Collection:
    """The papers of one question; `skipped` are files that could not be read."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def passages(self) -> tuple[Passage, ...]:
        """All passages, in the order of the documents."""
        return tuple(passage for document in self.documents for passage in document.passages)

    def document(self, id: str) -> Document:
        """The document of that id."""
        return next(document for document in self.documents if document.id == id)


@dataclass(frozen=True, slots=True)
class Found:
    """Values of a facet and how close they were found."""

    values: frozenset[str]
    ring: Ring


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a sentence.

    Parameters
    ----------
    start, end : int
        Span, unit included.
    value : float
    decimals : int
    kind : {"level", "difference", "ratio", "correlation", "count", "condition"}
    sign : {-1, 0, 1}
    unit : str
    qualifier : {"", "about", "at least", "at most", "spread"}
    upper : float or None
        The upper end of a range ("1 to 3 points"), else None.
    """

    start: int
    end: int
    value: float
    decimals: int
    kind: Kind
    sign: int
    unit: str
    qualifier: Qualifier = ""
    upper: float | None = None


@dataclass(frozen=True)
class Finding:
    """A number in a passage with what it is about.

    Parameters
    ----------
    passage : str
        Id of the passage.
    start, end : int
        Span of the number in the passage's text.
    sentence : tuple of int
        Span of its sentence; for a cell of a table, of its row.
    value : float
        As written: 84.33 for 84.33%; the lower end of a range.
    upper : float or None
        The upper end of a range.
    qualifier : {"", "about", "at least", "at most", "spread"}
    decimals : int
        Digits after the point.
    kind : {"level", "difference", "ratio", "correlation", "count", "condition"}
    sign : {-1, 0, 1}
        Direction of a difference; 0 where it is not stated.
    unit : str
        ``"%"``, ``"points"``, the noun of a count, or empty.
    facets : mapping of str to Found
    terms : mapping of str to frozenset of str
        Stems of the words around it, by ring, without those of the facets.
    is_before : bool
        The first value of "from A to B".
    names : frozenset of str
        Stems of the proper names of its sentence that are no value of a facet.
    """

    passage: str
    start: int
    end: int
    sentence: tuple[int, int]
    value: float
    upper: float | None
    qualifier: Qualifier
    decimals: int
    kind: Kind
    sign: int
    unit: str
    facets: Mapping[Facet, Found]
    terms: Mapping[Ring, frozenset[str]] = field(default_factory=dict)
    is_before: bool = False
    names: frozenset[str] = frozenset()
