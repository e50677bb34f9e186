"""Always the same source, usually English."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from isogloss.languages import resolve
from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers.base import Need, at_asked

NAME = "always"


class Ranker:
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

    options: ClassVar[tuple[str, ...]] = ("en",)
    needs: ClassVar[tuple[Need, ...]] = ()
    metrics: tuple[str, ...] = ()
    abstains: ClassVar[bool] = True

    def __init__(self, language: str) -> None:
        self.language = resolve(language)

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give 1 to the one source, NaN to the others."""
        chosen = pairs.source_ids[:, None] == self.language.id
        return at_asked(np.where(chosen & pairs.apart, 1.0, np.nan), folds)
