"""Findings of a table: a cell takes the values of its row's and column's headers, then of the caption."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from isogloss.evidence.amounts import bare_setting
from isogloss.evidence.base import (
    FACETS,
    HEADER_PARTS,
    UNNAMED,
    Facet,
    Finding,
    Found,
    Kind,
    Number,
    Passage,
    Ring,
    Table,
)
from isogloss.evidence.mentions import Mention, mentions, mentions_of_header, pairs_of, values_of
from isogloss.evidence.numbers import DIGITS, finding_of, value_of
from isogloss.evidence.scope import Scope
from isogloss.evidence.words import terms

_CHANGE_HEADER = re.compile(
    r"Δ|∆|\b(?:gains?|change|diff(?:erence)?|improvement|gap|delta)\b|^\+/?-$", re.IGNORECASE
)
_CORRELATION = re.compile(r"\bcorrelat\w*|\b(?:Pearson|Spearman|Kendall)\b|[ρτ]|^r$", re.IGNORECASE)
_NONE_HEADER = re.compile(r"^(?:none|no\b.*|without\b.*)$", re.IGNORECASE)
_ABLATED_HEADER = re.compile(r"^(?:w/o|without|no|minus|[-–])\s", re.IGNORECASE)
_ADDED_HEADER = re.compile(r"^(?:\+|w/|with)\s*[A-Za-z]")
_OUR_HEADER = re.compile(r"\b(?:ours?|proposed)\b|\bthis work\b", re.IGNORECASE)
_WHOLE_HEADER = re.compile(
    r"^(?:all|(?:full|complete|whole)(?: (?:model|system|method|version))?)$", re.IGNORECASE
)
_TRAINED_ON_HEADER = re.compile(
    r"\b(?:source|donor|detour|intermediate|train\w*|transfer|from|stage)\b", re.IGNORECASE
)

_LAYER_KIND = re.compile(r"\blayer$|^k$|^layer\b", re.IGNORECASE)
_WHOLE_NUMBER = re.compile(r"\d{1,2}(?:\s|$)")
_ROWS_OR_COLUMNS = re.compile(r"[\\/|]")
"""What parts the name of the rows from that of the columns in the corner of a table: ``source \\ target``."""

_CELL = re.compile(rf"^\W*?([+-]?{DIGITS})\s*(%?)(?:\s*(?:±|\+/-|[(_^↑↓]).*)?[*†‡]*$")
_CHANGE_IN_CELL = re.compile(rf"[(_↑↓+]\W*?(?P<sign>[+-]|↑\s?|↓\s?)(?P<digits>{DIGITS})\W*$")
"""A change beside a score: 74.2 (+1.3)."""
_OF_AN_AXIS: tuple[Facet, ...] = ("task", "model", "method", "language")
_BARE = re.compile(rf"[\W_]*{DIGITS}[\W_]*[kKM%]?")


def of_table(passage: Passage, table: Table, scope: Scope) -> list[Finding]:
    """All findings of the cells of a table."""
    context = _Context.of(table, passage.place.section, scope)
    found: list[Finding] = []
    offset = len(table.caption) + 1 if table.caption else 0
    offset += len(" | ".join(table.header)) + 1
    for i, row in enumerate(table.rows):
        position = offset
        span = (offset, offset + len(" | ".join(row)))
        labels = _labels(row)
        for j, cell in enumerate(row):
            if j >= len(labels):
                own = _Headers(
                    labels, table.header[: len(labels)], table.header[j], context.rows_are_languages
                )
                for number in _numbers_of_cell(cell, own, context):
                    facets = context.facets(own, i, number)
                    rings = context.rings(own)
                    found.append(finding_of(passage, number, position, span, facets, rings))
            position += len(cell) + 3
        offset = span[1] + 1
    return found


def _labels(row: Sequence[str]) -> tuple[str, ...]:
    """The cells before the first number: the row's label, often one."""
    n = next((j for j, cell in enumerate(row) if j > 0 and _score(cell) is not None), 1)
    return tuple(row[:n])


