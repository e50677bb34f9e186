"""Captions of figures, for a caption and for a screen reader: the result, not the kind of plot."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import mean

from isogloss.analysis import Record
from isogloss.analysis.layer_sweep import LayerSweep
from isogloss.display import counted
from isogloss.narrative.analysis import words
from isogloss.narrative.numbers import display_unit, interval, number, p_value, percent, slope, typeset

NAME = None
"""Not a renderer: these are the words that others put together."""


def with_p(p: float) -> str:
    """A p-value with its name: ``"p = 0.012"``, ``"p < 0.0001"``."""
    return f"p = {p_value(p)}".replace("= <", "<")


def slopes(measure: str, records: Sequence[Record]) -> str:
    """Slopes of one measure on every distance."""
    _, scale = display_unit(records[0].effectiveness)
    told = "; ".join(
        f"{record.distance} {slope(record.estimate, scale)} "
        f"({interval(record.ci_low, record.ci_high, scale)}), {record.verdict}"
        for record in records
    )
    return f"Slope of {measure} per unit of each distance, with its interval: {told}."


def scatter(record: Record, n: int, *, adjusted: bool) -> str:
    """Effectiveness against one distance."""
    _, scale = display_unit(record.effectiveness)
    measure = words(record.effectiveness)
    start = f"{typeset(measure)} against {record.distance} distance, {counted(n, 'pair')}"
    if not adjusted:
        return f"{start}, as measured."
    if not math.isfinite(record.estimate):
        return f"{start}, row and column effects removed."
    verb = "falls" if record.estimate < 0 else "rises"
    return (
        f"{start}, row and column effects removed: it {verb} by {slope(record.estimate, scale)} per unit of "
        f"distance (interval {interval(record.ci_low, record.ci_high, scale)}), family-wise "
        f"{with_p(record.p_family)}."
    )


def heat(title: str, unit: str, cells: Sequence[tuple[str, str, float]], digits: int) -> str:
    """Lowest and highest cell of a matrix."""
    if not cells:
        return f"{title}: no value."
    low, high = min(cells, key=lambda cell: cell[2]), max(cells, key=lambda cell: cell[2])
    with_unit = f" in {unit}" if unit else ""
    ends = [
        f"{number(value, digits)} ({row}\N{RIGHTWARDS ARROW}{column})" for row, column, value in (low, high)
    ]
    return f"{title}{with_unit}, languages by family: from {ends[0]} to {ends[1]}."


def scores(title: str, cells: Sequence[tuple[str, float]], n_at_chance: int) -> str:
    """Scores by target: the easiest and the hardest on average, and how many are at chance."""
    if not cells:
        return f"{title}: no score."
    by_target: dict[str, list[float]] = defaultdict(list)
    for target, score in cells:
        by_target[target].append(score)
    means = [(target, mean(own)) for target, own in by_target.items()]
    low, high = min(means, key=lambda cell: cell[1]), max(means, key=lambda cell: cell[1])
    chance = f" {counted(n_at_chance, 'cell')} within sampling error of chance." if n_at_chance else ""
    return (
        f"{title}: highest on average for {high[0]} ({percent(high[1])} percent), lowest for {low[0]} "
        f"({percent(low[1])} percent).{chance}"
    )


def layers(sweep: LayerSweep) -> str:
    """Gain of every fused layer over the last one."""
    told = "; ".join(
        f"{row.aggregator} {slope(row.gain.estimate)} ({interval(row.gain.ci_low, row.gain.ci_high, 100)})"
        for row in sweep.rows
        if row.layer is not None and row.gain is not None
    )
    chosen = f" Chosen on source validation: {sweep.chosen}." if sweep.chosen else ""
    return f"Gain over the last layer in points on zero-shot targets, by fused layer: {told}.{chosen}"
