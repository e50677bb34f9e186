"""Has workers time what a study is made of; imports no torch itself."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from isogloss import __version__
from isogloss.identity import NUMBERS_VERSION, digest
from isogloss.modeling.device import processor_name
from isogloss.study.executor import EXECUTORS
from isogloss.study.forecast.hardware import software_versions
from isogloss.study.forecast.speed import Measurement, Speed, keep, speed_path
from isogloss.study.jobs import Job
from isogloss.study.outputs.store import write_text
from isogloss.study.placement import Placement
from isogloss.study.stages import EvaluateStage, FinetuneStage
from isogloss.tasks.base import HeadKind

LENGTH_STEP = 1.6
"""Workloads whose rows differ in length by less than about this factor share a measurement."""

POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Workload:
    """Stages that take equally long per subword: what a measurement holds for.

    Parameters
    ----------
    stage : FinetuneStage
        One of them; it is what a measurement trains.
    target : EvaluateStage
        What a measurement scores.
    head : {"sentence", "word"}
    subwords_per_row : float
        Of training.
    threads, workers : int
    device : str
        As stated.
    """

    stage: FinetuneStage
    target: EvaluateStage
    head: HeadKind
    subwords_per_row: float
    threads: int
    workers: int
    device: str

    @cached_property
    def key(self) -> str:
        """Hash of what the time of an update depends on: measured anew where any of it differs."""
        about = {
            "encoder": self.stage.encoder_fingerprint,
            "precision": self.stage.training.precision,
            "mode": self.stage.mode,
            "head": self.head,
            "batch_size": self.stage.training.batch_size,
            "length": round(math.log(max(1.0, self.subwords_per_row), LENGTH_STEP)),
            "threads": self.threads,
            "workers": self.workers,
            "device": self.device,
            "processor": processor_name(),
            "torch": software_versions().get("torch"),
            "isogloss": [__version__, NUMBERS_VERSION],
        }
        return digest(about)


def time_workloads(workloads: Sequence[Workload], job: Job, executor: str) -> str | None:
    """Time workloads one after the other, each in as many workers at once as the study has.

    As far as it goes, the measurements are kept for the next time.

    Parameters
    ----------
    workloads : sequence of Workload
        At least one.
    job : Job
        Tasks, data directory, threads and budget as the jobs of the study have them.
    executor : str
        Of the study; one that runs jobs on other machines is replaced by processes on this one.

    Returns
    -------
    str or None
        What went wrong.
    """
    copies = 1 if executor == "inline" else workloads[0].workers
    kind = EXECUTORS["processes"] if EXECUTORS[executor].remote else EXECUTORS[executor]
    start: float | None = None
    with tempfile.TemporaryDirectory(prefix="isogloss-speed-") as folder:
        workers = kind(Placement("measuring", Path(folder), copies, job.threads))
        try:
            for number, workload in enumerate(workloads):
                paths = [_write(Path(folder) / f"{number}-{copy}", job, workload) for copy in range(copies)]
                workers.submit(paths)
                n_left = len(paths)
                while n_left:
                    for result in workers.finished(POLL_SECONDS):
                        n_left -= 1
                        if result.outcome.kind != "done":
                            return result.outcome.error
                texts = [speed_path(path).read_text(encoding="utf-8") for path in paths]
                speed = Speed.mean([Speed.model_validate_json(text) for text in texts])
                start = speed.start if start is None else start  # later jobs find the process running
                keep(workload.key, Measurement(speed=speed.model_copy(update={"start": start})))
        finally:
            workers.cancel()
    return None


def _write(folder: Path, job: Job, workload: Workload) -> Path:
    own = job.model_copy(
        update={
            "stages": (workload.stage, workload.target),
            "store": str(folder / "stages"),
            "measure_since": time.time(),
            "trust_remote_code": workload.stage.trust_remote_code,
        }
    )
    path = folder / "job.json"
    write_text(path, own.model_dump_json())
    return path
