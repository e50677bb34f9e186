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
    observed = observed.copy()
    left_out: list[str] = []
    while missing.any():
        worst = max(
            sorted({*rows, *columns} - set(left_out), reverse=True),
            key=lambda language: _cost(language, rows, columns, missing, observed),
        )
        left_out.append(worst)
        for matrix in (missing, observed):
            matrix[[language == worst for language in rows], :] = False
            matrix[:, [language == worst for language in columns]] = False
    return tuple(left_out)


def _cost(
    language: str,
    rows: Sequence[str],
    columns: Sequence[str],
    missing: NDArray[np.bool_],
    observed: NDArray[np.bool_],
) -> tuple[float, int]:
    involved = np.zeros_like(missing)
    involved[[row == language for row in rows], :] = True
    involved[:, [column == language for column in columns]] = True
    n_missing = int((missing & involved).sum())
    n_observed = int((observed & involved).sum())
    return (n_missing / n_observed if n_observed else float(n_missing > 0) * np.inf, n_missing)
