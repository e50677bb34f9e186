"""The source at the smallest linguistic distance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import RegistryError, closest
from isogloss.recommend.pairs import METRICS, Folds, Pairs
from isogloss.recommend.rankers import base

NAME = "nearest"


class Ranker(base.Ranker):
    """Rates sources by one distance; a source without enough on record comes last.

    Parameters
    ----------
    metric : str
        One of the six distances of URIEL.

    Raises
    ------
    RegistryError
        If it is another.
    """

    options = METRICS

    def __init__(self, metric: str) -> None:
        if metric not in METRICS:
            raise RegistryError(f"no distance '{metric}' to be nearest in", allowed=closest(metric, METRICS))
        self.metrics: tuple[str, ...] = (metric,)

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give the negative distance."""
        return base.at_asked(-pairs.distances[self.metrics[0]], folds)
