"""One measure against every distance: primary tests, verdicts, and what stands beside them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.problem import Problem
from isogloss.analysis.results import LeftOut, Record, Untested
from isogloss.analysis.wording import POWER, SHARE_OF_INTEREST, per_unit
from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import AnalysisError
from isogloss.scores.effectiveness import MEASURES
from isogloss.statistics.base import TestResult
from isogloss.statistics.coverage import incomplete_languages
from isogloss.statistics.detectable import minimum_detectable_slope
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.floor import Information
from isogloss.statistics.primary import METHOD, permutation_slope
from isogloss.statistics.verdict import Verdict, judge

NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Pairing:
    """One measure and one distance on the languages that both cover."""

    problem: Problem
    matrix: DistanceMatrix
    distance: NDArray[np.float64]

    def between(self, problem: Problem) -> NDArray[np.float64]:
        """Distances of the cells of another problem; NaN where not on record."""
        return _between(self.matrix, problem)

    @property
    def adjusted_distance(self) -> NDArray[np.float64]:
        """Distance without row and column effects over the cells of the measure."""
        return AdditiveEffects.two_way(np.isfinite(self.problem.values)).residuals(self.distance)


@dataclass(frozen=True)
class Tests:
    """The primary tests of one measure, in the order of the pairings, and what was left out of them."""

    pairings: tuple[Pairing, ...]
    primary: tuple[Record, ...]
    left_out: tuple[LeftOut, ...]
    untested: tuple[Untested, ...]


def tests_of(
    problem: Problem,
    distances: Mapping[str, DistanceMatrix],
    informed: Information,
    *,
    alpha: float,
    n_permutations: int,
    seed: int,
    tell: Callable[[str], None],
) -> Tests:
    """Test one measure against every distance.

    Distances that cover the same languages share their permutations and are one family (max-T). Families of
    different languages share the level by their size (Bonferroni).
    """
    if is_constant(problem.values, problem.residuals) and informed.informative:
        raise AnalysisError(
            f"'{problem.measure}' does not vary beyond row and column effects in "
            f"{int(np.isfinite(problem.values).sum())} cells",
            hint="a constant cannot be explained; look at the scores",
        )
    pairings: list[Pairing] = []
    left_out: list[LeftOut] = []
    untested: list[Untested] = []
    for matrix in distances.values():
        name = (problem.measure, matrix.metric, matrix.definition)
        distance = _between(matrix, problem)
        gone = incomplete_languages(problem.values, distance, problem.row_ids, problem.column_ids)
        kept = problem.without(gone)
        if gone:
            spelled = {language.id: language.input for language in (*problem.rows, *problem.columns)}
            n_dyads = int(np.isfinite(kept.values).sum())
            left_out.append(LeftOut(*name, tuple(spelled[code] for code in gone), n_dyads))
        pairing = Pairing(kept, matrix, _between(matrix, kept))
        reason = _why_untestable(pairing, informed)
        if reason:
            untested.append(Untested(*name, reason))
        else:
            pairings.append(pairing)
    groups: dict[tuple[object, ...], list[Pairing]] = {}
    for pairing in pairings:
        groups.setdefault((pairing.problem.row_ids, pairing.problem.column_ids), []).append(pairing)
    primary: dict[int, Record] = {}
    for group in groups.values():
        tell(f"{problem.measure}: primary test of {', '.join(pairing.matrix.metric for pairing in group)}")
        for pairing, record in zip(
            group, _family(group, len(pairings), informed, alpha, n_permutations, seed), strict=True
        ):
            primary[pairings.index(pairing)] = record
    return Tests(
        tuple(pairings),
        tuple(primary[i] for i in range(len(pairings))),
        tuple(left_out),
        tuple(untested),
    )


def _between(matrix: DistanceMatrix, problem: Problem) -> NDArray[np.float64]:
    """Distances of the cells; NaN for a language that the matrix does not hold."""
    out = np.full((len(problem.rows), len(problem.columns)), np.nan)
    rows = [i for i, language in enumerate(problem.rows) if language.id in matrix.ids]
    columns = [j for j, language in enumerate(problem.columns) if language.id in matrix.ids]
    out[np.ix_(rows, columns)] = matrix.between(
        [problem.rows[i] for i in rows], [problem.columns[j] for j in columns]
    )
    return out


def _why_untestable(pairing: Pairing, informed: Information) -> str:
    problem = pairing.problem
    if max(len(problem.rows), len(problem.columns)) < 3:
        return (
            f"too few languages: {len(problem.rows)} x {len(problem.columns)} are left if every pair is "
            "to be on record"
        )
    if informed.informative and is_constant(problem.values, problem.residuals):
        return f"'{problem.measure}' does not vary over the languages that it covers"
    if is_constant(pairing.distance[np.isfinite(problem.values)], pairing.adjusted_distance):
        return "it does not vary beyond row and column effects over these languages"
    return ""


def _family(
    group: Sequence[Pairing],
    n_tried: int,
    informed: Information,
    alpha: float,
    n_permutations: int,
    seed: int,
) -> list[Record]:
    problem = group[0].problem
    if is_constant(problem.values, problem.residuals):
        return [_untouched(pairing, informed) for pairing in group]
    family = permutation_slope(
        problem.values,
        np.stack([pairing.distance for pairing in group]),
        problem.row_ids,
        problem.column_ids,
        n_permutations=n_permutations,
        alpha=alpha,
        n_tried=n_tried,
        rng=np.random.default_rng(seed),
    )
    records = []
    for pairing, result, level in zip(group, family.results, family.levels, strict=True):
        detectable = minimum_detectable_slope(
            problem.values,
            pairing.distance,
            problem.row_ids,
            problem.column_ids,
            level=level,
            power=POWER,
            rng=np.random.default_rng(seed),
        )
        interest = _smallest_of_interest(pairing)
        if informed.informative:
            verdict = judge(
                result,
                expected_sign=MEASURES[problem.measure].expected_sign,
                alpha=alpha,
                min_detectable=detectable,
                smallest_of_interest=interest,
                in_words=lambda slope: per_unit(problem.measure, slope),
            )
        else:
            verdict = Verdict("nothing to explain", informed.sentence)
        records.append(record_of(pairing, result, detectable, interest, verdict))
    return records


def _untouched(pairing: Pairing, informed: Information) -> Record:
    """Stand in for a test of scores that do not differ and carry no information."""
    n = int(np.isfinite(pairing.problem.values).sum())
    none = TestResult(METHOD, "slope", NAN, NAN, NAN, NAN, n)
    return record_of(pairing, none, NAN, NAN, Verdict("nothing to explain", informed.sentence))


def _smallest_of_interest(pairing: Pairing) -> float:
    """Slope at which distance explains `SHARE_OF_INTEREST` of the variance left by row and column effects."""
    spread = np.linalg.norm(pairing.adjusted_distance)
    return math.sqrt(SHARE_OF_INTEREST) * float(np.linalg.norm(pairing.problem.residuals) / spread)


def record_of(
    pairing: Pairing,
    result: TestResult,
    detectable: float = NAN,
    interest: float = NAN,
    verdict: Verdict | None = None,
) -> Record:
    """Make a record of a result; a sensitivity method has neither power nor verdict."""
    return Record(
        effectiveness=pairing.problem.measure,
        distance=pairing.matrix.metric,
        definition=pairing.matrix.definition,
        method=result.method,
        estimate=result.estimate,
        ci_low=result.ci_low,
        ci_high=result.ci_high,
        p_value=result.p_value,
        p_family=result.p_family,
        p_min=result.p_min,
        n_dyads=result.n,
        n_resamples=result.n_resamples,
        exact=result.exact,
        min_detectable=detectable,
        smallest_of_interest=interest,
        verdict=verdict.word if verdict else "",
        reason=verdict.reason if verdict else result.note,
        statistic=result.statistic,
    )
