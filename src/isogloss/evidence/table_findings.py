"""Findings of a table: a cell takes the values of its row's and column's headers, then of the caption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from isogloss.evidence.base import FACETS, HEADER_PARTS, Facet, Finding, Found, Kind, Passage, Ring, Table
from isogloss.evidence.mentions import Mention, language_of_cell, mentions, values_of
from isogloss.evidence.numbers import DIGITS, Number, finding_of, value_of
from isogloss.evidence.scope import Scope
from isogloss.evidence.words import percent_as_sign, terms

_CHANGE_HEADER = re.compile(r"Δ|∆|\b(?:gain|change|diff(?:erence)?|improvement)\b", re.IGNORECASE)
_WITHOUT_HEADER = re.compile(r"^(?:none|no\b.*|without\b.*)$", re.IGNORECASE)
_TRAINED_ON_HEADER = re.compile(
    r"\b(?:source|donor|detour|intermediate|train\w*|transfer|from|stage)\b", re.IGNORECASE
)

_ROWS_OR_COLUMNS = re.compile(r"[\\/|]")
"""What parts the name of the rows from that of the columns in the corner of a table: ``source \\ target``."""

_CELL = re.compile(rf"^\W*?([+-]?{DIGITS})\s*(%?)(?:\s*(?:±|\+/-|[(_^]).*)?[*†‡]*$")


def of_table(passage: Passage, table: Table, scope: Scope) -> list[Finding]:
    """All findings of the cells of a table."""
    around = _Caption.of(table, passage.place.section)
    varies = frozenset(m.facet for label in _all_labels(table) for m in _cell_mentions(label))
    found: list[Finding] = []
    offset = len(table.caption) + 1 if table.caption else 0
    offset += len(" | ".join(table.header)) + 1
    for row in table.rows:
        position = offset
        span = (offset, offset + len(" | ".join(row)))
        labels = _labels(row)
        for j, cell in enumerate(row):
            number = _cell_number(cell)
            if number is not None and j >= len(labels):
                own = _Headers(labels, table.header[: len(labels)], table.header[j])
                found.append(
                    finding_of(
                        passage,
                        own.as_difference(number),
                        position,
                        span,
                        _facets_of_cell(own, around, scope, varies),
                        around.rings(own, scope),
                    )
                )
            position += len(cell) + 3
        offset = span[1] + 1
    return found


def _labels(row: Sequence[str]) -> tuple[str, ...]:
    """The cells before the first number: the row's label, often one."""
    n = next((j for j, cell in enumerate(row) if j > 0 and _cell_number(cell) is not None), 1)
    return tuple(row[:n])


@dataclass(frozen=True)
class _Caption:
    """Caption and section of a table."""

    facets: dict[Facet, frozenset[str]]
    terms: frozenset[str]

    @classmethod
    def of(cls, table: Table, section: str) -> _Caption:
        text = f"{table.caption}. {section}"
        return cls(values_of(mentions(text)), frozenset(terms(percent_as_sign(text))))

    def rings(self, own: _Headers, scope: Scope) -> dict[Ring, frozenset[str]]:
        return {
            "own": own.terms,
            "sentence": self.terms | own.terms,
            "near": frozenset(),
            "document": scope.terms,
        }


@dataclass(frozen=True)
class _Headers:
    """Labels of a cell's row and column; `kinds` are the headers above the row's labels."""

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    column: str

    @cached_property
    def row_is_trained_on(self) -> bool:
        """Whether the rows are training languages by their header; an arrow in it points to the columns."""
        return any(
            _TRAINED_ON_HEADER.search(_ROWS_OR_COLUMNS.split(kind)[0])
            for kind in self.kinds
            if "→" not in kind
        )

    @cached_property
    def mentions(self) -> list[Mention]:
        row = [self._with_role(m) for label in self.labels for m in _cell_mentions(label)]
        column = _cell_mentions(self.column)
        if any(m.facet == "language" for m in row):
            column = [
                replace(m, facet="training_language") if m.facet == "language" and m.value != "average" else m
                for m in column
            ]
        return row + column

    def _with_role(self, mention: Mention) -> Mention:
        if self.row_is_trained_on and mention.facet == "language":
            return replace(mention, facet="training_language")
        if self.row_is_trained_on and mention.facet == "task":
            return replace(mention, facet="method", value=f"intermediate {mention.value}")
        return mention

    @cached_property
    def terms(self) -> frozenset[str]:
        return frozenset(term for header in (*self.labels, self.column) for term in _header_terms(header))

    def as_difference(self, number: Number) -> Number:
        """A cell below a header such as "gain" or a capital delta is a change."""
        if _CHANGE_HEADER.search(self.column) and number.kind == "level":
            return replace(
                number, kind="difference", value=abs(number.value), sign=-1 if number.value < 0 else 1
            )
        return number


def _all_labels(table: Table) -> list[str]:
    return [*table.header, *(label for row in table.rows for label in _labels(row))]


def _facets_of_cell(
    own: _Headers, around: _Caption, scope: Scope, varies: frozenset[Facet]
) -> dict[Facet, Found]:
    """From the labels, else the caption, else the document unless other labels name values of that facet."""
    seen = values_of(own.mentions)
    facets: dict[Facet, Found] = {}
    for facet in FACETS:
        if facet in seen:
            facets[facet] = Found(seen[facet], "own")
        elif len(around.facets.get(facet, ())) == 1:
            facets[facet] = Found(around.facets[facet], "sentence")
        elif facet in scope.facets and facet not in around.facets and facet not in varies:
            facets[facet] = Found(scope.facets[facet], "document")
    if "method" not in seen and any(
        _WITHOUT_HEADER.match(each.strip()) for each in (*own.labels, own.column)
    ):
        facets["method"] = Found(frozenset({"baseline"}), "own")
    return facets


def _cell_mentions(header: str) -> list[Mention]:
    return [mention for part in header.split(HEADER_PARTS) for mention in _mentions_of_part(part)]


def _mentions_of_part(part: str) -> list[Mention]:
    tag = language_of_cell(part)
    return [Mention("language", tag, 0, len(part))] if tag else mentions(part)


def _header_terms(header: str) -> list[str]:
    return [term for part in header.split(HEADER_PARTS) for term in _terms_of_part(part)]


def _terms_of_part(part: str) -> list[str]:
    for mention in reversed(_mentions_of_part(part)):
        if mention.value != "baseline":
            part = part[: mention.start] + " " + part[mention.end :]
    return terms(percent_as_sign(part))


def _cell_number(cell: str) -> Number | None:
    match = _CELL.match(cell.strip())
    if match is None:
        return None
    text = match[1]
    start = cell.index(text)
    value, decimals = value_of(text)
    kind: Kind = "difference" if text.startswith("+") else "level"
    sign = 1 if text.startswith("+") else 0
    return Number(start, start + len(text), value, decimals, kind, sign, match[2])
