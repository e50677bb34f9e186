"""Cells that a claim is about, by the labels of their row and column, the caption and the text around."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from isogloss.evidence.documents import Evidence, Passage
from isogloss.evidence.numbers import value_of
from isogloss.evidence.terms import EXCLUSIVE, Term, language_of, similar, terms, words, words_of
from isogloss.evidence.verifiers._claim import Parts

IN_CONTEXT, IN_DOCUMENT = 0.9, 0.3
"""Share of a term's weight where only the caption or the text around, or only the document, names it."""

_SOURCE = re.compile(r"fine-?tun|train|sourc|\bsrc\b|\bfrom\b|donor", re.IGNORECASE)
_TARGET = re.compile(r"eval|test|target|\btgt\b|\bto\b", re.IGNORECASE)


@dataclass(frozen=True)
class Cell:
    """A cell that a claim may be about.

    Parameters
    ----------
    view : View
    row, column : int
    value, decimals : float, int
    quality : float
        Weight of the claim's terms that labels, caption and text account for, less what labels add.
    coverage : float
        Share of that weight, from 0 to 1.
    lacking : tuple of Term
        Terms that neither labels nor caption, text around or title hold.
    """

    view: View
    row: int
    column: int
    value: float
    decimals: int
    quality: float
    coverage: float
    lacking: tuple[Term, ...]

    @property
    def text(self) -> str:
        """The cell as printed."""
        return self.view.table.rows[self.row][self.column]

    @property
    def words(self) -> frozenset[str]:
        """Words of its labels."""
        return self.view.rows.words[self.row] | self.view.columns.words[self.column]

    @property
    def quote(self) -> str:
        """Labels and value, without the caption."""
        table = self.view.table
        labels = (table.row_label(self.row), table.header[self.column])
        return f"{' | '.join(p for p in labels if p)}: {self.text}"

    @property
    def evidence(self) -> Evidence:
        """Caption, labels and value as a quote."""
        caption = self.view.table.caption
        return Evidence(self.view.passage, f"{caption} | {self.quote}".removeprefix(" | "), self.quality)


