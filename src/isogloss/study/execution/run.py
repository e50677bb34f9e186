"""Runs a plan: jobs in order of their parents, resumed where an earlier run stopped."""

from __future__ import annotations

import contextlib
import graphlib
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from isogloss.errors import StoreError
from isogloss.modeling.device import AUTO, find_device, is_device_name
from isogloss.study.executor import EXECUTORS, Executor
from isogloss.study.forecast.estimate import TimeLeft
from isogloss.study.handover import make_job
from isogloss.study.jobs import progress_path
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.status import StageGroup, Status, group_stages
from isogloss.study.outputs.store import DISK_FULL, Store, write_text
from isogloss.study.plan import Plan
from isogloss.study.stages import FinetuneStage

POLL_SECONDS = 0.2


class RunMonitor(Protocol):
    """What a run tells whoever watches it; the command line draws progress bars from it."""

    def started(self, group: StageGroup) -> None:
        """A job was handed to the executor."""

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """A job said how far it is: done, total, loss, subwords_per_s, seconds_left, messages."""

    def ended(self, group: StageGroup, error: str | None) -> None:
        """A job ended; `error` says why it failed."""

    def skipped(self, group: StageGroup) -> None:
        """A job cannot run because its parent failed."""

    def warned(self, text: str) -> None:
        """Something a reader must know."""

    def time_left(self, seconds: float) -> None:
        """How long the rest of the run will take, by what is known now."""


@dataclass(frozen=True)
class RunResult:
    """How a run ended: stages that ran, that failed, and that could not run because their parent failed."""

    n_run: int
    failed: tuple[str, ...]
    n_skipped: int


def run_plan(
    plan: Plan,
    status: Status,
    folder: StudyFolder,
    tasks_dir: Path,
    monitor: RunMonitor,
    clock: TimeLeft | None = None,
) -> RunResult:
    """Run every pending stage.

    Parameters
    ----------
    plan : Plan
    status : Status
        From `status_of`, of the same store.
    folder : StudyFolder
        Locked by the caller.
    tasks_dir : Path
        Folder that the paths of the user's own tasks are relative to.
    monitor : RunMonitor
    clock : TimeLeft, optional
        Tells how long the rest will take, and learns from the jobs that end.

    Raises
    ------
    StoreError
        If a job file cannot be written.
    """
    return _Run(plan, status, folder, tasks_dir, monitor, clock).run()


def require_device(stated: str) -> None:
    """Refuse a device that this machine does not have, before anything else; the processor is always there.

    A name that is not a device is reported with the other problems of the study.

    Raises
    ------
    FieldError
    """
    if stated not in {AUTO, "cpu"} and is_device_name(stated):
        find_device(stated, where="execution.device")


@contextlib.contextmanager
def _noting_interrupts() -> Iterator[threading.Event]:
    """Remember Ctrl-C while it is raised: code in C may turn the exception into an error of its own."""
    noted = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        noted.set()
        signal.default_int_handler(number, frame)

    heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not heeded or threading.current_thread() is not threading.main_thread():
        yield noted
        return
    before = signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)


class _Run:
    def __init__(
        self,
        plan: Plan,
        status: Status,
        folder: StudyFolder,
        tasks_dir: Path,
        monitor: RunMonitor,
        clock: TimeLeft | None,
    ) -> None:
        self.clock = clock
        self.plan, self.folder, self.monitor, self.tasks_dir = plan, folder, monitor, tasks_dir
        self.store: Store = folder.store
        self.jobs_dir = folder.root / "jobs"
        self.pending = dict(status.pending)
        self.groups = {group.name: group for group in group_stages(status.pending)}
        for stage_id, fault in status.damaged.items():
            aside = self.store.set_aside(stage_id)
            monitor.warned(f"stage {stage_id} is damaged ({fault}): set aside as {aside.name} and redone")

    def run(self) -> RunResult:
        execution = self.plan.resolved.study.execution
        self.store.clean()
        executor = EXECUTORS[execution.executor](execution.jobs)
        failed: list[str] = []
        try:
            with _noting_interrupts() as self._interrupted:
                n_run, n_skipped = self._work_through(executor, execution.jobs, failed)
        finally:
            executor.cancel()
            shutil.rmtree(self.jobs_dir, ignore_errors=True)
        return RunResult(n_run, tuple(failed), n_skipped)

    def _work_through(self, executor: Executor, workers: int, failed: list[str]) -> tuple[int, int]:
        order = graphlib.TopologicalSorter(
            {group.name: self._parents(group) for group in self.groups.values()}
        )
        order.prepare()
        in_flight: dict[Path, StageGroup] = {}
        ready: list[StageGroup] = []
        broken: set[str] = set()
        n_run = n_skipped = 0
        while order.is_active():
            # Depth first: a model is evaluated, and its weights dropped, before the next is trained.
            ready = [*(self.groups[name] for name in order.get_ready()), *ready]
            while ready and len(in_flight) < workers:
                group = ready.pop(0)
                if self._parents(group) & broken:
                    broken.add(group.name)
                    n_skipped += len(group.stages)
                    self.monitor.skipped(group)
                    if self.clock is not None:
                        self.clock.skipped(group)
                    order.done(group.name)
                    continue
                job = self._write_job(group)
                in_flight[job] = group
                self.monitor.started(group)
                if self.clock is not None:
                    self.clock.started(group)
                executor.submit(job)
            for result in executor.finished(POLL_SECONDS) if in_flight else ():
                self._report_progress({result.job: in_flight[result.job]})  # its last words
                group = in_flight.pop(result.job)
                n_run += len(group.stages)
                if result.error is not None:
                    if self._interrupted.is_set():
                        raise KeyboardInterrupt
                    if DISK_FULL in result.error:
                        raise StoreError(
                            result.error, hint="free space and run again: finished stages are kept"
                        )
                    broken.add(group.name)
                    failed.append(f"{group.stages[0].label}: {result.error}")
                self.monitor.ended(group, result.error)
                if self.clock is not None:
                    self.clock.ended(group, result.error)
                order.done(group.name)
                self._drop_unneeded_model(group, broken)
            self._report_progress(in_flight)
        return n_run, n_skipped

    def _parents(self, group: StageGroup) -> set[str]:
        return {group.parent_group} & self.groups.keys() if group.parent_group else set()

    def _write_job(self, group: StageGroup) -> Path:
        job = make_job(self.plan, group.stages, self.store.root, self.tasks_dir)
        path = self.jobs_dir / f"{group.name}.json"
        write_text(path, job.model_dump_json(indent=1))
        return path

    def _report_progress(self, in_flight: Mapping[Path, StageGroup]) -> None:
        for job, group in in_flight.items():
            if progress_path(job).is_file():
                progress = self.store.read_json(progress_path(job))
                self.monitor.progressed(group, progress)
                if self.clock is not None:
                    self.clock.progressed(group, progress)
        if self.clock is not None:
            self.monitor.time_left(self.clock.seconds())

    def _drop_unneeded_model(self, group: StageGroup, broken: set[str]) -> None:
        """Delete a parent's weights once nothing in this run starts from them any more."""
        if self.plan.resolved.study.execution.keep_models == "all" or group.name in broken:
            return
        for stage in group.stages:
            if isinstance(stage, FinetuneStage) and stage.mode == "probe":
                self.store.drop_model(stage.stage_id)
        if group.parent is None:
            return
        for stage in group.stages:
            self.pending.pop(stage.stage_id, None)
        if all(stage.parent != group.parent for stage in self.pending.values()):
            self.store.drop_model(group.parent)
