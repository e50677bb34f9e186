"""Runs every job at once in this process: for debugging and for machines with one core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isogloss.study.executor import Executor, JobResult, Placement

NAME = "inline"


class Inline(Executor):
    """Submitting a job runs it."""

    def __init__(self, placement: Placement) -> None:
        super().__init__(placement)
        self.capacity = 1
        self._results: list[JobResult] = []

    def submit(self, jobs: Sequence[Path]) -> None:
        """Run the jobs to their end."""
        from isogloss.study.execution.worker import run_job

        self._results += [JobResult(job, run_job(job)) for job in jobs]

    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Everything submitted since the last call."""
        results, self._results = self._results, []
        return results

    def cancel(self) -> None:
        """Nothing is ever in flight."""


EXECUTOR = Inline
