"""Sentences and rows of tables near a claim or a question, by BM25."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from isogloss.evidence.documents import Document, Evidence, Passage
from isogloss.evidence.terms import sentences, terms


class Index:
    """Sentences and rows of documents, ranked by BM25 (Lucene's variant) over stems and names.

    References
    ----------
    Robertson and Zaragoza (2009). The probabilistic relevance framework: BM25 and beyond. *Foundations and
    Trends in Information Retrieval* 3, 333-389.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = tuple(documents)
        self.ids = frozenset(document.id for document in documents)
        self.units = [(p, unit) for document in documents for p in document.passages for unit in _units(p)]

    @cached_property
    def _retriever(self) -> Any:
        return _retriever([f"{unit} {p.section} {p.lead[:300]}" for p, unit in self.units])

    def search(self, text: str, n: int = 50) -> list[Evidence]:
        """The `n` best, best first."""
        ranked = ((self.units[i], score) for i, score in _ranked(self._retriever, text, len(self.units)))
        found = (Evidence(*unit, score) for unit, score in ranked if unit[0].document in self.ids)
        return list(islice(found, n))

    def of(self, documents: Sequence[Document]) -> Index:
        """The same index, restricted to some of its documents."""
        part = copy(self)
        part.documents, part.ids = tuple(documents), frozenset(document.id for document in documents)
        return part


def rank(query: str, texts: Sequence[str], n: int) -> list[tuple[int, float]]:
    """Positions and scores of the `n` best texts."""
    return _ranked(_retriever(texts), query, n)


def _stems(text: str) -> list[str]:
    return [name for term in terms(text) for name in sorted(term.names)]


def _retriever(texts: Sequence[str]) -> Any:
    import bm25s

    retriever = bm25s.BM25(method="lucene")
    retriever.index([_stems(text) or [""] for text in texts], show_progress=False)
    return retriever


def _ranked(retriever: Any, query: str, n: int) -> list[tuple[int, float]]:
    known = [term for term in _stems(query) if term in retriever.vocab_dict]
    scores = np.asarray(retriever.get_scores(known) if known else [], dtype=np.float64)
    return [(int(i), float(scores[i])) for i in np.argsort(-scores, kind="stable")[:n] if scores[i] > 0]


def _units(passage: Passage) -> list[str]:
    """Sentences of a passage; of a table, each row with caption and header."""
    table = passage.table
    if table is None:
        return [passage.text[a:b].strip() for a, b in sentences(passage.text)]
    heads = table.header[table.n_labels :]
    rows = (
        (table.row_label(i), zip(heads, row[table.n_labels :], strict=True))
        for i, row in enumerate(table.rows)
    )
    return [
        f"{table.caption} | {label} | {', '.join(f'{h}: {c}' for h, c in cells)}" for label, cells in rows
    ]
