"""Runs one job: reads the data, trains or evaluates, and commits finished stages to the store."""

from __future__ import annotations

import datetime
import json
import math
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from isogloss import __version__
from isogloss.errors import DataError, IsoglossError, StoreError
from isogloss.identity import canonical_json
from isogloss.inference.evaluation import Scorer, Target, TargetEvaluation, evaluate
from isogloss.inference.layer_shares import LayerShares
from isogloss.modeling.device import (
    choose_device,
    default_device,
    device_name,
    resolve_precision,
    set_threads,
)
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.frozen import FrozenEncoder
from isogloss.modeling.model import TransferModel, load_model
from isogloss.modeling.progress import ProgressEvent
from isogloss.study.forecast.hardware import describe_hardware, git_state, software_versions
from isogloss.study.forecast.measuring import Measuring
from isogloss.study.forecast.speed import speed_path
from isogloss.study.jobs import Job, progress_path
from isogloss.study.outputs.store import DISK_FULL, MODEL, Store, write_json, write_text
from isogloss.study.stages import DataRef, EvaluateStage, FinetuneStage, Stage
from isogloss.tasks.base import Example, TaskData, in_random_order, select, without_overlap
from isogloss.tasks.held_out import hold_out
from isogloss.training.batches import count_updates
from isogloss.training.budget import n_to_hold_out
from isogloss.training.finetune import finetune
from isogloss.training.settings import ValidationSettings

PROGRESS_INTERVAL = 0.5
"""Seconds between two notes of progress."""

EVALUATION_SEED = 0
"""Chooses the rows of a limited evaluation or validation budget: the same in every run."""


def run_job(path: Path) -> str | None:
    """Run the stages of a job file that are not done yet.

    Returns
    -------
    str or None
        What went wrong, None if nothing did. The failed stage has an `error.json`.
    """
    job = Job.model_validate_json(path.read_text(encoding="utf-8"))
    set_threads(job.threads)
    store = Store(Path(job.store))
    current = [job.stages[0]]
    try:
        choose_device(job.device, where="execution.device")
        first = job.stages[0]
        if job.measure_since is not None:
            _measure(job, path, start=max(0.0, time.time() - job.measure_since))
        elif isinstance(first, FinetuneStage) and first.mode == "probe":
            _probe(job, first, store, _Progress(path), current)
        elif isinstance(first, FinetuneStage):
            _finetune(job, first, store, _Progress(path))
        else:
            return _evaluate(job, store, _Progress(path), current)
    except (
        Exception
    ) as error:  # the boundary of a process: whatever it was, the study goes on without this stage
        return _note_failure(store, current[0], error)
    return None


def _measure(job: Job, path: Path, *, start: float) -> None:
    """Time a few updates and a sample of rows; the stages themselves are not run."""
    first, second = job.stages
    if not isinstance(first, FinetuneStage) or not isinstance(second, EvaluateStage):
        raise StoreError("a measurement needs a fine-tuning stage and an evaluation stage")
    _examples(
        job, first.train, first.seed
    )  # what a process sets up once does not count towards the time of a row
    began = time.perf_counter()
    train, data = _examples(job, first.train, first.seed)
    # Generated rows are made as they are needed, files are read whole.
    n_read = data["n_available"] if data["files"] else len(train)
    read_row = (time.perf_counter() - began) / n_read
    target, _ = _examples(job, second.data, EVALUATION_SEED)
    frozen = _frozen(first) if first.mode == "probe" else None
    speed = Measuring(job, first, second, train, target, frozen).speed(start, read_row)
    write_text(speed_path(path), speed.model_dump_json())


def _frozen(stage: FinetuneStage) -> FrozenEncoder:
    """The encoder of probes, in memory."""
    loaded = load_identified(
        identify(stage.encoder, stage.revision),
        trust_remote_code=stage.trust_remote_code,
        dropout=stage.training.dropout,
    )
    loaded.module.to(default_device())
    return FrozenEncoder(loaded)


