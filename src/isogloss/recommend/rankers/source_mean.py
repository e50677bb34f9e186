"""The source that is best on average for the other targets."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.recommend.donors import donor_effects
from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers import base

NAME = "source_mean"


class Ranker(base.Ranker):
    """Rates sources by how good a donor they are, whatever the target.

    The mean score of a source over targets, as it would be if every source had been scored on every target;
    see `isogloss.recommend.donors`. A source without a score on another target comes last.
    """

    needs = ("scores",)

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give the donor effect, the same for every target of a fold."""
        found = donor_effects(pairs, folds)
        shape = (*folds.asked.shape, len(pairs.sources))
        return np.broadcast_to(np.where(found.counts > 0, found.sources, np.nan)[:, None], shape)
