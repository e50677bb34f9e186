"""Numbers that a paper states, in cells and sentences, with the words that say what they are about."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from isogloss.evidence.documents import Document, Evidence, Passage
from isogloss.evidence.numbers import Number, numbers, value_of
from isogloss.evidence.terms import Term, sentences, similar, terms, words
from isogloss.evidence.verifiers._labels import Label, axes

Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]

_CLAUSE = re.compile(r"[;,:()]|\s(?:and|while|whereas|but|compared|than|versus)\s")


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in a cell or a sentence, printed as `text`; `labels` say what it is about."""

    passage: Passage
    labels: str
    text: str
    number: Number
    row: int = -1
    column: int = -1

    @property
    def is_cell(self) -> bool:
        """Whether it stands in a table."""
        return self.row >= 0

    @property
    def evidence(self) -> Evidence:
        """Caption, labels and value, or the sentence."""
        return Evidence(self.passage, f"{self.labels}: {self.text}" if self.is_cell else self.labels, 0.0)

    def is_beside(self, other: Mention) -> bool:
        """Whether both are in one row or column, or in one sentence."""
        if self.passage.id != other.passage.id or self.is_cell != other.is_cell:
            return False
        is_one = self.row == other.row, self.column == other.column
        return is_one in ((True, False), (False, True)) if self.is_cell else self.labels == other.labels


_Found = tuple[Mention, Sequence[Label], frozenset[str], frozenset[str]]


class Paper:
    """Numbers of a document, each with the words of three scopes.

    The scopes of a cell are the labels of its row and column, the caption with the text around the table,
    and the section. Those of a number in a sentence are its clause, the whole sentence, and the paragraph
    with its section.

    `subject` are words of its title and of a tenth of its passages, and names that its abstract introduces.
    `twins` are the positions of cells with the same labels in several tables: captions tell them apart.
    """

    def __init__(self, document: Document) -> None:
        passages = document.passages
        counts = Counter(word for passage in passages for word in words(passage.text))
        least = max(4, 0.1 * len(passages))
        abstract = terms(" . ".join(p.text for p in passages[:8] if p.table is None))
        names = {name for term in abstract if term.kind == "name:" for name in term.names if counts[name] > 3}
        self.subject = words(document.title).union(names, (word for word, n in counts.items() if n >= least))
        found = [each for p in passages for each in (_cells(p) if p.table else _in_sentences(p))]
        self.mentions = tuple(mention for mention, *_ in found)
        near = [frozenset[str]().union(*(label.words for label in labels)) for _, labels, *_ in found]
        self.near = Scope(near)
        self.around, self.section = Scope([each[2] for each in found]), Scope([each[3] for each in found])
        places: dict[Label, list[int]] = defaultdict(list)
        for i, (_, labels, *_) in enumerate(found):
            for label in labels:
                places[label].append(i)
        self._added = [(*term, np.array(at)) for label, at in places.items() for term in label.added]
        self._held = self.near.words | words(document.title).union(
            *(words(f"{p.text} . {p.section}") for p in passages)
        )
        self.is_cell = np.array([mention.is_cell for mention in self.mentions], dtype=bool)
        alike: dict[frozenset[str], list[int]] = defaultdict(list)
        for i in np.flatnonzero(self.is_cell).tolist():
            alike[near[i]].append(i)
        self.twins = [
            np.array(at) for at in alike.values() if len({self.mentions[i].passage.id for i in at}) > 1
        ]

    def where(self, term: Term) -> tuple[Mask, Mask, Mask, bool]:
        """Mentions that name a term in their labels, around, or in their section; whether the paper does."""
        names = term.names | {similar()[name] for name in term.names if name in similar()}
        near = self.near.hold(names)
        around = self.around.hold(names) & ~near
        is_subject = not names.isdisjoint(self.subject)
        section = (self.section.hold(names) | is_subject) & ~near & ~around
        return near, around, section, not names.isdisjoint(self._held)

    def added(self, mine: frozenset[str]) -> Floats:
        """Weight of what the labels of each mention add to words."""
        total = np.zeros(len(self.mentions))
        for names, weight, at in self._added:
            if names.isdisjoint(mine):
                total[at] += weight
        return total


class Scope:
    """Words of one kind of place, one set for each mention of a paper."""

    def __init__(self, held: Sequence[frozenset[str]]) -> None:
        self._n = len(held)
        places: dict[frozenset[str], list[int]] = defaultdict(list)
        for i, each in enumerate(held):
            places[each].append(i)
        index: dict[str, list[int]] = defaultdict(list)
        for each, at in places.items():
            for word in each:
                index[word] += at
        self._index: Mapping[str, NDArray[np.intp]] = {word: np.array(at) for word, at in index.items()}
        self.words = frozenset(self._index)

    def hold(self, names: Iterable[str]) -> Mask:
        """Whether each mention has one of some names there."""
        held = np.zeros(self._n, dtype=bool)
        for at in (self._index[name] for name in names if name in self._index):
            held[at] = True
        return held

    def hold_kind(self, kind: str) -> Mask:
        """Whether each mention has a name of a kind there."""
        return self.hold(name for name in self.words if name.startswith(kind))


paper_of = lru_cache(maxsize=256)(Paper)


def _cells(passage: Passage) -> Iterator[_Found]:
    """Cells of a table that hold a number."""
    table = passage.table
    if table is None:
        return
    rows, columns = axes(passage, table)
    n = table.n_labels
    around = words(f"{table.caption} . {passage.lead} . {' '.join(table.header[:n])}")
    section = words(passage.section)
    for i, row in enumerate(table.rows):
        for j, text in enumerate(row[n:], start=n):
            if (value := value_of(text)) is None:
                continue
            labels = [part for part in (table.caption, table.row_label(i), table.header[j]) if part]
            number = Number(0, len(text), *value, "difference" if re.match(r"[+−–-]", text) else "")
            mention = Mention(passage, " | ".join(labels), text, number, i, j)
            yield mention, (rows[i], columns[j - n]), around, section


def _in_sentences(passage: Passage) -> Iterator[_Found]:
    """Numbers of a paragraph with their clauses, which end at punctuation, conjunctions and numbers."""
    section = words(passage.section) | words(passage.text)
    for a, b in sentences(passage.text):
        text = passage.text[a:b].strip()
        found = numbers(text)
        ends = [0, *(number.end for number in found)]
        starts = [*(number.start for number in found[1:]), len(text)]
        for number, start, end in zip(found, ends, starts, strict=False):
            before, after = text[start : number.start], text[number.end : end].lstrip(") ")
            if start:
                before = next((part for part in _CLAUSE.split(before)[::-1] if part.strip(" (~")), "")
            near = Label(words(f"{before} {_CLAUSE.split(after)[0] if end < len(text) else after}"))
            shown = text[number.start : number.end].strip()
            yield Mention(passage, text, shown, number), (near,), words(text), section