class Axis:
    """Labels of the rows or columns of a table: their terms, their words, and what each adds to a claim.

    What a label adds are its terms with half their weight, less for terms of many labels; what stands in
    brackets explains or cites, and adds nothing.
    """

    def __init__(self, texts: Sequence[str], first: int) -> None:
        self.role, labels = "", _labels(texts)
        self.terms = dict(enumerate(labels, start=first))
        self.words = {i: words_of(label) for i, label in self.terms.items()}
        self.all = frozenset().union(*self.words.values())
        lacking = {w: sum(w not in held for held in self.words.values()) / len(labels) for w in self.all}
        self.added = {
            i: [
                (t, 0.5 * t.weight * min(lacking[w] for w in t.names))
                for t in self.terms[i]
                if t.start < (text.find(" (") if " (" in text else len(text))
            ]
            for i, text in enumerate(texts, start=first)
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
        self.rows = Axis([table.row_label(i) for i in range(len(table.rows))], 0)
        self.columns = Axis(table.header[n:], n)
        self.labels = self.rows.all | self.columns.all
        read = {(i, j): value_of(row[j]) for i, row in enumerate(table.rows) for j in range(n, len(row))}
        self.values = {place: value for place, value in read.items() if value is not None}
        self.is_counts = all(decimals == 0 for _, decimals in self.values.values())
        self.rows.role, self.columns.role = self._roles()

    def _roles(self) -> tuple[str, str]:
        """Roles of rows and columns: source and target, "either" for a matrix that does not say, or ""."""
        table = self.table
        corner, header = (
            " / ".join(part) for part in (table.header[: table.n_labels], table.header[table.n_labels :])
        )
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
        is_matrix = len({w for w in self.rows.all & self.columns.all if ":" in w}) >= 2
        if _SOURCE.search(corner) and not _TARGET.search(corner):
            return "source", "target" if is_matrix else ""
        heads = table.header[table.n_labels :]
        is_trained = len(heads) > 1 and all(_SOURCE.search(head) for head in heads)
        if is_trained or re.search(r"\bsource\b|\bsrc\b", header, re.IGNORECASE):
            return "target" if is_matrix else "", "source"
        if re.search(r"\btarget|\btgt\b", corner, re.IGNORECASE):
            return "target", "source" if is_matrix else ""
        return ("either", "either") if is_matrix else ("", "")

    def matches(self, term: Term, held: frozenset[str]) -> bool:
        """Whether a term, or the name that the table uses for it, is among words."""
        other = next((similar()[name] for name in term.names if name in similar()), None)
        return term.among(held) or (other in held and not term.among(self.labels | words_of(self.caption)))

    def _hits(self, term: Term, claim: Parts, axis: Axis) -> set[int]:
        """Rows or columns whose label holds a term, if its role allows this axis."""
        mine = "source" if term.start in claim.source else "target" if term.start in claim.target else ""
        is_only = sum(t.kind == "lang:" for t in claim.terms) < 2
        is_barred = axis.role == "source" and ((term.kind == "lang:" and is_only) or bool(claim.source))
        is_known = term.among(axis.all) or not term.names.isdisjoint(similar())
        if not is_known or not (axis.role in ("", "either", mine) or (not mine and not is_barred)):
            return set()
        return {i for i, held in axis.words.items() if self.matches(term, held)}

    def cells(self, claim: Parts, slack: float = 0.3) -> list[Cell]:
        """Cells that the claim may be about, best first, down to `slack` below the best."""
        hits = {t: (self._hits(t, claim, self.rows), self._hits(t, claim, self.columns)) for t in claim.terms}
        if any(not any(hits[t]) and self._is_shut(t, claim) for t in claim.terms if t.kind in EXCLUSIVE):
            return []
        found = [
            self._cell(i, j, claim, hits)
            for i in self.rows.terms for j in self.columns.terms
            if (i, j) in self.values and self._is_possible(i, j, claim, hits)
        ]  # fmt: skip
        best = max((cell.quality for cell in found), default=0.0)
        return sorted((cell for cell in found if cell.quality > best - slack), key=lambda c: -c.quality)

    def _is_shut(self, term: Term, claim: Parts) -> bool:
        """Whether a table that names a term neither in its labels nor around cannot be about it."""
        if self.matches(term, self.context):
            return False
        if term.kind == "lang:":
            return term.start not in claim.source or bool(
                {"source", "either"} & {self.rows.role, self.columns.role}
            )
        is_rival = any(w.startswith(term.kind) for w in self.context | self.labels)
        return is_rival or not self.matches(term, self.document)

    def _is_possible(self, i: int, j: int, claim: Parts, hits: dict[Term, tuple[set[int], set[int]]]) -> bool:
        """Whether the labels of a cell name no other language, task, metric or split than the claim."""
        mine = words_of(claim.terms)
        for held, role in ((self.rows.words[i], self.rows.role), (self.columns.words[j], self.columns.role)):
            for kind in EXCLUSIVE:
                there = {w for w in held if w.startswith(kind)}
                is_free = kind == "lang:" and role == "source" and not claim.source
                is_asked = kind == "lang:" or any(w.startswith(kind) for w in mine)
                if there and is_asked and not is_free and not there & mine:
                    return False
        for term, (rows, columns) in hits.items():
            n, n_said = (i in rows) + (j in columns), sum(term.among(t.names) for t in claim.terms)
            if term.kind == "lang:" and (rows or columns) and not n and not self.matches(term, self.context):
                return False
            if rows and columns and (n < min(n_said, 2) or (n > n_said and self.rows.role == "either")):
                return False  # a language that the claim names twice is that of row and column, and only then
        return True

    def _is_main(self, term: Term, rows: set[int], columns: set[int]) -> bool:
        """Whether a term tells labels apart: others name another of its kind, or it is most of a label."""
        for axis, found in ((self.rows, rows), (self.columns, columns)):
            if term.kind in EXCLUSIVE:
                rest = (held for i, held in axis.words.items() if i not in found)
                if found and any(w.startswith(term.kind) for held in rest for w in held):
                    return True
                continue
            for label in (axis.terms[i] for i in found):
                own = sum(t.weight for t in label if t.among(term.names))
                if 2 * own >= sum(t.weight for t in label):
                    return True
        return False

    def _cell(self, i: int, j: int, claim: Parts, hits: dict[Term, tuple[set[int], set[int]]]) -> Cell:
        quality = covered = 0.0
        lacking = []
        model = next((w for t in self.caption for w in t.names if w.startswith("model:")), None)
        for term in claim.terms:
            rows, columns = hits[term]
            is_elsewhere = bool(rows or columns) and (
                term.kind == "lang:" or self._is_main(term, rows, columns)
            )
            is_other = term.kind == "model:" and model is not None and model not in term.names
            if i in rows or j in columns:
                share = 1.0
            elif self.matches(term, self.context) and not is_elsewhere and not is_other:
                share = IN_CONTEXT
            else:
                share = IN_DOCUMENT if self.matches(term, self.document) and not is_elsewhere else 0.0
            lacking += [] if share >= IN_CONTEXT or term.among(self.title) else [term]
            quality += term.weight * share
            covered += term.weight * (1.0 if share >= IN_CONTEXT else 0.7 if share else 0.0)
        mine = words_of(claim.terms)
        added = (*self.rows.added[i], *self.columns.added[j])
        quality -= sum(weight for term, weight in added if not term.among(mine))
        total = sum(t.weight for t in claim.terms) or 1.0
        return Cell(self, i, j, *self.values[i, j], quality, min(1.0, covered / total), tuple(lacking))


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
