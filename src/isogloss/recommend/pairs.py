"""What is known of source and target languages, and which of it a ranker may use for a target."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from isogloss.distances import distance_matrices
from isogloss.distances.matrix import aligned, check_distinct
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.scores.effectiveness import Condition, effectiveness
from isogloss.scores.table import ScoreTable

METRICS = ("genetic", "geographic", "syntactic", "phonological", "inventory", "featural")
"""The six distances of URIEL."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Scores and distances between source and target languages.

    Parameters
    ----------
    sources, targets : tuple of Language
        Each language once on a side; it may be on both.
    scores : ndarray of float, shape (source, target)
        NaN where there is no score, and where source and target are one language.
    distances : mapping of str to ndarray of float, shape (source, target)
        By metric; NaN where too little is on record.
    votes : ndarray of float, shape (source, target), optional
        Share of the nearest sentences of each target that are in the source language.
    choice : ndarray of bool, shape (source,), optional
        Sources that may be chosen; the others are only learnt from. All by default.
    """

    sources: tuple[Language, ...]
    targets: tuple[Language, ...]
    scores: NDArray[np.float64]
    distances: Mapping[str, NDArray[np.float64]]
    votes: NDArray[np.float64] | None = None
    choice: NDArray[np.bool_] | None = None

    @cached_property
    def source_ids(self) -> NDArray[np.str_]:
        """ISO 639-3 codes of the sources."""
        return np.array([language.id for language in self.sources])

    @cached_property
    def target_ids(self) -> NDArray[np.str_]:
        """ISO 639-3 codes of the targets."""
        return np.array([language.id for language in self.targets])

    @cached_property
    def apart(self) -> NDArray[np.bool_]:
        """Where source and target are different languages, shape (source, target)."""
        return np.asarray(self.source_ids[:, None] != self.target_ids[None])

    @cached_property
    def scored(self) -> NDArray[np.bool_]:
        """Where there is a score, shape (source, target)."""
        return np.isfinite(self.scores)

    @cached_property
    def offered(self) -> NDArray[np.float64]:
        """Scores of the sources that may be chosen, NaN elsewhere, shape (source, target)."""
        return self.scores if self.choice is None else np.where(self.choice[:, None], self.scores, np.nan)

    @classmethod
    def without_scores(cls, sources: Sequence[Language], targets: Sequence[Language]) -> Pairs:
        """Pairs of which only distances are known.

        Raises
        ------
        LanguageError
            If a language occurs twice among sources or among targets.
        """
        scores = np.full((len(sources), len(targets)), np.nan)
        return cls(tuple(sources), tuple(targets), scores, _distances(sources, targets))

    @classmethod
    def of(cls, table: ScoreTable, condition: Condition) -> Pairs:
        """Take the zero-shot scores of one condition.

        The languages that vary by row (source or intermediate) are the sources.

        Raises
        ------
        AnalysisError
            If no cell is zero-shot.
        LanguageError
            If two codes on one side are one language.
        """
        found = effectiveness(table, "score", condition)
        pairs = cls.without_scores(
            *([resolve(code) for code in side] for side in (found.rows, found.columns))
        )
        return replace(pairs, scores=np.where(pairs.apart, found.values, np.nan))

    def without(self, language: Language) -> Pairs:
        """The same without one language on either side."""
        return self._part(self.source_ids != language.id, self.target_ids != language.id)

    def with_scores(self) -> Pairs:
        """The same without sources that have no score."""
        return self._part(np.any(self.scored, axis=1), np.ones(len(self.targets), dtype=bool))

    def _part(self, rows: NDArray[np.bool_], columns: NDArray[np.bool_]) -> Pairs:
        at = np.ix_(rows, columns)
        return Pairs(
            tuple(compress(self.sources, rows)),
            tuple(compress(self.targets, columns)),
            self.scores[at],
            {metric: values[at] for metric, values in self.distances.items()},
            None if self.votes is None else self.votes[at],
            None if self.choice is None else self.choice[rows],
        )

    def on(self, sources: Sequence[Language], targets: Sequence[Language]) -> Pairs:
        """The same scores with further languages that have none."""
        wider = Pairs.without_scores(sources, targets)
        scores = aligned(self.scores, (self.sources, self.targets), (sources, targets))
        return replace(wider, scores=np.where(wider.apart, scores, np.nan))


def _distances(sources: Sequence[Language], targets: Sequence[Language]) -> dict[str, NDArray[np.float64]]:
    for side, languages in (("sources", sources), ("targets", targets)):
        check_distinct(languages, f"of {side}")
    everyone = {language.id: language for language in (*sources, *targets)}
    matrices = distance_matrices(everyone.values(), METRICS)
    return {name: matrices[name].between(sources, targets) for name in METRICS}


@dataclass(frozen=True, eq=False)
class Folds:
    """Which languages a ranker may learn from, and which targets it is then asked about.

    Parameters
    ----------
    rows : ndarray of bool, shape (fold, source)
    columns : ndarray of bool, shape (fold, target)
    asked : ndarray of int, shape (fold, asked)
        Columns of targets; none of them is in `columns` of its fold, nor is its language in `rows`.
    """

    rows: NDArray[np.bool_]
    columns: NDArray[np.bool_]
    asked: NDArray[np.intp]

    @classmethod
    def without(cls, pairs: Pairs, asked: NDArray[np.intp], labels: Mapping[str, str] | None = None) -> Folds:
        """Leave the languages of the asked targets out on both sides.

        Parameters
        ----------
        pairs : Pairs
        asked : ndarray of int, shape (fold, asked)
        labels : mapping of str to str, optional
            A group of every language: with it whole groups are left out, for example families.
        """
        groups = labels or {}
        sources, targets = (
            np.array([groups.get(code, code) for code in ids]) for ids in (pairs.source_ids, pairs.target_ids)
        )
        out = targets[asked]
        return cls(
            (sources[None, :, None] != out[:, None]).all(axis=2),
            (targets[None, :, None] != out[:, None]).all(axis=2),
            asked,
        )

    def chunks(self, size: int) -> Iterable[Folds]:
        """Parts of at most `size` folds."""
        for first in range(0, len(self.asked), size):
            part = slice(first, first + size)
            yield Folds(self.rows[part], self.columns[part], self.asked[part])


def families(pairs: Pairs) -> dict[str, str]:
    """Root of the family tree by language id; a language without a family on record is its own family."""
    return {language.id: language.top_family or language.id for language in (*pairs.sources, *pairs.targets)}
