"""The answer of a study in the order in which a person would tell it.

First what the intermediate stage did on average and how many cells are at chance; then how the scores go with
distance, over the distances that were observed; then how much the design could have found.
"""

from __future__ import annotations

from isogloss.analysis import Analysis
from isogloss.analysis.overall import Overall
from isogloss.errors import some_of
from isogloss.narrative.analysis import in_words, interval_of_mean
from isogloss.narrative.numbers import number, percent, typeset
from isogloss.statistics.average import Average

NAME = None
"""Not a renderer: these are the words that others put together."""

_AGAINST = {
    "gain": "",
    "gain_equal_budget": "Against an equally large stage in the source language, it ",
}
N_NAMED = 4
"""Targets at chance are named up to so many."""


def answer(analysis: Analysis, average: Overall | None) -> tuple[str, ...]:
    """Say what one analysis found, the most important first.

    Parameters
    ----------
    analysis : Analysis
    average : Overall or None
        Of the same condition; it takes the place of the mean in the words of the analysis.
    """
    *told, mean = in_words(analysis)
    first = (mean,) if average is None else (*on_average(average), at_chance(average))
    return tuple(typeset(sentence) for sentence in (*first, *told) if sentence)


def on_average(average: Overall) -> tuple[str, ...]:
    """Effect of the intermediate stage; without one, the level of the scores."""
    if not average.changes:
        cells = f"zero-shot {'cell' if average.n_cells == 1 else 'cells'}"
        return (f"Mean score {percent(average.mean)} percent over {average.n_cells} {cells}.",)
    return tuple(_changed(average, measure, change) for measure, change in average.changes.items())


def _changed(average: Overall, measure: str, change: Average) -> str:
    task = average.condition.intermediate_task
    subject = _AGAINST[measure] or f"The intermediate stage ({task}) "
    size = number(100 * abs(change.estimate), 1)
    lower = change.n_below > change.n_above
    n = change.n_below if lower else change.n_above
    if n == 0:
        return f"{subject}changed none of {change.n_cells} zero-shot scores."
    verb = "lowered" if lower else "raised"
    told = f"{subject}{verb} {n} of {change.n_cells} zero-shot scores"
    opposite = "rose" if lower else "fell"
    if (change.estimate < 0) == lower:
        told += f", by {size} points on average over all of them"
    else:
        told += f", though all of them together {opposite} by {size} points on average"
    return f"{told}{interval_of_mean(measure, change, average.condition.margin)}."


def at_chance(average: Overall) -> str:
    """How many cells say nothing about transfer, and of which targets."""
    if not average.at_chance:
        return ""
    named = [f"{code} {n} of {total}" for code, (n, total) in average.at_chance.items()]
    return (
        f"{average.n_at_chance} of {average.n_cells} cells are within sampling error of chance "
        f"({some_of(named, N_NAMED)}), where a difference between scores means little."
    )
