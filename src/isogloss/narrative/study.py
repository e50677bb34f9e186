"""The answer of a study in the order in which a person would tell it.

First what the intermediate stage did on average and how many cells are at chance; then how the scores go with
distance, over the distances that were observed; then how much the design could have found.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from isogloss.analysis import Analysis, Record
from isogloss.analysis.overall import Change, Overall
from isogloss.analysis.wording import words
from isogloss.narrative.numbers import display_unit, interval, number, p_value, percent, slope, typeset

Span = tuple[float, float]
"""Smallest and largest distance of the pairs that were tested."""

_AGAINST = {
    "gain": "",
    "gain_equal_budget": "Against an equally large stage in the source language, it ",
}
N_NAMED = 4
"""Targets at chance are named up to so many."""


def answer(
    analysis: Analysis, average: Overall | None, spans: Mapping[tuple[str, str], Span]
) -> tuple[str, ...]:
    """Say what one analysis found, the most important first.

    Parameters
    ----------
    analysis : Analysis
    average : Overall or None
        Of the same condition.
    spans : mapping of (distance, definition) to Span
        Of the first measure.
    """
    first = (*on_average(average), at_chance(average)) if average else ()
    sentences = (*first, *relation(analysis, spans))
    return tuple(typeset(sentence) for sentence in (*sentences, analysis.answer()[1]) if sentence)


def on_average(average: Overall) -> tuple[str, ...]:
    """What the intermediate stage did; without one, how high the scores are."""
    if not average.changes:
        cells = f"zero-shot {'cell' if average.n_cells == 1 else 'cells'}"
        return (f"Mean score {percent(average.mean)} percent over {average.n_cells} {cells}.",)
    return tuple(_changed(average, change) for change in average.changes)


def _changed(average: Overall, change: Change) -> str:
    task = average.condition.intermediate_task
    subject = _AGAINST[change.measure] or f"The intermediate stage ({task}) "
    size = number(100 * abs(change.mean), 1)
    lower = change.n_lower > change.n_higher
    n = change.n_lower if lower else change.n_higher
    if n == 0:
        return f"{subject}changed none of {change.n_cells} zero-shot scores."
    verb = "lowered" if lower else "raised"
    told = f"{subject}{verb} {n} of {change.n_cells} zero-shot scores"
    if (change.mean < 0) == lower:
        return f"{told}, by {size} points on average over all of them."
    return f"{told}, though all of them together {'rose' if lower else 'fell'} by {size} points on average."


def at_chance(average: Overall) -> str:
    """How many cells say nothing about transfer, and of which targets."""
    if not average.at_chance:
        return ""
    named = [f"{code} {n} of {total}" for code, (n, total) in average.at_chance.items()]
    more = len(named) - N_NAMED
    listed = ", ".join(named[:N_NAMED]) + (f" and {more} more targets" if more > 0 else "")
    return (
        f"{average.n_at_chance} of {average.n_cells} cells are within sampling error of chance ({listed}), "
        "where a difference between scores means little."
    )


def relation(analysis: Analysis, spans: Mapping[tuple[str, str], Span]) -> tuple[str, ...]:
    """How the first measure goes with distance, and why an interval may leave out zero all the same."""
    if not analysis.information.informative:
        return (f"Nothing to explain: {analysis.information.sentence}.",)
    supported = [record for record in analysis.leading if record.verdict == "supported"]
    first = supported[0] if supported else analysis.leading[0]
    measure, n_tried = words(first.effectiveness), len(analysis.leading)
    told = over_range(first, spans.get((first.distance, first.definition)), analysis.alpha)
    if supported:
        also = ", ".join(record.distance for record in supported[1:])
        return (f"{told}.", f"Supported too: {also} distance." if also else "")
    if first.p_family <= analysis.alpha:
        return (
            f"{told}. That is against the expectation that distance hinders transfer, so no relation is "
            "supported.",
        )
    tried = f"any of {n_tried} distances" if n_tried > 1 else f"{first.distance} distance"
    if any(record.verdict == "underpowered" for record in analysis.leading):
        start = f"Too little data to tell whether {measure} goes with {tried}"
    else:
        start = f"No relation of {measure} with {tried} was found"
    closest = f"{start}. {'Closest: ' if n_tried > 1 else ''}{told}."
    return closest, interval_explained(first, n_tried, analysis.alpha)


def over_range(record: Record, span: Span | None, alpha: float) -> str:
    """A slope in words: what it comes to from the nearest to the farthest pair, with interval and p."""
    _, scale = display_unit(record.effectiveness)
    unit = "" if record.effectiveness == "relative" else " points"
    if span is None or span[1] <= span[0]:
        reach, over = 1.0, "per unit of distance"
    else:
        reach = span[1] - span[0]
        over = f"from the nearest pair (distance {number(span[0])}) to the farthest ({number(span[1])})"
    verb = "falls" if record.estimate < 0 else "rises"
    bounds = interval(reach * record.ci_low, reach * record.ci_high, scale)
    return (
        f"{words(record.effectiveness)} {verb} with {record.distance} distance, row and column effects "
        "removed: "
        f"{slope(reach * record.estimate, scale)}{unit} {over}; "
        f"{1 - alpha:.0%} interval {bounds}, family-wise p = {p_value(record.p_family)}"
    ).replace("p = <", "p <")


def interval_explained(record: Record, n_tried: int, alpha: float) -> str:
    """Why an interval that leaves out zero stands beside a relation that is not supported."""
    if not (math.isfinite(record.ci_low + record.ci_high) and record.ci_low * record.ci_high > 0):
        return ""
    if n_tried > 1:
        return (
            f"The interval leaves out zero because it is about this distance alone (p = "
            f"{p_value(record.p_value)}). The family-wise p counts that {n_tried} distances were tried: if "
            f"none mattered, one of them would look as strong in {number(100 * record.p_family, 0)} of 100 "
            "studies."
        )
    return (
        f"The interval leaves out zero, but p does not reach {alpha:g}: with so few languages the two can "
        "disagree, and the verdict follows p."
    )