@dataclass(frozen=True)
class _Headers:
    """Labels of a cell's row and column; `kinds` are the headers above the row's labels."""

    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    column: str
    rows_are_languages: bool = False

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
        row = [self._with_role(m) for label in self.labels for m in _mentions(label)]
        row += [
            Mention("method", f"layer {label.split()[0]}", 0, len(label))
            for kind, label in zip(self.kinds, self.labels, strict=False)
            if _LAYER_KIND.search(kind) and _WHOLE_NUMBER.match(label)
        ]
        column = _mentions(self.column)
        if self.rows_are_languages or any(m.facet == "language" for m in row):
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
    def all(self) -> tuple[str, ...]:
        return (*self.labels, self.column)

    @cached_property
    def terms(self) -> frozenset[str]:
        """Stems of the labels; a bare amount has the words of what it is an amount of."""
        of_amounts = [
            kind for kind, label in zip(self.kinds, self.labels, strict=True) if _BARE.fullmatch(label)
        ] + [kind for kind in self.kinds[:1] if _BARE.fullmatch(self.column)]
        return frozenset(term for header in (*self.all, *of_amounts) for term in _header_terms(header))

    @property
    def is_change(self) -> bool:
        return any(_CHANGE_HEADER.search(header) for header in self.all)


@dataclass(frozen=True)
class _Context:
    """Caption, section and all labels of a table."""

    about: dict[Facet, frozenset[str]]
    pairs: tuple[tuple[Facet, str, Facet, str], ...]
    terms: frozenset[str]
    is_correlation: bool
    kinds: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...]
    scope: Scope

    @classmethod
    def of(cls, table: Table, section: str, scope: Scope) -> _Context:
        text = f"{table.caption}. {section}"
        n_labels = max((len(_labels(row)) for row in table.rows), default=1)
        return cls(
            values_of(mentions(f"{text}. {'. '.join(table.header[:n_labels])}")),
            tuple(pairs_of(table.caption)),
            frozenset(terms(text)),
            bool(_CORRELATION.search(table.caption)),
            tuple(table.header[:n_labels]),
            tuple(_labels(row) for row in table.rows),
            tuple(table.header[n_labels:]),
            scope,
        )

    def rings(self, own: _Headers) -> dict[Ring, frozenset[str]]:
        return {
            "own": own.terms,
            "sentence": self.terms | own.terms,
            "near": frozenset(),
            "document": self.scope.terms,
        }

    def facets(self, own: _Headers, row: int, number: Number) -> dict[Facet, Found]:
        """From the labels, else the row above it belongs to, the caption, the document."""
        seen = values_of(own.mentions)
        facets: dict[Facet, Found] = {}
        for facet in FACETS:
            found = (
                Found(seen[facet], "own")
                if facet in seen
                else self._of_variant(facet, own, row)
                or self._paired(facet, seen)
                or self._unnamed(facet, own, seen, number)
                or self._of_caption(facet)
                or self._of_document(facet)
            )
            if found is not None:
                facets[facet] = found
        return facets

    def _of_variant(self, facet: Facet, own: _Headers, row: int) -> Found | None:
        """What the row "w/o gate" is of is that of the row above it; without such a row it is a baseline."""
        if facet not in {"method", "model"}:
            return None
        headers = [each.strip() for each in own.all]
        if facet == "method" and self._is_ours(headers):
            return Found(self.scope.facets["method"], "own")
        is_ablated = any(_ABLATED_HEADER.match(each) for each in headers)
        if is_ablated or any(_ADDED_HEADER.match(each) for each in headers):
            above = [self._values_of(facet, labels) for labels in self.rows[:row]]
            named = [values for values in above if values]
            if named:
                return Found(named[-1], "own")
        if facet == "method" and any(_NONE_HEADER.match(each) for each in headers):
            return Found(frozenset({"baseline"}), "own")
        return None

    def _values_of(self, facet: Facet, labels: Sequence[str]) -> frozenset[str]:
        """The values that the labels of a row name; of methods the document's where it is ours."""
        named = frozenset(m.value for label in labels for m in _mentions(label) if m.facet == facet)
        return (
            self.scope.facets["method"]
            if not named and facet == "method" and self._is_ours(labels)
            else named
        )

    def _is_ours(self, headers: Sequence[str]) -> bool:
        """Whether a row is of the document's method without its name: "ours", or the full one."""
        method = self.scope.facets.get("method")
        if method is None:
            return False
        if any(_OUR_HEADER.search(header) for header in headers):
            return True
        named = any(method & self._values_by_name(labels) for labels in self.rows)
        return not named and any(_WHOLE_HEADER.match(header) for header in headers)

    def _values_by_name(self, labels: Sequence[str]) -> frozenset[str]:
        return frozenset(m.value for label in labels for m in _mentions(label) if m.facet == "method")

    def _unnamed(
        self, facet: Facet, own: _Headers, seen: dict[Facet, frozenset[str]], number: Number
    ) -> Found | None:
        """A row beside rows that name a method is not of the method of the caption or the document."""
        if facet not in _OF_AN_AXIS or (facet == "model" and "method" in seen):
            return None
        if facet in {"method", "language", "task"} and number.kind == "difference":
            return None
        if facet == "language" and "training_language" in seen:
            return None
        in_rows = any(own.labels) and facet in self._named_by_rows
        in_columns = bool(own.column) and facet in self._named_by_columns
        if facet == "task" and in_columns and not in_rows and "average" in seen.get("language", ()):
            values = {m.value for column in self.columns for m in _mentions(column) if m.facet == facet}
            if len(values) == 1:
                return Found(frozenset(values), "own")
        return Found(frozenset({UNNAMED}), "own") if in_rows or in_columns else None

    @cached_property
    def _named_by_rows(self) -> frozenset[Facet]:
        return _axis([{m.facet for m in _Headers(labels, self.kinds, "").mentions} for labels in self.rows])

    @cached_property
    def rows_are_languages(self) -> bool:
        return "language" in self._named_by_rows

    @cached_property
    def _named_by_columns(self) -> frozenset[Facet]:
        return _axis([{m.facet for m in _mentions(column)} for column in self.columns])

    def _paired(self, facet: Facet, seen: dict[Facet, frozenset[str]]) -> Found | None:
        """The value that the caption pairs with what the labels name: "F1 on WikiAnn"."""
        values = frozenset(
            value
            for of, value, with_facet, with_value in self.pairs
            if of == facet and with_value in seen.get(with_facet, frozenset())
        )
        return Found(values, "sentence") if len(values) == 1 else None

    def _of_caption(self, facet: Facet) -> Found | None:
        return Found(self.about[facet], "sentence") if len(self.about.get(facet, ())) == 1 else None

    def _of_document(self, facet: Facet) -> Found | None:
        if facet in self.scope.facets and facet not in self.about:
            return Found(self.scope.facets[facet], "document")
        return None


