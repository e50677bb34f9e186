"""The source in whose sentences an encoder finds the nearest neighbours of the target's sentences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import FieldError
from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers import base

NAME = "neighbours"


class Ranker(base.Ranker):
    """Rates sources by the share of the nearest sentences that are theirs, a mean over the encoder's layers.

    References
    ----------
    NN-Rank, arXiv 2510.03202.
    """

    needs = ("sentences",)

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give the share of votes.

        Raises
        ------
        FieldError
            If no votes were given.
        """
        if pairs.votes is None:
            raise FieldError(
                "the ranker 'neighbours' compares sentences, and there are none",
                hint="give --encoder, --corpus and --corpora",
            )
        return base.at_asked(np.where(pairs.apart, pairs.votes, np.nan), folds)
