"""Estimated time of a run, printed before it and compared with the time taken after it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from isogloss.cli.output.monitor import planning
from isogloss.narrative.durations import duration
from isogloss.study.forecast.estimate import Estimator, TimeLeft

if TYPE_CHECKING:
    from isogloss.study.outputs.status import Status
    from isogloss.study.plan import Plan
    from isogloss.tasks.base import TaskData


def announce(
    plan: Plan,
    status: Status,
    tasks_dir: Path,
    data: Iterable[TaskData],
    *,
    may_measure: bool,
    must_measure: bool = False,
) -> TimeLeft | None:
    """Print how long the pending stages will take; measure it first where that is allowed and worth it.

    Parameters
    ----------
    plan : Plan
    status : Status
    tasks_dir : Path
        Folder that the paths of the user's own tasks are relative to.
    data : iterable of TaskData
        Splits that the pending stages read.
    may_measure, must_measure : bool
        Whether to time what was not timed yet; `must_measure` also where there is little work.

    Returns
    -------
    TimeLeft or None
        None where nothing can be predicted.
    """
    if not status.pending:
        return None
    estimator = Estimator(plan, status.pending, tasks_dir, data)
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
        click.echo(f"estimated time: unknown, because timing failed: {error}")
    elif estimator.is_small():
        click.echo("estimated time: short; too little work to time some of it first (--measure does)")
    else:
        click.echo(
            "estimated time: unknown until some updates are timed here, which a run does first; "
            "now with --measure"
        )
    return None


def report_time(clock: TimeLeft | None) -> None:
    """Print the time that the run took, and the estimate."""
    if clock is not None:
        click.echo(f"took {duration(clock.elapsed())}; estimated: {duration(clock.total)}")
