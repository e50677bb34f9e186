"""Runs one job: reads the data, trains or evaluates, and commits finished stages to the store.

``python -m isogloss.study.execution.worker JOB...`` runs job files one after the other and leaves the outcome
of each beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from isogloss.errors import IsoglossError, StoreError, TrainingError, is_out_of_memory
from isogloss.identity import canonical_json
from isogloss.inference.evaluation import Scorer, Target, TargetEvaluation, evaluate
from isogloss.isolation import leave_as_told
from isogloss.modeling.device import (
    choose_device,
    default_device,
    max_subwords_on,
    resolve_precision,
    set_threads,
    wait_passively,
)
from isogloss.modeling.frozen import FrozenEncoder
from isogloss.modeling.model import TransferModel, load_model
from isogloss.modeling.progress import ProgressEvent
from isogloss.study.execution.checkpoints import StoredCheckpoints
from isogloss.study.execution.describing import evaluation_record, now, training_record
from isogloss.study.execution.measuring import Measuring, frozen_encoder
from isogloss.study.execution.reading import read_scored, read_training
from isogloss.study.forecast.speed import speed_path
from isogloss.study.jobs import Job, Outcome, outcome_path, progress_path
from isogloss.study.outputs.record import DataRead, StageRecord
from isogloss.study.outputs.store import MODEL, RECORD, Store
from isogloss.study.stages import EvaluateStage, FinetuneStage, Stage
from isogloss.training.finetune import finetune
from isogloss.training.settings import ValidationSettings
from isogloss.training.specs import Recipe, Running, StartingPoint, TrainingRows
from isogloss.writing import DISK_FULL, temporary_name, write_json, write_text

PROGRESS_INTERVAL = 0.5
"""Seconds between two notes of progress."""

WITH_PARENT = "--with-parent"


def run_job(path: Path) -> Outcome:
    """Run the stages of a job file that are not done yet, unless another process is at work on them.

    Returns
    -------
    Outcome
        Of a failure the failed stage has an `error.json`.
    """
    job = Job.model_validate_json(path.read_text(encoding="utf-8"))
    set_threads(job.threads)
    worker = _Worker(job, ProgressFile(path))
    try:
        choose_device(job.device, where="execution.device")
        if job.measure_since is not None:
            start = max(0.0, time.time() - job.measure_since)
            write_text(speed_path(path), Measuring(job).speed(start).model_dump_json())
            return Outcome()
        ids = [stage.stage_id for stage in job.stages]
        about = {"stages": ids, "label": job.stages[0].label, "parent": job.parent}
        lease = worker.store.leases.take(path.stem, about)
        if lease is None:
            return Outcome(kind="busy", error="another process is at work on it")
        with lease:
            return worker.run()
    except (
        Exception
    ) as error:  # the boundary of a process: whatever it was, the study goes on without this stage
        return worker.note_failure(worker.stage, error)


class _Worker:
    """One job at work.

    Attributes
    ----------
    stage : Stage
        The stage at work, which a failure is noted for.
    """

    def __init__(self, job: Job, progress: ProgressFile) -> None:
        self.job, self.progress = job, progress
        self.store = Store(Path(job.store))
        self.stage: Stage = job.stages[0]
        self.told: list[str] = []

    @property
    def max_subwords(self) -> int | None:
        """Largest micro-batch: as stated, and half of it for each time that memory did not do."""
        if not self.job.halvings:
            return self.job.max_subwords_per_batch
        stated = self.job.max_subwords_per_batch or max_subwords_on(default_device(), is_training=True)
        return max(16, stated >> self.job.halvings)

    def run(self) -> Outcome:
        """Train, train and score probes, or score."""
        first = self.job.stages[0]
        if isinstance(first, FinetuneStage) and first.mode == "probe":
            self._probe(first)
        elif not isinstance(first, FinetuneStage):
            return self._evaluate()
        elif not self.store.has_model(first.stage_id):
            kept = StoredCheckpoints(self.store, first.stage_id, self.job.checkpoint_seconds)
            with kept.saved_before_the_end():
                self._finetune(first, checkpoints=kept)
        return Outcome(told=tuple(self.told))

    def _finetune(
        self,
        stage: FinetuneStage,
        *,
        frozen: FrozenEncoder | None = None,
        checkpoints: StoredCheckpoints | None = None,
    ) -> None:
        job, store = self.job, self.store
        started = now()
        data = read_training(job, stage)
        with store.writing(stage.stage_id) as folder:
            report = finetune(
                StartingPoint(
                    stage.encoder,
                    stage.revision,
                    stage.trust_remote_code,
                    store.model(stage.parent) if stage.parent else None,
                    frozen,
                ),
                TrainingRows(job.task(stage.train.task).card, data.train, data.validation),
                Recipe(
                    (stage.aggregator, stage.aggregator_options),
                    stage.training,
                    stage.seed,
                    "best" if stage.selection != "none" else "last",
                    stage.validation_settings or ValidationSettings(),
                ),
                folder / MODEL,
                Running(self.max_subwords, stage.label, self.progress, checkpoints),
            )
            _write_stage(folder, stage, training_record(job, stage, started, report, data))
        store.forget(stage.stage_id)
        if report.unlearnt:
            self.told.append(f"{stage.label}: {report.unlearnt}")

    def _probe(self, first: FinetuneStage) -> None:
        """Train all probes of one encoder and score them: the encoder runs once on every input."""
        frozen = frozen_encoder(first)
        for stage in self.job.stages:
            if isinstance(stage, FinetuneStage) and not self.store.has_model(stage.stage_id):
                self.stage = stage
                self._finetune(stage, frozen=frozen)
        models: dict[str, TransferModel] = {}
        by_target: dict[str, list[EvaluateStage]] = {}
        for stage in self.job.stages:
            if isinstance(stage, EvaluateStage) and not self.store.is_done(stage.stage_id):
                by_target.setdefault(canonical_json(stage.data.identity()), []).append(stage)
                if stage.parent not in models:
                    models[stage.parent], _, _ = load_model(
                        self.store.model(stage.parent), trust_remote_code=self.job.trust_remote_code
                    )
                    models[stage.parent].encoder = frozen
        for stages in by_target.values():
            frozen.forget()  # one target's states at a time
            examples, read = read_scored(self.job, stages[0].data)
            scorer = Scorer(
                frozen.tokenizer,
                [(self.job.task(stages[0].data.task).card, stages[0].data.language, examples)],
                max_length=stages[0].max_length,
                max_subwords_per_batch=self.max_subwords,
                precision=resolve_precision(stages[0].precision),
            )
            for one in stages:
                self.stage = one
                started, clock = now(), time.monotonic()
                (result,) = scorer.score(models[one.parent].to(default_device()), self.progress)
                self._commit(one, result, read, started, time.monotonic() - clock)

    def _evaluate(self) -> Outcome:
        """Score all targets of one model in one pass.

        A target whose data cannot be read fails alone; what went wrong with the first of these is returned.
        """
        failed: list[Outcome] = []
        read: list[tuple[EvaluateStage, DataRead]] = []
        targets: list[Target] = []
        for stage in self.job.stages:
            if not isinstance(stage, EvaluateStage) or self.store.is_done(stage.stage_id):
                continue
            try:
                examples, record = read_scored(self.job, stage.data)
            except Exception as error:  # the boundary of a stage: the other targets are still scored
                failed.append(self.note_failure(stage, error))
                continue
            read.append((stage, record))
            targets.append((self.job.task(stage.data.task).card, stage.data.language, examples))
        if not read:
            return failed[0] if failed else Outcome()
        first = self.stage = read[0][0]
        started, clock = now(), time.monotonic()
        found = evaluate(
            self.store.model(first.parent),
            targets,
            max_length=first.max_length,
            max_subwords_per_batch=self.max_subwords,
            precision=first.precision,
            progress=self.progress,
            trust_remote_code=self.job.trust_remote_code,
        )
        results = list(found)
        seconds_per_subword = (time.monotonic() - clock) / max(1, sum(one.n_subwords for one in results))
        for (stage, record), result in zip(read, results, strict=True):
            self.stage = stage
            self._commit(stage, result, record, started, result.n_subwords * seconds_per_subword)
        return failed[0] if failed else Outcome()

    def _commit(
        self, stage: EvaluateStage, result: TargetEvaluation, read: DataRead, started: str, seconds: float
    ) -> None:
        """Write one scored target."""
        with self.store.writing(stage.stage_id) as folder:
            pq.write_table(pa.table(dict(result.predictions)), folder / "predictions.parquet")
            _write_stage(folder, stage, evaluation_record(self.job, stage, started, result, read, seconds))
        self.store.forget(stage.stage_id)

    def note_failure(self, stage: Stage, error: Exception) -> Outcome:
        """Leave `error.json` for a stage that failed, and say what kind of failure it was."""
        full = "No space left on device" in str(error) or DISK_FULL in str(error)
        if full and not isinstance(error, IsoglossError):
            # safetensors and Arrow report a full disk in their own words.
            error = StoreError(DISK_FULL, where=str(self.store.root))
        message = str(error) if isinstance(error, IsoglossError) else f"{type(error).__name__}: {error}"
        memory = is_out_of_memory(error) and not isinstance(error, TrainingError)
        note = {
            "stage_id": stage.stage_id,
            "label": stage.label,
            "error": message,
            "traceback": "".join(traceback.format_exception(error)),
        }
        try:
            self.store.note_failure(stage.stage_id, note)
        except OSError:
            message += "\n(and the failure could not be noted on disk)"
        return Outcome(kind="disk" if full else "memory" if memory else "failed", error=message)


def _write_stage(folder: Path, stage: Stage, record: StageRecord) -> None:
    write_json(folder / "config.json", stage.model_dump(mode="json"))
    write_json(folder / RECORD, record.model_dump(mode="json"))


class ProgressFile:
    """Writes how far a job is beside its job file, at most twice a second."""

    def __init__(self, job: Path) -> None:
        self.path = progress_path(job)
        self._last = 0.0
        self._messages: list[str] = []

    def __call__(self, event: ProgressEvent) -> None:
        """Note an event, or leave it if the last note is fresh."""
        now_s = time.monotonic()
        if event.message is not None:
            self._messages.append(event.message)
        elif now_s - self._last < PROGRESS_INTERVAL and event.done < event.total:
            return
        self._last = now_s
        progress = {**asdict(event), "messages": self._messages}
        del progress["message"]
        temporary = self.path.with_name(temporary_name(self.path.name))
        with contextlib.suppress(OSError):  # how far a stage is, is not a reason to lose it
            temporary.write_text(json.dumps(progress), encoding="utf-8")
            temporary.replace(self.path)


def leave_with_parent(parent: int) -> None:
    """End this process once the one that started it is gone: an orphan would go on and hold memory."""
    wait_passively()  # before torch computes

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main(arguments: Sequence[str]) -> int:
    """Run job files in turn, as the tasks of a cluster do; the outcome of each lies beside it.

    A task that is started again goes on with the first job that has no outcome.

    Parameters
    ----------
    arguments : sequence of str
        Job files, after ``--with-parent NUMBER`` where the process shall end with the one of that number,
        which started it.
    """
    if arguments and arguments[0] == WITH_PARENT:
        leave_with_parent(int(arguments[1]))
        arguments = arguments[2:]
    leave_on_signals()
    for name in arguments:
        job = Path(name)
        if not outcome_path(job).is_file():
            outcome = run_job(job)
            if job.is_file():  # else the run that asked for it is gone
                write_text(outcome_path(job), outcome.model_dump_json())
    return 0


def leave_on_signals() -> None:
    """Clean up when the process gets a signal to end; Ctrl-C is for the run that started it to heed."""
    signal.signal(signal.SIGTERM, leave_as_told)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