def _probe(job: Job, first: FinetuneStage, store: Store, progress: _Progress, current: list[Stage]) -> None:
    """Train all probes of one encoder and score them: the encoder runs once on every input."""
    frozen = _frozen(first)
    for stage in job.stages:
        if isinstance(stage, FinetuneStage) and not store.has_model(stage.stage_id):
            current[0] = stage
            _finetune(job, stage, store, progress, frozen=frozen)
    models: dict[str, TransferModel] = {}
    by_target: dict[str, list[EvaluateStage]] = {}
    for stage in job.stages:
        if isinstance(stage, EvaluateStage) and not store.is_done(stage.stage_id):
            by_target.setdefault(canonical_json(stage.data.identity()), []).append(stage)
            if stage.parent not in models:
                models[stage.parent], _, _ = load_model(
                    store.model(stage.parent), trust_remote_code=job.trust_remote_code
                )
                models[stage.parent].encoder = frozen
    for stages in by_target.values():
        frozen.forget()  # one target's states at a time
        examples, read = _examples(job, stages[0].data, EVALUATION_SEED)
        scorer = Scorer(
            frozen.tokenizer,
            [(job.task(stages[0].data.task).card, stages[0].data.language, examples)],
            max_length=stages[0].max_length,
            max_subwords_per_batch=job.max_subwords_per_batch,
            precision=resolve_precision(stages[0].precision),
        )
        for stage in stages:
            current[0] = stage
            started, clock = _now(), time.monotonic()
            (result,) = scorer.score(models[stage.parent].to(default_device()), progress)
            _commit_evaluation(job, stage, store, result, read, started, time.monotonic() - clock)


def _finetune(
    job: Job,
    stage: FinetuneStage,
    store: Store,
    progress: _Progress,
    *,
    frozen: FrozenEncoder | None = None,
) -> None:
    task = job.task(stage.train.task)
    started = _now()
    train, read = _examples(job, stage.train, stage.seed)
    budget_notes = _budget_warnings(stage.train, len(train))
    train, read, validation, validation_read = _with_validation(job, stage, train, read)
    with store.writing(stage.stage_id) as folder:
        report = finetune(
            encoder=stage.encoder,
            revision=stage.revision,
            trust_remote_code=stage.trust_remote_code,
            parent=store.model(stage.parent) if stage.parent else None,
            aggregator=(stage.aggregator, stage.aggregator_options),
            card=task.card,
            train=train,
            validation=validation,
            settings=stage.training,
            seed=stage.seed,
            selection="best" if stage.selection != "none" else "last",
            validation_settings=stage.validation_settings or ValidationSettings(),
            output=folder / MODEL,
            max_subwords_per_batch=job.max_subwords_per_batch,
            stage=stage.label,
            progress=progress,
            frozen=frozen,
        )
        record = _record(job, stage, started, [read, *validation_read])
        record |= {
            "precision": report.precision,
            "seconds": report.seconds,
            "throughput": report.subwords_per_s,
            "training": asdict(report),
            "encoder": {
                # A record goes wherever the model goes: the name of a folder, not its place on this machine.
                "id": Path(stage.encoder).name if Path(stage.encoder).is_absolute() else stage.encoder,
                "revision": stage.revision,
                "fingerprint": stage.encoder_fingerprint,
            },
            "warnings": [*report.warnings, *budget_notes],
        }
        _write_stage(folder, stage, record)
    store.forget_failure(stage.stage_id)


