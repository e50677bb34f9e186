"""Cells that a claim is about, by the labels of their row and column, the caption and the text around."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.evidence.documents import Evidence, Passage
from isogloss.evidence.terms import (
    EXCLUSIVE,
    Number,
    Term,
    agrees,
    language_of,
    similar,
    terms,
    words,
    words_of,
)
from isogloss.evidence.verifiers._claim import Parts

IN_CONTEXT, IN_DOCUMENT = 0.8, 0.35
"""Share of a term's weight where only the caption or the text around, or only the document, names it."""

_SOURCE = re.compile(r"fine-?tun|train|sourc|\bsrc\b|\bfrom\b|donor", re.IGNORECASE)
_TARGET = re.compile(r"eval|test|target|\btgt\b|\bto\b", re.IGNORECASE)
_VALUE = re.compile(r"[~<>≥≤ ]*([+−–-]?)\s?(\d[\d,]*)?(\.\d+)?")


@dataclass(frozen=True)
class TableCell:
    """A cell that a claim may be about.

    Parameters
    ----------
    view : View
    row, column : int
    quality : float
        Weight of the claim's terms that labels, caption and text account for, less what labels add.
    coverage : float
        Share of that weight, from 0 to 1.
    is_named : bool
        Whether labels, caption, text around or title hold every proper name of the claim.
    """

    view: View
    row: int
    column: int
    quality: float
    coverage: float
    is_named: bool

    @property
    def text(self) -> str:
        """The cell as printed."""
        return self.view.table.rows[self.row][self.column]

    @property
    def value(self) -> tuple[float, int] | None:
        """Number and its decimals; None for a placeholder."""
        match = _VALUE.match(self.text)
        if not match or not (match[2] or match[3]):
            return None
        sign = -1.0 if match[1] not in ("", "+") else 1.0
        return sign * float((match[2] or "0").replace(",", "") + (match[3] or "")), len(match[3] or ".") - 1

    @property
    def words(self) -> frozenset[str]:
        """Words of its labels."""
        return self.view.rows.words[self.row] | self.view.columns.words[self.column]

    @property
    def evidence(self) -> Evidence:
        """Row, column and value as a quote."""
        table = self.view.table
        labels = [table.caption, table.row_label(self.row), table.header[self.column]]
        return Evidence(self.view.passage, f"{' | '.join(p for p in labels if p)}: {self.text}", self.quality)

    def agrees(self, number: Number) -> bool | None:
        """Whether the cell holds the claimed number; None if that is undecidable."""
        return None if self.value is None else agrees(number, *self.value)


class Axis:
    """Labels of the rows or columns of a table: their terms, their words, and what each adds to a claim.

    What a label adds are its terms with half their weight, less for terms of many labels.
    """

    def __init__(self, labels: Sequence[tuple[Term, ...]], first: int) -> None:
        self.role = ""
        self.terms = dict(enumerate(labels, start=first))
        self.words = {i: words_of(label) for i, label in self.terms.items()}
        self.all = frozenset().union(*self.words.values())
        lacking = {w: sum(w not in held for held in self.words.values()) / len(labels) for w in self.all}
        self.added = {
            i: [(t, 0.5 * t.weight * min(lacking[w] for w in t.names)) for t in label]
            for i, label in self.terms.items()
        }


