"""How long a plan will take, from what was measured on this machine; imports no torch."""

from __future__ import annotations

import graphlib
import heapq
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.identity import digest
from isogloss.study.forecast.lengths import Lengths
from isogloss.study.forecast.speed import Measurement, Speed, Workload, keep, kept, time_workloads
from isogloss.study.monitor import RunMonitor
from isogloss.study.outputs.status import StageGroup, group_stages
from isogloss.study.plan import Plan
from isogloss.study.stages import EvaluateStage, FinetuneStage, Stage, data_of
from isogloss.tasks.base import TaskData
from isogloss.training.batches import count_updates
from isogloss.training.budget import n_to_hold_out, schedule

SMALL_FLOPS = 1e12
SMALL_UPDATES = 500
"""Work below both is over before it could be timed."""

MEASURED_ROWS = 2000
"""Rows that a measurement may score."""

PROBE_BACKWARD = 2.0
"""Cost of training a probe on the states of a row, in times of scoring one."""

FIRST_SHARE = 0.1
"""Share of a job from which on its own speed tells more than the prediction."""


class Estimator:
    """Predicts how long jobs take, from measurements that earlier jobs have corrected.

    Parameters
    ----------
    plan : Plan
    pending : mapping of stage id to Stage
        What is still to run.
    data : iterable of TaskData
        Splits that were read already; others are read when they are needed.
    """

    def __init__(self, plan: Plan, pending: Mapping[str, Stage], data: Iterable[TaskData] = ()) -> None:
        self.plan = plan
        self.groups = group_stages(pending)
        self._identities = {one.identity.fingerprint: one.identity for one in plan.resolved.encoders}
        self.lengths = Lengths(plan.resolved, data)
        self._measurements: dict[str, Measurement] = {}
        self._workloads: dict[str, Workload] = {}

    # Measurements

    def measure_missing(self) -> str | None:
        """Time the workloads that no measurement is kept for; returns what went wrong."""
        needed = {workload.key: workload for workload in map(self._workload, self.groups)}
        return self.measure([one for key, one in needed.items() if self._known(key) is None])

    def measure(self, workloads: Sequence[Workload]) -> str | None:
        """Time workloads on this machine; returns what went wrong."""
        return time_workloads(workloads, self.plan.job((), Path())) if workloads else None

    @property
    def is_measured(self) -> bool:
        """Whether every pending job can be predicted."""
        return len(self._measured()) == len(self.groups)

    @property
    def was_disturbed(self) -> bool:
        """Whether other programs kept the machine busy while this was measured."""
        return any(measurement.speed.was_disturbed for measurement in self._measured())

    def _measured(self) -> list[Measurement]:
        found = (self._known(self._workload(group).key) for group in self.groups)
        return [measurement for measurement in found if measurement is not None]

    def _known(self, key: str) -> Measurement | None:
        if key not in self._measurements and (found := kept(key)) is not None:
            self._measurements[key] = found
        return self._measurements.get(key)

    def _workload(self, group: StageGroup) -> Workload:
        # Of probes one of the commonest kind is timed: fusion costs more than the last layer alone.
        kinds = Counter(one.aggregator for one in group.trainings).most_common(1)
        commonest = (one for one in group.trainings if one.aggregator == kinds[0][0])
        stage = next(commonest) if kinds else self.plan.training_of(group.stages[0])
        if stage.stage_id not in self._workloads:
            self._workloads[stage.stage_id] = self.workload(stage)
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
        return Workload(
            stage=stage.model_copy(update={"parent": None}),
            target=target,
            head=self.plan.resolved.tasks[stage.train.task].card.head,
            subwords_per_row=self.lengths.per_row(stage.train, stage),
            execution=self.plan.resolved.study.execution,
        )

    # Predictions

    def seconds(self, group: StageGroup, *, corrected: bool = True) -> float:
        """Seconds of a job, without starting its process.

        Raises
        ------
        KeyError
            If nothing was measured for it; see `is_measured`.
        """
        key = self._workload(group).key
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

    def learn(self, group: StageGroup, seconds: float) -> None:
        """Correct the measurement by a job that took so long, for this run and the next."""
        key = self._workload(group).key
        known = self._known(key)
        if known is not None:
            predicted = self.seconds(group, corrected=False)
            self._measurements[key] = known.with_job(group.kind, predicted, seconds)
            keep(key, self._measurements[key])

    def _trained(self, stage: FinetuneStage, speed: Speed | None) -> tuple[float, float, float]:
        """Subwords that are trained on, that are tokenised for it, and that validation looks at."""
        card = self.plan.resolved.tasks[stage.train.task].card

        def n_seen(n_rows: int) -> int:
            return count_updates(n_rows, stage.training, card.epochs) * stage.training.batch_size

        n_rows, n_validation = self.lengths.n_rows(stage.train), 0
        length = row_cost = self.lengths.per_row(stage.train, stage, speed)
        how = stage.validation_settings
        if how is not None and how.split == "train":
            n_validation = min(n_to_hold_out(how, n_rows, n_seen), n_rows - 1)
            n_rows -= n_validation
        elif stage.validation:
            n_validation = sum(map(self.lengths.n_rows, stage.validation))
            looked_at = sum(self.lengths.n_subwords(one, stage, speed) for one in stage.validation)
            row_cost = looked_at / n_validation
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
        (stage,) = group.trainings
        trained, encoded, validated = self._trained(stage, speed)
        return (
            speed.train_overhead
            + speed.read_row * sum(map(self.lengths.n_read, data_of(stage)))
            + speed.encode_subword * encoded
            + speed.train_subword * trained
            + speed.evaluate_subword * validated
        )

    def _evaluate(self, group: StageGroup, speed: Speed) -> float:
        trained = self._workload(group).stage
        return speed.evaluate_overhead + sum(
            speed.target_overhead
            + speed.read_row * self.lengths.n_read(stage.data)
            + speed.evaluate_subword * self.lengths.n_subwords(stage.data, trained, speed)
            for stage in group.evaluations
        )

    def _probe(self, group: StageGroup, speed: Speed) -> float:
        """Time of a screening: the encoder runs once on every input, the probes work on its states."""
        timed = self._workload(group).stage
        read = {digest(one.identity()): one for stage in group.stages for one in data_of(stage)}
        states = sum(self.lengths.n_subwords(one, timed, speed) for one in read.values())
        seen = sum(self.lengths.n_subwords(stage.data, timed, speed) for stage in group.evaluations)
        for stage in group.trainings:
            trained, _, validated = self._trained(stage, speed)
            seen += PROBE_BACKWARD * trained + validated
        return (
            speed.train_overhead * len(group.trainings)
            + speed.read_row * sum(map(self.lengths.n_read, read.values()))
            + speed.evaluate_subword * states
            + speed.train_subword / PROBE_BACKWARD * seen
            + speed.target_overhead * len(group.evaluations)
        )

    # Size

    def is_small(self) -> bool:
        """Whether the work is over before it could be timed; reads no more data than it takes to tell."""
        flops, updates = 0.0, 0
        for group in self.groups:
            first = self._workload(group).stage
            identity = self._identities[first.encoder_fingerprint]
            # Two floating point operations per weight outside the embeddings.
            flops_per_subword = 2.0 * 12 * identity.n_layers * identity.width**2
            for stage in group.stages:
                if isinstance(stage, FinetuneStage):
                    trained, _, _ = self._trained(stage, None)
                    flops += 3 * trained * flops_per_subword
                    card = self.plan.resolved.tasks[stage.train.task].card
                    updates += count_updates(self.lengths.n_rows(stage.train), stage.training, card.epochs)
                else:
                    flops += self.lengths.n_subwords(stage.data, first) * flops_per_subword
                if flops >= SMALL_FLOPS or updates >= SMALL_UPDATES:
                    return False
        return True