def _with_validation(
    job: Job, stage: FinetuneStage, train: tuple[Example, ...], read: dict[str, Any]
) -> tuple[tuple[Example, ...], dict[str, Any], Sequence[Example], list[dict[str, Any]]]:
    """Training rows and validation rows, the latter in the order in which a budget takes them."""
    how = stage.validation_settings
    if how is None or how.split == "validation":
        found = [_examples(job, reference, EVALUATION_SEED) for reference in stage.validation]
        rows = [example for examples, _ in found for example in examples]
        return train, read, in_random_order(rows, EVALUATION_SEED), [data for _, data in found]
    card = job.task(stage.train.task).card

    def n_seen(n_rows: int) -> int:
        return count_updates(n_rows, stage.training, card.epochs) * stage.training.batch_size

    wanted = n_to_hold_out(how, len(train), n_seen)
    cut = hold_out(train, wanted, EVALUATION_SEED)
    fewer = f" of {wanted} wanted" if len(cut.validation) < wanted else ""
    note = (
        f"{len(cut.validation)} validation rows{fewer} cut from the training rows: "
        f"{cut.n_groups_held_out} of {cut.n_groups} groups of rows that share a text"
    )
    validation_read = {**read, "n_examples": len(cut.validation), "dropped": {}, "notes": [note]}
    return (
        cut.train,
        {**read, "n_examples": len(cut.train)},
        in_random_order(cut.validation, EVALUATION_SEED),
        [validation_read],
    )


def _evaluate(job: Job, store: Store, progress: _Progress, current: list[Stage]) -> str | None:
    """Score all targets of one model in one pass.

    A target whose data cannot be read fails alone; what went wrong with the first of these is returned.
    """
    errors: list[str] = []
    read: list[tuple[EvaluateStage, dict[str, Any]]] = []
    targets: list[Target] = []
    for stage in job.stages:
        if not isinstance(stage, EvaluateStage) or store.is_done(stage.stage_id):
            continue
        try:
            examples, record = _examples(job, stage.data, EVALUATION_SEED)
        except Exception as error:  # the boundary of a stage: the other targets are still scored
            errors.append(_note_failure(store, stage, error))
            continue
        read.append((stage, record))
        targets.append((job.task(stage.data.task).card, stage.data.language, examples))
    if not read:
        return errors[0] if errors else None
    first = current[0] = read[0][0]
    started, clock = _now(), time.monotonic()
    results = list(
        evaluate(
            store.model(first.parent),
            targets,
            max_length=first.max_length,
            max_subwords_per_batch=job.max_subwords_per_batch,
            precision=first.precision,
            progress=progress,
            trust_remote_code=job.trust_remote_code,
        )
    )
    seconds_per_subword = (time.monotonic() - clock) / max(1, sum(one.n_subwords for one in results))
    for (stage, record), result in zip(read, results, strict=True):
        current[0] = stage
        seconds = result.n_subwords * seconds_per_subword
        _commit_evaluation(job, stage, store, result, record, started, seconds)
    return errors[0] if errors else None


def _commit_evaluation(
    job: Job,
    stage: EvaluateStage,
    store: Store,
    result: TargetEvaluation,
    read: dict[str, Any],
    started: str,
    seconds: float,
) -> None:
    """Write one scored target."""
    with store.writing(stage.stage_id) as folder:
        record = _record(job, stage, started, [read])
        record |= {"seconds": seconds, "throughput": result.n_subwords / max(seconds, 1e-9)}
        record |= {
            "result": _result(result),
            "precision": result.precision,
            "warnings": list(result.warnings),
        }
        if result.macro_f1 is not None:
            record["macro_f1"] = result.macro_f1
        if result.layer_shares is not None:
            record["layer_shares"] = _shares(result.layer_shares)
        pq.write_table(pa.table(dict(result.predictions)), folder / "predictions.parquet")
        _write_stage(folder, stage, record)
    store.forget_failure(stage.stage_id)


def _result(result: TargetEvaluation) -> dict[str, Any]:
    return {
        "metric": result.metric,
        "score": result.score,
        "chance": result.chance,
        "n_examples": result.n_examples,
        "n_units": result.n_units,
    }


