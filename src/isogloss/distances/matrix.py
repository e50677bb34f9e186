"""The labelled matrices that distances and dissimilarities return."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from isogloss.display import Result
from isogloss.distances.uncertainty import Estimate, GivenEstimate, Interval, Positions
from isogloss.errors import LanguageError, closest
from isogloss.languages.base import Language
from isogloss.registry import Registry

if TYPE_CHECKING:
    import pandas as pd


WIDE = 0.5
"""Share of the uncertainty that may be left of a value that is called well known."""


@dataclass(frozen=True)
class Fact:
    """One thing on record, for two languages; None where unknown, a trailing ``*`` where imputed."""

    name: str
    a: str | None
    b: str | None


@dataclass(frozen=True, eq=False, repr=False)
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
    inventory : int
        Features that the metric has in all; 0 where it is not made of features.
    estimate : Estimate, optional
        What gives the distance over all features with its interval; None where the values do not rest on
        features that may be unknown. See `interval`.
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
    inventory: int = 0
    estimate: Estimate | None = field(default=None, repr=False)

    @property
    def ids(self) -> tuple[str, ...]:
        """ISO 639-3 codes in the order of rows and columns."""
        return tuple(language.id for language in self.languages)

    @cached_property
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

    def between(
        self,
        rows: Sequence[Language],
        columns: Sequence[Language],
        *,
        missing: Literal["raise", "nan"] = "raise",
    ) -> NDArray[np.float64]:
        """Values between two lists of languages, shape (row, column).

        Parameters
        ----------
        rows, columns : sequence of Language
        missing : {"raise", "nan"}
            What to do about a language that the matrix does not hold.

        Raises
        ------
        LanguageError
            If a language is missing, unless it may be.
        """
        if missing == "raise":
            return self.values[np.ix_(*([self.index(each) for each in side] for side in (rows, columns)))]
        return aligned(self.values, (self.languages, self.languages), (rows, columns))

    def interval(
        self, rows: Sequence[int] | Positions | None = None, columns: Sequence[int] | Positions | None = None
    ) -> Interval | None:
        """Distances over all features, estimated from those on record, with the bounds of their intervals.

        An interval holds the value itself, and is NaN where the value is.

        Parameters
        ----------
        rows, columns : sequence of int, optional
            Positions of languages; all by default.

        Returns
        -------
        Interval or None
            None where the values do not rest on features that may be unknown.
        """
        if self.estimate is None:
            return None
        n = len(self.languages)
        r, c = (np.arange(n) if at is None else np.asarray(at, dtype=np.intp) for at in (rows, columns))
        found = self.estimate(r, c)
        values = self.values[np.ix_(r, c)]
        same = (r[:, None] == c[None]) & isinstance(self, DistanceMatrix)
        expected, low, high = (
            np.where(same, 0.0, np.where(np.isnan(values), np.nan, side))
            for side in (found.expected, np.fmin(found.low, values), np.fmax(found.high, values))
        )
        return Interval(expected, low, high)

    @cached_property
    def _whole(self) -> Interval:
        found = self.interval()
        unknown = np.full_like(self.values, np.nan)
        return found or Interval(unknown, unknown, unknown)

    @property
    def expected(self) -> NDArray[np.float64]:
        """Best estimates of the distances over all features; NaN where there is none. See `interval`."""
        return self._whole.expected

    @property
    def low(self) -> NDArray[np.float64]:
        """Lower bounds of the intervals; NaN where a value has none."""
        return self._whole.low

    @property
    def high(self) -> NDArray[np.float64]:
        """Upper bounds of the intervals; NaN where a value has none."""
        return self._whole.high

    @property
    def ranked_by(self) -> str:
        """By which of its numbers nearest languages are ranked: ``"expected"`` or ``"value"``.

        The definition ``"shared"`` leaves unknown features open, and the best estimate over all features
        finds the nearest languages more often than the value does. The others fill them in, so that their
        values are compared as they are.
        """
        return "expected" if self.estimate is not None and self.definition == "shared" else "value"

    def on(self, languages: Sequence[Language]) -> Self:
        """The same matrix over other languages; pairs with a language that it does not hold are NaN.

        Raises
        ------
        LanguageError
            If a language occurs twice.
        """
        check_distinct(languages, self.metric)
        position = {code: row for row, code in enumerate(self.ids)}
        here = [number for number, language in enumerate(languages) if language.id in position]
        rows = np.array([position[languages[number].id] for number in here], dtype=np.intp)
        at = np.ix_(rows, rows)

        def placed(known: NDArray[Any], unknown: float) -> NDArray[Any]:
            whole = np.full((len(languages),) * 2, unknown, dtype=known.dtype)
            whole[np.ix_(here, here)] = known
            return whole

        estimate = None
        if self.estimate is not None:
            sides = (placed(side, np.nan) for side in self.estimate(rows, rows))
            estimate = GivenEstimate(Interval(*sides), self.estimate.unknown_width)
        values = placed(self.values[at], np.nan)
        if isinstance(self, DistanceMatrix):
            np.fill_diagonal(values, 0.0)
        absent = tuple(
            f"{language.id}: not in {self.source}" for language in languages if language.id not in position
        )
        return replace(
            self,
            languages=tuple(languages),
            values=values,
            shared=placed(self.shared[at], 0),
            union=placed(self.union[at], 0),
            notes=self.notes + absent,
            estimate=estimate,
        )

    def coverages(self, a: int) -> list[str]:
        """Say in words how well the value of row `a` and each column is known.

        Where there is an interval, ``"enough"`` means that it is at most `WIDE` times as wide as that of two
        languages of which nothing is on record.
        """
        shares = np.zeros(len(self.languages))
        if self.estimate is not None:
            shares = np.nan_to_num((self.high[a] - self.low[a]) / self.estimate.unknown_width)
        known = zip(self.values[a].tolist(), self.shared[a].tolist(), shares.tolist(), strict=True)
        return [self._in_words(*cell) for cell in known]

    def _in_words(self, value: float, shared: int, uncertainty: float) -> str:
        if math.isnan(value):
            if shared < max(self.threshold, 1):
                return f"too little: {shared} of {max(self.threshold, 1)} needed"
            return "undefined: nothing is present in one of them"
        advised = max(self.threshold, self.advised)
        if shared < advised and shared == 0:
            return "none: nothing is on record of both"
        if shared < advised:
            return f"weak: {shared} of {advised} advised"
        return f"rough: {uncertainty:.0%} uncertain" if uncertainty > WIDE else "enough"

    def to_frame(self) -> pd.DataFrame:
        """Values as a frame labelled with the codes as the user typed them."""
        import pandas as pd

        return pd.DataFrame(self.values, index=list(self.labels), columns=list(self.labels))


@dataclass(frozen=True, eq=False, repr=False)
class DistanceMatrix(PairMatrix):
    """Symmetric values with a zero diagonal."""


@dataclass(frozen=True, eq=False, repr=False)
class DissimilarityMatrix(PairMatrix):
    """Values from the language of the row to that of the column, which need not be symmetric."""


Margins = tuple[Sequence[Language], Sequence[Language]]
"""Languages of the rows and of the columns of a matrix."""


def aligned(values: NDArray[np.float64], here: Margins, there: Margins) -> NDArray[np.float64]:
    """Values of a matrix between other languages; NaN for one that it does not hold.

    Parameters
    ----------
    values : ndarray of float, shape (row, column)
    here, there : (sequence of Language, sequence of Language)
        Rows and columns that it has, and those of the result.
    """

    def positions(held: Sequence[Language], wanted: Sequence[Language]) -> NDArray[np.intp]:
        position = {language.id: number for number, language in enumerate(held)}
        return np.array([position.get(language.id, -1) for language in wanted], dtype=np.intp)

    rows, columns = map(positions, here, there)
    known = np.logical_and.outer(rows >= 0, columns >= 0)
    return np.where(known, values[np.ix_(rows, columns)], np.nan)


def check_distinct(
    languages: Sequence[Language], metric: str, *, where: str = "languages of a distance matrix"
) -> None:
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
                where=where,
                hint="name it once",
            )
        first[language.id] = language


class Distance(Protocol):
    """Function that a file of this folder defines under the name ``distance``."""

    def __call__(self, languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
        """Distances between all pairs of `languages`."""
        ...


class Facts(Protocol):
    """Function that a file of this folder may define under the name ``facts``."""

    def __call__(self, a: Language, b: Language, definition: str = "shared") -> tuple[Fact, ...]:
        """Facts that the distance between `a` and `b` is computed from."""
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
