"""What runs jobs: an executor gets the path of a job file, never a closure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.registry import Registry


@dataclass(frozen=True)
class JobResult:
    """A job that ended; `error` says why it failed, None if it did what it should."""

    job: Path
    error: str | None


class Executor(ABC):
    """Runs jobs somewhere, at most `workers` at a time.

    A file in ``study/execution/executors/`` defines ``NAME`` and ``EXECUTOR``, a subclass.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    @abstractmethod
    def submit(self, job: Path) -> None:
        """Start a job or put it in line."""

    @abstractmethod
    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Jobs that ended since the last call; waits up to `timeout` seconds for the first."""

    @abstractmethod
    def cancel(self) -> None:
        """Stop everything in flight and release the workers."""


EXECUTORS: Registry[type[Executor]] = Registry("executor", "isogloss.study.execution.executors", "EXECUTOR")
