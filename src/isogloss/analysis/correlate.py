"""From a table of scores, from anywhere, to everything that can be said about distance and transfer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from isogloss.analysis.controls.base import Controls
from isogloss.analysis.correlation import Correlation
from isogloss.analysis.pipeline import analyse, languages_of
from isogloss.analysis.results import Analysis
from isogloss.analysis.spec import AnalysisSpec, OnStep, ignore
from isogloss.distances.matrix import DISTANCES, PairMatrix
from isogloss.distances.spec import NONE, Distances
from isogloss.errors import AnalysisError, FieldError, closest
from isogloss.identity import fields_of, listed, settings_of
from isogloss.languages import resolve
from isogloss.scores.effectiveness import Condition, condition_keys, conditions
from isogloss.scores.table import ScoreTable

if TYPE_CHECKING:
    import pandas as pd

    from isogloss.scores.importing import ImportedScores

OnAnswer = Callable[[Analysis, Mapping[Condition, str]], None]
"""Called with an analysis whose primary tests are done, and what every condition of the table is called."""
NO_STAGE = "none"
"""The baseline without an intermediate stage."""


def _column_fields() -> dict[str, str]:
    """Options that say what the columns are, and the field of `Columns` that each one sets."""
    from isogloss.scores.importing import Columns  # brings pandas, which a study file does without

    return {"seed_column" if field.name == "seed" else field.name: field.name for field in fields(Columns)}


def correlate(
    scores: Path | str | pd.DataFrame | ScoreTable,
    spec: AnalysisSpec | None = None,
    *,
    baseline: str | None = None,
    scale: Literal["percent", "fraction"] | None = None,
    language_facts: Mapping[str, Mapping[str, float]] | None = None,
    on_step: OnStep = ignore,
    on_answer: OnAnswer = ignore,
    **options: Any,
) -> Correlation:
    """Test whether transfer changes with linguistic distance.

    Parameters
    ----------
    scores : path, data frame or ScoreTable
        Long (one row per score) or wide (a matrix); CSV, TSV or Parquet.
    spec : AnalysisSpec, optional
        Distances, measures, controls and settings of the statistics.
    baseline : str, optional
        What a gain is over: ``"none"``, the rows without an intermediate stage, or the language of a stage of
        equal budget.
    scale : {"percent", "fraction"}, optional
        Of the scores; recognised by default.
    language_facts : mapping of str to mapping of str to float, optional
        What is known of single languages, in any spelling, by the name under which `controls` ask for it:
        ``{"fertility": {"de": 0.6, "fi": 1.1}}``.
    on_step : callable
        Called with the name of each step before it starts.
    on_answer : callable
        Called with each analysis once its primary tests are done, before its sensitivity analyses, and with
        what every condition of the table is called.
    **options
        Fields of `AnalysisSpec`, which replace those of `spec`; `distances` may hold matrices besides names.
        And what the columns are: `source`, `intermediate`, `target`, `score`, `seed_column` and `by`, the
        columns of which each value is analysed by itself. Columns that are not named are guessed from their
        names, and the result's `notes` say how. `source` may also be the one source language of the table.

    Returns
    -------
    Correlation

    Raises
    ------
    FieldError
        If an option is unknown or has a wrong value.
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
    stated = {name: options.pop(name) for name in [*options] if name in _column_fields()}
    spec, matrices = _specified(spec, options)
    reading = _read(scores, stated, scale, spec.controls)
    facts = _by_id({} if language_facts is None else language_facts, spec.controls)
    table, default, notes = _default_measure(reading.table, baseline)
    if spec.effectiveness is None:
        spec = spec.model_copy(update={"effectiveness": (default,)})
    on_step("distances")
    distances = _with_matrices(spec.matrices(languages_of(table)), matrices)
    controls = Controls(spec.controls, reading.columns, facts)
    found = conditions(table)
    names = dict(zip(found, condition_keys(found), strict=True))
    analyses = analyse(
        table,
        distances,
        spec,
        controls=controls,
        on_step=on_step,
        on_answer=lambda answer: on_answer(answer, names),
    )
    all_notes = (*reading.notes, *notes, *distances.notes)
    done = analyses.require()
    keys = tuple(names[analysis.condition] for analysis in done)
    return Correlation(done, all_notes, reading.unusable, analyses.not_analysed, keys)


