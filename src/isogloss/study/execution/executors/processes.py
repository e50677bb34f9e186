"""Runs jobs in worker processes on this machine (concurrent.futures, spawned, kept between jobs)."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from isogloss.isolation import isolated_children
from isogloss.modeling.device import wait_passively
from isogloss.study.executor import Executor, JobResult

NAME = "processes"


class Processes(Executor):
    """A pool of spawned processes; a worker that dies fails the jobs in flight, not the study."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self._pool: ProcessPoolExecutor | None = None
        self._futures: dict[Future[str | None], Path] = {}

    def submit(self, job: Path) -> None:
        """Put a job in line; starts the pool on the first."""
        with isolated_children():
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    self.workers,
                    multiprocessing.get_context("spawn"),
                    initializer=_leave_with_parent,
                    initargs=(os.getpid(),),
                )
            self._futures[self._pool.submit(_run, str(job))] = job

    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Jobs that ended, the broken ones included."""
        done, _ = wait(self._futures, timeout, return_when=FIRST_COMPLETED)
        return [self._result(future) for future in done]

    def cancel(self) -> None:
        """Kill the workers."""
        if self._pool is None:
            return
        processes = list(self._pool._processes.values()) if self._pool._processes else []
        self._pool.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        self._pool = None
        self._futures.clear()

    def _result(self, future: Future[str | None]) -> JobResult:
        job = self._futures.pop(future)
        try:
            return JobResult(job, future.result())
        except BrokenProcessPool:
            self._pool = None
            return JobResult(job, "a worker process died while this ran (out of memory, or killed)")


def _run(job: str) -> str | None:
    from isogloss.study.execution.worker import run_job

    return run_job(Path(job))


def _leave_with_parent(parent: int) -> None:
    """End this worker when its parent was killed: an orphan would go on and hold memory for ever."""
    wait_passively()  # before torch is imported

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


EXECUTOR = Processes
