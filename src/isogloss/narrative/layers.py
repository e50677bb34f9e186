"""Results of a sweep over layers, in words."""

from __future__ import annotations

from isogloss.analysis.layer_sweep import LayerSweep
from isogloss.narrative.numbers import slope
from isogloss.statistics.paired import Difference

NAME = None
"""Not a renderer: these are the words that others put together."""


def headline_sentence(sweep: LayerSweep) -> str:
    """The finding in words."""
    about = f"{sweep.setting.task} from {sweep.setting.source_language}"
    if sweep.chosen is None:
        return f"{about}: no layer was chosen: {sweep.no_choice}."
    parts = [f"{gain_text(gain)} points over {name}" for name, gain in sweep.headline]
    n = sum(sweep.setting.zero_shot)
    seeds = len(sweep.setting.seeds)
    return (
        f"{about}: {sweep.chosen} is {_how_chosen(sweep)} on source validation; on {n} zero-shot "
        f"{'target' if n == 1 else 'targets'} it gains {' and '.join(parts)}"
        f"{' (one seed: the intervals are for other items only)' if seeds == 1 else ''}."
    )


def _how_chosen(sweep: LayerSweep) -> str:
    """Best alone, or the lowest of several that are equal: then validation has not chosen."""
    scores = {row.aggregator: row.validation for row in sweep.rows if row.layer is not None}
    best = [name for name, score in scores.items() if score == scores[str(sweep.chosen)]]
    return "best" if len(best) == 1 else f"the lowest of {len(best)} layers that are equally good"


def choice_sentence(sweep: LayerSweep) -> str:
    """Gain of the best layer on the targets, and how much of that is the choice."""
    n = sum(row.layer is not None for row in sweep.rows)
    if n == 1:
        return ""
    return (
        f"Best on the targets themselves is {sweep.best}: {gain_text(sweep.best_gain)} points over last; the "
        f"best of {n} equally good layers would gain {100 * sweep.best_by_chance:.1f} by chance, and the "
        "interval does not allow for that."
    )


def gain_text(gain: Difference) -> str:
    """A gain in points with its interval: ``"+1.2 [-0.3, +2.7]"``."""
    three = (gain.estimate, gain.ci_low, gain.ci_high)
    estimate, low, high = (slope(value, 100, *three) for value in three)
    return f"{estimate} [{low}, {high}]"
