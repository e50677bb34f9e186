"""Estimated time of a run, printed before it and compared with the time taken after it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from isogloss.cli.output.monitor import planning
from isogloss.narrative.durations import duration
from isogloss.study.forecast.estimate import Estimator, TimeLeft

if TYPE_CHECKING:
    from isogloss.study.execution.preparation import Prepared
    from isogloss.tasks.base import TaskData


def announce(
    prepared: Prepared, data: Iterable[TaskData], *, may_measure: bool, must_measure: bool = False
) -> TimeLeft | None:
    """Print how long the pending stages will take; measure it first where that is allowed and worth it.

    Parameters
    ----------
    prepared : Prepared
    data : iterable of TaskData
        Splits that the pending stages read.
    may_measure, must_measure : bool
        Whether to time what was not timed yet; `must_measure` also where there is little work.

    Returns
    -------
    TimeLeft or None
        None where nothing can be predicted.
    """
    if not prepared.status.pending:
        return None
    estimator = Estimator(prepared.plan, prepared.status.pending, data)
    error = None
    if not estimator.is_measured and (must_measure or (may_measure and not estimator.is_small())):
        with planning("timing some updates on this machine, for the estimate", takes_long=True):
            error = estimator.measure_missing()
    if estimator.is_measured:
        clock = TimeLeft(estimator)
        while_busy = ", timed while other programs kept it busy" if estimator.was_disturbed else ""
        click.echo(
            f"estimated time: about {duration(clock.total)} (from timed updates on this machine{while_busy})"
        )
        return clock
    if error is not None:
        told = f"unknown, because timing failed: {error}"
    elif estimator.is_small():
        told = "short; too little work to time some of it first (--measure does)"
    else:
        told = "unknown until some updates are timed here, which a run does first; now with --measure"
    click.echo(f"estimated time: {told}")
    return None


def report_time(clock: TimeLeft | None) -> None:
    """Print the time that the run took, and the estimate."""
    if clock is not None:
        click.echo(f"took {duration(clock.elapsed())}; estimated: {duration(clock.total)}")
