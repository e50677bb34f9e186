"""How fast an encoder is on this machine: what was measured, kept for the next time; imports no torch."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from isogloss.identity import Frozen
from isogloss.languages._cache import folder as cache_folder
from isogloss.study.outputs.store import write_text

UNDISTURBED_SHARE = 0.8
"""Least share of one core that a measuring process has where nothing else keeps the machine busy."""

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
