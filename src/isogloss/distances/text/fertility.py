"""How many more subwords a word of the target takes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from isogloss.distances.matrix import DissimilarityMatrix
from isogloss.distances.text.base import Corpus, matrix_of

NAME = "fertility"

THRESHOLD = 2000
"""Fewest running words; see docs/methods."""


def measure(corpora: Sequence[Corpus]) -> DissimilarityMatrix:
    r"""Logarithm to base 2 of the ratio of subwords per word, :math:`\log_2 (f_b / f_a)`.

    The row is the source language a, the column the target language b: 1 if a word of the target takes twice
    as many subwords, -1 if half as many.

    References
    ----------
    Ács (2019), Exploring BERT's vocabulary; Rust et al. (2021), How good is your tokenizer?, section 3.
    """
    return matrix_of(DissimilarityMatrix, NAME, corpora, _counted, _value, THRESHOLD)


def subwords_per_word(corpora: Sequence[Corpus]) -> dict[str, float]:
    """Fertility by language id, of corpora with subwords; a corpus with too few words, or none, has none."""
    return {
        corpus.language.id: _fertility(corpus)
        for corpus in corpora
        if corpus.subwords is not None and len(corpus.words or ()) >= THRESHOLD
    }


def _counted(corpus: Corpus) -> Sequence[str] | None:
    return None if corpus.subwords is None else corpus.words


def _value(a: Corpus, b: Corpus) -> float:
    return math.log2(_fertility(b) / _fertility(a))


def _fertility(corpus: Corpus) -> float:
    return len(corpus.subwords or ()) / len(corpus.words or ())
