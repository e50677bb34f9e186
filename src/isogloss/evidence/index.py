"""The passages of a collection: found by BM25, and, if an encoder is given, by the states of the encoder."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.evidence.base import Collection, Finding, Passage
from isogloss.evidence.findings import findings
from isogloss.evidence.scope import Scope
from isogloss.evidence.words import index_terms, terms

Embed = Callable[[Sequence[str]], NDArray[np.float64]]
"""Texts to unit vectors, shape (text, width)."""

N_PASSAGES = 40
_RANK_CONSTANT = 60
"""Of reciprocal rank fusion, as its authors set it."""


class Index:
    """Passages with their findings, read once.

    Parameters
    ----------
    collection : Collection
    embed : callable, optional
        Ranks by cosine are joined to those of BM25 by reciprocal rank fusion (Cormack et al. 2009).
    """

    def __init__(self, collection: Collection, embed: Embed | None = None) -> None:
        self.collection = collection
        self.passages = collection.passages
        self.place = {passage.id: i for i, passage in enumerate(self.passages)}
        self._embed = embed
        self._findings: dict[str, list[Finding]] = {}

    def search(self, text: str, n: int = N_PASSAGES) -> list[tuple[Passage, float]]:
        """The `n` best passages with their BM25 scores, best first."""
        scores = self._bm25(text)
        order = np.argsort(-scores, kind="stable")
        if self._embed is not None:
            order = _fused(order, np.argsort(-(self._vectors @ self._embed([text])[0]), kind="stable"))
        return [(self.passages[i], float(scores[i])) for i in order[:n]]

    def findings(self, passage: Passage) -> list[Finding]:
        """Findings of a passage, computed when first asked for."""
        if passage.id not in self._findings:
            self._findings[passage.id] = findings(passage, self.scopes[passage.document])
        return self._findings[passage.id]

    @cached_property
    def scopes(self) -> dict[str, Scope]:
        """What each document is about as a whole."""
        return {doc.id: Scope.of(doc.title, doc.passages) for doc in self.collection.documents}

    @cached_property
    def idf(self) -> dict[str, float]:
        """Rarity of each stem over the passages."""
        counts = Counter(term for passage in self.passages for term in set(terms(passage.text)))
        n = len(self.passages)
        return {term.removeprefix("no:"): math.log(1 + n / count) for term, count in counts.items()}

    def _bm25(self, text: str) -> NDArray[np.float64]:
        known = [term for term in index_terms(text) if term in self._retriever.vocab_dict]
        if not known:
            return np.zeros(len(self.passages))
        return np.asarray(self._retriever.get_scores(known), dtype=np.float64)

    @cached_property
    def _retriever(self) -> Any:
        import bm25s

        retriever = bm25s.BM25(method="lucene")
        retriever.index([index_terms(passage.text) or [""] for passage in self.passages], show_progress=False)
        return retriever

    @cached_property
    def _vectors(self) -> NDArray[np.float64]:
        if self._embed is None:
            raise RuntimeError("no encoder was given")
        return self._embed([passage.text for passage in self.passages])


def _fused(*orders: NDArray[np.int64]) -> NDArray[np.int64]:
    total = np.zeros(len(orders[0]))
    for order in orders:
        total[order] += 1.0 / (_RANK_CONSTANT + 1 + np.arange(len(order)))
    return np.argsort(-total, kind="stable")
