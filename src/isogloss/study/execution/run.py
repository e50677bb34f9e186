"""Runs a plan: jobs in order of their parents, resumed where an earlier run stopped."""

from __future__ import annotations

import contextlib
import graphlib
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from isogloss.errors import StoreError
from isogloss.study.execution.preparation import Prepared
from isogloss.study.execution.tracking import Tracking
from isogloss.study.executor import EXECUTORS, Executor
from isogloss.study.forecast.estimate import TimeLeft
from isogloss.study.jobs import Outcome, outcome_path, progress_path
from isogloss.study.monitor import RunMonitor
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.record import read_json
from isogloss.study.outputs.status import StageGroup, group_stages
from isogloss.study.outputs.store import Store
from isogloss.writing import DISK_FULL, remove_left, store_error, temporary_name, write_text

POLL_SECONDS = 0.2

MOST_LOSSES = 2
"""A job whose process or machine went away is tried again so often."""

MOST_HALVINGS = 4
"""So often the micro-batch of a job that runs out of memory is halved."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended.

    Parameters
    ----------
    n_run : int
        Stages of the jobs that ended.
    failed : tuple of str
        Name and error of each stage that failed.
    n_skipped : int
        Stages that could not run because what they start from failed.
    """

    n_run: int
    failed: tuple[str, ...]
    n_skipped: int


def run_plan(
    prepared: Prepared, folder: StudyFolder, monitor: RunMonitor, clock: TimeLeft | None = None
) -> RunResult:
    """Run every pending stage.

    What may pass is tried again: a job whose process or machine went away, up to twice; one that ran out of
    memory, with half the micro-batch. Stages that another process is computing are waited for.

    Parameters
    ----------
    prepared : Prepared
    folder : StudyFolder
        Of `prepared`, claimed for it.
    monitor : RunMonitor
    clock : TimeLeft, optional
        Tells how long the rest will take, and learns from the jobs that end.

    Raises
    ------
    StoreError
        If a file cannot be written, or the disk is full.
    FieldError
        If the cluster does not take the jobs.
    """
    with contextlib.closing(Tracking(prepared.plan, folder, monitor.warned)) as tracking:
        return _Run(prepared, folder, [monitor, tracking], clock).run()


@contextlib.contextmanager
def _noting_interrupts() -> Iterator[threading.Event]:
    """Remember Ctrl-C while it is raised: code in C may make it an error of its own, or lose it."""
    noted = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        noted.set()
        signal.default_int_handler(number, frame)

    is_main = threading.current_thread() is threading.main_thread()
    heeded = is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeded:
        signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        if heeded:
            signal.signal(signal.SIGINT, signal.default_int_handler)


