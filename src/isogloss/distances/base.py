"""The labelled matrix that every distance returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isogloss.languages.base import Language

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class DistanceMatrix:
    """Symmetric distances with a zero diagonal between languages, and how well each is known.

    Parameters
    ----------
    metric : str
        Registry name: ``"syntactic"``.
    definition : str
        ``"shared"``, ``"uriel"`` or ``"knn"``; ``"given"`` for a user's own matrix.
    languages : tuple of Language
        The order of rows and columns.
    values : ndarray of float, shape (language, language)
        In [0, 1] for feature-based kinds. NaN where too little is on record.
    shared : ndarray of int, shape (language, language)
        Features known for both languages.
    union : ndarray of int, shape (language, language)
        Features known for at least one.
    source : str
        Data and version the values come from: ``"URIEL, lang2vec 1.1.2"``.
    threshold : int
        Pairs with fewer shared features are NaN; 0 where the definition has no such rule.
    notes : tuple of str
        What was done to the data on the way, in words: records that stood in for others, languages without
        any.
    """

    metric: str
    definition: str
    languages: tuple[Language, ...]
    values: NDArray[np.float64]
    shared: NDArray[np.int64]
    union: NDArray[np.int64]
    source: str
    threshold: int = 0
    notes: tuple[str, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """ISO 639-3 codes in the order of rows and columns."""
        return tuple(language.id for language in self.languages)

    def index(self, language: Language | str) -> int:
        """Row of `language` (a Language, or its ISO 639-3 id)."""
        return self.ids.index(language if isinstance(language, str) else language.id)

    def between(self, rows: Sequence[Language], columns: Sequence[Language]) -> NDArray[np.float64]:
        """Distances between two lists of languages, shape (row, column)."""
        r = [self.index(language) for language in rows]
        c = [self.index(language) for language in columns]
        return self.values[np.ix_(r, c)]

    def to_pandas(self) -> pd.DataFrame:
        """Values as a frame labelled with the codes as the user typed them."""
        import pandas as pd

        labels = [language.input or language.id for language in self.languages]
        return pd.DataFrame(self.values, index=labels, columns=labels)
