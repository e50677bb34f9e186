"""How fast an encoder is on this machine: timed by workers, kept for the next time; imports no torch."""

from __future__ import annotations

import contextlib
import math
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field

from isogloss import __version__
from isogloss.identity import NUMBERS_VERSION, Frozen, digest
from isogloss.languages._cache import folder as cache_folder
from isogloss.modeling.device import processor_name
from isogloss.study.executor import EXECUTORS, Placement
from isogloss.study.file.schema import ExecutionSettings
from isogloss.study.forecast.hardware import software_versions
from isogloss.study.jobs import Job
from isogloss.study.stages import EvaluateStage, FinetuneStage
from isogloss.tasks.base import HeadKind
from isogloss.writing import write_text

UNDISTURBED_SHARE = 0.8
"""Least share of one core that a measuring process has where nothing else keeps the machine busy."""

LENGTH_STEP = 1.6
"""Workloads whose rows differ in length by less than about this factor share a measurement."""

POLL_SECONDS = 0.2

_measured_here: set[str] = set()


class Speed(Frozen):
    """Seconds that the parts of a stage take, measured on a few updates and a sample of rows.

    Parameters
    ----------
    start : float
        From starting a worker process to its first job: the interpreter and the imports.
    read_row : float
        Reading one row of a data file, or generating it.
    train_overhead : float
        A fine-tuning stage without its updates and its tokenising: loading the encoder, saving the model.
    encode_subword, train_subword : float
        Per subword of training, padding excluded: tokenising once, and a share of an update.
    evaluate_overhead : float
        Loading a model to score it.
    evaluate_subword : float
        Tokenising and predicting, per subword.
    target_overhead : float
        Writing the results of one target.
    characters_per_subword : float
        Of the rows that it was measured on.
    processor_share : float
        Processor time of the measuring process for each second that it took; 1 on another device.
    """

    start: float = Field(ge=0)
    read_row: float = Field(ge=0)
    train_overhead: float = Field(ge=0)
    encode_subword: float = Field(ge=0)
    train_subword: float = Field(gt=0)
    evaluate_overhead: float = Field(ge=0)
    evaluate_subword: float = Field(gt=0)
    target_overhead: float = Field(ge=0)
    characters_per_subword: float = Field(gt=0)
    processor_share: float = Field(ge=0)

    @property
    def was_disturbed(self) -> bool:
        """Whether other programs took the processor meanwhile, so that it says little about later runs."""
        return self.processor_share < UNDISTURBED_SHARE

    @classmethod
    def mean(cls, speeds: Sequence[Speed]) -> Speed:
        """Mean of every field, over workers that were at work at the same time."""
        fields = cls.model_fields
        return cls(**{name: sum(getattr(one, name) for one in speeds) / len(speeds) for name in fields})


class Measurement(Frozen):
    """A speed, and how whole jobs compared with what it predicted.

    Parameters
    ----------
    speed : Speed
    predicted, actual : mapping of str to float
        Seconds of finished jobs by kind: ``finetune``, ``evaluate``, ``probe``.
    """

    speed: Speed
    predicted: dict[str, float] = Field(default_factory=dict)
    actual: dict[str, float] = Field(default_factory=dict)

    def correction(self, kind: str) -> float:
        """Factor on a prediction, from the jobs of that kind that were finished."""
        predicted = self.predicted.get(kind, 0.0)
        return self.actual[kind] / predicted if predicted > 0 else 1.0

    def with_job(self, kind: str, predicted: float, actual: float) -> Measurement:
        """The same after one more job."""
        sums = ((self.predicted, predicted), (self.actual, actual))
        before, after = ({**old, kind: old.get(kind, 0.0) + new} for old, new in sums)
        return Measurement(speed=self.speed, predicted=before, actual=after)


def kept(key: str) -> Measurement | None:
    """Read what was measured for a workload earlier.

    None if nothing can be read, or if an earlier run measured it while the machine was busy with other
    programs: it is measured again then.
    """
    with contextlib.suppress(OSError, ValueError):
        found = Measurement.model_validate_json(_path(key).read_text(encoding="utf-8"))
        if key in _measured_here or not found.speed.was_disturbed:
            return found
    return None


def keep(key: str, measurement: Measurement) -> None:
    """Keep a measurement for the next time; a folder that cannot be written is not an error."""
    _measured_here.add(key)
    with contextlib.suppress(OSError):
        write_text(_path(key), measurement.model_dump_json(indent=1))


def _path(key: str) -> Path:
    return cache_folder() / "speed" / f"{key}.json"


def speed_path(job: Path) -> Path:
    """File beside a job file in which a worker leaves what it measured."""
    return job.with_suffix(".speed")


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
    execution : ExecutionSettings
        Says how many workers there are, with how many threads, on which device.
    """

    stage: FinetuneStage
    target: EvaluateStage
    head: HeadKind
    subwords_per_row: float
    execution: ExecutionSettings

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
            "threads": self.execution.threads_per_worker,
            "workers": self.execution.jobs,
            "device": self.execution.device,
            "processor": processor_name(),
            "torch": software_versions().get("torch"),
            "isogloss": [__version__, NUMBERS_VERSION],
        }
        return digest(about)


def time_workloads(workloads: Sequence[Workload], job: Job) -> str | None:
    """Time workloads one after the other, each in as many workers at once as the study has.

    An executor that runs jobs on other machines is replaced by processes on this one. As far as it goes, the
    measurements are kept for the next time.

    Parameters
    ----------
    workloads : sequence of Workload
        At least one.
    job : Job
        Tasks, data directory, threads and budget as the jobs of the study have them.

    Returns
    -------
    str or None
        What went wrong.
    """
    execution = workloads[0].execution
    copies = 1 if execution.executor == "inline" else execution.jobs
    kind = EXECUTORS["processes" if EXECUTORS[execution.executor].remote else execution.executor]
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
