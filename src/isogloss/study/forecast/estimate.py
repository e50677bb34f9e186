"""How long a plan will take, from what was measured on this machine; imports no torch."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.identity import digest
from isogloss.modeling.encoders.base import EncoderIdentity
from isogloss.study.forecast.lengths import Lengths, SplitSize
from isogloss.study.forecast.makespan import makespan
from isogloss.study.forecast.speed import Measurement, Speed, keep, kept
from isogloss.study.forecast.timing import Bench, Workload
from isogloss.study.handover import make_job, threads_per_worker
from isogloss.study.outputs.status import StageGroup, group_stages
from isogloss.study.plan import Plan
from isogloss.study.stages import DataRef, EvaluateStage, FinetuneStage, Stage
from isogloss.tasks.base import TaskData
from isogloss.training.batches import count_updates
from isogloss.training.budget import n_to_hold_out, schedule

SMALL_FLOPS = 1e12
SMALL_UPDATES = 500
"""Work below both is over before it could be timed."""

MEASURED_ROWS = 2000
"""Rows that a measurement may score."""

FIRST_SHARE = 0.1
"""Share of a job from which on its own speed tells more than the prediction."""


class Estimator:
    """Predicts how long jobs take, from measurements that earlier jobs have corrected.

    Parameters
    ----------
    plan : Plan
    pending : mapping of stage id to Stage
        What is still to run.
    tasks_dir : Path
        Folder that the paths of the user's own tasks are relative to.
    data : iterable of TaskData
        Splits that were read already; others are read when they are needed.
    """

    def __init__(
        self, plan: Plan, pending: Mapping[str, Stage], tasks_dir: Path, data: Iterable[TaskData] = ()
    ) -> None:
        self.plan, self.tasks_dir = plan, tasks_dir
        self.groups = group_stages(pending)
        identities = [encoder.identity for encoder in plan.resolved.encoders]
        self.lengths = Lengths(
            {(own.task, own.language, own.split): SplitSize.of(own) for own in data},
            {identity.fingerprint: identity.path for identity in identities},
            self._load,
        )
        self._identities = {identity.fingerprint: identity for identity in identities}
        self._measurements: dict[str, Measurement] = {}
        self._workloads: dict[str, tuple[Workload, str]] = {}

    def _load(self, reference: DataRef) -> TaskData:
        resolved = self.plan.resolved
        return resolved.tasks[reference.task].load(resolved.data_dir, reference.language, reference.split)

    # Measurements

    def measure_missing(self) -> str | None:
        """Time the workloads that no measurement is kept for; returns what went wrong."""
        missing = {key: self._workload(group)[0] for group, key in self._keys() if self._known(key) is None}
        return self.measure(list(missing.values()))

    def measure(self, workloads: Sequence[Workload]) -> str | None:
        """Time workloads on this machine; returns what went wrong."""
        if not workloads:
            return None
        job = make_job(self.plan, (), self.tasks_dir, self.tasks_dir)
        _, error = Bench(self.plan.resolved.study.execution.executor, job).measure(workloads)
        return error

    @property
    def is_measured(self) -> bool:
        """Whether every pending job can be predicted."""
        return all(self._known(key) is not None for _, key in self._keys())

    @property
    def was_disturbed(self) -> bool:
        """Whether other programs kept the machine busy while this was measured."""
        return any(measurement.speed.was_disturbed for measurement in self._measured())

    def _keys(self) -> list[tuple[StageGroup, str]]:
        return [(group, self._workload(group)[1]) for group in self.groups]

    def _known(self, key: str) -> Measurement | None:
        if key not in self._measurements:
            found = kept(key)
            if found is None:
                return None
            self._measurements[key] = found
        return self._measurements[key]

    def _workload(self, group: StageGroup) -> tuple[Workload, str]:
        first = group.stages[0]
        stage = first if isinstance(first, FinetuneStage) else self.plan.stages[first.parent]
        if not isinstance(stage, FinetuneStage):
            raise TypeError(f"{group.name} starts from an evaluation")
        if stage.stage_id not in self._workloads:
            workload = self.workload(stage)
            self._workloads[stage.stage_id] = workload, workload.key
        return self._workloads[stage.stage_id]

    def workload(self, stage: FinetuneStage) -> Workload:
        """What is measured to predict a stage: its training, and scoring its own training rows."""
        training = stage.training
        target = EvaluateStage(
            parent=stage.stage_id,
            data=stage.train.model_copy(
                update={"examples": min(MEASURED_ROWS, stage.train.examples or MEASURED_ROWS)}
            ),
            max_length=training.max_length,
            precision=training.precision,
            label=stage.label,
        )
        execution = self.plan.resolved.study.execution
        return Workload(
            stage=stage.model_copy(update={"parent": None}),
            target=target,
            head=self.plan.resolved.tasks[stage.train.task].card.head,
            subwords_per_row=self._length(stage.train, stage),
            threads=threads_per_worker(execution),
            workers=execution.jobs,
            device=execution.device,
        )

    # Predictions

    def seconds(self, group: StageGroup, *, corrected: bool = True) -> float:
        """Seconds of a job, without starting its process.

        Raises
        ------
        KeyError
            If nothing was measured for it; see `is_measured`.
        """
        key = self._workload(group)[1]
        known = self._known(key)
        if known is None:
            raise KeyError(key)
        seconds = {"finetune": self._finetune, "evaluate": self._evaluate, "probe": self._probe}[group.kind](
            group, known.speed
        )
        return seconds * (known.correction(group.kind) if corrected else 1.0)

    def total(self) -> float:
        """Seconds of all pending jobs, divided among the workers.

        Raises
        ------
        KeyError
            If something was not measured; see `is_measured`.
        """
        if not self.groups:
            return 0.0
        seconds = {group.name: self.seconds(group) for group in self.groups}
        return self.start() + makespan(self.groups, seconds, self.plan.resolved.study.execution.jobs)

    def start(self) -> float:
        """Seconds until a worker process begins its first job."""
        return max((measurement.speed.start for measurement in self._measured()), default=0.0)

    def _measured(self) -> list[Measurement]:
        found = (self._known(key) for _, key in self._keys())
        return [measurement for measurement in found if measurement is not None]

    def learn(self, group: StageGroup, seconds: float) -> None:
        """Correct the measurement by a job that took so long, for this run and the next."""
        key = self._workload(group)[1]
        known = self._known(key)
        if known is not None:
            predicted = self.seconds(group, corrected=False)
            self._measurements[key] = known.with_job(group.kind, predicted, seconds)
            keep(key, self._measurements[key])

    def _length(self, reference: DataRef, stage: FinetuneStage, speed: Speed | None = None) -> float:
        return self.lengths.subwords_per_row(
            reference,
            stage.encoder_fingerprint,
            stage.training.max_length,
            speed.characters_per_subword if speed else None,
        )

    def _trained(self, stage: FinetuneStage, speed: Speed | None) -> tuple[float, float, float]:
        """Subwords that are trained on, that are tokenised for it, and that validation looks at."""
        card = self.plan.resolved.tasks[stage.train.task].card

        def n_seen(n_rows: int) -> int:
            return count_updates(n_rows, stage.training, card.epochs) * stage.training.batch_size

        n_rows, n_validation = self.lengths.n_rows(stage.train), 0
        length = row_cost = self._length(stage.train, stage, speed)
        how = stage.validation_settings
        if how is not None and how.split == "train":
            n_validation = min(n_to_hold_out(how, n_rows, n_seen), n_rows - 1)
            n_rows -= n_validation
        elif stage.validation:
            counts = [self.lengths.n_rows(reference) for reference in stage.validation]
            n_validation = sum(counts)
            row_cost = (
                sum(
                    n * self._length(reference, stage, speed)
                    for n, reference in zip(counts, stage.validation, strict=True)
                )
                / n_validation
            )
        trained = n_seen(n_rows) * length
        validated = 0.0
        if how is not None and n_validation:
            points = schedule(
                how,
                training_cost=trained,
                row_cost=row_cost,
                n_rows=n_validation,
                n_updates=n_seen(n_rows) // stage.training.batch_size,
            )
            validated = len(points.updates) * points.n_examples * row_cost
        return trained, n_rows * length, validated

    def _finetune(self, group: StageGroup, speed: Speed) -> float:
        (stage,) = group.stages
        if not isinstance(stage, FinetuneStage):
            raise TypeError(f"{group.name} is not a fine-tuning stage")
        trained, encoded, validated = self._trained(stage, speed)
        return (
            speed.train_overhead
            + speed.read_row * sum(map(self.lengths.n_read, (stage.train, *stage.validation)))
            + speed.encode_subword * encoded
            + speed.train_subword * trained
            + speed.evaluate_subword * validated
        )

    def _evaluate(self, group: StageGroup, speed: Speed) -> float:
        trained = self._workload(group)[0].stage
        return speed.evaluate_overhead + sum(
            speed.target_overhead
            + speed.read_row * self.lengths.n_read(stage.data)
            + speed.evaluate_subword
            * self.lengths.n_rows(stage.data)
            * self._length(stage.data, trained, speed)
            for stage in group.stages
            if isinstance(stage, EvaluateStage)
        )

    def _probe(self, group: StageGroup, speed: Speed) -> float:
        """Time of a screening: the encoder runs once on every input, the probes are trained on its states."""
        first = self._workload(group)[0].stage
        own = [stage for stage in group.stages if isinstance(stage, FinetuneStage)]
        scored = [stage for stage in group.stages if isinstance(stage, EvaluateStage)]
        read = {
            digest(reference.identity()): reference
            for reference in (
                *(one for stage in own for one in (stage.train, *stage.validation)),
                *(stage.data for stage in scored),
            )
        }
        states = sum(self.lengths.n_rows(one) * self._length(one, first, speed) for one in read.values())
        trained = sum(self._trained(stage, speed)[0] for stage in own)
        return (
            speed.train_overhead * len(own)
            + speed.read_row * sum(map(self.lengths.n_read, read.values()))
            + speed.evaluate_subword * states
            + speed.train_subword * trained
            + speed.target_overhead * len(scored)
        )

    # Size

    def is_small(self) -> bool:
        """Whether the work is over before it could be timed; reads no more data than it takes to tell."""
        flops, updates = 0.0, 0
        for group in self.groups:
            for stage in group.stages:
                if isinstance(stage, FinetuneStage):
                    trained, _, _ = self._trained(stage, None)
                    flops += 3 * trained * _flops_per_subword(self._identities[stage.encoder_fingerprint])
                    card = self.plan.resolved.tasks[stage.train.task].card
                    updates += count_updates(self.lengths.n_rows(stage.train), stage.training, card.epochs)
                else:
                    first = self._workload(group)[0].stage
                    subwords = self.lengths.n_rows(stage.data) * self._length(stage.data, first)
                    flops += subwords * _flops_per_subword(self._identities[first.encoder_fingerprint])
                if flops >= SMALL_FLOPS or updates >= SMALL_UPDATES:
                    return False
        return True


def _flops_per_subword(identity: EncoderIdentity) -> float:
    """Two floating point operations per weight outside the embeddings."""
    return 2.0 * 12 * identity.n_layers * identity.width**2


class TimeLeft:
    """How long the rest of a run will take, corrected by every job that is over or well under way.

    Parameters
    ----------
    estimator : Estimator
        With everything measured.
    clock : callable
        Seconds from any fixed moment.

    Attributes
    ----------
    total : float
        Seconds of the whole run, as estimated before it.
    """

    def __init__(self, estimator: Estimator, clock: Callable[[], float] = time.monotonic) -> None:
        self._estimator, self._clock = estimator, clock
        self._left = {group.name: group for group in estimator.groups}
        self._began: dict[str, float] = {}
        self._share: dict[str, float] = {}
        self._n_workers = estimator.plan.resolved.study.execution.jobs
        self._n_groups = len(self._left)
        self._start = estimator.start()
        self._since = clock()
        self.total = estimator.total()

    def elapsed(self) -> float:
        """Seconds since the estimate was made."""
        return self._clock() - self._since

    def started(self, group: StageGroup) -> None:
        """Note that a job was handed to a worker, which may have to start first."""
        is_first = len(self._left) == self._n_groups and len(self._began) < self._n_workers
        self._began[group.name] = self._clock() + (self._start if is_first else 0.0)

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """Note how far a training is; the sentences of an evaluation are counted anew for every target."""
        if group.kind == "finetune" and progress["total"]:
            self._share[group.name] = progress["done"] / progress["total"]

    def ended(self, group: StageGroup, error: str | None) -> None:
        """Note that a job is over, and learn from it if it did what it should."""
        elapsed = self._clock() - self._began.pop(group.name)
        self._share.pop(group.name, None)
        del self._left[group.name]
        if error is None and elapsed > 0:
            self._estimator.learn(group, elapsed)

    def skipped(self, group: StageGroup) -> None:
        """Note that a job will not run here."""
        self._began.pop(group.name, None)
        self._share.pop(group.name, None)
        del self._left[group.name]

    def seconds(self) -> float:
        """Seconds until the last job ends."""
        expected = {name: self._estimator.seconds(group) for name, group in self._left.items()}
        now = self._clock()
        running = {}
        pace: dict[str, list[float]] = {}
        for name, began in self._began.items():
            elapsed, share = max(0.0, now - began), self._share.get(name, 0.0)
            total = expected[name]
            if share >= FIRST_SHARE:
                total = share * (elapsed / share) + (1 - share) * total
                pace.setdefault(self._left[name].kind, []).append(total / expected[name])
            running[name] = max(total - elapsed, 0.0)
        for name, group in self._left.items():
            if group.kind in pace:
                expected[name] *= sum(pace[group.kind]) / len(pace[group.kind])
        return makespan(list(self._left.values()), expected, self._n_workers, running)
