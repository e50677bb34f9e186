"""Always the same source, usually English."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.languages import resolve
from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers import base

NAME = "always"


class Ranker(base.Ranker):
    """Rates one language above all others; of a target that has no such candidate it says nothing.

    Parameters
    ----------
    language : str
        Any code or name of a language.

    Raises
    ------
    LanguageError
        If there is no such language.
    """

    options = ("en",)
    abstains = True

    def __init__(self, language: str) -> None:
        self.language = resolve(language)

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give 1 to the one source, NaN to the others."""
        chosen = pairs.source_ids[:, None] == self.language.id
        return base.at_asked(np.where(chosen & pairs.apart, 1.0, np.nan), folds)