class _Run:
    def __init__(
        self, prepared: Prepared, folder: StudyFolder, watchers: list[RunMonitor], clock: TimeLeft | None
    ) -> None:
        self.plan, self.root, self.clock = prepared.plan, folder.root, clock
        self.monitor = watchers[0]
        self.watchers = watchers if clock is None else [*watchers, clock]
        self.study = prepared.plan.resolved.study
        self.store: Store = folder.store
        self.leases = self.store.leases
        self.jobs_dir = folder.root / "jobs"
        status = prepared.status
        self.starts: dict[str, list[str]] = {}
        """Stages that are not done, by the stage whose weights they start from."""
        for stage in {**status.pending, **status.later}.values():
            if stage.parent is not None:
                self.starts.setdefault(stage.parent, []).append(stage.stage_id)
        self.groups = {group.name: group for group in group_stages(status.pending)}
        self.ready: list[StageGroup] = []
        self.in_flight: dict[Path, StageGroup] = {}
        self.elsewhere: dict[str, StageGroup] = {}
        self.broken: set[str] = set()
        self.failed: list[str] = []
        self.losses: Counter[str] = Counter()
        self.halvings: Counter[str] = Counter()
        self.n_run = self.n_skipped = 0
        for stage_id, fault in status.damaged.items():
            if self.store.verify(stage_id, with_model=True) is None:
                continue  # another run has redone it meanwhile
            aside = self.store.set_aside(stage_id)
            if aside is not None:
                self.monitor.warned(
                    f"stage {stage_id} is damaged ({fault}): set aside as {aside.name} and redone"
                )

    def run(self) -> RunResult:
        self.store.clean()
        remove_left(self.jobs_dir)
        self.own_jobs = self.jobs_dir / temporary_name("jobs")
        executor = EXECUTORS[self.study.execution.executor](self.study.placement(self.root))
        try:
            with _noting_interrupts() as self._interrupted, self._stating_starts():
                self._work_through(executor)
        finally:
            executor.cancel()
            shutil.rmtree(self.own_jobs, ignore_errors=True)
            with contextlib.suppress(OSError):
                self.jobs_dir.rmdir()
            self.store.clean()
        return RunResult(self.n_run, tuple(self.failed), self.n_skipped)

    @contextlib.contextmanager
    def _stating_starts(self) -> Iterator[None]:
        """Let other runs that share the store know which weights this one needs, for as long as it does."""
        try:
            lease = self.leases.take(temporary_name("run"), {"starts": self.starts})
        except OSError as error:
            raise store_error(error, self.store.root) from error
        with lease or contextlib.nullcontext():
            yield

    def _work_through(self, executor: Executor) -> None:
        self.order = graphlib.TopologicalSorter(
            {group.name: self._parents(group) for group in self.groups.values()}
        )
        self.order.prepare()
        while self.order.is_active():
            # Depth first: a model is evaluated, and its weights dropped, before the next is trained.
            self.ready = [*(self.groups[name] for name in self.order.get_ready()), *self.ready]
            self._hand_out(executor)
            if self.in_flight:
                for result in executor.finished(POLL_SECONDS):
                    self._report_progress({result.job: self.in_flight[result.job]})  # its last words
                    self._ended(self.in_flight.pop(result.job), result.outcome)
            elif self.elsewhere and not self.ready:
                time.sleep(POLL_SECONDS)
            self._report_progress(self.in_flight)
            self._look_elsewhere()

    def _hand_out(self, executor: Executor) -> None:
        """Submit what is ready, as far as the executor has room."""
        if executor.by_level and self.in_flight:
            return
        jobs: list[Path] = []
        while self.ready and (executor.capacity is None or len(self.in_flight) < executor.capacity):
            group = self.ready.pop(0)
            if self._parents(group) & self.broken:
                self._skip(group)
            elif self._is_over(group):  # another run was first
                self._close(group)
            elif self.leases.is_held(group.name):
                self.elsewhere[group.name] = group
            else:
                job = self._write_job(group)
                self.in_flight[job] = group
                for watcher in self.watchers:
                    watcher.started(group)
                jobs.append(job)
        if jobs:
            self._heed_interrupts()
            executor.submit(jobs)

    def _heed_interrupts(self) -> None:
        """Raise the Ctrl-C that code in C kept from us."""
        if self._interrupted.is_set():
            raise KeyboardInterrupt

    def _ended(self, group: StageGroup, outcome: Outcome) -> None:
        """Close a job, or put it back where that may help."""
        self._heed_interrupts()
        if outcome.kind == "disk":
            raise StoreError(
                outcome.error or DISK_FULL, hint="free space and run again: finished stages are kept"
            )
        if outcome.kind == "busy":
            self.elsewhere[group.name] = group
            return
        again = None
        if outcome.kind == "lost" and self.losses[group.name] < MOST_LOSSES:
            self.losses[group.name] += 1
            again = f"{outcome.error}: tried again"
        elif outcome.kind == "memory" and self.halvings[group.name] < MOST_HALVINGS:
            self.halvings[group.name] += 1
            again = "out of memory: tried again with half the micro-batch"
        if again is not None:
            self.monitor.warned(f"{group.stages[0].label}: {again}")
            self.ready.insert(0, group)
            return
        if outcome.kind != "done":
            self._fail(group, outcome.error or outcome.kind)
        for text in outcome.told:
            self.monitor.warned(text)
        self.n_run += len(group.stages)
        for watcher in self.watchers:
            watcher.ended(group, outcome.error)
        self._release(group)

    def _fail(self, group: StageGroup, error: str) -> None:
        self.broken.add(group.name)
        first = group.stages[0]
        notes = [note for stage in group.stages if (note := self.store.failure(stage.stage_id))]
        if error not in (note["error"] for note in notes):
            # A worker that was lost could not say so itself.
            notes = [{"stage_id": first.stage_id, "label": first.label, "error": error}]
            self.store.note_failure(first.stage_id, notes[0])
        self.failed += [f"{note['label']}: {note['error']}" for note in notes]

    def _skip(self, group: StageGroup) -> None:
        """Leave out a job whose parent failed."""
        self.broken.add(group.name)
        self.n_skipped += len(group.stages)
        for watcher in self.watchers:
            watcher.skipped(group)
        self._release(group)

    def _look_elsewhere(self) -> None:
        """Close jobs that another process finished; take up those that it left."""
        for group in list(self.elsewhere.values()):
            if self.leases.is_held(group.name):
                continue
            del self.elsewhere[group.name]
            if self._is_over(group):
                self._close(group)
            else:
                self.ready.insert(0, group)

    def _is_over(self, group: StageGroup) -> bool:
        """Whether another run has done the job."""
        return not any(self._is_wanted(stage.stage_id, self.starts) for stage in group.stages)

    def _is_wanted(self, stage_id: str, starts: Mapping[str, Sequence[str]]) -> bool:
        """Whether a stage is still to be computed; weights are wanted if anything starts from them."""
        if not self.store.is_done(stage_id):
            return True
        children = () if self.store.has_model(stage_id) else starts.get(stage_id, ())
        return any(self._is_wanted(child, starts) for child in children)

    def _is_started_from(self, stage_id: str) -> bool:
        """Whether this run or another one has still to compute something from the weights of a stage."""
        held = list(self.leases.held())
        runs = [self.starts, *(lease.get("starts", {}) for lease in held)]
        return any(lease.get("parent") == stage_id for lease in held) or any(
            self._is_wanted(child, starts) for starts in runs for child in starts.get(stage_id, ())
        )

    def _close(self, group: StageGroup) -> None:
        """Count a job that another process did."""
        for watcher in self.watchers:
            watcher.found_done(group)
        self._release(group)

    def _parents(self, group: StageGroup) -> set[str]:
        return {group.parent_group} & self.groups.keys() if group.parent_group else set()

    def _write_job(self, group: StageGroup) -> Path:
        job = self.plan.job(group.stages, self.store.root, self.halvings[group.name])
        path = self.own_jobs / f"{group.name}.json"
        for left in (outcome_path(path), progress_path(path)):
            left.unlink(missing_ok=True)
        write_text(path, job.model_dump_json(indent=1))
        return path

    def _report_progress(self, in_flight: Mapping[Path, StageGroup]) -> None:
        for job, group in in_flight.items():
            if progress_path(job).is_file():
                progress = read_json(progress_path(job))
                for watcher in self.watchers:
                    watcher.progressed(group, progress)
        if self.clock is not None:
            self.monitor.time_left(self.clock.seconds())

    def _release(self, group: StageGroup) -> None:
        """Let go what waits for a job, and delete weights that nothing starts from any more."""
        self.order.done(group.name)
        if group.name in self.broken:
            return
        # Also those of a probe, or of a training that was redone because it was damaged.
        for stage_id in [*(stage.stage_id for stage in group.trainings), group.parent]:
            if stage_id is None:
                continue
            if self.study.execution.keep_models == "all":
                self.store.keep_model(stage_id)
            elif not self._is_started_from(stage_id):
                self.store.drop_model(stage_id)
