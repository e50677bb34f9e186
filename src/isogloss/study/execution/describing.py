"""Makes the records of finished stages."""

from __future__ import annotations

import datetime
import math
from pathlib import Path
from typing import Any

from isogloss import __version__
from isogloss.inference.evaluation import TargetEvaluation
from isogloss.inference.layer_shares import LayerShares
from isogloss.modeling.device import default_device, device_name, peak_memory_gib
from isogloss.study.execution.reading import TrainingData
from isogloss.study.forecast.hardware import describe_hardware, git_state, software_versions
from isogloss.study.jobs import Job
from isogloss.study.outputs.record import (
    DataRead,
    EncoderRead,
    LayerSharesRecord,
    ScoreRecord,
    Settings,
    StageRecord,
    TrainingRecord,
)
from isogloss.study.stages import EvaluateStage, FinetuneStage, Stage
from isogloss.training.finetune import FinetuneReport


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def training_record(
    job: Job, stage: FinetuneStage, started: str, report: FinetuneReport, data: TrainingData
) -> StageRecord:
    """Describe a finished training."""
    settings = stage.training.model_dump(mode="json")
    training = report.to_dict()
    resumed = training.pop("resumed_updates")
    return StageRecord(
        **_common(job, stage, started),
        settings=Settings(
            passed={name: value for name, value in settings.items() if name in stage.stated},
            defaulted={name: value for name, value in settings.items() if name not in stage.stated},
        ),
        seed=stage.seed,
        precision=report.precision,
        seconds=report.seconds,
        throughput=report.subwords_per_s,
        resumed_updates=resumed,
        data=data.read,
        warnings=(*report.warnings, *data.warnings),
        # A record goes wherever the model goes: the name of a folder, not its place on this machine.
        encoder=EncoderRead(
            id=Path(stage.encoder).name if Path(stage.encoder).is_absolute() else stage.encoder,
            revision=stage.revision,
            fingerprint=stage.encoder_fingerprint,
        ),
        training=TrainingRecord(**training),
    )


def evaluation_record(
    job: Job, stage: EvaluateStage, started: str, result: TargetEvaluation, data: DataRead, seconds: float
) -> StageRecord:
    """Describe one scored target."""
    shares = result.layer_shares
    return StageRecord(
        **_common(job, stage, started),
        precision=result.precision,
        seconds=seconds,
        throughput=result.n_subwords / max(seconds, 1e-9),
        data=(data,),
        warnings=tuple(result.warnings),
        result=ScoreRecord(
            metric=result.metric,
            score=result.score,
            chance=result.chance,
            n_examples=result.n_examples,
            n_units=result.n_units,
        ),
        macro_f1=result.macro_f1,
        layer_shares=None if shares is None else _shares(shares),
    )


def _common(job: Job, stage: Stage, started: str) -> dict[str, Any]:
    device = default_device()
    shown = str(device) if device.type == "cpu" else f"{device} ({device_name(device)})"
    return {
        "stage_id": stage.stage_id,
        "kind": stage.kind,
        "label": stage.label,
        "isogloss_version": __version__,
        **git_state(),
        "versions": software_versions(),
        "hardware": describe_hardware(job.threads, shown),
        "precision_reason": job.precision_reason or "as stated",
        "started": started,
        "peak_memory_gib": peak_memory_gib(device),
    }


def _shares(shares: LayerShares) -> LayerSharesRecord:
    """Shares for a record; a part that no input has is None."""
    return LayerSharesRecord(
        overall=tuple(shares.overall.tolist()),
        by_part=tuple(
            tuple(None if math.isnan(value) else value for value in layer)
            for layer in shares.by_part.tolist()
        ),
    )
