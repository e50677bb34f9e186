"""From a table of scores, from anywhere, to everything that can be said about distance and transfer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from isogloss.analysis.controls.base import Controls
from isogloss.analysis.correlation import Correlation, NotAnalysed
from isogloss.analysis.pipeline import analyse
from isogloss.distances import DISTANCES, Sources, independent
from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import AnalysisError, RegistryError, closest
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR, conditions
from isogloss.scores.importing import Columns, Reading, read_scores
from isogloss.scores.table import ScoreRow, ScoreTable

if TYPE_CHECKING:
    import pandas as pd

NO_STAGE = "none"
"""The baseline without an intermediate stage."""


def _say_nothing(step: str) -> None:
    """Tell nobody what is being done."""


def correlate(
    scores: Path | str | pd.DataFrame | ScoreTable,
    *,
    source: str | None = None,
    intermediate: str | None = None,
    target: str | None = None,
    score: str | None = None,
    seed_column: str | None = None,
    by: Sequence[str] = (),
    scale: Literal["percent", "fraction"] | None = None,
    baseline: str | None = None,
    effectiveness: Sequence[str] = (),
    distances: Sequence[str | DistanceMatrix] = ("all",),
    distance_files: Sequence[Path | str] = (),
    cldf: Sequence[Path | str] = (),
    urielplus: bool = False,
    definition: str = "shared",
    controls: Sequence[str] = (),
    language_facts: Mapping[str, Mapping[str, float]] | None = None,
    n_permutations: int = 9999,
    seed: int = 0,
    alpha: float = 0.05,
    tell: Callable[[str], None] = _say_nothing,
) -> Correlation:
    """Test whether transfer changes with linguistic distance.

    Parameters
    ----------
    scores : path, data frame or ScoreTable
        Long (one row a score) or wide (a matrix); CSV, TSV or Parquet.
    source, intermediate, target, score, seed_column : str, optional
        Columns; what is not said is guessed from their names, and said in the result's `notes`. `source` may
        also be the one source language of the table.
    by : sequence of str
        Columns of which each value is analysed by itself.
    scale : {"percent", "fraction"}, optional
        Recognised where not said.
    baseline : str, optional
        What a gain is over: ``"none"``, the rows without an intermediate stage, or the language of a stage of
        equal budget.
    effectiveness : sequence of str
        Names in `isogloss.scores.effectiveness.MEASURES`, the one that the answer is about first. By default
        the gain over the baseline, else the score.
    distances : sequence of str or DistanceMatrix
        Names in `isogloss.distances.DISTANCES`, ``"all"`` for all of them, or matrices.
    distance_files : sequence of path
        Further distances of the user's own, as CSV.
    cldf : sequence of path
        Folders of CLDF data sets, each a further distance; see `isogloss.distances.sources.cldf`.
    urielplus : bool
        Whether to add the distances of URIEL+; see `isogloss.distances.sources.urielplus`.
    definition : str
        Of the named distances: ``"shared"``, ``"uriel"`` or ``"knn"``.
    controls : sequence of str
        Built-in controls, numeric columns of the table or names in `language_facts`, for the partial
        correlations.
    language_facts : mapping of str to mapping of str to float, optional
        What is known of single languages, in any spelling, by the name under which `controls` ask for it:
        ``{"fertility": {"de": 0.6, "fi": 1.1}}``.
    n_permutations, seed : int
    alpha : float
        Level of the family-wise test, and one less the confidence of the intervals.
    tell : callable
        Is told each step before it is taken.

    Returns
    -------
    Correlation

    Raises
    ------
    DataError
        If the table cannot be read.
    AnalysisError
        If it leaves nothing to test.
    RegistryError
        If a distance is unknown.

    Examples
    --------
    >>> import isogloss as ig
    >>> found = ig.correlate(ig.published_scores("pawsx-mbert"), distances=["syntactic"])
    >>> found.analyses[0].design
    'star'
    """
    columns = Columns(source, intermediate, target, score, seed_column, tuple(by))
    reading = (
        Reading(scores, (), (), {})
        if isinstance(scores, ScoreTable)
        else read_scores(scores, columns, scale=scale, numeric=controls)
    )
    facts = {
        name: {resolve(code).id: value for code, value in known.items()}
        for name, known in (language_facts or {}).items()
    }
    table, measures, notes = _measures(reading.table, baseline, effectiveness)
    matrices, more = distances_between(
        _languages(table),
        distances,
        definition,
        distance_files=distance_files,
        cldf=cldf,
        urielplus=urielplus,
    )
    analyses, failed = [], []
    for condition in conditions(table):
        own = [m for m in measures if m != "fusion_gain" or condition.aggregator != PLAIN_AGGREGATOR]
        try:
            analyses.append(
                analyse(
                    table,
                    matrices,
                    measures=own,
                    condition=condition,
                    n_permutations=n_permutations,
                    seed=seed,
                    alpha=alpha,
                    controls=Controls(tuple(controls), reading.columns, facts),
                    tell=tell,
                )
            )
        except AnalysisError as error:
            failed.append((condition, error))
    if not analyses:
        raise failed[0][1]
    return Correlation(
        tuple(analyses),
        (*reading.notes, *notes, *more),
        reading.unusable,
        tuple(NotAnalysed(str(condition), error.what) for condition, error in failed),
    )


def _measures(
    table: ScoreTable, baseline: str | None, effectiveness: Sequence[str]
) -> tuple[ScoreTable, tuple[str, ...], tuple[str, ...]]:
    """Which measures are tested, and the table with the source language that a baseline implies."""
    notes: list[str] = []
    staged = [row for row in table if row.intermediate_language is not None]
    if baseline is not None and not staged:
        raise AnalysisError(
            f"there is no baseline '{baseline}': the table has no intermediate stage",
            hint="name the column of the intermediate language with --intermediate, or leave --baseline out",
        )
    default = "score"
    if baseline in (None, NO_STAGE) and staged:
        if len(staged) < len(table):
            default = "gain"
        elif baseline == NO_STAGE:
            notes.append(
                "no row is without an intermediate stage, so there is no gain to compute: the score is "
                "tested; beyond target effects it is the gain"
            )
    elif baseline is not None:
        table, more = _equal_budget(table, baseline)
        notes += more
        default = "gain_equal_budget"
    if staged and any(not row.source_language for row in table):
        notes.append(
            "the source language is not stated: cells whose target is the source language are tested too "
            "(--source to name it)"
        )
    return table, tuple(effectiveness) or (default,), tuple(notes)


def _equal_budget(table: ScoreTable, baseline: str) -> tuple[ScoreTable, list[str]]:
    """Find the baseline's stage, in the table's spelling; it has to be in the source language."""
    language = resolve(baseline)
    spelled = {
        resolve(row.intermediate_language).id: row.intermediate_language
        for row in table
        if row.intermediate_language
    }
    if language.id not in spelled:
        raise AnalysisError(
            f"no intermediate stage in the baseline language '{baseline}'",
            allowed=closest(baseline, [NO_STAGE, *spelled.values()]),
        )
    own = spelled[language.id]
    sources = {row.source_language for row in table}
    if sources == {""}:
        told = f"the source language is taken to be that of the baseline of equal budget, {own}"
        return ScoreTable.of(_from_source(row, own) for row in table), [told]
    if {resolve(code).id for code in sources} != {language.id}:
        raise AnalysisError(
            f"the baseline '{baseline}' is not the source language ({', '.join(sorted(sources))})",
            allowed=f"'{NO_STAGE}', or the source language",
        )
    return table, []


def _from_source(row: ScoreRow, own: str) -> ScoreRow:
    return replace(row, source_language=own, zero_shot=row.zero_shot and row.target_language != own)


def distances_between(
    languages: Sequence[Language],
    wanted: Sequence[str | DistanceMatrix],
    definition: str,
    *,
    distance_files: Sequence[Path | str] = (),
    cldf: Sequence[Path | str] = (),
    urielplus: bool = False,
) -> tuple[Mapping[str, DistanceMatrix], tuple[str, ...]]:
    """Compute or read every distance that was asked for; notes say which of ``"all"`` there is none of.

    Raises
    ------
    RegistryError
        If a distance is unknown, or has no such definition.
    DataError, FieldError
        If a file or folder of the user's own cannot be used; see `isogloss.distances.Sources.read`.
    AnalysisError
        If none was asked for, or two have one name.
    """
    asked = [name for name in wanted if isinstance(name, str)]
    names = independent() if "all" in asked else asked
    taken = [name for name in names if name in DISTANCES]
    sources = Sources.read(distance_files, cldf, urielplus=urielplus, taken=taken)
    found: dict[str, DistanceMatrix] = {}
    notes = []
    for name in dict.fromkeys((*names, *sources.given)):
        try:
            found[name] = sources.matrix(name, languages, definition)
        except RegistryError as error:
            if "all" not in asked or name not in DISTANCES:
                raise
            notes.append(f"{name} distance: {error.what}")
    for matrix in wanted:
        if isinstance(matrix, str):
            continue
        if matrix.metric in found:
            raise AnalysisError(f"two distances are called '{matrix.metric}'", hint="rename one of them")
        found[matrix.metric] = matrix
    if not found:
        raise AnalysisError("no distance to test", allowed=closest("", DISTANCES))
    return found, tuple(notes)


def _languages(table: ScoreTable) -> tuple[Language, ...]:
    found: dict[str, Language] = {}
    for row in table:
        for code in (row.target_language, row.intermediate_language, row.source_language):
            if code:
                found.setdefault(resolve(code).id, resolve(code))
    return tuple(found.values())
