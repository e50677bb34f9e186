"""Matrices as flat records, one per pair and metric."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from isogloss.distances.matrix import DissimilarityMatrix, PairMatrix

KEYS = (
    *("source", "target", "metric", "definition", "value", "expected", "low", "high"),
    *("features", "of", "coverage"),
)
"""Fields of a record; see `record`."""


def records(matrices: Iterable[PairMatrix]) -> Iterator[dict[str, Any]]:
    """Pairs as flat records, in the order of the languages; both directions for a dissimilarity.

    All matrices of a pair follow one another.

    Yields
    ------
    dict
        With the keys of `record`.
    """
    matrices = list(matrices)
    n = len(matrices[0].languages) if matrices else 0
    for a in range(n):
        rows = [_row(matrix, a) for matrix in matrices]
        for b in range(n):
            for matrix, row in zip(matrices, rows, strict=True):
                if a < b or (a != b and isinstance(matrix, DissimilarityMatrix)):
                    yield row(b)


def record(matrix: PairMatrix, a: int, b: int) -> dict[str, Any]:
    """One entry of a matrix as a flat record.

    Returns
    -------
    dict
        ``source`` and ``target`` (codes as the user typed them), ``metric``, ``definition``, ``value`` (None
        where unknown), ``expected``, ``low`` and ``high`` (see `PairMatrix.interval`; None where the value
        does not rest on features), ``features`` known for both, ``of`` how many the metric has (where that is
        not a fixed number, how many are known for at least one of the two), ``coverage`` in words.
    """
    return _row(matrix, a)(b)


def _row(matrix: PairMatrix, a: int) -> Callable[[int], dict[str, Any]]:
    """Records of row `a` by column; numbers are taken out of the arrays once."""
    labels, source = matrix.labels, matrix.labels[a]
    value, expected, low, high = (
        [None if math.isnan(number) else number for number in side[a].tolist()]
        for side in (matrix.values, matrix.expected, matrix.low, matrix.high)
    )
    features, union, coverage = matrix.shared[a].tolist(), matrix.union[a].tolist(), matrix.coverages(a)

    def of_column(b: int) -> dict[str, Any]:
        numbers = (value[b], expected[b], low[b], high[b], features[b], matrix.inventory or union[b])
        cell = (source, labels[b], matrix.metric, matrix.definition, *numbers, coverage[b])
        return dict(zip(KEYS, cell, strict=True))

    return of_column
