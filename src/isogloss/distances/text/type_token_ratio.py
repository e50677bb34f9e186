"""Difference in lexical diversity, relative to the target."""

from __future__ import annotations

from collections.abc import Sequence

from isogloss.distances.matrix import DissimilarityMatrix
from isogloss.distances.text.base import Corpus, matrix_of, types

NAME = "type-token-ratio"

THRESHOLD = 2000
"""Fewest running words; see docs/methods."""


def measure(corpora: Sequence[Corpus]) -> DissimilarityMatrix:
    r"""Squared relative difference of type-token ratios, :math:`(1 - r_a / r_b)^2`.

    The row is the transfer language a, the column the target language b. The ratio of a text falls with its
    length; both are cut to the length of the shorter.

    References
    ----------
    Lin et al. (2019), Choosing transfer languages for cross-lingual learning, section 4.1.
    """
    return matrix_of(DissimilarityMatrix, NAME, corpora, lambda corpus: corpus.words, _value, THRESHOLD)


def _value(a: Corpus, b: Corpus) -> float:
    of_a, of_b = types(a.words or (), b.words or ())
    return (1 - len(of_a) / len(of_b)) ** 2