class View:
    """A table with the names of its labels; `document` and `title` are words of the document and title."""

    def __init__(self, passage: Passage, document: frozenset[str], title: frozenset[str]) -> None:
        if passage.table is None:
            raise ValueError("a passage without a table")
        self.passage, self.table, self.document, self.title = passage, passage.table, document, title
        table, n = passage.table, passage.table.n_labels
        self.caption = terms(table.caption)
        self.context = words_of(self.caption) | words(passage.lead)
        self.rows = Axis(_labels([table.row_label(i) for i in range(len(table.rows))]), 0)
        self.columns = Axis(_labels(table.header[n:]), n)
        self.labels = self.rows.all | self.columns.all
        self.rows.role, self.columns.role = self._roles()

    def _roles(self) -> tuple[str, str]:
        """Roles of rows and columns: source and target, "either" for a matrix that does not say, or ""."""
        table = self.table
        corner = " / ".join(table.header[: table.n_labels])
        halves = re.split(r"[\\/|↓→]+", corner.strip("\\/|↓→ "))
        if len(halves) == 2 and _SOURCE.search(corner) and _TARGET.search(corner):
            return ("source", "target") if _SOURCE.search(halves[0]) else ("target", "source")
        said: dict[str, str] = {}
        parts = re.split(r"\b(row|column)s?\b", f"{table.caption} {self.passage.lead}", flags=re.IGNORECASE)
        for axis, after in zip(parts[1::2], parts[2::2], strict=True):
            hits = [
                (m.start(), role)
                for role, p in (("source", _SOURCE), ("target", _TARGET))
                if (m := p.search(after[:45]))
            ]
            said |= {axis.lower(): min(hits)[1]} if hits and axis.lower() not in said else {}
        if len(set(said.values())) == 2:
            return said["row"], said["column"]
        header = " ".join(table.header[table.n_labels :])
        if _SOURCE.search(corner) and not _TARGET.search(corner):
            return "source", "target"
        if re.search(r"\btarget|\btgt\b", corner, re.IGNORECASE) or re.search(
            r"\bsource\b|\bsrc\b", header, re.IGNORECASE
        ):
            return "target", "source"
        return ("either", "either") if len(self.rows.all & self.columns.all) >= 2 else ("", "")

    def matches(self, term: Term, held: frozenset[str]) -> bool:
        """Whether a term, or the name that the table uses for it, is among words."""
        other = next((similar()[name] for name in term.names if name in similar()), None)
        return term.among(held) or (other in held and not term.among(self.labels | words_of(self.caption)))

    def _hits(self, term: Term, claim: Parts, axis: Axis) -> set[int]:
        """Rows or columns whose label holds a term, if its role allows this axis."""
        mine = "source" if term.start in claim.source else "target" if term.start in claim.target else ""
        is_only = sum(t.kind == "lang:" for t in claim.terms) < 2
        is_free = not mine and not (axis.role == "source" and term.kind == "lang:" and is_only)
        is_known = term.among(axis.all) or not term.names.isdisjoint(similar())
        if not is_known or not (axis.role in ("", "either", mine) or is_free):
            return set()
        return {i for i, held in axis.words.items() if self.matches(term, held)}

    def cells(self, claim: Parts, slack: float = 0.3) -> list[TableCell]:
        """Cells that the claim may be about, best first, down to `slack` below the best."""
        hits = {t: (self._hits(t, claim, self.rows), self._hits(t, claim, self.columns)) for t in claim.terms}
        n_rows, n_columns = len(self.rows.terms), len(self.columns.terms)
        pairs = [(i, j) for i in self.rows.terms for j in self.columns.terms if self.table.rows[i][j]]
        for term in sorted(claim.terms, key=lambda t: -t.weight):
            rows, columns = hits[term]
            in_row, in_column = 0 < len(rows) < n_rows, 0 < len(columns) < n_columns
            is_here = self.matches(term, self.context)
            if not in_row and not in_column:
                if term.kind in EXCLUSIVE and not (rows or columns or is_here or self._is_open(term, claim)):
                    return []
                continue
            if is_here and term.kind != "lang:" and not self._is_main(term, rows, columns):
                continue
            kept = [(i, j) for i, j in pairs if (in_row and i in rows) or (in_column and j in columns)]
            if in_row and in_column:
                is_twice = sum(term.among(t.names) for t in claim.terms) > 1 or self.rows.role != "either"
                both = [(i, j) for i, j in kept if i in rows and j in columns]
                kept = both if both and is_twice else [pair for pair in kept if pair not in both] or both
            is_everywhere = len(rows) == n_rows or len(columns) == n_columns
            if not kept and term.kind == "lang:" and not is_here and not is_everywhere:
                return []
            pairs = kept or pairs
        found = [self._cell(i, j, claim, hits) for i, j in pairs if not self._conflicts(i, j, claim)]
        best = max((cell.quality for cell in found), default=0.0)
        return sorted((cell for cell in found if cell.quality > best - slack), key=lambda c: -c.quality)

    def _is_main(self, term: Term, rows: set[int], columns: set[int]) -> bool:
        """Whether a term is most of a label that holds it, so that it tells rows or columns apart."""
        labels = [
            axis.terms[i] for axis, found in ((self.rows, rows), (self.columns, columns)) for i in found
        ]
        sums = (
            (t.weight, sum(u.weight for u in label)) for label in labels for t in label if t.among(term.names)
        )
        return any(2 * own >= total for own, total in sums)

    def _is_open(self, term: Term, claim: Parts) -> bool:
        """Whether a table that has a name neither in its labels nor around may still be about it."""
        if term.kind == "lang:":
            return term.start in claim.source and not {"source", "either"} & {
                self.rows.role,
                self.columns.role,
            }
        return term.among(self.document) and not any(
            w.startswith(term.kind) for w in self.context | self.labels
        )

    def _conflicts(self, i: int, j: int, claim: Parts) -> bool:
        """Whether the labels of a cell name another language, task, metric or split than the claim."""
        mine = words_of(claim.terms)
        for held, role in ((self.rows.words[i], self.rows.role), (self.columns.words[j], self.columns.role)):
            for kind in EXCLUSIVE:
                there = {w for w in held if w.startswith(kind)}
                is_free = kind == "lang:" and role == "source" and not claim.source
                is_asked = kind == "lang:" or any(w.startswith(kind) for w in mine)
                if there and is_asked and not is_free and not there & mine:
                    return True
        return False

    def _cell(self, i: int, j: int, claim: Parts, hits: dict[Term, tuple[set[int], set[int]]]) -> TableCell:
        quality = covered = 0.0
        is_named, mine = True, words_of(claim.terms)
        model = next((w for t in self.caption for w in t.names if w.startswith("model:")), None)
        for term in claim.terms:
            share = 1.0 if i in hits[term][0] or j in hits[term][1] else 0.0
            is_other = term.kind == "model:" and model is not None and model not in term.names
            if not share and self.matches(term, self.context) and not is_other:
                share = IN_CONTEXT
            if not share and self.matches(term, self.document):
                share = IN_DOCUMENT
            is_named &= share >= IN_CONTEXT or term.kind != "name:" or term.among(self.title)
            quality += term.weight * share
            covered += term.weight * (1.0 if share >= IN_CONTEXT else 2 * share)
        added = (*self.rows.added[i], *self.columns.added[j])
        quality -= sum(weight for term, weight in added if not term.among(mine))
        total = sum(t.weight for t in claim.terms) or 1.0
        return TableCell(self, i, j, quality, min(1.0, covered / total), is_named)


def _labels(texts: Sequence[str]) -> list[tuple[Term, ...]]:
    """Terms of the labels of an axis.

    Short words are codes if most labels are languages; a model beside labels with a setting is zero-shot.
    """
    named = [
        t.split(" / ")[-1].split(" (")[0]
        for t in texts
        if t.strip() and not re.search(r"\bav|mean|all", t, re.IGNORECASE)
    ]
    n_codes = sum(language_of(text, codes=True) is not None for text in named)
    labels = [terms(text, codes=n_codes >= max(2, 0.6 * len(named))) for text in texts]
    has_setting = [any(t.kind == "setting:" for t in label) for label in labels]
    if any(has_setting) and not any("setting:zero-shot" in words_of(label) for label in labels):
        default = Term(frozenset(["setting:zero-shot"]), 0.8, -1)
        labels = [
            label if has or not any(t.kind == "model:" for t in label) else (*label, default)
            for label, has in zip(labels, has_setting, strict=True)
        ]
    return labels