def makespan(
    groups: Sequence[StageGroup],
    seconds: Mapping[str, float],
    workers: int,
    running: Mapping[str, float] | None = None,
) -> float:
    """Seconds until the last job ends, in the order in which `isogloss.study.execution.run` starts them.

    Parameters
    ----------
    groups : sequence of StageGroup
        Jobs that are not over.
    seconds : mapping of str to float
        Of each job by name.
    workers : int
    running : mapping of str to float, optional
        Seconds left of the jobs that are at work.
    """
    names = {group.name for group in groups}
    order = graphlib.TopologicalSorter({group.name: names & {group.parent_group or ""} for group in groups})
    order.prepare()
    ends = [(left, name) for name, left in (running or {}).items()]
    heapq.heapify(ends)
    started = {name for _, name in ends}
    ready: list[str] = []
    now = 0.0
    while order.is_active():
        ready = [*(name for name in order.get_ready() if name not in started), *ready]
        while ready and len(ends) < workers:
            name = ready.pop(0)
            heapq.heappush(ends, (now + seconds[name], name))
        now, name = heapq.heappop(ends)
        order.done(name)
    return now


class TimeLeft(RunMonitor):
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
        elapsed = self._clock() - self._began[group.name]
        self.skipped(group)
        if error is None and elapsed > 0:
            self._estimator.learn(group, elapsed)

    def skipped(self, group: StageGroup) -> None:
        """Note that a job will not run here."""
        self._began.pop(group.name, None)
        self._share.pop(group.name, None)
        del self._left[group.name]

    found_done = skipped

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
