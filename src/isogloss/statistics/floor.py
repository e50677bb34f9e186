"""Whether scores leave anything to explain: how many cells are at chance, how many at the ceiling."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.99
"""Of the interval that decides whether a cell is above chance; 99%, because many cells are looked at."""

CEILING = 0.98
"""A cell at or above this score leaves no room for differences."""

INFORMATIVE_SHARE = 0.1
"""At least so many cells, and at least two, lie above chance and below the ceiling in informative scores."""


@dataclass(frozen=True)
class Information:
    """How many cells can tell anything about transfer.

    Parameters
    ----------
    n_cells, n_at_chance, n_at_ceiling : int
    n_chance_unknown : int
        Cells without a chance level or a number of examples; they do not count as at chance.
    informative : bool
    """

    n_cells: int
    n_at_chance: int
    n_at_ceiling: int
    n_chance_unknown: int
    informative: bool


def flags(
    scores: NDArray[np.float64], chance: NDArray[np.float64], n_examples: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Say of each cell whether it is at chance, at the ceiling, without a chance level; see `information`.

    Parameters
    ----------
    scores, chance : ndarray
        Of any one shape; chance is NaN where unknown.
    n_examples : ndarray of int
        0 where unknown.
    """
    unknown = ~np.isfinite(chance) | (n_examples < 1)
    low, _ = wilson_interval(scores, np.maximum(n_examples, 1).astype(np.float64), confidence=CONFIDENCE)
    return ~unknown & ~(low > chance), scores >= CEILING, unknown


def information(
    scores: NDArray[np.float64], chance: NDArray[np.float64], n_examples: NDArray[np.int64]
) -> Information:
    """Count cells whose score is within sampling error of chance, or at the ceiling.

    A cell is at chance if the lower end of Wilson's interval of its score does not lie above the chance
    level. The items are the sentences, also where the metric counts words: the words of a sentence are not
    independent.

    Parameters
    ----------
    scores, chance : ndarray, shape (cell,)
        Chance is NaN where unknown.
    n_examples : ndarray of int, shape (cell,)
        0 where unknown.
    """
    at_chance, at_ceiling, unknown = flags(scores, chance, n_examples)
    needed = max(2, math.ceil(INFORMATIVE_SHARE * len(scores)))
    n_useful = int((~at_chance & ~at_ceiling).sum())
    counts = (int(at_chance.sum()), int(at_ceiling.sum()), int(unknown.sum()))
    return Information(len(scores), *counts, n_useful >= needed)


def wilson_interval(
    share: NDArray[np.float64], n: NDArray[np.float64], *, confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson's interval of a share.

    Parameters
    ----------
    share : ndarray
        In [0, 1].
    n : ndarray
        Items; at least 1.
    confidence : float

    Returns
    -------
    tuple of ndarray
        Lower and upper bound.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22, p. 209.
    """
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    centre = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    return centre - half, centre + half
