"""Runs every job at once in this process: for debugging and for machines with one core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isogloss.study.executor import Executor, JobResult

NAME = "inline"


class Inline(Executor):
    """Submitting a job runs it."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self._results: list[JobResult] = []

    def submit(self, job: Path) -> None:
        """Run the job to its end."""
        from isogloss.study.execution.worker import run_job

        self._results.append(JobResult(job, run_job(job)))

    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Everything submitted since the last call."""
        results, self._results = self._results, []
        return results

    def cancel(self) -> None:
        """Nothing is ever in flight."""


EXECUTOR = Inline
