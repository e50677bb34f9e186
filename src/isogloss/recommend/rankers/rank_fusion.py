"""The source whose ranks in three distances are smallest on average."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers import base

NAME = "rank_fusion"


class Ranker(base.Ranker):
    """Rates sources by the mean of their ranks in genetic, geographic and syntactic distance.

    All three count the same. In a distance without enough on record a source has the last rank.
    """

    metrics: tuple[str, ...] = ("genetic", "geographic", "syntactic")

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give the negative mean rank, in ranks; equal distances share one."""
        ranked = []
        for metric in self.metrics:
            values = np.where(np.isnan(pairs.distances[metric]), np.inf, pairs.distances[metric])
            # The target itself is not a candidate: it is ranked after all others.
            ranked.append(rankdata(np.where(pairs.apart, values, np.inf), axis=0))
        return base.at_asked(-np.mean(ranked, axis=0), folds)
