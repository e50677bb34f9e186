"""The labelled matrices that distances and dissimilarities return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from isogloss.display import Result
from isogloss.errors import LanguageError, RegistryError, closest
from isogloss.languages.base import Language
from isogloss.registry import Registry

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Fact:
    """One thing on record, for two languages; None where unknown, a trailing ``*`` where imputed."""

    name: str
    a: str | None
    b: str | None


@dataclass(frozen=True, eq=False)
class PairMatrix(Result):
    """Values between languages, and how well each is known.

    Parameters
    ----------
    metric : str
        Registry name: ``"syntactic"``; the name of the file for a user's own matrix.
    definition : str
        ``"shared"``, ``"uriel"``, ``"knn"``; ``"given"`` for a user's own matrix, ``"text"`` or ``"encoder"``
        where the values were computed from data of the user.
    languages : tuple of Language
        The order of rows and columns.
    values : ndarray of float, shape (language, language)
        In [0, 1] unless `unit` says otherwise. NaN where too little is on record.
    shared : ndarray of int, shape (language, language)
        Facts known for both languages.
    union : ndarray of int, shape (language, language)
        Facts known for at least one.
    source : str
        Data and version the values come from: ``"URIEL, lang2vec 1.1.2"``.
    threshold : int
        Pairs with fewer shared facts are NaN; 0 where the definition has no such rule.
    advised : int
        Fewest shared facts with which a value is worth using; `threshold` where that is higher.
    notes : tuple of str
        What was done to the data on the way, in words: records that stood in for others, languages without
        any.
    unit : str
        ``"km"``; empty for a fraction.
    """

    metric: str
    definition: str
    languages: tuple[Language, ...]
    values: NDArray[np.float64]
    shared: NDArray[np.int32]
    union: NDArray[np.int32]
    source: str
    threshold: int = 0
    advised: int = 0
    notes: tuple[str, ...] = ()
    unit: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """ISO 639-3 codes in the order of rows and columns."""
        return tuple(language.id for language in self.languages)

    @property
    def labels(self) -> tuple[str, ...]:
        """Codes as the user typed them, in the order of rows and columns."""
        return tuple(language.input or language.id for language in self.languages)

    def index(self, language: Language | str) -> int:
        """Row of `language` (a Language, or its ISO 639-3 id).

        Raises
        ------
        LanguageError
            If the matrix does not hold it.
        """
        wanted, ids = language if isinstance(language, str) else language.id, self.ids
        if wanted not in ids:
            raise LanguageError(
                f"no language '{wanted}' in the matrix of the distance '{self.metric}'",
                allowed=closest(wanted, ids),
                hint="name it by its ISO 639-3 code, or compute the distances with it",
            )
        return ids.index(wanted)

    def between(self, rows: Sequence[Language], columns: Sequence[Language]) -> NDArray[np.float64]:
        """Values between two lists of languages, shape (row, column)."""
        r = [self.index(language) for language in rows]
        c = [self.index(language) for language in columns]
        return self.values[np.ix_(r, c)]

    def on(self, languages: Sequence[Language]) -> Self:
        """The same matrix over other languages; pairs with a language that it does not hold are NaN.

        Raises
        ------
        LanguageError
            If a language occurs twice.
        """
        check_distinct(languages, self.metric)
        position = {code: row for row, code in enumerate(self.ids)}
        held = [number for number, language in enumerate(languages) if language.id in position]
        here = np.ix_(held, held)
        there = np.ix_(*2 * ([position[languages[number].id] for number in held],))
        values = np.full((len(languages),) * 2, np.nan)
        shared, union = np.zeros((2, *values.shape), dtype=np.int32)
        values[here], shared[here], union[here] = self.values[there], self.shared[there], self.union[there]
        if isinstance(self, DistanceMatrix):
            np.fill_diagonal(values, 0.0)
        absent = tuple(
            f"{language.id}: not in {self.source}" for language in languages if language.id not in position
        )
        return replace(
            self,
            languages=tuple(languages),
            values=values,
            shared=shared,
            union=union,
            notes=self.notes + absent,
        )

    def coverage(self, a: int, b: int) -> str:
        """Say in words how well the value of row `a` and column `b` is known."""
        shared = int(self.shared[a, b])
        if np.isnan(self.values[a, b]):
            if shared < max(self.threshold, 1):
                return f"too little: {shared} of {max(self.threshold, 1)} needed"
            return "undefined: nothing is present in one of them"
        if shared < self.advised and shared == 0:
            return "none: nothing is on record of both"
        if shared < self.advised:
            return f"weak: {shared} of {self.advised} advised"
        return "enough"

    def to_frame(self) -> pd.DataFrame:
        """Values as a frame labelled with the codes as the user typed them."""
        import pandas as pd

        return pd.DataFrame(self.values, index=list(self.labels), columns=list(self.labels))


@dataclass(frozen=True, eq=False)
class DistanceMatrix(PairMatrix):
    """Symmetric values with a zero diagonal."""


@dataclass(frozen=True, eq=False)
class DissimilarityMatrix(PairMatrix):
    """Values from the language of the row to that of the column, which need not be symmetric."""


def check_distinct(languages: Sequence[Language], metric: str) -> None:
    """Refuse to compare nothing, or a language with itself under two names.

    Raises
    ------
    LanguageError
        If there is no language, or one occurs twice after resolution.
    """
    if not languages:
        raise LanguageError(f"no languages to compute the distance '{metric}' of", hint="name at least one")
    first: dict[str, Language] = {}
    for language in languages:
        if language.id in first:
            raise LanguageError(
                f"'{first[language.id].input}' and '{language.input}' are one language, "
                f"{language.name} ({language.id})",
                where="languages of a distance matrix",
                hint="name it once",
            )
        first[language.id] = language


def check_definition(definition: str, defined: Sequence[str], metric: str) -> None:
    """Refuse a definition that a metric does not have.

    Raises
    ------
    RegistryError
    """
    if definition not in defined:
        raise RegistryError(
            f"no definition '{definition}' of the distance '{metric}'", allowed=closest(definition, defined)
        )


class Distance(Protocol):
    """What a file of this folder defines under the name ``distance``."""

    def __call__(self, languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
        """Distances between all pairs of `languages`."""
        ...


class Facts(Protocol):
    """What a file of this folder may define under the name ``facts``."""

    def __call__(self, a: Language, b: Language, definition: str = "shared") -> tuple[Fact, ...]:
        """What the distance between `a` and `b` is made of."""
        ...


DISTANCES: Registry[Distance] = Registry(
    "distance", "isogloss.distances.metrics", "distance", group="distances"
)
FACTS: Registry[Facts] = Registry("distance", "isogloss.distances.metrics", "facts", group="distances")

RESTATEMENTS = ("composite", "great-circle")
"""Metrics that say again what others say, in another unit or together."""


def independent() -> tuple[str, ...]:
    """Every metric but `RESTATEMENTS`: what "all" means where distances are tested side by side."""
    return tuple(name for name in DISTANCES if name not in RESTATEMENTS)
