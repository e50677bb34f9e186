"""Divergence of the distributions of three-letter sequences."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from isogloss.distances.matrix import DistanceMatrix
from isogloss.distances.text.base import Corpus, matrix_of

NAME = "character-trigrams"

THRESHOLD = 5000
"""Fewest running trigrams; see docs/methods."""


def measure(corpora: Sequence[Corpus]) -> DistanceMatrix:
    r"""Square root of the Jensen-Shannon divergence (base 2) between distributions of character trigrams.

    A trigram is any three adjacent letters, marks or spaces of a line in lower case. With the mean
    distribution :math:`m = (p + q) / 2`, :math:`d = \sqrt{(D(p \| m) + D(q \| m)) / 2}`, a metric in [0, 1].

    References
    ----------
    Lin (1991), Divergence measures based on the Shannon entropy; Endres and Schindelin (2003), A new metric
    for probability distributions.
    """
    return matrix_of(DistanceMatrix, NAME, corpora, _trigrams, _value, THRESHOLD)


def _trigrams(corpus: Corpus) -> Sequence[str]:
    return [line[i : i + 3] for line in corpus.letters for i in range(len(line) - 2)]


def _value(a: Corpus, b: Corpus) -> float:
    p, q = _shares(a), _shares(b)
    divergence = 0.0
    for trigram in sorted(p.keys() | q.keys()):  # a fixed order of summation
        of_a, of_b = p.get(trigram, 0.0), q.get(trigram, 0.0)
        for share in (of_a, of_b):
            if share:
                divergence += share * math.log2(2 * share / (of_a + of_b)) / 2
    return math.sqrt(max(divergence, 0.0))


def _shares(corpus: Corpus) -> dict[str, float]:
    trigrams = _trigrams(corpus)
    return {trigram: n / len(trigrams) for trigram, n in Counter(trigrams).items()}
