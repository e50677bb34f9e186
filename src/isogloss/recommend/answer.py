"""Which language to train on: from what the user has to a ranking with what a worse choice costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.pipeline import each_condition
from isogloss.analysis.spec import ignore
from isogloss.distances.states import States
from isogloss.errors import AnalysisError, DataError, FieldError, IsoglossError, closest
from isogloss.identity import listed
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.recommend.evaluation import (
    Evaluated,
    Evaluation,
    default_ranker,
    evaluate_pairs,
    mean_of_conditions,
)
from isogloss.recommend.pairs import Pairs
from isogloss.recommend.rankers.base import Ranker, ranker_named
from isogloss.recommend.ranking import ranked
from isogloss.recommend.results import Recommendation, Recommendations
from isogloss.recommend.sentences import check_target, votes_between
from isogloss.scores.effectiveness import Condition
from isogloss.scores.importing import Columns, ImportedScores, as_it_is, read_scores
from isogloss.scores.importing.numbers import Scale
from isogloss.scores.published.base import PUBLISHED
from isogloss.scores.table import ScoreTable

if TYPE_CHECKING:
    import pandas as pd

AS_GUESSED = Columns()


def recommend(
    target: str | Language,
    *,
    candidates: Sequence[str | Language] = (),
    scores: Path | str | pd.DataFrame | ScoreTable | None = None,
    columns: Columns = AS_GUESSED,
    scale: Scale | None = None,
    states: Mapping[str, NDArray[np.floating]] | None = None,
    ranker: str | None = None,
    tell: Callable[[str], None] = ignore,
) -> Recommendations:
    """Rank source languages for a target language without labelled data.

    Parameters
    ----------
    target : str or Language
        Any code or name of a language.
    candidates : sequence of str or Language
        Languages to choose from. By default the sources of the table, else the languages with states.
    scores : path, name of a published table, data frame or ScoreTable, optional
        Scores of models trained in several languages on several others; read as by `isogloss.correlate`. What
        the table holds of the target itself is set aside.
    columns : Columns
        Columns of the table; what is not said is guessed.
    scale : {"percent", "fraction"}, optional
        Of the scores; recognised where not said.
    states : mapping of str to ndarray, shape (layer, sentence, width), optional
        An encoder's states of sentences of the target and of the candidates, means over their subwords.
    ranker : str, optional
        Name in `isogloss.recommend.rankers`: ``"ridge"``, ``"nearest:syntactic"``. By default ``ridge`` with
        a table, ``neighbours`` with states alone, ``rank_fusion`` with neither.
    tell : callable
        Called with the name of each step before it starts.

    Returns
    -------
    Recommendations
        One for each condition of the table (task, encoder, ...).

    Raises
    ------
    LanguageError
        If a language is unknown.
    FieldError
        If there is nothing to choose from, the target is among the candidates, or the ranker needs what is
        not given.
    DataError
        If the table or the states cannot be used.
    AnalysisError
        If the table leaves nothing to choose.

    Examples
    --------
    >>> import isogloss as ig
    >>> found = ig.recommend("nl", candidates=["de", "fr", "ja"])
    >>> found.conditions[0].first.language.name
    'German'
    """
    aim = resolve(target)
    wanted = _candidates(candidates, aim)
    arrays = _by_language(states)
    name = ranker or default_ranker(scores=scores is not None, sentences=bool(arrays))
    chosen = _usable(name, scores=scores is not None, sentences=bool(arrays))
    if arrays:
        check_target(arrays, aim)
    if scores is None:
        among = wanted or tuple(language for language in arrays if language != aim)
        _check_number(among, aim)
        pairs = Pairs.without_scores(among, (aim,))
        return Recommendations((ranked(_with_votes(pairs, arrays), aim, name, chosen),))
    reading = _read(scores, columns, scale)

    def work(condition: Condition, called: str, _: Sequence[str]) -> Recommendation:
        whole = Pairs.of(reading.table, condition)
        of_others = whole.without(aim)
        learnt = _with_votes(_restricted(of_others.with_scores(), wanted), arrays)
        evaluated = evaluate_pairs(learnt, name, condition=called, tell=tell)
        among = wanted or of_others.sources
        _check_number(among, aim)
        extra = [language for language in among if language.id not in learnt.source_ids]
        pairs = learnt.on((*learnt.sources, *extra), (*learnt.targets, aim))
        pairs = replace(pairs, choice=np.isin(pairs.source_ids, [language.id for language in among]))
        own = ranked(_with_votes(pairs, arrays), aim, name, chosen, learnt=learnt)
        listed = ", ".join(language.input for language in extra)
        notes = (f"the table has no scores of {listed} as a source: placed last",) if extra else ()
        observed = _observed(whole, aim)
        return replace(own, condition=called, evaluated=evaluated, observed=observed, notes=notes)

    found = each_condition(reading.table, ["score"], work)
    notes = [f"no recommendation for {entry.condition}: {entry.reason}" for entry in found.not_analysed]
    return Recommendations(found.require(), (*reading.notes, *_unread(reading), *notes))


def evaluate(
    scores: Path | str | pd.DataFrame | ScoreTable,
    *,
    candidates: Sequence[str | Language] = (),
    columns: Columns = AS_GUESSED,
    scale: Scale | None = None,
    states: Mapping[str, NDArray[np.floating]] | None = None,
    ranker: str | None = None,
    tell: Callable[[str], None] = ignore,
) -> Evaluation:
    """Measure how good recommendations from a table would have been for its own languages.

    Parameters
    ----------
    scores, candidates, columns, scale, states, tell
        As in `recommend`.
    ranker : str, optional
        The one whose bounds are tried; by default the one that `recommend` would use. All others are compared
        in any case.

    Returns
    -------
    Evaluation

    Raises
    ------
    DataError, LanguageError, FieldError, AnalysisError
        As `recommend`.
    """
    arrays = _by_language(states)
    name = ranker or default_ranker(scores=True, sentences=bool(arrays))
    _usable(name, scores=True, sentences=bool(arrays))
    wanted = _candidates(candidates, None)
    reading = _read(scores, columns, scale)

    def work(condition: Condition, called: str, _: Sequence[str]) -> Evaluated:
        pairs = _restricted(_with_votes(Pairs.of(reading.table, condition), arrays), wanted)
        return evaluate_pairs(pairs, name, condition=called, tell=tell)

    found = each_condition(reading.table, ["score"], work)
    whole = mean_of_conditions(found.require())
    table = Path(scores).name if isinstance(scores, str | Path) else "table"
    return Evaluation(table, name, whole, found.done, found.not_analysed, reading.notes, reading.unusable)


def _by_language(states: Mapping[str, NDArray[np.floating]] | None) -> States:
    if not isinstance(states, Mapping | None):
        raise FieldError(f"states of languages cannot be read from a {type(states).__name__}", where="states")
    return {resolve(code): array for code, array in (states or {}).items()}


def _read(
    scores: Path | str | pd.DataFrame | ScoreTable, columns: Columns, scale: Scale | None
) -> ImportedScores:
    if isinstance(scores, str | Path) and not _exists(scores):
        if str(scores) not in PUBLISHED:
            raise DataError(
                "no such score table",
                where=str(scores),
                allowed=f"the path of a file, or a published table: {closest(str(scores), PUBLISHED)}",
                hint="check the path or the name",
            )
        scores = PUBLISHED[str(scores)].scores()
    if isinstance(scores, ScoreTable):
        return as_it_is(scores, {**vars(columns), "scale": scale})
    return read_scores(scores, columns, scale=scale)


def _exists(path: Path | str) -> bool:
    """Whether something is there; a path that cannot be one is left to the reader of tables."""
    try:
        return Path(path).exists()
    except OSError:
        return True


def _unread(reading: ImportedScores) -> list[str]:
    if not reading.unusable:
        return []
    first = reading.unusable[0]
    return [f"{len(reading.unusable)} rows could not be used; the first: {first.place}: {first.reason}"]


def _candidates(codes: Sequence[str | Language], target: Language | None) -> tuple[Language, ...]:
    """Resolve all candidates, or refuse them with every problem at once."""
    problems: list[IsoglossError] = []
    found: dict[str, Language] = {}
    for code in listed(codes):
        try:
            language = resolve(code)
            if language == target:
                raise FieldError(
                    f"the candidate '{language.input}' is the target, {target.name}", hint="leave it out"
                )
            if language.id in found:
                both = f"the candidates '{found[language.id].input}' and '{language.input}'"
                raise FieldError(f"{both} are one language, {language.name}", hint="name it once")
            found[language.id] = language
        except IsoglossError as error:
            problems.append(error)
    if len(problems) > 1:
        told = "; ".join(problem.what for problem in problems)
        raise FieldError(
            f"{len(problems)} candidates cannot be used: {told}",
            where="candidates",
            hint="; ".join(dict.fromkeys(problem.hint for problem in problems if problem.hint)),
        )
    if problems:
        raise problems[0].at("candidates")
    if len(found) == 1:
        raise _one_candidate(*found.values())
    return tuple(found.values())


def _check_number(languages: Sequence[Language], target: Language) -> None:
    if not languages:
        raise FieldError(
            f"no candidates to choose from for {target.name}",
            hint="name languages with labelled data (--candidates en,fr,ar), or give a table of scores, or "
            "sentences",
        )
    if len(languages) == 1:
        raise _one_candidate(languages[0])


def _one_candidate(language: Language) -> FieldError:
    return FieldError(
        f"one candidate, {language.input}, leaves nothing to choose",
        where="candidates",
        allowed="two languages or more",
    )


def _usable(name: str, *, scores: bool, sentences: bool) -> Ranker:
    """Make the ranker, or say what it needs that is not given."""
    chosen = ranker_named(name)
    given = {"scores": scores, "sentences": sentences}
    how = {
        "scores": "a table of scores: --scores FILE",
        "sentences": "sentences and an encoder: --encoder, --corpus and --corpora",
    }
    missing = [how[need] for need in chosen.needs if not given[need]]
    if missing:
        instead = default_ranker(scores=scores, sentences=sentences)
        raise FieldError(
            f"the ranker '{name}' needs {' and '.join(missing)}",
            where="--ranker",
            hint=f"give it, or leave the ranker out: '{instead}' is then used",
        )
    return chosen


def _with_votes(pairs: Pairs, states: States) -> Pairs:
    return replace(pairs, votes=votes_between(states, pairs.sources, pairs.targets)) if states else pairs


def _restricted(pairs: Pairs, wanted: Sequence[Language]) -> Pairs:
    """The same pairs, with a choice among candidates alone.

    Raises
    ------
    AnalysisError
        If fewer than two candidates are sources of the table.
    """
    if not wanted:
        return pairs
    ids = [language.id for language in wanted]
    choice = np.isin(pairs.source_ids, ids)
    if choice.sum() < 2:
        have = ", ".join(language.input for language in pairs.sources)
        raise AnalysisError(
            f"{int(choice.sum())} of the {len(wanted)} candidates are source languages of the table",
            where="candidates",
            allowed=f"two or more of: {have}",
        )
    return replace(pairs, choice=choice)


def _observed(pairs: Pairs, target: Language) -> tuple[tuple[str, float], ...]:
    """Scores of the target in the table, the best first."""
    (columns,) = np.nonzero(pairs.target_ids == target.id)
    if not len(columns):
        return ()
    scores = pairs.scores[:, columns[0]]
    order = [row for row in np.argsort(-scores, kind="stable") if np.isfinite(scores[row])]
    return tuple((pairs.sources[row].input, float(scores[row])) for row in order)
