"""Hands curves and scores to Weights & Biases; nothing leaves the machine unless ``WANDB_MODE`` says so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isogloss.study.tracker import Tracker

NAME = "wandb"


class WeightsAndBiases(Tracker):
    """One run for each job, grouped by study, in ``wandb/`` of the output folder.

    The project is ``isogloss``, or that of ``WANDB_PROJECT``. Runs stay on the machine (``wandb sync`` sends
    them later) unless ``WANDB_MODE`` is ``online``.
    """

    extra = "wandb"

    def __init__(self, study: str, folder: Path) -> None:
        import wandb

        super().__init__(study, folder)
        self._wandb = wandb

    def begin(self, job: str, label: str, settings: Mapping[str, Any]) -> None:
        """Begin a run beside those that are open."""
        self.end(job, None)
        run = self._wandb.init(
            project=os.environ.get("WANDB_PROJECT", "isogloss"),
            group=self.study,
            name=label,
            job_type=job.partition("-")[0],
            config=dict(settings),
            dir=str(self.folder),
            mode=os.environ.get("WANDB_MODE", "offline"),
            reinit="create_new",
            settings=self._wandb.Settings(console="off", silent=True),
        )
        run.define_metric("*", step_metric="update")
        self._open[job] = run

    def log(self, job: str, update: int, values: Mapping[str, float]) -> None:
        """Log values with their update, which may lie before one that was logged already."""
        self._open[job].log({"update": update, **values})

    def end(self, job: str, error: str | None) -> None:
        """Finish the run, with exit code 1 for a job that failed."""
        run = self._open.pop(job, None)
        if run is not None:
            if error is not None:
                run.summary["error"] = error
            run.finish(exit_code=0 if error is None else 1)


TRACKER = WeightsAndBiases
