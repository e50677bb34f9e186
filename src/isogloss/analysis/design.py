"""Check from its languages whether a design can be tested, before there are scores."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from isogloss.statistics.effects import AdditiveEffects

LEAST = 2
"""Directions in which a distance has to be free.

With one, every permutation of the languages gives the same correlation up to its sign, so that p is always 1.
"""
MOST_ADDED = 4
"""Further columns that are tried for a design that cannot be tested."""
_ENOUGH = 8
"""Languages a side that are looked at: more of them can only add directions."""


def free_directions(pairs: Collection[tuple[str, str]]) -> int:
    """Count the independent ways in which a distance can vary beyond row and column effects.

    A distance is symmetric: languages a and b are as far apart in the cell (a, b) as in (b, a). Three
    languages each to each have six cells and three distances, all of which are sums of a row and a column
    effect. With a single row or column only the mean is removed.

    Parameters
    ----------
    pairs : collection of (str, str)
        Row and column language of every cell; cells of one language with itself are not used.

    Returns
    -------
    int
        At least `LEAST` in a design that can be tested. For designs of more than eight languages a side, a
        lower bound that is large enough.

    Examples
    --------
    >>> each_to_each = [(a, b) for a in "abc" for b in "abc"]
    >>> free_directions(each_to_each)
    0
    >>> free_directions([("en", "de"), ("en", "fr"), ("en", "es")])
    2
    """
    used = [pair for pair in pairs if pair[0] != pair[1]]
    rows, columns = (sorted({pair[side] for pair in used})[:_ENOUGH] for side in (0, 1))
    cells = [pair for pair in used if pair[0] in rows and pair[1] in columns]
    if not cells:
        return 0
    mask = np.zeros((len(rows), len(columns)), dtype=np.bool_)
    names = sorted({frozenset(pair) for pair in cells}, key=sorted)
    distances = np.zeros((len(names), *mask.shape))
    for row, column in cells:
        at = rows.index(row), columns.index(column)
        mask[at] = True
        distances[names.index(frozenset((row, column))), *at] = 1.0
    left = AdditiveEffects.two_way(mask).residuals(distances)
    return int(np.linalg.matrix_rank(left.reshape(len(names), -1), tol=1e-8))


def missing_columns(pairs: Collection[tuple[str, str]]) -> int | None:
    """Count the further column languages, scored with every row, that a design needs to be tested.

    Returns
    -------
    int or None
        0 for a design that can be tested; None if more than `MOST_ADDED` are needed.
    """
    rows = {row for row, _ in pairs}
    for more in range(MOST_ADDED + 1):
        added = {(row, f"\0{number}") for row in rows for number in range(more)}
        if free_directions({*pairs, *added}) >= LEAST:
            return more
    return None
