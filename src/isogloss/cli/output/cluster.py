"""Requests to a cluster: shown before they are sent, and cancelled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from isogloss.study.executor import EXECUTORS
from isogloss.study.outputs.status import Status, group_stages
from isogloss.study.placement import Placement

if TYPE_CHECKING:
    from isogloss.study.forecast.estimate import TimeLeft


def preview(placement: Placement, executor: str, status: Status, clock: TimeLeft | None) -> None:
    """Print what an executor would submit, where it submits texts."""
    jobs = {group.name: group.parent_group for group in group_stages(status.pending)}
    text = EXECUTORS[executor].preview(placement, jobs, None if clock is None else clock.total)
    if text:
        click.echo(text)


def cancel_jobs(placement: Placement) -> None:
    """Cancel the jobs of a study in Slurm."""
    from isogloss.study.execution.executors.slurm import cancel_all

    n_cancelled = cancel_all(placement)
    click.echo(f"{n_cancelled} jobs of {placement.study} cancelled; finished stages are kept")
