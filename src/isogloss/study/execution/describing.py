"""Makes the records of finished stages."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from isogloss import __version__
from isogloss.inference.evaluation import TargetEvaluation
from isogloss.modeling.device import default_device, device_name, peak_memory_gib
from isogloss.study.execution.reading import TrainingData
from isogloss.study.forecast.hardware import describe_hardware, git_state, software_versions
from isogloss.study.jobs import Job
from isogloss.study.outputs.record import DataRead, EncoderRead, ScoreRecord, Settings, StageRecord
from isogloss.study.stages import EvaluateStage, FinetuneStage, Stage
from isogloss.training.report import FinetuneReport


def now() -> str:
    """The time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def training_record(
    job: Job, stage: FinetuneStage, started: str, report: FinetuneReport, data: TrainingData
) -> StageRecord:
    """Describe a finished training."""
    settings = stage.training.model_dump(mode="json")
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
        resumed_updates=report.resumed_updates,
        data=data.read,
        warnings=(*filter(None, [report.unlearnt]), *report.warnings, *data.warnings),
        # A record goes wherever the model goes: the name of a folder, not its place on this machine.
        encoder=EncoderRead(
            id=Path(stage.encoder).name if Path(stage.encoder).is_absolute() else stage.encoder,
            revision=stage.revision,
            fingerprint=stage.encoder_fingerprint,
        ),
        training=report,
    )


def evaluation_record(
    job: Job, stage: EvaluateStage, started: str, result: TargetEvaluation, data: DataRead, seconds: float
) -> StageRecord:
    """Describe one scored target."""
    return StageRecord(
        **_common(job, stage, started),
        precision=result.precision,
        seconds=seconds,
        throughput=result.n_subwords / max(seconds, 1e-9),
        data=(data,),
        warnings=tuple(result.warnings),
        result=ScoreRecord.model_validate(result, from_attributes=True),
        macro_f1=result.macro_f1,
        layer_shares=result.layer_shares,
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
