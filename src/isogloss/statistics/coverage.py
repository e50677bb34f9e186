"""Languages to leave out so that every pair that a permutation can ask for is on record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.reference import observed_cells


def incomplete_languages(
    values: NDArray[np.float64], distance: NDArray[np.float64], rows: Sequence[str], columns: Sequence[str]
) -> tuple[str, ...]:
    """Choose languages to leave out, until no distance between a row and another column language is missing.

    A permutation carries any row language to any row, so a single missing pair would make permutations use
    different pairs. One language goes at a time, from both margins at once: the one with the most missing
    pairs per cell with a score that its going costs; of equals, the one with more missing pairs, then the
    one whose id comes first.

    Parameters
    ----------
    values, distance : ndarray, shape (row, column)
        NaN where a cell has no score, or a pair no distance.
    rows, columns : sequence of str
        Language ids.

    Returns
    -------
    tuple of str
        In the order in which they went.
    """
    apart, observed = observed_cells(values, rows, columns)
    missing = apart & ~np.isfinite(distance)
    languages = sorted({*rows, *columns})
    at_row, at_column = ([languages.index(language) for language in side] for side in (rows, columns))
    observed = observed.copy()
    left_out: list[str] = []
    n = len(languages)
    while missing.any():
        n_missing, n_observed = (  # cells of each language, on whichever margins it stands; none lies on both
            np.bincount(at_row, cells.sum(axis=1), n) + np.bincount(at_column, cells.sum(axis=0), n)
            for cells in (missing, observed)
        )
        per_cell = np.where(
            n_observed > 0, n_missing / np.maximum(n_observed, 1), np.where(n_missing > 0, np.inf, 0.0)
        )
        worst = int(np.lexsort((-np.arange(n), n_missing, per_cell))[-1])
        left_out.append(languages[worst])
        for matrix in (missing, observed):
            matrix[np.equal(at_row, worst), :] = False
            matrix[:, np.equal(at_column, worst)] = False
    return tuple(left_out)