def _by_id(facts: Mapping[str, Mapping[str, float]], controls: Sequence[str]) -> dict[str, dict[str, float]]:
    """Facts by the id of their language.

    Raises
    ------
    FieldError
        If no control asks for them, or a value is not a number.
    LanguageError
    """
    if not isinstance(facts, Mapping):
        raise FieldError(f"{facts!r} is not a mapping of names to facts", where="language_facts")
    if unused := [name for name in facts if name not in controls]:
        raise FieldError(
            f"no control asks for {', '.join(unused)}",
            where="language_facts",
            hint=f"name it in controls: controls={unused}",
        )
    found: dict[str, dict[str, float]] = {}
    for name, known in facts.items():
        if not isinstance(known, Mapping):
            raise FieldError(
                f"{known!r} is not a mapping of languages to numbers",
                where=f"language_facts, {name}",
                allowed="{'de': 0.6, 'fi': 1.1}",
            )
        for code, value in known.items():
            try:
                found.setdefault(name, {})[resolve(code).id] = float(value)
            except (TypeError, ValueError):
                raise FieldError(
                    f"{value!r} is not a number", where=f"language_facts, {name}, {code}"
                ) from None
    return found


def _specified(
    spec: AnalysisSpec | None, options: Mapping[str, Any]
) -> tuple[AnalysisSpec, list[PairMatrix]]:
    """One spec of everything that was said, and the distances that were given as matrices."""
    stated = {**fields_of(spec, AnalysisSpec), **options}
    listing = stated.get("distances", ())
    if isinstance(listing, Mapping):  # as `read_distances` gives them
        listing = list(listing.values())
    listing = [listing] if isinstance(listing, PairMatrix) else listed(() if listing is None else listing)
    matrices = [entry for entry in listing if isinstance(entry, PairMatrix)]
    if matrices:
        names = [entry for entry in listing if not isinstance(entry, PairMatrix)]
        stated["distances"] = names or [NONE]
    return settings_of(AnalysisSpec, stated, also=_column_fields()), matrices


def _read(
    scores: Path | str | pd.DataFrame | ScoreTable,
    stated: Mapping[str, Any],
    scale: Literal["percent", "fraction"] | None,
    controls: Sequence[str],
) -> ImportedScores:
    from isogloss.scores.importing import Columns, as_it_is, read_scores

    if isinstance(scores, ScoreTable):
        return as_it_is(scores, {**stated, "scale": scale})
    columns = {_column_fields()[name]: value for name, value in stated.items() if value is not None}
    return read_scores(scores, Columns(**columns), scale=scale, numeric=controls)


def _with_matrices(distances: Distances, matrices: Sequence[PairMatrix]) -> Distances:
    for matrix in matrices:
        if matrix.metric in distances:
            raise AnalysisError(f"two distances are called '{matrix.metric}'", hint="rename one of them")
        distances[matrix.metric] = matrix
    if not distances:
        raise AnalysisError("no distance to test", allowed=closest("", DISTANCES))
    return distances


def _default_measure(table: ScoreTable, baseline: str | None) -> tuple[ScoreTable, str, tuple[str, ...]]:
    """The table with the source language that a baseline implies, the measure to test, and notes."""
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
    return table, default, tuple(notes)


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
        note = f"the source language is taken to be that of the baseline of equal budget, {own}"
        stated: dict[str, Any] = {"source_language": own, "source_id": language.id}
        return ScoreTable.of(
            replace(row, **stated, zero_shot=row.zero_shot and row.target_id != language.id) for row in table
        ), [note]
    if {resolve(code).id for code in sources} != {language.id}:
        raise AnalysisError(
            f"the baseline '{baseline}' is not the source language ({', '.join(sorted(sources))})",
            allowed=f"'{NO_STAGE}', or the source language",
        )
    return table, []
