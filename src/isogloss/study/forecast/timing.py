"""Has workers time what a study is made of; imports no torch itself."""

from __future__ import annotations

import math
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from isogloss import __version__
from isogloss.identity import NUMBERS_VERSION, digest
from isogloss.modeling.device import processor_name
from isogloss.study.executor import EXECUTORS, Executor
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


@dataclass(frozen=True)
class Bench:
    """Facts of a study that measuring needs.

    Parameters
    ----------
    executor : str
    job : Job
        Tasks, data directory, threads and budget as the jobs of the study have them.
    """

    executor: str
    job: Job

    def measure(self, workloads: Iterable[Workload]) -> tuple[list[Measurement], str | None]:
        """Time workloads one after the other, each in as many workers at once as the study has.

        Parameters
        ----------
        workloads : iterable of Workload

        Returns
        -------
        list of Measurement
            As far as it went; they are kept for the next time.
        str or None
            What went wrong.
        """
        found: list[Measurement] = []
        start: float | None = None
        with tempfile.TemporaryDirectory(prefix="isogloss-speed-") as folder:
            executor = None
            try:
                for number, workload in enumerate(workloads):
                    copies = 1 if self.executor == "inline" else workload.workers
                    executor = executor or self._start(Path(folder), copies)
                    jobs = [
                        self._write(Path(folder) / f"{number}-{copy}", workload) for copy in range(copies)
                    ]
                    executor.submit(jobs)
                    n_left = len(jobs)
                    while n_left:
                        for result in executor.finished(POLL_SECONDS):
                            n_left -= 1
                            if result.outcome.kind != "done":
                                return found, result.outcome.error
                    speeds = [
                        Speed.model_validate_json(speed_path(job).read_text(encoding="utf-8")) for job in jobs
                    ]
                    speed = Speed.mean(speeds)
                    start = speed.start if start is None else start  # later jobs find the process running
                    found.append(Measurement(speed=speed.model_copy(update={"start": start})))
                    keep(workload.key, found[-1])
            finally:
                if executor is not None:
                    executor.cancel()
        return found, None

    def _start(self, folder: Path, copies: int) -> Executor:
        """Start workers on this machine, also for a study that will run on others."""
        kind = EXECUTORS[self.executor]
        here = EXECUTORS["processes"] if kind.remote else kind
        return here(Placement("measuring", folder, copies, self.job.threads))

    def _write(self, folder: Path, workload: Workload) -> Path:
        job = self.job.model_copy(
            update={
                "stages": (workload.stage, workload.target),
                "store": str(folder / "stages"),
                "measure_since": time.time(),
                "trust_remote_code": workload.stage.trust_remote_code,
            }
        )
        path = folder / "job.json"
        write_text(path, job.model_dump_json())
        return path
