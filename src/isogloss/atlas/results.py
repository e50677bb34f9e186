"""Content of an atlas: one entry per language, with scores measured or expected from every source."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.atlas.geometry import Place
from isogloss.atlas.predictions import ExpectedScores, predict
from isogloss.errors import AnalysisError, FieldError, closest
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.narrative.atlas import why
from isogloss.recommend.donors import donor_effects
from isogloss.recommend.pairs import METRICS, Folds, Pairs
from isogloss.recommend.rankers.base import ranker_named, ratings
from isogloss.scores.effectiveness import Condition, conditions, effectiveness
from isogloss.scores.table import ScoreTable
from isogloss.statistics.floor import wilson_interval

N_BEST = 3
CONFIDENCE = 0.95
SHARES = ("accuracy", "word_accuracy")

COMMON = """
af am ar az be bg bn ca cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr hu hy id is it ja jv ka kk
km kn ko ky lo lt lv mg mk ml mn mr ms my ne nl no om or pa pl ps pt ro ru sd si sk sl so sq sr su sv sw ta
te th tl tr ug uk ur uz vi xh yo zh zu
"""
"""Languages that are predicted where the caller names none: written by many, and spread over the map."""


@dataclass(frozen=True)
class BestSource:
    """One of the best sources for a language: its score there, NaN where nothing is known, and why."""

    code: str
    score: float
    measured: bool
    why: str


@dataclass(frozen=True, eq=False)
class MapLanguage:
    """One language on the map.

    Parameters
    ----------
    language : Language
    place : (latitude, longitude) or None
        None where it is not on record.
    scores, low, high : ndarray of float, shape (source,)
        From every source: measured or expected; NaN where neither.
    measured : ndarray of bool, shape (source,)
    best : tuple of BestSource
        The best first.
    """

    language: Language
    place: Place | None
    scores: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    measured: NDArray[np.bool_]
    best: tuple[BestSource, ...]

    @property
    def code(self) -> str:
        """As the table spells it."""
        return self.language.code

    @property
    def family(self) -> str:
        """Root of its family; empty where unknown."""
        return self.language.top_family


@dataclass(frozen=True, eq=False)
class Atlas:
    """Scores of one condition on a map.

    Parameters
    ----------
    title : str
    condition : Condition
    sources : tuple of Language
    chosen : int
        Number of the source that is shown first.
    entries : tuple of MapLanguage
        Measured languages first, then by name.
    method : str
        How predictions are made.
    notes : tuple of str
    """

    title: str
    condition: Condition
    sources: tuple[Language, ...]
    chosen: int
    entries: tuple[MapLanguage, ...]
    method: str
    notes: tuple[str, ...]

    @property
    def source_codes(self) -> tuple[str, ...]:
        """Sources as the table spells them."""
        return tuple(language.code for language in self.sources)

    @property
    def n_measured(self) -> int:
        """Languages with a measured score from the chosen source."""
        return sum(bool(entry.measured[self.chosen]) for entry in self.entries)

    @property
    def n_expected(self) -> int:
        """Languages with an expected score from it instead; of itself a source has none."""
        own = self.sources[self.chosen]
        scores = (entry.scores[self.chosen] for entry in self.entries if entry.language != own)
        return sum(map(math.isfinite, scores)) - self.n_measured


def atlas(
    table: ScoreTable,
    *,
    title: str,
    source: str | None = None,
    languages: Sequence[str] | None = None,
    notes: Sequence[str] = (),
) -> Atlas:
    """Lay the scores of a table out by language.

    Parameters
    ----------
    table : ScoreTable
        Of several conditions the one with most cells is taken, and a note names the others.
    title : str
    source : str, optional
        Source (or intermediate) language that is shown first; by default the one with most scores.
    languages : sequence of str, optional
        Languages without scores to predict; `COMMON` by default.
    notes : sequence of str
        How the table was read.

    Raises
    ------
    AnalysisError
        If the table holds no zero-shot score.
    FieldError
        If it holds no score from `source`.
    LanguageError
        If a language is unknown.
    """
    found = sorted(conditions(table), key=lambda c: -_n_cells(table, c))
    if not found:
        raise AnalysisError("the score table holds no score", hint="give a table with one score or more")
    condition = found[0]
    pairs = Pairs.of(table, condition)
    chosen = _chosen(pairs, source, condition)
    known = {*pairs.target_ids.tolist()}
    asked = map(resolve, COMMON.split() if languages is None else languages)
    extra = {language.id: language for language in asked if language.id not in known}
    wide = pairs.on(pairs.sources, (*pairs.targets, *extra.values()))
    if len(found) > 1:
        others = "; ".join(str(other) for other in found[1:])
        notes = (*notes, f"shown: {condition}; left out: {others}")
    predictions = predict(wide, len(pairs.targets))
    entries = _entries(table, condition, wide, predictions)
    return Atlas(title, condition, wide.sources, chosen, entries, predictions.method, tuple(notes))


def _n_cells(table: ScoreTable, condition: Condition) -> int:
    try:
        return int(np.isfinite(effectiveness(table, "score", condition).values).sum())
    except AnalysisError:
        return 0


def _chosen(pairs: Pairs, source: str | None, condition: Condition) -> int:
    counts = pairs.scored.sum(axis=1)
    if source is None:  # of equals English, which most tables are about
        return int(np.argmax(counts + 0.5 * (pairs.source_ids == "eng")))
    wanted = resolve(source).id
    places = np.flatnonzero(pairs.source_ids == wanted)
    if not len(places) or not counts[places[0]]:
        codes = [language.code for language, n in zip(pairs.sources, counts, strict=True) if n]
        raise FieldError(
            f"no zero-shot score with the {condition.margin} language '{source}'",
            where="--source",
            allowed=closest(source, codes),
        )
    return int(places[0])


def _entries(
    table: ScoreTable, condition: Condition, wide: Pairs, predictions: ExpectedScores
) -> tuple[MapLanguage, ...]:
    scores = np.where(wide.scored, wide.scores, predictions.scores)
    low, high = scores - predictions.reach, scores + predictions.reach
    lower, upper = _sampling(table, condition, wide)
    low, high = (
        np.clip(np.where(wide.scored, own, other), 0, 1) for own, other in ((lower, low), (upper, high))
    )
    low[~np.isfinite(np.where(wide.scored, lower, predictions.reach))] = np.nan
    high[np.isnan(low)] = np.nan
    best = _best(wide, scores)
    scored = wide.scored
    entries = [
        MapLanguage(target, target.coordinates, scores[:, j], low[:, j], high[:, j], scored[:, j], best[j])
        for j, target in enumerate(wide.targets)
    ]
    return tuple(sorted(entries, key=lambda entry: (not entry.measured.any(), entry.language.name)))


def _sampling(
    table: ScoreTable, condition: Condition, wide: Pairs
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Wilson's interval of measured scores; NaN for a metric that is not a share, or unknown sentences."""
    low, high = np.full((2, *wide.scores.shape), np.nan)
    if condition.metric not in SHARES:
        return low, high
    found = effectiveness(table, "score", condition)
    rows = {resolve(code).id: i for i, code in enumerate(found.rows)}
    columns = {resolve(code).id: j for j, code in enumerate(found.columns)}
    n = np.zeros(wide.scores.shape)
    for i, j in zip(*np.nonzero(wide.scored), strict=True):
        n[i, j] = found.n_examples[rows[str(wide.source_ids[i])], columns[str(wide.target_ids[j])]]
    known = n > 0
    low[known], high[known] = wilson_interval(wide.scores[known], n[known], confidence=CONFIDENCE)
    return low, high


