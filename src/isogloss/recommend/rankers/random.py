"""Any source, each with the same probability: what every other ranker has to beat."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers import base

NAME = "random"


class Ranker(base.Ranker):
    """Rates all sources alike; figures are expected values over the choice."""

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give 0 to every source."""
        return np.zeros((*folds.asked.shape, len(pairs.sources)))
