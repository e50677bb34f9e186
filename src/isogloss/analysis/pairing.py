"""One measure against every distance: primary tests, verdicts, and sensitivity analyses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.dyads import FEWEST_LANGUAGES, DyadMatrix
from isogloss.analysis.results import POWER, SHARE_OF_INTEREST, Judged, LeftOut, Record, Untested
from isogloss.analysis.spec import AnalysisSpec, OnStep
from isogloss.distances.matrix import PairMatrix
from isogloss.errors import some_of
from isogloss.registry import RENDERERS
from isogloss.scores.effectiveness import MEASURES
from isogloss.statistics.base import TestResult
from isogloss.statistics.coverage import incomplete_languages
from isogloss.statistics.detectable import minimum_detectable_slope
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.floor import Information
from isogloss.statistics.primary import METHOD, permutation_slope
from isogloss.statistics.verdict import NOTHING_TO_EXPLAIN, judge

NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Pairing:
    """One measure and one distance on the languages that both cover."""

    dyads: DyadMatrix
    matrix: PairMatrix
    distance: NDArray[np.float64]

    @property
    def adjusted_distance(self) -> NDArray[np.float64]:
        """Distance without row and column effects over the cells of the measure."""
        return AdditiveEffects.two_way(np.isfinite(self.dyads.values)).residuals(self.distance)


@dataclass(frozen=True)
class Tests:
    """The primary tests of one measure, in the order of the pairings, and what was left out of them."""

    pairings: tuple[Pairing, ...]
    primary: tuple[Record, ...]
    left_out: tuple[LeftOut, ...]
    untested: tuple[Untested, ...]


def tests_of(
    dyads: DyadMatrix,
    distances: Mapping[str, PairMatrix],
    informed: Information,
    spec: AnalysisSpec,
    on_step: OnStep,
) -> Tests:
    """Test one measure against every distance.

    Distances that cover the same languages share their permutations and are one family (max-T). Families of
    different languages share the level by their size (Bonferroni).
    """
    if is_constant(dyads.values, dyads.residuals) and informed.informative:
        n_cells = int(np.isfinite(dyads.values).sum())
        reason = f"'{dyads.measure}' does not vary beyond row and column effects in {n_cells} cells"
        return Tests((), (), (), (Untested(dyads.measure, "every", "", reason),))
    pairings: list[Pairing] = []
    left_out: list[LeftOut] = []
    untested: list[Untested] = []
    for matrix in distances.values():
        name = _about(dyads, matrix)
        pairing, gone = _covered(dyads, matrix)
        reason = _why_untestable(pairing, dyads, informed)
        if reason:
            without = f"; without {some_of(gone, 12)}, for which too little is on record" if gone else ""
            untested.append(Untested(*name, reason + without))
            continue
        pairings.append(pairing)
        if gone:
            n_dyads = int(np.isfinite(pairing.dyads.values).sum())
            left_out.append(LeftOut(*name, gone, n_dyads))
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, pairing in enumerate(pairings):
        groups.setdefault((pairing.dyads.row_ids, pairing.dyads.column_ids), []).append(number)
    primary: dict[int, Record] = {}
    for numbers in groups.values():
        group = [pairings[number] for number in numbers]
        on_step(f"{dyads.measure}: primary test of {', '.join(each.matrix.metric for each in group)}")
        primary |= zip(numbers, _family(group, len(pairings), informed, spec), strict=True)
    records = tuple(primary[number] for number in range(len(pairings)))
    return Tests(tuple(pairings), records, tuple(left_out), tuple(untested))


def _about(dyads: DyadMatrix, matrix: PairMatrix) -> tuple[str, str, str]:
    """Measure, distance and definition, as all that is said of a test begins."""
    return dyads.measure, matrix.metric, matrix.definition


def _covered(dyads: DyadMatrix, matrix: PairMatrix) -> tuple[Pairing, tuple[str, ...]]:
    """Pair a measure with a distance on the languages that it covers; and the languages that it does not."""
    distance = matrix.between(dyads.rows, dyads.columns, missing="nan")
    gone = incomplete_languages(dyads.values, distance, dyads.row_ids, dyads.column_ids)
    kept = dyads.without(gone)
    spelled = {language.id: language.input for language in (*dyads.rows, *dyads.columns)}
    pairing = Pairing(kept, matrix, matrix.between(kept.rows, kept.columns, missing="nan"))
    return pairing, tuple(spelled[code] for code in gone)


def _why_untestable(pairing: Pairing, whole: DyadMatrix, informed: Information) -> str:
    """Why a distance cannot be tested on the languages of `whole` that it covers; empty if it can."""
    dyads = pairing.dyads
    size = f"{len(dyads.rows)} x {len(dyads.columns)} are left if every pair is to be on record"
    if max(len(dyads.rows), len(dyads.columns)) < FEWEST_LANGUAGES:
        return f"too few languages: {size}"
    if dyads.star and not whole.star:  # a slope without effects answers another question
        return f"too few languages to remove row and column effects: {size}"
    if informed.informative and is_constant(dyads.values, dyads.residuals):
        return f"'{dyads.measure}' does not vary over the languages that it covers"
    if is_constant(pairing.distance[np.isfinite(dyads.values)], pairing.adjusted_distance):
        return "it does not vary beyond row and column effects over these languages"
    return ""


def _family(
    group: Sequence[Pairing], n_tried: int, informed: Information, spec: AnalysisSpec
) -> list[Record]:
    dyads = group[0].dyads
    if is_constant(dyads.values, dyads.residuals):
        n = int(np.isfinite(dyads.values).sum())
        untouched = TestResult(method=METHOD, statistic="slope", estimate=NAN, n=n)
        judged = Judged(dyads.measure, untouched, NOTHING_TO_EXPLAIN, NAN, NAN, NAN, informed)
        return [record_of(pairing, untouched, judged) for pairing in group]
    languages = dyads.row_ids, dyads.column_ids
    family = permutation_slope(
        dyads.values,
        np.stack([pairing.distance for pairing in group]),
        *languages,
        n_permutations=spec.n_permutations,
        alpha=spec.alpha,
        n_tried=n_tried,
        rng=np.random.default_rng(spec.seed),
    )
    records = []
    sign = MEASURES[dyads.measure].expected_sign
    found = zip(group, family.results, family.levels, family.critical, strict=True)
    for pairing, result, own, critical in found:
        rng = np.random.default_rng(spec.seed)
        # `own` is the level with the observed scores: those with a slope of this distance reach at least
        # Bonferroni's, and the smallest p-value that there is.
        level = max(own, spec.alpha / n_tried, result.p_min) if result.p_min <= spec.alpha else own
        detectable = minimum_detectable_slope(
            dyads.values, pairing.distance, *languages, level=level, critical=critical, power=POWER, rng=rng
        )
        interest = _smallest_of_interest(pairing)
        verdict = NOTHING_TO_EXPLAIN
        if informed.informative:
            sizes = {"min_detectable": detectable, "smallest_of_interest": interest}
            verdict = judge(result, expected_sign=sign, alpha=spec.alpha, **sizes)
        judged = Judged(dyads.measure, result, verdict, spec.alpha, detectable, interest, informed)
        records.append(record_of(pairing, result, judged))
    return records


def _smallest_of_interest(pairing: Pairing) -> float:
    """Slope at which distance explains `SHARE_OF_INTEREST` of the variance left by row and column effects."""
    spread = np.linalg.norm(pairing.adjusted_distance)
    return math.sqrt(SHARE_OF_INTEREST) * float(np.linalg.norm(pairing.dyads.residuals) / spread)


def record_of(pairing: Pairing, result: TestResult, judged: Judged | None = None) -> Record:
    """Make a record of a result; a sensitivity method has neither power nor verdict."""
    record = Record(
        *_about(pairing.dyads, pairing.matrix),
        n_dyads=result.n,
        reason=result.note,
        **{name: value for name, value in vars(result).items() if name in Record.__dataclass_fields__},
    )
    if judged is None:
        return record
    known = pairing.distance[np.isfinite(pairing.dyads.values)]
    return replace(
        record,
        min_detectable=judged.min_detectable,
        smallest_of_interest=judged.smallest_of_interest,
        verdict=judged.verdict.word,
        reason=RENDERERS["analysis"](judged)[0],
        nearest=float(known.min()),
        farthest=float(known.max()),
    )
