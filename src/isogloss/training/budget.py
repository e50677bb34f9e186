"""How often and on how many rows a stage is validated; imports no torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isogloss.training.settings import ValidationSettings

TRAINING_SHARE = 0.1
"""Largest default cost of the validation of a stage, as a share of its training."""

EVALUATION_COST = 1 / 3
"""Cost of a subword in evaluation against one in training, which has a backward pass of twice the forward."""

MOST_EVALUATIONS = 10
"""Evaluations of a stage where neither a number nor the budget says fewer."""

FEWEST_EXAMPLES = 200
"""Rows below which the stage is rather evaluated less often: with fewer, a score says little."""


@dataclass(frozen=True)
class Schedule:
    """When a stage is evaluated, and on how much.

    Parameters
    ----------
    n_examples : int
        Rows of each evaluation: the first ones of the validation rows.
    updates : tuple of int
        Numbers of updates after which it is evaluated, evenly spaced; the last one is the end.
    """

    n_examples: int
    updates: tuple[int, ...]


def schedule(
    settings: ValidationSettings, *, training_cost: float, row_cost: float, n_rows: int, n_updates: int
) -> Schedule:
    """Divide the budget of validation into rows and evaluations.

    What the settings state is kept. The rest follows from the budget, which is `TRAINING_SHARE` of the
    training: up to `MOST_EVALUATIONS` evaluations of at least `FEWEST_EXAMPLES` rows, and at least one
    evaluation. It is a function of settings and data alone, so that it can be part of a stage's identity.

    Parameters
    ----------
    settings : ValidationSettings
    training_cost : float
        Subwords that are trained on, each as often as it is seen.
    row_cost : float
        Subwords of a validation row, on average.
    n_rows, n_updates : int
        Validation rows there are; updates of the stage.
    """
    affordable = TRAINING_SHARE * training_cost / (EVALUATION_COST * max(row_cost, 1e-9))  # rows in all
    stated_rows = n_rows if settings.examples == "all" else settings.examples
    n_examples = min(FEWEST_EXAMPLES if isinstance(stated_rows, str) else stated_rows, n_rows)
    n_evaluations = settings.evaluations
    if isinstance(n_evaluations, str):
        n_evaluations = min(MOST_EVALUATIONS, max(1, int(affordable / max(1, n_examples))))
    n_evaluations = min(n_evaluations, n_updates)
    if isinstance(stated_rows, str):
        n_examples = min(n_rows, max(n_examples, int(affordable / n_evaluations)))
    points = (round(n_updates * (i + 1) / n_evaluations) for i in range(n_evaluations))
    return Schedule(n_examples, tuple(points))


def n_to_hold_out(settings: ValidationSettings, n_rows: int, n_seen: Callable[[int], float]) -> int:
    """Count the rows to cut from the training rows.

    Parameters
    ----------
    settings : ValidationSettings
        As many as they state; else as many as the budget lets one evaluation look at, and at most a tenth.
    n_rows : int
        Training rows before the cut.
    n_seen : callable
        From training rows to the rows that the stage sees in all its updates.
    """
    if isinstance(settings.examples, int):
        return settings.examples
    a_tenth = max(1, n_rows // 10)
    budget = schedule(
        settings,
        training_cost=n_seen(n_rows - a_tenth),
        row_cost=1.0,
        n_rows=a_tenth,
        n_updates=MOST_EVALUATIONS,
    )
    return budget.n_examples
