"""An analysis in words: the answer, the reasons of verdicts, and what was left out.

A fall is a negative slope with a negative interval; slopes of scores are in points (0.01 of a score).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from functools import singledispatch
from pathlib import Path

import yaml

from isogloss.analysis.correlation import Correlation
from isogloss.analysis.overall import CHANGES
from isogloss.analysis.results import POWER, SHARE_OF_INTEREST, Analysis, Judged, Record
from isogloss.display import counted
from isogloss.errors import some_of
from isogloss.scores.effectiveness import MEASURES
from isogloss.statistics.average import Average
from isogloss.statistics.floor import CEILING, Information
from isogloss.statistics.reliability import Reliability

NAME = "analysis"

METHODS: Mapping[str, str] = yaml.safe_load(
    Path(__file__).with_name("methods.yaml").read_text(encoding="utf-8")
)
"""Statistical methods in words; others by their name."""


_LUCKY = (
    " The slope found is smaller than that: another sample may well miss it, and its size is probably "
    "overstated."
)
"""Of a significant result in a design with little power (Gelman and Carlin 2014, Type M errors)."""


def words(name: str) -> str:
    """A registry name as it is read: ``"fusion gain"``."""
    return METHODS.get(name, name.replace("_", " "))


def p_text(p_value: float) -> str:
    """Format a p-value in two significant digits: 0.012, 0.0001."""
    return f"{p_value:.2g}" if p_value >= 0.001 else f"{p_value:.1g}"


def amount(measure: str, slope: float, *beside: float) -> str:
    """Slopes of scores in points, of shares as they are; with the digits of the largest that it is beside."""
    if math.isinf(slope):
        return "unbounded"
    factor, usual = (1, 2) if measure == "relative" else (100, 1)
    largest = max((abs(factor * value) for value in (slope, *beside) if math.isfinite(value)), default=0.0)
    digits = decimals(largest, usual)
    return f"{round(factor * slope, digits) + 0.0:.{digits}f}"  # no "-0.0"


def decimals(value: float, usual: int) -> int:
    """The usual decimals; up to three more where they would leave less than two digits of a small number.

    A distance on a scale to 100 has slopes of a hundredth.
    """
    if not math.isfinite(value) or value == 0 or abs(value) >= 5 / 10**usual:
        return usual
    return min(1 - math.floor(math.log10(abs(value))), usual + 3)


def bounds(record: Record) -> str:
    """The interval of a slope: ``"-40.2 to -14.1"``."""
    low, high = record.ci_low, record.ci_high
    if math.isnan(low):
        return "-"
    if math.isinf(low) and math.isinf(high):
        return "unbounded"
    return f"{amount(record.effectiveness, low, high)} to {amount(record.effectiveness, high, low)}"


def per_unit(measure: str, slope: float) -> str:
    """A slope with its unit: ``"-3.2 points per unit"``."""
    return f"{_with_unit(measure, slope)} per unit"


def _with_unit(measure: str, value: float, *beside: float) -> str:
    return f"{amount(measure, value, *beside)}{'' if measure == 'relative' else ' points'}"


@singledispatch
def in_words(result: object) -> list[str]:
    """Say what a result says, one sentence per entry.

    Raises
    ------
    TypeError
        If there are no words for it.
    """
    raise TypeError(f"no words for {type(result).__name__}")


@in_words.register
def _(analysis: Analysis) -> list[str]:
    """Say what was found for the first measure, how powerful the design was, what was removed, the mean."""
    return [_finding(analysis), _power(analysis), _removed(analysis), _on_average(analysis)]


@in_words.register
def _(correlation: Correlation) -> list[str]:
    lines = []
    for analysis, key in zip(correlation.analyses, correlation.keys, strict=True):
        if key:
            lines.append(f"{key}:")
        lines += in_words(analysis)
        lines += [
            f"  {record.distance} ({record.definition}): {_tested(record)}" for record in analysis.primary
        ]
        lines += [f"  {line}" for line in uncovered(analysis)]
    lines += [f"not analysed: {entry.condition}: {entry.reason}" for entry in correlation.not_analysed]
    lines += correlation.notes
    if correlation.unusable:
        first = correlation.unusable[0]
        n = counted(len(correlation.unusable), "row")
        lines.append(f"{n} could not be used; the first: {first.place}: {first.reason}")
    return lines


def _tested(record: Record) -> str:
    if math.isnan(record.p_family):
        return record.verdict
    slope = per_unit(record.effectiveness, record.estimate)
    return f"{slope}, family-wise p = {p_text(record.p_family)}, {record.verdict}"


@in_words.register
def _(information: Information) -> list[str]:
    n, kinds = information.n_cells, []
    if information.n_at_chance:
        kinds.append(f"{information.n_at_chance} of {n} cells score within sampling error of chance")
    if information.n_at_ceiling:
        kinds.append(f"{information.n_at_ceiling} of {n} cells are at the ceiling ({CEILING:.0%} or more)")
    if information.n_chance_unknown:
        kinds.append(f"the chance level of {information.n_chance_unknown} of {n} cells is unknown")
    if not kinds:
        kinds = [f"all {n} cells score above chance and below the ceiling"]
    end = "" if information.informative else ": the scores carry no information on transfer"
    return ["; ".join(kinds) + end]


@in_words.register
def _(reliability: Reliability) -> list[str]:
    return [
        f"reliability of the cell means over {reliability.n_seeds} seeds: {reliability.of_cells:.2f}; "
        f"{reliability.beyond_effects:.2f} once row and column effects are removed"
    ]


@in_words.register
def _(judged: Judged) -> list[str]:
    """Why a verdict is what it is."""
    result, verdict = judged.result, judged.verdict
    p = f"family-wise p = {p_text(result.p_family)}" if math.isfinite(result.p_family) else ""
    direction = "falls" if result.estimate < 0 else "rises"
    detectable = per_unit(judged.measure, judged.min_detectable)
    interest = per_unit(judged.measure, judged.smallest_of_interest)
    reasons = {
        "found": f"it {direction} with distance, {p}",
        "other direction": f"the relation points the other way: it {direction} with distance, {p}",
        "too few permutations": "with so few languages no result could have a p-value below "
        f"{p_text(result.p_min)}",
        "no slope suffices": f"no slope could reach a family-wise p-value of {judged.alpha:g}",
        "too little power": f"{p}, but only slopes from {detectable} on would be found reliably, and slopes "
        f"from {interest} on would matter",
        "not found": f"{p}, though slopes from {detectable} on would be found reliably",
        "no information": in_words(judged.information)[0],
    }
    return [reasons[verdict.cause]]


def excluded_cells(analysis: Analysis) -> list[str]:
    """Cells that tests do without, counted by reason."""
    counts = Counter(cell.reason for cell in analysis.excluded)
    tests = "every test" if len(analysis.values) == 1 else "tests"  # another measure may have the cell
    return [
        f"{n} {'cell' if n == 1 else 'cells'} kept out of {tests}: {reason}"
        for reason, n in counts.most_common()
    ]


def uncovered(analysis: Analysis, most: int | None = None) -> list[str]:
    """Languages that a distance does not cover, and distances and measures that were not tested.

    Of many languages the first `most` are named and the others counted.
    """
    left_out = [
        f"{words(entry.effectiveness)} and {entry.distance} distance: tested without "
        f"{some_of(entry.languages, most or len(entry.languages))}, for which too little is on record; "
        f"{entry.n_dyads} dyads remain"
        for entry in analysis.left_out
    ]
    untested = []
    for entry in analysis.untested:
        about = "" if entry.distance == "every" else f" and {entry.distance} distance"
        untested.append(f"{words(entry.effectiveness)}{about}: not tested: {entry.reason}")
    return left_out + untested


def _finding(analysis: Analysis) -> str:
    if not analysis.information.informative:
        return f"Nothing to explain: {in_words(analysis.information)[0]}."
    supported = [record for record in analysis.leading if record.verdict == "supported"]
    if supported:
        first, *others = supported
        also = ", ".join(record.distance for record in others if record.estimate * first.estimate > 0)
        against = ", ".join(
            f"{record.distance} distance (p = {p_text(record.p_family)})"
            for record in analysis.leading
            if record.p_family <= analysis.alpha and record.estimate * first.estimate < 0
        )
        return (
            _relation(first, analysis.alpha)
            + (f"; supported too: {also} distance" if also else "")
            + (f"; the other way with {against}." if against else ".")
        )
    closest = analysis.leading[0]
    if closest.p_family <= analysis.alpha:
        expected = "fall" if MEASURES[closest.effectiveness].expected_sign < 0 else "rise"
        return (
            f"The relation points the other way ({words(closest.effectiveness)} was expected to {expected} "
            f"with distance): {_relation(closest, analysis.alpha)}."
        )
    n_tried = len(analysis.leading)
    tried = f"{n_tried} distances" if n_tried > 1 else f"{closest.distance} distance"
    measure = words(closest.effectiveness)
    if any(record.verdict == "underpowered" for record in analysis.leading):
        start = f"Too little data to tell whether {measure} changes with distance ({tried} tried)"
    else:
        start = f"No change of {measure} with distance was found ({tried} tried)"
    return f"{start}; the closest: {_relation(closest, analysis.alpha)}{_why_zero_is_out(closest)}."


def _relation(record: Record, alpha: float) -> str:
    verb = "falls" if record.estimate < 0 else "rises"
    measure = record.effectiveness
    reach = record.farthest - record.nearest
    # Beyond row and column effects distances differ less: what no score could do is not said.
    is_possible = abs(reach * record.estimate) <= (math.inf if measure == "relative" else 1)
    over = (
        f"; from the nearest to the farthest pair ({record.nearest:.2f} to {record.farthest:.2f}): "
        f"{_with_unit(measure, reach * record.estimate)}"
        if is_possible and math.isfinite(reach * record.estimate)
        else ""
    )
    return (
        f"{words(measure)} {verb} with {record.distance} distance: {per_unit(measure, record.estimate)} "
        f"({100 * (1 - alpha):.4g}% interval {bounds(record)}, "
        f"family-wise p = {p_text(record.p_family)}{over})"
    )


def _why_zero_is_out(record: Record) -> str:
    """Explain an interval without zero where the relation is not supported."""
    if not record.ci_low * record.ci_high > 0:
        return ""
    return (
        f". Its interval leaves out zero because it is about this distance alone (p = "
        f"{p_text(record.p_value)}); the family-wise p counts how many distances were tried"
    )


def _power(analysis: Analysis) -> str:
    """Say how powerful the design was."""
    closest = analysis.leading[0]
    n_rows, n_columns = analysis.size
    size = f"{n_rows} {analysis.row_role} x {n_columns} target languages"
    design = f"Design: {size}, {analysis.n_dyads} cells"
    if not analysis.information.informative:
        return f"{design}; its power does not matter while the scores carry no information."
    design += f", smallest attainable p = {p_text(closest.p_min)}"
    if math.isinf(closest.min_detectable):
        return f"{design}; no slope on {closest.distance} distance could be found reliably."
    correlation = _as_correlation(closest, analysis)
    lucky = closest.verdict == "supported" and abs(closest.estimate) < closest.min_detectable
    return (
        f"{design}; a slope of {per_unit(closest.effectiveness, closest.min_detectable)} of "
        f"{closest.distance} distance, of either sign, would be found with {POWER:.0%} probability"
        f"{correlation}.{_LUCKY if lucky else ''}"
    )


def _as_correlation(record: Record, analysis: Analysis) -> str:
    """The detectable slope of a star as a correlation: what so few languages can carry."""
    if analysis.design != "star" or record.n_dyads < 4:
        return ""
    ratio = record.smallest_of_interest / math.sqrt(SHARE_OF_INTEREST)  # |y| / |x|
    unexplained = max(0.0, 1 - (record.estimate / ratio) ** 2)
    noise = ratio**2 * unexplained * (record.n_dyads - 1) / (record.n_dyads - 2)
    correlation = record.min_detectable / math.sqrt(record.min_detectable**2 + noise)
    return (
        f", which is a correlation of {correlation:.2f}: {record.n_dyads} languages do not show a weaker "
        "one reliably"
    )


def _removed(analysis: Analysis) -> str:
    """Say what was removed on both sides before scores and distances were related."""
    if analysis.design == "star":
        varying, fixed = ("target", analysis.row_role)
        if analysis.size[1] == 1:
            varying, fixed = fixed, varying
        return (
            f"Removed before the test: the mean alone, as there is one {fixed} language; the answer is about "
            f"differences between {varying} languages."
        )
    return (
        f"Removed before the test: the average of every {analysis.row_role} and of every target language "
        "(row and column effects). The answer is about what pairs score beyond these averages, and may "
        "differ from that of a table with one row."
    )


def _on_average(analysis: Analysis) -> str:
    """The first measure on average: what a reader asks first."""
    measure, mean = next(iter(analysis.averages.items()))
    n = f"{mean.n_cells} {'cell' if mean.n_cells == 1 else 'cells'}"
    if measure == "score":
        return f"Mean score: {100 * mean.estimate:.1f} percent over {n}."
    interval = interval_of_mean(measure, mean, analysis.row_role)
    size = _with_unit(measure, mean.estimate, mean.ci_low, mean.ci_high)
    return (
        f"Mean {words(measure)}: {size} over {n}{interval}; {mean.n_below} below zero, {mean.n_above} above."
    )


def interval_of_mean(measure: str, mean: Average, role: str) -> str:
    """The interval of a mean in brackets, with what it is over; empty where there is none."""
    low, high = mean.ci_low, mean.ci_high
    if math.isnan(low):
        return ""
    levels = ((mean.n_rows, f"{role} languages"), (mean.n_seeds, "seeds"))
    over = " and ".join(f"{n} {name}" for n, name in levels if n > 1)
    is_shared = measure in CHANGES and mean.n_seeds == 1
    return (
        f" (95% interval {amount(measure, low, high)} to {amount(measure, high, low)} over {over}"
        f"{', without the noise of the one baseline run, which all share' if is_shared else ''})"
    )
