"""Matrices as flat records, one a pair and metric."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from isogloss.distances.matrix import DissimilarityMatrix, PairMatrix
from isogloss.identity import as_json


def records(matrices: Iterable[PairMatrix]) -> list[dict[str, Any]]:
    """Pairs as flat records, in the order of the languages; of a dissimilarity both directions.

    Returns
    -------
    list of dict
        With the keys a, b (codes as the user typed them), metric, definition, value (None where unknown),
        shared, union.
    """
    return [record(*pair) for pair in pairs(matrices)]


def pairs(matrices: Iterable[PairMatrix]) -> Iterator[tuple[PairMatrix, int, int]]:
    """Matrix, row and column of every pair that differs, all matrices of a pair in a row."""
    matrices = list(matrices)
    n = len(matrices[0].languages) if matrices else 0
    for a in range(n):
        for b in range(n):
            for matrix in matrices:
                if a < b or (a != b and isinstance(matrix, DissimilarityMatrix)):
                    yield matrix, a, b


def record(matrix: PairMatrix, a: int, b: int) -> dict[str, Any]:
    """One entry of a matrix as a flat record; see `records`."""
    return {
        "a": matrix.labels[a],
        "b": matrix.labels[b],
        "metric": matrix.metric,
        "definition": matrix.definition,
        "value": as_json(matrix.values[a, b]),
        "shared": int(matrix.shared[a, b]),
        "union": int(matrix.union[a, b]),
    }
