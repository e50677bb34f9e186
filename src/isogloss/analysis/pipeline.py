"""From scores and distances to analyses; conditions that cannot be analysed are listed with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from isogloss.analysis.controls.base import Controls
from isogloss.analysis.dyads import Selection, select
from isogloss.analysis.pairing import Tests, tests_of
from isogloss.analysis.results import Analysis, Untested
from isogloss.analysis.sensitivity import sensitivity_of
from isogloss.analysis.spec import AnalysisSpec, OnStep, ignore
from isogloss.distances.matrix import PairMatrix
from isogloss.errors import AnalysisError, closest
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.scores.effectiveness import MEASURES, PLAIN_AGGREGATOR, Condition, condition_names, conditions
from isogloss.scores.table import ScoreTable
from isogloss.statistics.average import average
from isogloss.statistics.reliability import reliability

T = TypeVar("T")
OnAnswer = Callable[[Analysis], None]
"""Called with an analysis whose primary tests are done."""


@dataclass(frozen=True)
class NotAnalysed:
    """A condition that leaves nothing to test, and why."""

    condition: str
    reason: str
    error: AnalysisError = field(repr=False, compare=False)

    def to_dict(self) -> dict[str, str]:
        """Condition and reason as JSON has them."""
        return {"condition": self.condition, "reason": self.reason}


@dataclass(frozen=True)
class Attempts(Generic[T]):
    """Every condition of a table: analysed, or not and why.

    Parameters
    ----------
    done : tuple
        One result per condition that has one.
    not_analysed : tuple of NotAnalysed
    """

    done: tuple[T, ...]
    not_analysed: tuple[NotAnalysed, ...]

    def require(self) -> tuple[T, ...]:
        """Return what was done.

        Raises
        ------
        AnalysisError
            If that is nothing: with the reason for every condition.
        """
        if self.done:
            return self.done
        if len({entry.reason for entry in self.not_analysed}) == 1:
            raise self.not_analysed[0].error
        reasons = "; ".join(f"{entry.condition}: {entry.reason}" for entry in self.not_analysed)
        raise AnalysisError(
            f"none of {len(self.not_analysed)} conditions can be analysed: {reasons}",
            hint="give a table with more languages, or correct what the reasons name",
        )


Analyses = Attempts[Analysis]


def each_condition(
    table: ScoreTable, measures: Sequence[str], work: Callable[[Condition, str, Sequence[str]], T]
) -> Attempts[T]:
    """Do something with every condition of a table; one that fails does not stop the others.

    ``fusion_gain`` is left out for the last layer alone, which is what it compares with.

    Parameters
    ----------
    table : ScoreTable
    measures : sequence of str
    work : callable
        Takes a condition, its name, and the measures that apply to it.

    Raises
    ------
    AnalysisError
        If there is no condition to which a measure applies.
    """
    done: list[T] = []
    not_analysed: list[NotAnalysed] = []
    found = conditions(table)
    for condition, name in zip(found, condition_names(found), strict=True):
        own = [m for m in measures if m != "fusion_gain" or condition.aggregator != PLAIN_AGGREGATOR]
        if not own:
            continue
        try:
            done.append(work(condition, name, own))
        except AnalysisError as error:
            not_analysed.append(NotAnalysed(name, error.what, error))
    if not done and not not_analysed:
        raise AnalysisError(
            f"nothing to analyse: {len(table)} cells, measures: {', '.join(measures) or 'none'}",
            hint=f"fusion_gain needs an aggregator other than '{PLAIN_AGGREGATOR}'" if measures else None,
        )
    return Attempts(tuple(done), tuple(not_analysed))


def analyse(
    table: ScoreTable,
    distances: Mapping[str, PairMatrix],
    spec: AnalysisSpec | None = None,
    *,
    controls: Controls | None = None,
    on_step: OnStep = ignore,
    on_answer: OnAnswer = ignore,
) -> Analyses:
    """Relate effectiveness to distance in every condition of a table.

    Each condition is analysed by itself; a family of tests never spans two of them. A condition that leaves
    nothing to test is listed with the reason and does not affect the others.

    Parameters
    ----------
    table : ScoreTable
        All rows, baselines included.
    distances : mapping of str to PairMatrix
        Over the languages of the table; those that `spec` names, or others.
    spec : AnalysisSpec, optional
        By default ``AnalysisSpec()``.
    controls : Controls, optional
        Values for the controls that `spec` names and that are not built in.
    on_step : callable
        Called with the name of each step before it starts.
    on_answer : callable
        Called with each analysis once its primary tests are done, before its sensitivity analyses.

    Returns
    -------
    Analyses

    Raises
    ------
    AnalysisError
        If a measure or control is unknown, or the table has no condition to which a measure applies.
    LanguageError
        If the table names an unknown language.
    """
    spec = spec or AnalysisSpec()
    unknown = [measure for measure in spec.measures if measure not in MEASURES]
    if unknown:
        raise AnalysisError(
            f"unknown effectiveness measure: {', '.join(unknown)}", allowed=closest(unknown[0], MEASURES)
        )
    controls = controls or Controls(spec.controls)
    controls.check(spec.measures)

    def work(condition: Condition, _: str, measures: Sequence[str]) -> Analysis:
        selection = select(table, measures, condition)
        runs = [tests_of(each, distances, selection.information, spec, on_step) for each in selection.tested]
        _require_primary(runs, condition)
        answer = _assembled(selection, runs, controls.names, spec)
        on_answer(answer)
        if not spec.sensitivity:
            return answer
        extra = [sensitivity_of(run.pairings, table, condition, controls, spec, on_step) for run in runs]
        return replace(
            answer,
            sensitivity=tuple(record for records, _ in extra for record in records),
            not_applicable=tuple(entry for _, entries in extra for entry in entries),
        )

    return each_condition(table, spec.measures, work)


def languages_of(table: ScoreTable) -> tuple[Language, ...]:
    """Every language that the table names, once."""
    found: dict[str, Language] = {}
    for row in table:
        for code in (row.target_language, row.intermediate_language, row.source_language):
            if code:
                language = resolve(code)
                found.setdefault(language.id, language)
    return tuple(found.values())


def _require_primary(runs: Sequence[Tests], condition: Condition) -> None:
    if any(run.primary for run in runs):
        return
    untested = [entry for run in runs for entry in run.untested]
    if untested and all(entry.distance == "every" for entry in untested):
        reasons = "; ".join(entry.reason for entry in untested)
        raise AnalysisError(reasons, hint="a constant cannot be explained; look at the scores")
    reasons = "; ".join(dict.fromkeys(f"{entry.distance}: {entry.reason}" for entry in untested))
    raise AnalysisError(
        f"no distance can be tested: {reasons or 'none was given'}",
        where=str(condition),
        hint="take languages that the distances cover and tell apart, or other distances",
    )


def _assembled(
    selection: Selection,
    runs: Sequence[Tests],
    controls: tuple[str, ...],
    spec: AnalysisSpec,
) -> Analysis:
    """Everything but the sensitivity analyses."""
    condition = selection.condition
    leading = next(record.effectiveness for run in runs for record in run.primary)
    # The answer is about the first measure, and there is none about one that no distance could be tested on.
    in_order = tuple(sorted(selection.dyads, key=lambda one: one.measure != leading))
    selection, first = replace(selection, dyads=in_order), in_order[0]
    reliabilities = {dyads.measure: reliability(dyads.runs) for dyads in selection.dyads}
    return Analysis(
        condition=condition,
        design="star" if first.star else f"{condition.margin} x target",
        rows=selection.rows,
        columns=selection.columns,
        values=selection.values,
        averages={dyads.measure: average(dyads.runs) for dyads in selection.dyads},
        information=selection.information,
        excluded=selection.excluded,
        left_out=tuple(entry for run in runs for entry in run.left_out),
        untested=(
            *(Untested(measure, "every", "", reason) for measure, reason in selection.undefined.items()),
            *(entry for run in runs for entry in run.untested),
        ),
        equivalent=selection.equivalent,
        primary=tuple(record for run in runs for record in run.primary),
        sensitivity=(),
        not_applicable=(),
        controls=controls,
        reliability={name: found for name, found in reliabilities.items() if found is not None},
        alpha=spec.alpha,
        n_permutations=spec.n_permutations,
        seed=spec.seed,
    )
