"""Writes event files that TensorBoard reads, with tensorboardX, which needs no TensorFlow."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isogloss.study.tracker import Tracker

NAME = "tensorboard"


class TensorBoard(Tracker):
    """One folder for each model in ``tensorboard/`` of the output folder, for ``tensorboard --logdir``."""

    extra = "tensorboard"

    def __init__(self, study: str, folder: Path) -> None:
        import tensorboardX

        super().__init__(study, folder / "tensorboard")
        self._writer = tensorboardX.SummaryWriter

    def begin(self, job: str, label: str, settings: Mapping[str, Any]) -> None:
        """Begin an event file; TensorBoard shows all of a folder, training and scores, as one run."""
        self.end(job, None)
        model = job[-8:]  # jobs are called by what they do and by the stage of the model
        name = f"{re.sub(r'[^A-Za-z0-9_.-]+', '-', label)[:150]}.{model}"
        # Files are named by the second: without a suffix, a job begun in the same one erases this.
        writer = self._writer(str(self.folder / name), filename_suffix=f".{time.time_ns()}")
        self._open[job] = writer
        writer.add_text("settings", f"```\n{json.dumps(settings, indent=1, ensure_ascii=False)}\n```")

    def log(self, job: str, update: int, values: Mapping[str, float]) -> None:
        """Add one scalar per value."""
        for name, value in values.items():
            self._open[job].add_scalar(name, value, update)

    def end(self, job: str, error: str | None) -> None:
        """Add the error as text, and close the event file."""
        writer = self._open.pop(job, None)
        if writer is not None:
            if error is not None:
                writer.add_text("error", error)
            writer.close()


TRACKER = TensorBoard
