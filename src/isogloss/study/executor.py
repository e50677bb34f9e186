"""Interface of executors: they get the paths of job files, never closures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from isogloss.identity import Frozen, Integer, Number, listed, spelled
from isogloss.registry import Registry
from isogloss.study.jobs import Outcome

_Word = Annotated[str, spelled(r"\S+", "a text without white space")]
_Line = Annotated[str, spelled(r"[^\r\n]+", "a text of one line")]


class SlurmSettings(Frozen):
    """How Slurm is asked for machines; the words are those of ``sbatch``.

    Parameters
    ----------
    partition, account, qos, gres, constraint : str, optional
    time : str, optional
        Limit of a task, such as ``04:00:00``. A task that reaches it is queued again and goes on from its
        last snapshot.
    mem : str, optional
        Memory of a task, such as ``16G``.
    max_running : int, optional
        Tasks of an array that run at the same time (``%K``).
    evaluations_per_task : int
        Evaluations are short: so many jobs that train nothing are run in turn by one task.
    requeues : int
        How often a task that reached its limit is queued again.
    setup : tuple of str
        Shell lines before the work, such as ``module load cuda``.
    options : tuple of str
        Further options of ``sbatch``, such as ``--exclude=node7``.
    poll_seconds : float
        Time between two questions to Slurm.
    """

    partition: _Word | None = None
    account: _Word | None = None
    qos: _Word | None = None
    gres: _Word | None = None
    constraint: _Word | None = None
    time: _Word | None = None
    mem: _Word | None = None
    max_running: Integer | None = Field(default=None, ge=1)
    evaluations_per_task: Integer = Field(default=8, ge=1)
    requeues: Integer = Field(default=3, ge=0)
    setup: Annotated[tuple[_Line, ...], BeforeValidator(listed)] = ()
    options: Annotated[tuple[_Line, ...], BeforeValidator(listed)] = ()
    poll_seconds: Number = Field(default=15.0, gt=0)


class RaySettings(Frozen):
    """How Ray is asked for machines.

    Parameters
    ----------
    address : str, optional
        ``HOST:PORT`` of a cluster, or ``auto`` for the one that the environment names; by default a cluster
        of this machine alone, for the time of the run.
    cpus : float, optional
        Processors of a job; by default its threads.
    gpus : float
        Accelerators of a job; a fraction lets jobs share one.
    """

    address: _Word | None = None
    cpus: Number | None = Field(default=None, gt=0)
    gpus: Number = Field(default=0.0, ge=0)


@dataclass(frozen=True)
class Placement:
    """Settings of a study for an executor.

    Parameters
    ----------
    study : str
        Its name.
    folder : Path
        Its output folder, absolute; on a cluster all machines must see it.
    jobs : int
        Jobs at work at the same time on one machine.
    threads : int
        Of each job.
    slurm, ray : settings of a cluster
    """

    study: str
    folder: Path
    jobs: int = 1
    threads: int = 1
    slurm: SlurmSettings = field(default_factory=SlurmSettings)
    ray: RaySettings = field(default_factory=RaySettings)


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
