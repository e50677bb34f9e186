"""Permutations of whole languages: the reference set of every test here."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import AnalysisError

BATCH_CELLS = 1 << 18
"""Cells that are permuted at once: they fit in a processor's cache. Changes no result."""

_ROUNDING = 1e-9


@dataclass(frozen=True, eq=False)
class LanguagePermutations:
    """Which row and which column stands where, under every permutation of languages.

    Parameters
    ----------
    rows : ndarray of int, shape (permutation, row)
    columns : ndarray of int, shape (permutation, column)
        Entry 0 of both is the identity.
    exact : bool
        These are all permutations that the blocks allow, each one once.
    """

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    exact: bool

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def n_resamples(self) -> int:
        """Permutations drawn, or all of them where `exact`."""
        return len(self) if self.exact else len(self) - 1

    def batches(self) -> Iterator[tuple[slice, NDArray[np.intp], NDArray[np.intp]]]:
        """Pieces that fit in memory: where they stand, their rows and their columns ready for indexing.

        ``matrix[..., rows, columns]`` has shape (..., permutation, row, column).
        """
        size = max(1, BATCH_CELLS // (self.rows.shape[1] * self.columns.shape[1]))
        for start in range(0, len(self), size):
            piece = slice(start, min(start + size, len(self)))
            yield piece, self.rows[piece, :, None], self.columns[piece, None, :]


def language_permutations(
    rows: Sequence[str], columns: Sequence[str], *, n_permutations: int, rng: np.random.Generator
) -> LanguagePermutations:
    """Permute whole languages in blocks: those on both margins, on rows only, on columns only.

    A language that stands on both margins moves on both at once, so that a cell of two different languages
    stays one, and the two cells of an unordered pair stay together.

    Parameters
    ----------
    rows, columns : sequence of str
        Language ids of the two margins, each one once per margin.
    n_permutations : int
        All permutations are enumerated if there are at most so many, else so many are drawn.
    rng : numpy.random.Generator

    Raises
    ------
    AnalysisError
        If a margin lists a language twice.
    """
    for margin in (rows, columns):
        if len(set(margin)) != len(margin):
            twice = next(language for language in margin if list(margin).count(language) > 1)
            raise AnalysisError(f"language '{twice}' stands twice on one margin", hint="merge its rows first")
    both = set(rows) & set(columns)
    sizes = block_sizes(rows, columns)
    exact = math.prod(math.factorial(size) for size in sizes) <= n_permutations
    of_both, of_rows, of_columns = _all_orders(sizes) if exact else _random_orders(sizes, n_permutations, rng)
    shared = [language for language in rows if language in both]
    return LanguagePermutations(
        _permuted(rows, shared, of_both, of_rows), _permuted(columns, shared, of_both, of_columns), exact
    )


def share_of_ties(pattern: NDArray[np.float64], permutations: LanguagePermutations) -> float:
    """Share of permutations that leave a pattern as it is, or turn its sign: no p-value can be smaller.

    Parameters
    ----------
    pattern : ndarray, shape (row, column)
        Residuals of a distance, which is not constant; 0 where there is no cell.
    permutations : LanguagePermutations
    """
    unit = pattern / np.linalg.norm(pattern)
    pieces = (unit[rows, columns] for _, rows, columns in permutations.batches())
    alike = np.concatenate([np.abs(np.einsum("pij,ij->p", piece, unit)) for piece in pieces])
    return float(np.mean(alike > 1 - _ROUNDING))


def _permuted(
    margin: Sequence[str], shared: Sequence[str], of_both: NDArray[np.intp], of_others: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Which language of a margin stands where, under every order of the shared and of the other languages."""
    position = {language: i for i, language in enumerate(margin)}
    at_shared = [position.pop(language) for language in shared]
    permuted = np.empty((len(of_both), len(margin)), dtype=np.intp)
    for block, order in ((at_shared, of_both), ([*position.values()], of_others)):
        places = np.array(block, dtype=np.intp)
        permuted[:, places] = places[order]
    return permuted


def block_sizes(rows: Sequence[str], columns: Sequence[str]) -> tuple[int, int, int]:
    """Languages on both margins, on rows only, on columns only."""
    both = set(rows) & set(columns)
    return len(both), len(rows) - len(both), len(columns) - len(both)


def _all_orders(sizes: Sequence[int]) -> list[NDArray[np.intp]]:
    per_block = []
    for size in sizes:
        orders = list(itertools.permutations(range(size)))
        per_block.append(np.array(orders, dtype=np.intp).reshape(len(orders), size))
    chosen = np.indices([len(orders) for orders in per_block]).reshape(len(sizes), -1)
    return [orders[index] for orders, index in zip(per_block, chosen, strict=True)]


def _random_orders(sizes: Sequence[int], n: int, rng: np.random.Generator) -> list[NDArray[np.intp]]:
    return [
        np.concatenate([np.arange(size)[None], rng.random((n, size)).argsort(axis=1)]).astype(np.intp)
        for size in sizes
    ]
