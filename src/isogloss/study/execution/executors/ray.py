"""Runs jobs on a Ray cluster, or on a Ray of this machine alone.

What Ray is handed is a command line, and what comes back is an exit code: a job runs in a process of its own
and leaves its outcome as a file beside the job file. So the output folder must be on a file system that all
machines share. What was lost with a machine is submitted again by the run.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from isogloss.errors import FieldError, first_line
from isogloss.isolation import child_environment, module_command
from isogloss.study.executor import Executor, JobResult, Placement
from isogloss.study.jobs import Outcome, outcome_path

NAME = "ray"

_CONNECT_SECONDS = 5.0
_FOLDER_NOT_SHARED = 90


class Ray(Executor):
    """One Ray task for each job."""

    remote: ClassVar[bool] = True

    def __init__(self, placement: Placement) -> None:
        super().__init__(placement)
        self._ray = _connect(placement)
        if placement.ray.address is not None:
            self.capacity = None  # the cluster knows how many it can run
        settings = placement.ray
        self._task = self._ray.remote(_work).options(
            num_cpus=settings.cpus or placement.threads,
            num_gpus=settings.gpus,
            max_retries=0,
            scheduling_strategy="SPREAD",
        )
        self._at_work: dict[Any, Path] = {}

    def submit(self, jobs: Sequence[Path]) -> None:
        """Put jobs in line."""
        for job in jobs:
            self._at_work[self._task.remote(str(job))] = job

    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Jobs that ended, those whose machine was lost included."""
        if not self._at_work:
            return []
        done, _ = self._ray.wait(list(self._at_work), num_returns=1, timeout=timeout)
        return [JobResult(job := self._at_work.pop(one), self._outcome(one, job)) for one in done]

    def cancel(self) -> None:
        """Stop the tasks and leave the cluster; a Ray of this machine alone ends."""
        for one in self._at_work:
            self._ray.cancel(one, force=True)
        self._at_work = {}
        self._ray.shutdown()

    def _outcome(self, reference: Any, job: Path) -> Outcome:
        errors = self._ray.exceptions
        try:
            code = self._ray.get(reference)
        except errors.OutOfMemoryError as error:
            return Outcome(kind="memory", error=first_line(error))
        except errors.RayError as error:
            return Outcome(kind="lost", error=f"the machine or its Ray was lost ({type(error).__name__})")
        if outcome_path(job).is_file():
            return Outcome.model_validate_json(outcome_path(job).read_text(encoding="utf-8"))
        if code == _FOLDER_NOT_SHARED:
            told = f"{job} cannot be seen there: the output folder must be on a shared file system"
            return Outcome(kind="failed", error=told)
        killed = code < 0 or code > 128
        told = f"the worker process ended with code {code}; see {_log(job)}"
        return Outcome(kind="lost" if killed else "failed", error=told)


def _work(job: str) -> int:
    """Run a job file in a process of its own, on whatever machine this is; its exit code."""
    path = Path(job)
    if not path.is_file():
        return _FOLDER_NOT_SHARED
    command = module_command("isogloss.study.execution.worker", "--with-parent", str(os.getpid()), job)
    with _log(path).open("a", encoding="utf-8") as log:
        return subprocess.run(
            command, env=child_environment(), stdout=log, stderr=subprocess.STDOUT, check=False
        ).returncode


def _log(job: Path) -> Path:
    return job.with_suffix(".log")


def _connect(placement: Placement) -> Any:
    """Import Ray and join a cluster, or start one on this machine.

    Raises
    ------
    FieldError
        If Ray is not installed, or no cluster is at the address.
    """
    if importlib.util.find_spec("ray") is None:
        raise FieldError(
            "Ray is not installed",
            where="execution.executor",
            hint="pip install 'isogloss[ray]', or choose another executor",
        )
    address = placement.ray.address
    if address is not None and address != "auto":
        _require_answer(address)
    # A job that asks Ray for no accelerator keeps those that it would see without Ray.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    import ray

    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        ray.init(
            address=address or "local",
            include_dashboard=False if address is None else None,
            log_to_driver=False,
            logging_level=logging.ERROR,
            configure_logging=True,
            num_cpus=placement.jobs * placement.threads if address is None else None,
        )
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise _no_answer(address or "this machine", first_line(error)) from None
    for number, handler in handlers.items():  # Ray puts its own in their place, which clean nothing up
        if threading.current_thread() is threading.main_thread():
            signal.signal(number, handler)
    return ray


def _require_answer(address: str) -> None:
    """Find out soon that nobody is at an address: Ray itself would try for a minute."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    try:
        socket.create_connection((host, int(port)), _CONNECT_SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        raise _no_answer(address, str(error)) from None


def _no_answer(address: str, reason: str) -> FieldError:
    return FieldError(
        f"no Ray cluster answers at '{address}': {reason}",
        where="ray.address",
        allowed="HOST:PORT of a running cluster, or auto",
        hint="start one with `ray start --head`, or leave the address out for this machine alone",
    )


EXECUTOR = Ray
