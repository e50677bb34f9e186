"""Numbers that a paper states, in cells and sentences, with the words that say what they are about."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isogloss.evidence.documents import Document, Evidence, Passage
from isogloss.evidence.numbers import LONG, Number, numbers, says_difference, value_of
from isogloss.evidence.terms import Term, sentences, similar, terms, words
from isogloss.evidence.verifiers._labels import Label, axes

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

_CLAUSE = re.compile(r"[;,:()]|\s(?:and|while|whereas|but|compared|than|versus)\s")
_NOTHING = Label(frozenset())


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a cell or a sentence, printed as `text`; `in_brackets` are further values of a cell."""

    passage: Passage
    quote: str
    text: str
    number: Number
    in_brackets: tuple[tuple[float, int], ...] = ()
    row: int = -1
    column: int = -1

    @property
    def kind(self) -> str:
        """Cell or sentence."""
        return "sentence" if self.row < 0 else "cell"

    @property
    def evidence(self) -> Evidence:
        """Caption, labels and value, or the sentence."""
        return Evidence(self.passage, self.quote, 0.0)

    @property
    def labels(self) -> str:
        """Caption and labels of a cell, or the sentence."""
        return self.quote if self.row < 0 else self.quote.removesuffix(self.text)

    def is_beside(self, other: Mention) -> bool:
        """Whether both are in one row or column, or in one sentence."""
        if self.passage.id != other.passage.id:
            return False
        if self.row < 0:
            return self.quote == other.quote and self.number != other.number
        return (self.row == other.row) != (self.column == other.column)

    def states(self, number: Number) -> bool | None:
        """Whether it agrees with a number of a claim; None if it is too coarse."""
        agrees = number.weight >= LONG and any(number.agrees(*value) for value in self.in_brackets)
        return agrees or number.agrees(self.number.value, self.number.decimals)


class Scope:
    """Labels of one kind of place, one for each mention of a paper."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self._labels = {id(label): label for label in labels}
        position = {key: i for i, key in enumerate(self._labels)}
        self._index = np.array([position[id(label)] for label in labels], dtype=np.intp)

    def each(self, value: Callable[[Label], float]) -> Floats:
        """A value of the label of each mention."""
        return np.array([value(label) for label in self._labels.values()], dtype=np.float64)[self._index]

    def hold(self, names: frozenset[str]) -> Mask:
        """Whether each mention has one of the names there."""
        return self.each(lambda label: not names.isdisjoint(label.words)) > 0

    def hold_kind(self, kind: str) -> Mask:
        """Whether each mention has a name of a kind there."""
        return self.each(lambda label: any(word.startswith(kind) for word in label.words)) > 0


class Paper:
    """Numbers of a document, each with the words of four scopes.

    The scopes of a cell are the label of its row, the head of its column, the caption with the text
    around the table, and the section. Those of a number in a sentence are its clause, no words, the whole
    sentence, and the paragraph with its section.

    `subject` are words of its title and of a tenth of its passages, and names that its abstract introduces.
    """

    def __init__(self, document: Document) -> None:
        passages = document.passages
        counts = Counter(word for passage in passages for word in words(passage.text))
        least = max(4, 0.1 * len(passages))
        abstract = terms(" . ".join(p.text for p in passages[:8] if p.table is None))
        names = {name for term in abstract if term.kind == "name:" for name in term.names if counts[name] > 3}
        self.id = document.id
        self.subject = words(document.title).union(names, (word for word, n in counts.items() if n >= least))
        found = [each for p in passages for each in (_cells(p) if p.table else _in_sentences(p))]
        self.mentions = tuple(mention for mention, *_ in found)
        self.rows, self.columns, self.around, self.section = (
            Scope([labels[i] for _, *labels in found]) for i in range(4)
        )
        said = words(" . ".join([document.title, *(f"{p.text} . {p.section}" for p in passages)]))
        labels = (label for _, *each in found for label in each)
        self.held = said.union(*(label.words for label in {id(label): label for label in labels}.values()))
        self.is_cell = np.array([mention.row >= 0 for mention in self.mentions], dtype=bool)

    def where(self, term: Term) -> tuple[Mask, Mask, Mask, bool]:
        """Mentions that name a term in their labels, around, or in their section; whether the paper does."""
        names = term.names | {similar()[name] for name in term.names if name in similar()}
        near = self.rows.hold(names) | self.columns.hold(names)
        around = self.around.hold(names) & ~near
        is_subject = not names.isdisjoint(self.subject)
        section = (self.section.hold(names) | is_subject) & ~near & ~around
        return near, around, section, not names.isdisjoint(self.held)

    def names_kind(self, kinds: Sequence[str]) -> Mask:
        """Mentions with a name of one of some kinds in their labels or around."""
        scopes = (self.rows, self.columns, self.around)
        held = [scope.hold_kind(kind) for scope in scopes for kind in kinds]
        return np.asarray(np.any(held, axis=0), dtype=bool)

    def holds_as(self, term: Term, role: str) -> Mask:
        """Mentions that name a language on the axis of a role."""

        def is_there(label: Label) -> bool:
            return label.role == role and term.among(label.words)

        return (self.rows.each(is_there) > 0) | (self.columns.each(is_there) > 0)


paper_of = lru_cache(maxsize=256)(Paper)


def _cells(passage: Passage) -> Iterator[tuple[Mention, Label, Label, Label, Label]]:
    """Cells of a table that hold a number."""
    table = passage.table
    if table is None:
        return
    rows, columns = axes(passage, table)
    n = table.n_labels
    around = Label(words(f"{table.caption} . {passage.lead} . {' '.join(table.header[:n])}"))
    section = Label(words(passage.section))
    for i, row in enumerate(table.rows):
        for j, text in enumerate(row[n:], start=n):
            if (value := value_of(text)) is None:
                continue
            labels = " | ".join(part for part in (table.row_label(i), table.header[j]) if part)
            is_difference = re.match(r"[+−–-]", text) or says_difference(labels)
            number = Number(0, len(text), *value, "difference" if is_difference else "")
            parts = (value_of(part.strip()) for part in re.split(r"(?<=\d)\s*[(/]", text)[1:])
            quote = f"{table.caption} | {labels}: {text}".removeprefix(" | ")
            mention = Mention(passage, quote, text, number, tuple(filter(None, parts)), i, j)
            yield mention, rows[i], columns[j - n], around, section


def _in_sentences(passage: Passage) -> Iterator[tuple[Mention, Label, Label, Label, Label]]:
    """Numbers of a paragraph with their clauses, which end at punctuation, conjunctions and numbers."""
    section = Label(words(passage.section) | words(passage.text))
    for a, b in sentences(passage.text):
        text = passage.text[a:b].strip()
        found = numbers(text)
        around = Label(words(text))
        ends = [0, *(number.end for number in found)]
        starts = [*(number.start for number in found[1:]), len(text)]
        for number, start, end in zip(found, ends, starts, strict=False):
            before, after = text[start : number.start], text[number.end : end].lstrip(") ")
            if start:
                before = next((part for part in _CLAUSE.split(before)[::-1] if part.strip(" (~")), "")
            near = Label(words(f"{before} {_CLAUSE.split(after)[0] if end < len(text) else after}"))
            mention = Mention(passage, text, text[number.start : number.end].strip(), number)
            yield mention, near, _NOTHING, around, section
