"""Interface of trackers: programs that show the curves and scores of a study beside those of other work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from isogloss.registry import Registry


class Tracker(ABC):
    """Keeps what the jobs of a study report, each as a run of its own.

    A file in ``study/execution/trackers/`` defines ``NAME`` and ``TRACKER``, a subclass, and imports its
    package when it is made.

    Parameters
    ----------
    study : str
        Its name.
    folder : Path
        Output folder of the study.

    Attributes
    ----------
    extra : str or None
        Name in `isogloss.extras.EXTRAS` of the extra that holds its package; None where it needs none.
    """

    extra: ClassVar[str | None] = None

    def __init__(self, study: str, folder: Path) -> None:
        self.study, self.folder = study, folder
        self._open: dict[str, Any] = {}
        """State that a subclass keeps for each run that was begun, by job."""

    @abstractmethod
    def begin(self, job: str, label: str, settings: Mapping[str, Any]) -> None:
        """Begin the run of a job; one that is tried again, or was begun by an earlier command, goes on.

        Parameters
        ----------
        job : str
            Name of the job, the same in every run of the study.
        label : str
            For people.
        settings : mapping of str to value
            What the job does, in plain JSON types.
        """

    @abstractmethod
    def log(self, job: str, update: int, values: Mapping[str, float]) -> None:
        """Keep values that belong to an update of a job that was begun."""

    @abstractmethod
    def end(self, job: str, error: str | None) -> None:
        """End the run of a job; `error` says why it failed."""

    def close(self) -> None:
        """End every run that was begun; what was not over is marked as failed."""
        for job in list(self._open):
            self.end(job, "stopped")


TRACKERS: Registry[type[Tracker]] = Registry("tracker", "isogloss.study.execution.trackers", "TRACKER")
