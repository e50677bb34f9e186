"""Documents as passages and tables, evidence in them, and verdicts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """A grid of texts; each row has as many cells as the header, the first `n_labels` of them its label."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_labels: int = 1

    def as_text(self) -> str:
        """Lines with cells separated by a bar."""
        return "\n".join([self.caption, *(" | ".join(row) for row in (self.header, *self.rows))]).strip()

    def row_label(self, row: int) -> str:
        """Label of a row, its group first."""
        return " / ".join(dict.fromkeys(part for part in self.rows[row][: self.n_labels] if part))


@dataclass(frozen=True, slots=True)
class Block:
    """A title, heading, paragraph, caption, reference or table, in reading order; `page` from 1."""

    kind: str
    text: str
    page: int | None = None
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, caption or table; `lead` is the text before a table, with sentences that mention it."""

    id: str
    document: str
    text: str
    page: int | None = None
    section: str = ""
    lead: str = ""
    table: Table | None = None

    @property
    def place(self) -> str:
        """Page and section, as far as known."""
        return ", ".join(part for part in (f"page {self.page}" if self.page else "", self.section) if part)

    @property
    def where(self) -> str:
        """Document, page and section."""
        return ", ".join(part for part in (self.document, self.place) if part)


@dataclass(frozen=True)
class Document:
    """A paper, or its abstract if not `full_text`; `id` is a path in the folder, or an id of an index."""

    id: str
    title: str
    source: str
    passages: tuple[Passage, ...]
    year: int | None = None
    authors: tuple[str, ...] = ()
    venue: str = ""
    full_text: bool = True


@dataclass(frozen=True, slots=True)
class Skipped:
    """A source that was not read, and the reason."""

    source: str
    reason: str


@dataclass(frozen=True)
class Collection:
    """Documents of one question, and the sources that could not be read."""

    documents: tuple[Document, ...]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence, row or cell near a claim; scores compare within one claim only."""

    passage: Passage
    quote: str
    score: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Supported, contradicted, related or not found; `shown` are the three nearest, the deciding first."""

    word: str
    reason: str
    shown: tuple[Evidence, ...] = ()