def _axis(seen: Sequence[Collection[Facet]]) -> frozenset[Facet]:
    """What tells rows or columns apart: methods by one that has a name, the others by half of them."""
    counts = Counter(facet for facets in seen for facet in facets)
    return frozenset(facet for facet, n in counts.items() if facet == "method" or 2 * n >= max(2, len(seen)))


def _mentions(header: str) -> list[Mention]:
    return [mention for part in header.split(HEADER_PARTS) for mention in mentions_of_header(part)]


def _header_terms(header: str) -> list[str]:
    return [term for part in header.split(HEADER_PARTS) for term in _terms_of_part(part)]


def _terms_of_part(part: str) -> list[str]:
    for mention in reversed(mentions_of_header(part)):
        if mention.value != "baseline":
            part = part[: mention.start] + " " + part[mention.end :]
    return [*terms(part), *bare_setting(part)]


def _numbers_of_cell(cell: str, own: _Headers, context: _Context) -> list[Number]:
    """The score of a cell, and the change that may stand beside it."""
    score = _score(cell)
    if score is None:
        return []
    found = [_with_kind(score, own, context)]
    change = _CHANGE_IN_CELL.search(cell, score.end)
    if change:
        value, decimals = value_of(change["digits"])
        sign = -1 if change["sign"][0] in "-↓" else 1
        start = change.start("digits")
        found.append(Number(start, change.end("digits"), value, decimals, "difference", sign, ""))
    return found


def _with_kind(number: Number, own: _Headers, context: _Context) -> Number:
    """A cell below "gain" or a capital delta is a change, one of at most 1 below "Pearson" a correlation."""
    if number.kind == "level" and own.is_change:
        return replace(number, kind="difference", value=abs(number.value), sign=-1 if number.value < 0 else 1)
    is_correlation = context.is_correlation or any(_CORRELATION.search(header) for header in own.all)
    if is_correlation and abs(number.value) <= 1 and number.decimals:
        return replace(number, kind="correlation", sign=0)
    return number


def _score(cell: str) -> Number | None:
    match = _CELL.match(cell.strip())
    if match is None:
        return None
    text = match[1]
    start = cell.index(text)
    value, decimals = value_of(text)
    kind: Kind = "difference" if text.startswith("+") else "level"
    sign = 1 if text.startswith("+") else 0
    return Number(start, start + len(text), value, decimals, kind, sign, match[2])
