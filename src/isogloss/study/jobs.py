"""Job files: what a worker is told, as JSON on disk."""

from __future__ import annotations

from pathlib import Path

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
    measure_since: float | None = None

    def task(self, name: str) -> Task:
        """A built-in task or one of the user's own."""
        for own in self.tasks:
            if own.name == name:
                return LocalTask(own.model_dump(exclude_none=True), Path(self.tasks_dir))
        return TASKS[name]


def progress_path(job: Path) -> Path:
    """File beside a job file in which its worker says how far it is."""
    return job.with_suffix(".progress")
