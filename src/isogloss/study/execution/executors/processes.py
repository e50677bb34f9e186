"""Runs jobs in worker processes on this machine (concurrent.futures, spawned, kept between jobs)."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path

from isogloss.isolation import isolated_children
from isogloss.study.executor import Executor, JobResult, Placement
from isogloss.study.jobs import Outcome

NAME = "processes"

STOP_SECONDS = 30.0
"""How long a worker may take for its update, a snapshot and cleaning up before it is killed."""


@dataclass(frozen=True)
class _AtWork:
    job: Path
    pool: ProcessPoolExecutor
    kills: int


class Processes(Executor):
    """One spawned process for each job at work, in a pool of its own: one that dies takes no other along."""

    def __init__(self, placement: Placement) -> None:
        super().__init__(placement)
        self._idle: list[ProcessPoolExecutor] = []
        self._at_work: dict[Future[str], _AtWork] = {}

    def submit(self, jobs: Sequence[Path]) -> None:
        """Hand each job to a process that is idle, or to a new one."""
        for job in jobs:
            with isolated_children():
                pool = self._idle.pop() if self._idle else _new_pool()
                self._at_work[pool.submit(_run, str(job))] = _AtWork(job, pool, _memory_kills())

    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Jobs that ended, those whose process died included."""
        done, _ = wait(self._at_work, timeout, return_when=FIRST_COMPLETED)
        return [self._result(future) for future in done]

    def cancel(self) -> None:
        """Stop the processes and wait for their end."""
        pools = [
            *((pool, True) for pool in self._idle),
            *((one.pool, False) for one in self._at_work.values()),
        ]
        self._idle, self._at_work = [], {}
        processes = []
        for pool, is_idle in pools:
            own = list((pool._processes or {}).values())
            pool.shutdown(wait=False, cancel_futures=True)
            for process in own:
                # An idle one has nothing to clean up, and a signal while it leaves would be a traceback.
                process.kill() if is_idle else process.terminate()
            processes += own
        for process in processes:
            process.join(STOP_SECONDS)
            if process.is_alive():
                process.kill()
                process.join(STOP_SECONDS)

    def _result(self, future: Future[str]) -> JobResult:
        own = self._at_work.pop(future)
        try:
            outcome = Outcome.model_validate_json(future.result())
        except (BrokenProcessPool, SystemExit):  # the second: the worker heeded a signal to end
            own.pool.shutdown(wait=False)
            if _memory_kills() > own.kills:
                text = "the system ended the worker process because memory ran out"
                return JobResult(own.job, Outcome(kind="memory", error=text))
            return JobResult(own.job, Outcome(kind="lost", error="the worker process was killed or crashed"))
        self._idle.append(own.pool)
        return JobResult(own.job, outcome)


def _new_pool() -> ProcessPoolExecutor:
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, context, initializer=_begin, initargs=(os.getpid(),))


def _begin(parent: int) -> None:
    from isogloss.study.execution.worker import leave_on_signals, leave_with_parent

    leave_with_parent(parent)
    leave_on_signals()


def _run(job: str) -> str:
    from isogloss.study.execution.worker import run_job

    return run_job(Path(job)).model_dump_json()


def _memory_kills() -> int:
    """Processes that Linux has ended for want of memory since it started; 0 where it does not say."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(" ")
            if name == "oom_kill":
                return int(value)
    return 0


EXECUTOR = Processes