def _best(wide: Pairs, scores: NDArray[np.float64]) -> list[tuple[BestSource, ...]]:
    """Best sources of each target: by score where there are several, else by rank fusion of distances."""
    asked = np.arange(len(wide.targets))
    if len(wide.sources) >= 2:
        rated, candidates, of, measured = scores, wide, scores, wide.scored
        donors = donor_effects(wide, Folds.without(wide, asked[:, None])).sources
    else:
        scored = (wide.targets[j] for j in np.flatnonzero(wide.scored.any(axis=0)))
        everyone = {language.id: language for language in (*wide.sources, *scored)}
        candidates = Pairs.without_scores(tuple(everyone.values()), wide.targets)
        folds = Folds.without(candidates, asked[:, None])
        rated = ratings(ranker_named("rank_fusion"), candidates, folds)[:, 0].T
        of = np.where(candidates.source_ids[:, None] == wide.source_ids[0], scores[0], np.nan)
        measured = np.isfinite(of) & wide.scored[0]
        donors = np.full(rated.T.shape, np.nan)
    apart = candidates.apart
    rated = np.where(apart & np.isfinite(rated), rated, -np.inf)
    places = {
        metric: _places(np.where(apart, candidates.distances[metric], np.nan))
        for metric in METRICS
        if metric != "featural"  # the other typological distances together
    }
    found = []
    for j in asked:
        best: list[BestSource] = []
        for i in np.argsort(-rated[:, j], kind="stable")[:N_BEST]:
            if np.isfinite(rated[i, j]):
                near = {
                    metric: (float(candidates.distances[metric][i, j]), int(place[i, j]))
                    for metric, place in places.items()
                }
                reasons = why(near, int(apart[:, j].sum()), float(donors[j, i]))
                code = candidates.sources[i].code
                best.append(BestSource(code, float(of[i, j]), bool(measured[i, j]), reasons))
        found.append(tuple(best))
    return found


def _places(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Place of each source for each target, 1 for the closest."""
    filled = np.where(np.isnan(values), np.inf, values)
    places: NDArray[np.int64] = 1 + (filled[None] < filled[:, None]).sum(axis=1)
    return places
