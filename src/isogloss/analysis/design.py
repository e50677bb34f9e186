"""Whether a planned design leaves anything to test, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from isogloss.statistics.effects import AdditiveEffects, is_constant

FEWEST_LANGUAGES = 3
"""On one side at least: fewer have too few orders to permute."""

SMALLEST = f"{FEWEST_LANGUAGES} languages on one side with 1 or 2 others on the other, or 4 each to each"
"""The smallest designs that can be tested, in words."""


def why_untestable(dyads: Iterable[tuple[str, str]]) -> str:
    """Say why no distance could be tested in a design; empty where one could.

    A symmetric distance drawn at random stands for all of them: where nothing is left of it beyond row and
    column effects, nothing is left of any.

    Parameters
    ----------
    dyads : iterable of (str, str)
        Ids of row and target language of every cell that is tested.

    Examples
    --------
    >>> three = [(a, b) for a in "abc" for b in "abc" if a != b]
    >>> why_untestable(three)
    'no symmetric distance varies over them once row and column effects are removed'
    """
    cells = set(dyads)
    rows, columns = sorted({row for row, _ in cells}), sorted({column for _, column in cells})
    if max(len(rows), len(columns)) < FEWEST_LANGUAGES:
        return f"fewer than {FEWEST_LANGUAGES} languages on either side"
    languages = sorted({*rows, *columns})
    drawn = np.random.default_rng(0).random((len(languages), len(languages)))
    at = np.ix_([languages.index(row) for row in rows], [languages.index(column) for column in columns])
    distance = (drawn + drawn.T)[at]
    mask = np.array([[(row, column) in cells for column in columns] for row in rows])
    if is_constant(distance[mask], AdditiveEffects.two_way(mask).residuals(distance)):
        return "no symmetric distance varies over them once row and column effects are removed"
    return ""
