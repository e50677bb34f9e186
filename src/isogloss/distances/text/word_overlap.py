"""Words that two texts do not have in common."""

from __future__ import annotations

from collections.abc import Sequence

from isogloss.distances.matrix import DistanceMatrix
from isogloss.distances.text.base import Corpus, matrix_of, share_not_in_common, types

NAME = "word-overlap"

THRESHOLD = 2500
"""Fewest running words; see docs/methods."""


def measure(corpora: Sequence[Corpus]) -> DistanceMatrix:
    r"""One minus the overlap of word types, :math:`1 - 2 |A \cap B| / (|A| + |B|)`.

    Both texts are cut to the length of the shorter, because a longer text has more types.

    References
    ----------
    Lin et al. (2019), Choosing transfer languages for cross-lingual learning, section 4.1.
    """
    return matrix_of(DistanceMatrix, NAME, corpora, lambda corpus: corpus.words, _value, THRESHOLD)


def _value(a: Corpus, b: Corpus) -> float:
    return share_not_in_common(*types(a.words or (), b.words or ()))