def _shares(shares: LayerShares) -> dict[str, Any]:
    """Shares for a record; a part that no input has is None."""
    by_part = [[None if math.isnan(value) else value for value in layer] for layer in shares.by_part.tolist()]
    return {"overall": shares.overall.tolist(), "by_part": by_part}


def _examples(job: Job, reference: DataRef, seed: int) -> tuple[tuple[Example, ...], dict[str, Any]]:
    """Examples within budget and what the record says about where they come from."""
    data_dir = Path(job.data_dir) if job.data_dir else None
    task = job.task(reference.task)
    data = task.load(data_dir, reference.language, reference.split)
    others = {split: task.load(data_dir, reference.language, split) for split in reference.overlap}
    data = without_overlap(data, others)
    examples = select(data, reference.examples, seed)
    if not examples:
        raise DataError(
            f"no usable example in {reference.task} {reference.language} {reference.split}",
            where=", ".join(file.path for file in data.files) or None,
        )
    return examples, _data_record(data, len(examples))


def _data_record(data: TaskData, n_used: int) -> dict[str, Any]:
    return {
        "task": data.task,
        "language": data.language,
        "split": data.split,
        "n_examples": n_used,
        "n_available": len(data.examples),
        "dropped": dict(data.dropped),
        "notes": list(data.notes),
        "files": [{"path": file.path, "sha256": file.sha256, "rows": file.rows} for file in data.files],
    }


def _budget_warnings(reference: DataRef, n_used: int) -> list[str]:
    if reference.examples is None or n_used == reference.examples:
        return []
    return [f"{reference.task} {reference.language}: {n_used} examples of a budget of {reference.examples}"]


def _record(job: Job, stage: Stage, started: str, data: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "state": "done",
        "stage_id": stage.stage_id,
        "kind": stage.kind,
        "label": stage.label,
        "isogloss_version": __version__,
        **git_state(),
        "versions": software_versions(),
        "hardware": describe_hardware(job.threads) | {"device": _device()},
        "precision_reason": job.precision_reason or "as stated",
        "seed": stage.seed if isinstance(stage, FinetuneStage) else None,
        "started": started,
        "data": data,
    }


def _device() -> str:
    device = default_device()
    return str(device) if device.type == "cpu" else f"{device} ({device_name(device)})"


def _write_stage(folder: Path, stage: Stage, record: Mapping[str, Any]) -> None:
    write_json(folder / "config.json", stage.model_dump(mode="json"))
    write_json(folder / "record.json", record)


def _note_failure(store: Store, stage: Stage, error: Exception) -> str:
    if "No space left on device" in str(error) and not isinstance(error, IsoglossError):
        # safetensors and Arrow report a full disk in their own words.
        error = StoreError(DISK_FULL, where=str(store.root))
    message = str(error) if isinstance(error, IsoglossError) else f"{type(error).__name__}: {error}"
    note = {
        "stage_id": stage.stage_id,
        "label": stage.label,
        "error": message,
        "traceback": "".join(traceback.format_exception(error)),
    }
    try:
        store.note_failure(stage.stage_id, note)
    except OSError:
        return f"{message}\n(and the failure could not be noted on disk)"
    return message


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


class _Progress:
    """Writes how far a job is beside its job file, at most twice a second."""

    def __init__(self, job: Path) -> None:
        self.path = progress_path(job)
        self._last = 0.0
        self._messages: list[str] = []

    def __call__(self, event: ProgressEvent) -> None:
        now = time.monotonic()
        if event.message is not None:
            self._messages.append(event.message)
        elif now - self._last < PROGRESS_INTERVAL and event.done < event.total:
            return
        self._last = now
        temporary = self.path.with_suffix(".tmp")
        temporary.write_text(
            json.dumps(
                {
                    "done": event.done,
                    "total": event.total,
                    "loss": event.loss,
                    "subwords_per_s": event.subwords_per_s,
                    "seconds_left": event.seconds_left,
                    "messages": self._messages,
                }
            ),
            encoding="utf-8",
        )
        temporary.replace(self.path)
