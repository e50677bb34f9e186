"""Which subwords translate which: word alignment of parallel rows, with no network.

IBM model 1 in both directions; a link counts as far as both directions believe in it.

References
----------
Brown et al. (1993), "The Mathematics of Statistical Machine Translation", section 4.1; Liang et al. (2006),
"Alignment by Agreement", section 3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.modeling.encoding import Integers

N_ITERATIONS = 4
MAX_SUBWORDS = 45
"""Longer sentences are left out: they cost the square of their length and align badly."""

MIN_PROBABILITY = 0.1
"""Translations below this are noise and are dropped."""


def choose_pivot(rows: Sequence[Mapping[str, Any]]) -> str:
    """Language that stands in most rows; the first in alphabetical order of equals."""
    counts = Counter(language for row in rows for language in row)
    return min(counts, key=lambda language: (-counts[language], language))


def link_counts(rows: Sequence[Mapping[str, Integers]], language: str, pivot: str, n_ids: int) -> Any:
    """Expected number of links between subwords of `language` and of `pivot`.

    Parameters
    ----------
    rows : sequence of mapping of str to array
        Subword ids of each row by language.
    language, pivot : str
    n_ids : int
        Size of the vocabulary.

    Returns
    -------
    scipy.sparse.csr_array, shape (n_ids, n_ids)
        Rows are subwords of `language`, columns of `pivot`.
    """
    from scipy.sparse import csr_array

    pairs = [(row[language], row[pivot]) for row in rows if language in row and pivot in row]
    pairs = [(a, b) for a, b in pairs if 0 < len(a) < MAX_SUBWORDS and 0 < len(b) < MAX_SUBWORDS]
    if not pairs:
        return csr_array((n_ids, n_ids))
    here = np.concatenate([np.repeat(a, len(b)) for a, b in pairs])
    there = np.concatenate([np.tile(b, len(a)) for a, b in pairs])
    here_at, there_at = _places(pairs)
    kinds, kind = np.unique(here * n_ids + there, return_inverse=True)
    kind_here, kind_there = kinds // n_ids, kinds % n_ids
    agreed = _posterior(kind, there_at, kind_here) * _posterior(kind, here_at, kind_there)
    return csr_array((np.bincount(kind, agreed), (kind_here, kind_there)), shape=(n_ids, n_ids))


def translation_table(counts: Any, min_count: float) -> Any:
    """Translation probabilities from link counts.

    Parameters
    ----------
    counts : scipy.sparse.csr_array, shape (n_ids, n_ids)
    min_count : float
        Subwords with fewer links get no translation.

    Returns
    -------
    scipy.sparse.csr_array, shape (n_ids, n_ids)
        Rows sum to 1, or to 0 where there is no translation.
    """
    table = _rows_to_one(counts, min_count)
    table.data[table.data < MIN_PROBABILITY] = 0
    table.eliminate_zeros()
    return _rows_to_one(table, 0.0)


def _places(pairs: Sequence[tuple[Integers, Integers]]) -> tuple[Integers, Integers]:
    """Running number of the subword in either text, for every cell of every pair."""
    here, there, n_here, n_there = [], [], 0, 0
    for a, b in pairs:
        here.append(np.repeat(np.arange(len(a)) + n_here, len(b)))
        there.append(np.tile(np.arange(len(b)) + n_there, len(a)))
        n_here, n_there = n_here + len(a), n_there + len(b)
    return np.concatenate(here), np.concatenate(there)


def _posterior(kind: Integers, explained_at: Integers, explainer: Integers) -> NDArray[np.float64]:
    """Probability of every cell that its explaining subword made its explained one.

    Parameters
    ----------
    kind : array of int, shape (cell,)
        Pair of subword types of each cell.
    explained_at : array of int, shape (cell,)
        Running number of the explained subword of each cell; its cells share a probability of 1.
    explainer : array of int, shape (kind,)
        Explaining subword type of each kind; the kinds of one explainer share a probability of 1.
    """
    probability = np.ones(len(explainer))
    for _ in range(N_ITERATIONS):
        expected = np.bincount(kind, _shares(probability[kind], explained_at), minlength=len(explainer))
        probability = expected / np.bincount(explainer, expected)[explainer]
    return _shares(probability[kind], explained_at)


def _shares(weights: NDArray[np.float64], group: Integers) -> NDArray[np.float64]:
    shares: NDArray[np.float64] = weights / np.bincount(group, weights)[group]
    return shares


def _rows_to_one(matrix: Any, min_sum: float) -> Any:
    from scipy.sparse import diags_array

    sums = np.asarray(matrix.sum(axis=1)).ravel()
    kept = (sums > 0) & (sums >= min_sum)
    inverse = np.where(kept, 1.0 / np.where(kept, sums, 1.0), 0.0)
    return (diags_array(inverse) @ matrix).tocsr()
