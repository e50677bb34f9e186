"""Job files: the instructions of a worker, as JSON on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from isogloss.identity import Frozen
from isogloss.study.stages import Stage
from isogloss.tasks.base import TASKS, Task
from isogloss.tasks.local import LocalTask
from isogloss.tasks.settings import LocalTaskSettings


class Job(Frozen):
    """One fine-tuning stage, or the evaluation stages of one model, run in one go.

    Parameters
    ----------
    stages : tuple of Stage
        One fine-tuning stage, or evaluation stages that share their parent.
    store : str
        Folder of the stage store.
    data_dir : str or None
    tasks : tuple of LocalTaskSettings
        The user's own tasks.
    tasks_dir : str
        Folder that the paths of `tasks` are relative to.
    threads : int
        Of the numerical library.
    device : str
        As stated; ``auto`` is for the worker to find out.
    max_subwords_per_batch : int or None
        Subwords a micro-batch may hold; None leaves it to the device.
    trust_remote_code : bool
        Run Python code that comes with the encoder of these stages.
    precision_reason : str or None
        Why the precision of the stages is what it is, for their records.
    halvings : int
        How often the micro-batch is to be halved, because memory did not do.
    checkpoint_seconds : float
        Least time between two snapshots of a training.
    measure_since : float or None
        Time the first stage and the second, an evaluation, instead of running them; the seconds since the
        epoch at which the job was handed over.
    """

    stages: tuple[Stage, ...]
    store: str
    data_dir: str | None
    tasks: tuple[LocalTaskSettings, ...]
    tasks_dir: str
    threads: int
    device: str = "auto"
    max_subwords_per_batch: int | None = None
    trust_remote_code: bool = False
    precision_reason: str | None = None
    halvings: int = 0
    checkpoint_seconds: float = 600.0
    measure_since: float | None = None

    @property
    def parent(self) -> str | None:
        """The stage whose model the job starts from."""
        return self.stages[0].parent

    def task(self, name: str) -> Task:
        """A built-in task or one of the user's own."""
        for own in self.tasks:
            if own.name == name:
                return LocalTask(own, Path(self.tasks_dir))
        return TASKS[name]


class Outcome(Frozen):
    """How a job ended.

    Parameters
    ----------
    kind : {"done", "failed", "memory", "lost", "busy", "disk"}
        ``failed`` would fail again; ``memory`` may do with a smaller micro-batch; ``lost`` says that the
        process or its machine went away; ``busy`` that another process is at work on the stages; ``disk``
        that it is full.
    error : str or None
        What went wrong.
    told : tuple of str
        What a reader must know at once of trainings that were done.
    """

    kind: Literal["done", "failed", "memory", "lost", "busy", "disk"] = "done"
    error: str | None = None
    told: tuple[str, ...] = ()


def outcome_path(job: Path) -> Path:
    """File beside a job file in which a worker on another machine leaves its outcome."""
    return job.with_suffix(".outcome")


def progress_path(job: Path) -> Path:
    """File beside a job file in which its worker says how far it is."""
    return job.with_suffix(".progress")
