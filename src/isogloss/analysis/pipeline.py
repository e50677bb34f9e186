"""Relate every measure to every distance in one condition of a score table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from isogloss.analysis.controls.base import Controls
from isogloss.analysis.pairing import tests_of
from isogloss.analysis.problem import distinct, problems_of
from isogloss.analysis.results import Analysis, Untested
from isogloss.analysis.sensitivity import sensitivity_of
from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import AnalysisError
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR, Condition, conditions
from isogloss.scores.table import ScoreTable
from isogloss.statistics.reliability import reliability

NO_CONTROLS = Controls()


def _say_nothing(step: str) -> None:
    """Tell nobody what is being done."""


def analyse_all(
    table: ScoreTable,
    distances: Mapping[str, DistanceMatrix],
    *,
    measures: Sequence[str],
    n_permutations: int = 9999,
    seed: int = 0,
    alpha: float = 0.05,
    controls: Controls = NO_CONTROLS,
    tell: Callable[[str], None] = _say_nothing,
) -> tuple[Analysis, ...]:
    """Analyse every condition of a table by itself; a family of tests never spans two of them.

    ``fusion_gain`` is left out for the last layer alone, which is what it compares with.

    Raises
    ------
    AnalysisError
        If a condition leaves nothing to test, or there is none.
    """
    analyses = []
    for condition in conditions(table):
        own = [m for m in measures if m != "fusion_gain" or condition.aggregator != PLAIN_AGGREGATOR]
        if own:
            analyses.append(
                analyse(
                    table,
                    distances,
                    measures=own,
                    condition=condition,
                    n_permutations=n_permutations,
                    seed=seed,
                    alpha=alpha,
                    controls=controls,
                    tell=tell,
                )
            )
    if not analyses:
        raise AnalysisError(
            f"nothing to analyse: {len(table)} cells, measures: {', '.join(measures) or 'none'}",
            hint=f"fusion_gain needs an aggregator other than '{PLAIN_AGGREGATOR}'" if measures else None,
        )
    return tuple(analyses)


def analyse(
    table: ScoreTable,
    distances: Mapping[str, DistanceMatrix],
    *,
    measures: Sequence[str],
    condition: Condition | None = None,
    n_permutations: int = 9999,
    seed: int = 0,
    alpha: float = 0.05,
    controls: Controls = NO_CONTROLS,
    tell: Callable[[str], None] = _say_nothing,
) -> Analysis:
    """Relate effectiveness to distance in one condition.

    Parameters
    ----------
    table : ScoreTable
        All rows, baselines included.
    distances : mapping of str to DistanceMatrix
    measures : sequence of str
        Names in `effectiveness.MEASURES`, the one that the answer is about first.
    condition : Condition, optional
        May be left out where the table holds only one.
    n_permutations, seed : int
    alpha : float
    controls : Controls
        For the partial correlations.
    tell : callable
        Is told each step before it is taken.

    Raises
    ------
    AnalysisError
        If a measure or control is unknown, none is defined for any cell, or nothing is left to test.
    LanguageError
        If the table names an unknown language.
    """
    condition = condition or _only_condition(table)
    problems, excluded, informed, undefined = problems_of(table, measures, condition)
    controls.check([problem.measure for problem in problems])
    tested, equivalent = distinct(problems)
    settings = {"n_permutations": n_permutations, "seed": seed}
    runs = [tests_of(problem, distances, informed, alpha=alpha, tell=tell, **settings) for problem in tested]
    primary = tuple(record for run in runs for record in run.primary)
    untested = (
        *(Untested(measure, "every", "", reason) for measure, reason in undefined.items()),
        *(entry for run in runs for entry in run.untested),
    )
    if not primary:
        reasons = "; ".join(dict.fromkeys(f"{entry.distance}: {entry.reason}" for entry in untested))
        raise AnalysisError(
            f"no distance can be tested: {reasons or 'none was given'}",
            where=str(condition),
            hint="take languages that the distances cover and tell apart, or other distances",
        )
    beside = [sensitivity_of(run.pairings, table, condition, controls, tell=tell, **settings) for run in runs]
    reliabilities = {problem.measure: reliability(problem.runs) for problem in problems}
    first = problems[0]
    star = min(len(first.rows), len(first.columns)) == 1
    return Analysis(
        condition=condition,
        design="star" if star else f"{condition.margin} x target",
        rows=first.rows,
        columns=first.columns,
        values={problem.measure: problem.on(first.rows, first.columns) for problem in problems},
        information=informed,
        excluded=excluded,
        left_out=tuple(entry for run in runs for entry in run.left_out),
        untested=untested,
        equivalent=equivalent,
        primary=primary,
        sensitivity=tuple(record for records, _ in beside for record in records),
        not_applicable=tuple(entry for _, entries in beside for entry in entries),
        controls=controls.names,
        reliability={name: found for name, found in reliabilities.items() if found is not None},
        alpha=alpha,
        n_permutations=n_permutations,
        seed=seed,
    )


def _only_condition(table: ScoreTable) -> Condition:
    found = conditions(table)
    if len(found) != 1:
        listed = "; ".join(str(condition) for condition in found) or "none"
        raise AnalysisError(
            f"the score table holds {len(found)} conditions",
            allowed=listed,
            hint="name one, or use analyse_all",
        )
    return found[0]
