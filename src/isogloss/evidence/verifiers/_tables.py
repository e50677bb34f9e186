"""Cells that a claim is about, by the labels of their row and column, the caption and the text around."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from isogloss.evidence.documents import Evidence, Passage
from isogloss.evidence.numbers import LONG, Number, value_of
from isogloss.evidence.terms import EXCLUSIVE, Term, language_of, similar, terms, words, words_of
from isogloss.evidence.verifiers._claim import Parts

IN_CONTEXT, IN_DOCUMENT = 0.9, 0.3
"""Share of a term's weight where only the caption or the text around, or only the document, names it."""

_SOURCE = re.compile(r"fine-?tun|train|sourc|\bsrc\b|\bfrom\b|donor", re.IGNORECASE)
_TARGET = re.compile(r"eval|test|target|\btgt\b|\bto\b", re.IGNORECASE)
_SHORT = re.compile(r"(?<![A-Za-z])(?:[A-Za-z]{4,6}|[A-Z]{3})(?![A-Za-z])")


@dataclass(frozen=True)
class TableCell:
    """A cell that a claim may be about.

    `quality` is the weight of the claim's terms that labels, caption and text account for, less what labels
    add; `coverage` is the share of that weight; `lacking` are terms that neither they nor the subject hold;
    `n_named` is the number of terms in its labels.
    """

    view: View
    row: int
    column: int
    value: float
    decimals: int
    quality: float
    coverage: float
    lacking: tuple[Term, ...]
    n_named: int

    @property
    def text(self) -> str:
        """The cell as printed."""
        return self.view.table.rows[self.row][self.column]

    def states(self, number: Number) -> bool | None:
        """Whether its value, or that in brackets or after a slash, is a number; None if it is too coarse."""
        beside = [value_of(part.strip()) for part in re.split(r"(?<=\d)\s*[(/]", self.text)[1:]]
        is_beside = number.weight >= LONG and any(value and number.agrees(*value) for value in beside)
        return is_beside or number.agrees(self.value, self.decimals)

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
    brackets explains or cites, and adds nothing. A short label may begin a word: SYN for syntactic.
    """

    def __init__(self, texts: Sequence[str], first: int) -> None:
        self.role, labels = "", _labels(texts)
        self.terms = dict(enumerate(labels, start=first))
        self.words = {i: words_of(label) for i, label in self.terms.items()}
        self.all = frozenset().union(*self.words.values())
        self.short = {
            i: {word.lower() for word in _SHORT.findall(text)} for i, text in enumerate(texts, start=first)
        }
        lacking = {w: sum(w not in held for held in self.words.values()) / len(labels) for w in self.all}
        self.added = {
            i: [
                (t, 0.5 * t.weight * min(lacking[w] for w in t.names))
                for t in self.terms[i]
                if not _is_in_brackets(text, t.start)
            ]
            for i, text in enumerate(texts, start=first)
        }

    def begun(self, term: Term) -> set[int]:
        """Labels with a short word that begins a term."""
        return {
            i
            for i, parts in self.short.items()
            if any(n.startswith(p) for p in parts for n in term.names if n.isalpha())
        }


@dataclass(frozen=True)
class _Named:
    """Where a table names a term of a claim, and its share in other cells (None: in no cell at all)."""

    term: Term
    rows: set[int]
    columns: set[int]
    share: float | None
    n_said: int
    is_bound: bool

    def fits(self, i: int, j: int, is_either: bool) -> bool:
        """Whether a cell may be about the claim, by this term.

        A language that the claim names twice is that of the row and of the column, and only then.
        """
        n = (i in self.rows) + (j in self.columns)
        if self.is_bound and not n:
            return False
        is_twice = bool(self.rows and self.columns)
        return not is_twice or (n >= min(self.n_said, 2) and (n <= self.n_said or not is_either))


class View:
    """A table with the names of its labels.

    `document`, `title` and `topic` are words of the document, of its subject, and of its title alone;
    `of_paper` are labels of all of its tables.
    """

    def __init__(
        self, passage: Passage, document: frozenset[str], title: frozenset[str], topic: frozenset[str]
    ) -> None:
        if passage.table is None:
            raise ValueError("a passage without a table")
        self.passage, self.table, self.document, self.title = passage, passage.table, document, title
        self.topic = topic
        table, n = passage.table, passage.table.n_labels
        self.caption = terms(table.caption)
        self.context = words_of(self.caption) | words(f"{passage.lead} . {' '.join(table.header[:n])}")
        row_labels = [table.row_label(i) for i in range(len(table.rows))]
        self.label_texts = (*row_labels, *table.header[n:])
        self.rows, self.columns = Axis(row_labels, 0), Axis(table.header[n:], n)
        self.labels = self.of_paper = self.rows.all | self.columns.all
        read = {(i, j): value_of(row[j]) for i, row in enumerate(table.rows) for j in range(n, len(row))}
        self.values = {place: value for place, value in read.items() if value is not None}
        self.rows.role, self.columns.role = self._roles()

    def _roles(self) -> tuple[str, str]:
        """Roles of rows and columns: source and target, "either" for a matrix that does not say, or ""."""
        n = self.table.n_labels
        corner, heads = " / ".join(self.table.header[:n]), self.table.header[n:]
        halves = re.split(r"[\\/|↓→]+", corner.strip("\\/|↓→ "))
        is_of_two_lines = " / " in corner and n == 1  # the upper line names the columns
        in_corner = (
            "row {} column {}".format(*halves[:: -1 if is_of_two_lines else 1]) if len(halves) == 2 else ""
        )
        around = re.sub(r"([\w-]+) \((row|column)s?\)", r"\2 \1", f"{self.table.caption} {self.passage.lead}")
        said = _roles_said(around) or _roles_said(in_corner)
        if said is not None:
            return said
        is_matrix = len({w for w in self.rows.all & self.columns.all if ":" in w}) >= 2
        source, target, either = ("source", "target", "either") if is_matrix else ("", "", "")
        if _SOURCE.search(corner) and not _TARGET.search(corner):
            return "source", target
        is_trained = len(heads) > 1 and all(_SOURCE.search(head) for head in heads)
        if is_trained or re.search(r"\bsource\b|\bsrc\b", " / ".join(heads), re.IGNORECASE):
            return target, "source"
        if re.search(r"\btarget|\btgt\b", corner, re.IGNORECASE):
            return "target", source
        return either, either

    def matches(self, term: Term, held: frozenset[str]) -> bool:
        """Whether a term, or the name that the table uses for it, is among words."""
        other = next((similar()[name] for name in term.names if name in similar()), None)
        return term.among(held) or (other in held and not term.among(self.labels | words_of(self.caption)))

    def cells(self, claim: Parts, slack: float = 0.3) -> list[TableCell]:
        """Cells that the claim may be about, best first, down to `slack` below the best."""
        named = [self._named(term, claim) for term in claim.terms]
        if any(each.share is None for each in named):
            return []
        is_either = self.rows.role == "either"
        columns = self._possible(self.columns, claim)
        places = ((i, j) for i in self._possible(self.rows, claim) for j in columns)
        found = [
            self._cell(i, j, named, words_of(claim.terms))
            for i, j in places
            if (i, j) in self.values and all(each.fits(i, j, is_either) for each in named)
        ]
        best = max((cell.quality for cell in found), default=0.0)
        return sorted((cell for cell in found if cell.quality > best - slack), key=lambda c: -c.quality)

    def _possible(self, axis: Axis, claim: Parts) -> list[int]:
        """Labels that name no other language, task, data set, metric or split than the claim."""
        mine = words_of(claim.terms)
        kinds = [k for k in EXCLUSIVE if k == "lang:" or any(w.startswith(k) for w in mine)]
        named = {i: [{w for w in held if w.startswith(k)} for k in kinds] for i, held in axis.words.items()}
        fit = (i for i, there in named.items() if not any(ws and ws.isdisjoint(mine) for ws in there))
        return [i for i in fit if not _is_turned(axis.terms[i], claim)]

    def _named(self, term: Term, claim: Parts) -> _Named:
        rows, columns = self._hits(term, claim, self.rows), self._hits(term, claim, self.columns)
        others = {
            name for t in claim.terms if t.kind == "lang:" and not term.among(t.names) for name in t.names
        }
        n_said = 1 if others else sum(term.among(t.names) for t in claim.terms)
        is_around = self.matches(term, self.context) or term.among(self.topic)
        is_bound = term.kind == "lang:" and bool(rows or columns) and not is_around
        return _Named(term, rows, columns, self._share(term, claim, rows, columns), n_said, is_bound)

    def _share(self, term: Term, claim: Parts, rows: set[int], columns: set[int]) -> float | None:
        """Share of a term in cells whose labels do not hold it; None where no cell can be about the claim."""
        is_here = self.matches(term, self.context)
        if not rows and not columns:
            if not is_here and self._is_shut(term, claim):
                return None
        elif term.kind == "lang:" and term.among(self.topic):
            return IN_CONTEXT
        elif term.kind == "lang:":
            return 0.0
        if is_here:
            return IN_CONTEXT
        return IN_DOCUMENT if self.matches(term, self.document) else 0.0

    def _is_implied(self, term: Term, claim: Parts) -> bool:
        """Whether a term is the language trained on, which rows and columns name without saying what for."""
        is_source = term.kind == "lang:" and term.start in claim.source
        has_roles = self.rows.role or self.columns.role
        return is_source and not has_roles and term.among(self.rows.all) and term.among(self.columns.all)

    def _hits(self, term: Term, claim: Parts, axis: Axis) -> set[int]:
        """Rows or columns whose label holds a term, if its role allows this axis."""
        short = axis.begun(term)
        is_known = bool(short) or term.among(axis.all) or not term.names.isdisjoint(similar())
        if not is_known or self._is_implied(term, claim) or not self._is_allowed(term, claim, axis.role):
            return set()
        return {i for i, held in axis.words.items() if self.matches(term, held)} or short

    def _is_allowed(self, term: Term, claim: Parts, role: str) -> bool:
        """Whether a language may stand on an axis of this role; other terms may on each."""
        if term.kind != "lang:":
            return True
        mine = "source" if term.start in claim.source else "target" if term.start in claim.target else ""
        is_only = sum(t.kind == "lang:" for t in claim.terms) < 2
        is_barred = role == "source" and (is_only or bool(claim.source))
        return role in ("", "either", mine) or (not mine and not is_barred)

    def _is_shut(self, term: Term, claim: Parts) -> bool:
        """Whether a table that names a term neither in its labels nor around cannot be about it."""
        if term.kind == "lang:":
            if not any(word.startswith("lang:") for word in self.labels):
                return False  # a table without languages may be about any
            is_one_of_several = any(
                t.kind == "lang:" and not t.among(term.names) and t.among(self.labels) for t in claim.terms
            )
            if is_one_of_several and not term.among(self.of_paper):
                return False  # such as the source language, in which all models of the paper are trained
            return term.start not in claim.source or self.rows.role in ("source", "either")
        is_rival = self._names_each(term.kind)
        return term.kind in EXCLUSIVE and (is_rival or not self.matches(term, self.document))

    def _names_each(self, kind: str) -> bool:
        """Whether the text around a table, or each row or column, names something of a kind."""
        each = (*self.rows.words.values(),), (*self.columns.words.values(),), (self.context,)
        return any(all(any(w.startswith(kind) for w in held) for held in words) for words in each)

    def _cell(self, i: int, j: int, named: Sequence[_Named], mine: frozenset[str]) -> TableCell:
        quality = covered = 0.0
        lacking, n_named = [], 0
        for each in named:
            is_named = i in each.rows or j in each.columns
            term, share = each.term, 1.0 if is_named else each.share or 0.0
            n_named += is_named
            lacking += [] if share >= IN_CONTEXT or term.among(self.title) else [term]
            quality += term.weight * share
            covered += term.weight * (1.0 if share >= IN_CONTEXT else 0.7 if share else 0.0)
        added = (*self.rows.added[i], *self.columns.added[j])
        quality -= sum(weight for term, weight in added if not is_said(term.names, mine))
        coverage = min(1.0, covered / (sum(each.term.weight for each in named) or 1.0))
        return TableCell(self, i, j, *self.values[i, j], quality, coverage, tuple(lacking), n_named)


def _is_turned(label: Sequence[Term], claim: Parts) -> bool:
    """Whether a label names the languages of a claim the other way round: "en-zh" for Chinese to English."""
    named = [term for term in label if term.kind == "lang:"]
    if claim.pair is None or len(named) != 2:
        return False
    return named[0].among(claim.pair[1].names) and named[1].among(claim.pair[0].names)


def is_said(names: Iterable[str], mine: frozenset[str]) -> bool:
    """Whether a name of a label is one of a claim, or begins one: "unk" for unknown."""
    return any(
        name in mine or (len(name) > 2 and any(m.startswith(name) and m.isalpha() for m in mine))
        for name in names
    )


def _roles_said(text: str) -> tuple[str, str] | None:
    """Roles where a text says both: what comes first after "rows", and after "columns"."""
    said: dict[str, str] = {}
    parts = re.split(r"\b(row|column)s?\b", text, flags=re.IGNORECASE)
    for axis, after in zip(parts[1::2], parts[2::2], strict=True):
        roles = (("source", _SOURCE), ("target", _TARGET))
        hits = [(match.start(), role) for role, p in roles if (match := p.search(after[:45]))]
        if hits:
            said.setdefault(axis.lower(), min(hits)[1])
    return (said["row"], said["column"]) if len(set(said.values())) == 2 else None


def _is_in_brackets(text: str, at: int) -> bool:
    return text.count(" (", 0, at) > text.count(")", 0, at)


def _spelled_out(texts: Sequence[str]) -> list[str]:
    """Labels with the words for P, R and F (LP, UF, ... labelled and unlabelled) where P and R are there."""
    ends = [text.rpartition(" / ")[2].strip() for text in texts]
    kinds = [kind for kind in ("", "L", "U") if {f"{kind}P", f"{kind}R"} <= set(ends)]
    words = {f"{kind}{letter}": word for kind in kinds for letter, word in _PRF.items()}
    return [f"{text} {words[end]}" if end in words else text for text, end in zip(texts, ends, strict=True)]


_PRF = {"P": "precision", "R": "recall", "F": "F1"}


def _labels(texts: Sequence[str]) -> list[tuple[Term, ...]]:
    """Terms of the labels of an axis.

    Short words are codes where most labels are languages at their level, or under their head; a model beside
    labels with a setting is zero-shot.
    """
    levels = [text.split(" / ") for text in _spelled_out(texts)]
    labels = [tuple(_terms_of(parts, levels)) for parts in levels]
    has_setting = [any(t.kind == "setting:" for t in label) for label in labels]
    if any(has_setting) and not any("setting:zero-shot" in words_of(label) for label in labels):
        default = Term(frozenset(["setting:zero-shot"]), 0.8, -1)
        labels = [
            label if has or not any(t.kind == "model:" for t in label) else (*label, default)
            for label, has in zip(labels, has_setting, strict=True)
        ]
    return labels


def _terms_of(parts: Sequence[str], levels: Sequence[Sequence[str]]) -> Iterator[Term]:
    """Terms of one label, part by part."""
    start = 0
    for k, part in enumerate(parts):
        level = tuple(each[k] for each in levels if len(each) > k)
        under = tuple(each[k] for each in levels if len(each) > k and each[:k] == parts[:k])
        for term in terms(part, codes=_are_codes(level) or _are_codes(under)):
            yield replace(term, start=start + term.start)
        start += len(part) + 3


@lru_cache(maxsize=2**12)
def _are_codes(texts: tuple[str, ...]) -> bool:
    """Whether labels are codes of languages, or of several ("sv+de"); capitals as in SYN need company."""
    named = [
        re.sub(r"\s+(?:F1|EM|[UL]AS|acc\w*\.?)$", "", re.split(" / |: ", t)[-1]).strip("() ").split(" (")[0]
        for t in texts
        if re.search(r"[^\W\d_]", re.split(" / |: ", t)[-1])
        and not re.search(r"\bav|mean|all", t, re.IGNORECASE)
    ]
    parts = [re.split(r"[+/&,-]", text) for text in named]
    n_codes = sum(all(language_of(part, codes=True) is not None for part in each) for each in parts)
    are_capitals = any(re.fullmatch("[A-Z]{3}", text) for text in named)
    is_one = len({part for each in parts for part in each}) < 2
    are_kinds = {"PER", "ORG", "LOC"} & {*named}  # of entities
    least = max(3, 0.8 * len(named)) if are_capitals else max(2, 0.7 * len(named))
    return not (is_one or are_kinds) and n_codes >= least
