"""Letters of two texts that belong to different scripts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from isogloss.distances.matrix import DistanceMatrix
from isogloss.distances.text.base import Corpus, matrix_of

NAME = "script"

THRESHOLD = 1000
"""Fewest letters; see docs/methods."""


def measure(corpora: Sequence[Corpus]) -> DistanceMatrix:
    r"""Share of letters in a script that the other text uses less, :math:`1 - \sum_s \min(p_s, q_s)`.

    The script of a letter is the first word of its Unicode name, after compatibility normalisation: LATIN,
    CYRILLIC, CJK, HIRAGANA, ...
    """
    return matrix_of(DistanceMatrix, NAME, corpora, _scripts, _value, THRESHOLD)


def _scripts(corpus: Corpus) -> Sequence[str]:
    return [unicodedata.name(c, "UNKNOWN").split()[0] for line in corpus.letters for c in line if c != " "]


def _value(a: Corpus, b: Corpus) -> float:
    p, q = (Counter(_scripts(corpus)) for corpus in (a, b))
    return 1 - sum(
        min(p[script] / p.total(), q[script] / q.total()) for script in sorted(p.keys() & q.keys())
    )
