"""Interface of executors: they get the paths of job files, never closures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from isogloss.registry import Registry
from isogloss.study.jobs import Outcome
from isogloss.study.placement import Placement


@dataclass(frozen=True)
class JobResult:
    """A job that ended, and how."""

    job: Path
    outcome: Outcome


class Executor(ABC):
    """Runs jobs somewhere.

    A file in ``study/execution/executors/`` defines ``NAME`` and ``EXECUTOR``, a subclass.

    Attributes
    ----------
    remote : bool
        Jobs run on other machines, so that nothing about them can be measured or checked on this one.
    by_level : bool
        Jobs are submitted together, once all that they start from are over.
    capacity : int or None
        Jobs that may be in flight; None leaves the number to the executor.
    """

    remote: ClassVar[bool] = False
    by_level: ClassVar[bool] = False

    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        self.capacity: int | None = placement.jobs

    @classmethod
    def preview(
        cls, placement: Placement, jobs: Mapping[str, str | None], seconds: float | None
    ) -> str | None:
        """Text of what would be submitted, for a dry run; None where nothing is.

        Parameters
        ----------
        placement : Placement
        jobs : mapping of str to str or None
            Names of the jobs that are to run, and of the job that each starts from.
        seconds : float or None
            Estimated time of all on this machine.
        """
        return None

    @abstractmethod
    def submit(self, jobs: Sequence[Path]) -> None:
        """Start jobs or put them in line."""

    @abstractmethod
    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Jobs that ended since the last call; waits up to `timeout` seconds for the first."""

    @abstractmethod
    def cancel(self) -> None:
        """Stop everything in flight, wait until it is over, and release the workers."""


EXECUTORS: Registry[type[Executor]] = Registry("executor", "isogloss.study.execution.executors", "EXECUTOR")
