"""Runs jobs on a Slurm cluster: one array for each level of the plan.

The text for ``sbatch`` is written here and not by submitit, which pickles the function to be called: a task
runs ``python -m isogloss.study.execution.worker JOB...`` and leaves its outcomes as files beside the job
files. So the output folder must be on a file system that all machines share. A run that was killed leaves
tasks that go on; the next run waits for them, because they hold the leases of their stages.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import ClassVar, TypeVar

from isogloss.display import counted
from isogloss.errors import FieldError, StoreError, closest
from isogloss.isolation import module_command
from isogloss.study.executor import Executor, JobResult, Placement, SlurmSettings
from isogloss.study.jobs import Outcome, outcome_path
from isogloss.writing import write_text

NAME = "slurm"
T = TypeVar("T")

DEFAULT_MAX_ARRAY = 1001
"""Slurm's own default of MaxArraySize; indices are below it."""

_OVER = {
    "COMPLETED": "ended without an outcome",
    "FAILED": "ended with an error",
    "CANCELLED": "was cancelled in Slurm",
    "TIMEOUT": "reached its time limit: raise slurm.time or slurm.requeues",
    "DEADLINE": "reached its deadline",
    "OUT_OF_MEMORY": "ran out of memory",
    "NODE_FAIL": "lost its machine",
    "BOOT_FAIL": "lost its machine",
    "PREEMPTED": "was preempted",
    "REVOKED": "was revoked",
    "": "is not known to Slurm any more",
}
_LOST = {"NODE_FAIL", "BOOT_FAIL", "PREEMPTED", "REVOKED", "COMPLETED", ""}
_REQUESTS = ("partition", "account", "qos", "gres", "constraint", "time", "mem")
_LATE = 2
"""Questions to Slurm for which the outcome of a task that is over may be late on a shared file system."""

_GRACE_SECONDS = 30
"""Time that a task has to clean up when it must leave; Slurm gives it 60."""

_KILLED = 128
"""Exit codes from here on say which signal ended a program."""


@dataclass
class _Task:
    """Jobs that one element of an array runs in turn."""

    jobs: list[Path]
    exit_file: Path
    log: Path
    n_late: int = 0


class Slurm(Executor):
    """Arrays of tasks, watched with ``squeue``."""

    remote: ClassVar[bool] = True
    by_level: ClassVar[bool] = True

    def __init__(self, placement: Placement) -> None:
        super().__init__(placement)
        self.capacity = None
        self.settings = placement.slurm
        _require_partition(placement)
        self._tasks: dict[tuple[str, int], _Task] = {}
        self._asked = 0.0
        self._n_arrays = 0
        # What a run that was killed left waiting would find its job files gone.
        _call(["scancel", "--state=PENDING", f"--name={job_name(placement)}", "--me"])

    def submit(self, jobs: Sequence[Path]) -> None:
        """Submit one array, or several where one would be too large."""
        for tasks in _arrays(jobs, self.settings):
            self._submit(tasks)

    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Jobs whose outcome has come, and those whose task ended without one."""
        deadline = time.monotonic() + timeout
        while True:
            found = self._outcomes()
            if not found and time.monotonic() - self._asked >= self.settings.poll_seconds:
                self._asked = time.monotonic()
                found = self._lost()
            if found or time.monotonic() >= deadline:
                return found
            time.sleep(min(0.1, timeout))

    def cancel(self) -> None:
        """Cancel the tasks that are not over."""
        numbers = sorted({number for number, _ in self._tasks})
        self._tasks = {}
        if numbers:
            _call(["scancel", *numbers])

    @classmethod
    def preview(
        cls, placement: Placement, jobs: Mapping[str, str | None], seconds: float | None
    ) -> str | None:
        """Texts for ``sbatch`` level by level, and the hours of accelerators."""
        if shutil.which("sinfo") is not None:
            _require_partition(placement)
        parts = []
        n_tasks = 0
        for number, level in enumerate(_levels(jobs), start=1):
            files = [placement.folder / "jobs" / f"{name}.json" for name in level]
            for place, tasks in enumerate(_arrays(files, placement.slurm)):
                n_tasks += len(tasks)
                parts.append(
                    f"# level {number}: {counted(len(files), 'job')} in {counted(len(tasks), 'task')}\n"
                )
                folder = placement.folder / "jobs" / f"array-{number}-{place}"
                parts.append(script(placement, folder, len(tasks)))
        return "\n".join([*parts, _hours(placement, n_tasks, seconds)])

    def _submit(self, tasks: list[list[Path]]) -> None:
        self._n_arrays += 1
        folder = tasks[0][0].parent / f"array-{self._n_arrays}"
        for place, jobs in enumerate(tasks):
            write_text(folder / f"{place}.jobs", "".join(f"{job}\n" for job in jobs))
        logs = log_folder(self.placement)
        logs.mkdir(parents=True, exist_ok=True)
        text = script(self.placement, folder, len(tasks))
        answer = _call(["sbatch", "--parsable"], text)
        if answer.returncode != 0:
            raise _refused(answer.stderr, self.placement)
        number = answer.stdout.strip().split(";")[0]
        for place, jobs in enumerate(tasks):
            log = logs / f"{number}_{place}"
            self._tasks[number, place] = _Task(list(jobs), folder / f"{place}.exit", log)
        self._asked = time.monotonic()

    def _outcomes(self) -> list[JobResult]:
        found = []
        for key, task in list(self._tasks.items()):
            for job in list(task.jobs):
                if outcome_path(job).is_file():
                    text = outcome_path(job).read_text(encoding="utf-8")
                    found.append(JobResult(job, Outcome.model_validate_json(text)))
                    task.jobs.remove(job)
            if not task.jobs:
                del self._tasks[key]
        return found

    def _lost(self) -> list[JobResult]:
        """Jobs whose task is over and whose outcome did not come."""
        states = _states({number for number, _ in self._tasks})
        if states is None:
            return []  # Slurm does not answer: ask again
        found = []
        for key, task in list(self._tasks.items()):
            state = states.get(key, "")
            if state not in _OVER:
                task.n_late = 0
                continue
            task.n_late += 1
            if task.n_late > _LATE:
                del self._tasks[key]
                found += [JobResult(job, _outcome(state, task)) for job in task.jobs]
        return found


def job_name(placement: Placement) -> str:
    """Name of the study's jobs in Slurm: other studies, and the same in another folder, have others."""
    return f"isogloss-{placement.study}-{sha256(str(placement.folder).encode()).hexdigest()[:8]}"


def log_folder(placement: Placement) -> Path:
    """Folder of the logs, one for every attempt of a task."""
    return placement.folder / "logs"


def script(placement: Placement, folder: Path, n_tasks: int) -> str:
    """Write the text for ``sbatch``.

    Parameters
    ----------
    placement : Placement
    folder : Path
        Where ``NUMBER.jobs`` lists the job files of each task.
    n_tasks : int
    """
    settings = placement.slurm
    running = f"%{settings.max_running}" if settings.max_running else ""
    options = [
        f"--job-name={job_name(placement)}",
        f"--array=0-{n_tasks - 1}{running}",
        f"--cpus-per-task={placement.threads}",
        "--output=/dev/null",
        "--requeue",
        "--signal=B:USR1@60",
        *(f"--{name}={value}" for name, value in _asked(settings).items()),
        *settings.options,
    ]
    log = shlex.quote(str(log_folder(placement)))
    tasks = shlex.quote(str(folder))
    command = shlex.join(module_command("isogloss.study.execution.worker"))
    return "\n".join(
        [
            "#!/bin/bash",
            *(f"#SBATCH {option}" for option in options),
            "task=$SLURM_ARRAY_TASK_ID attempt=${SLURM_RESTART_COUNT:-0}",
            f'exec > {log}/"${{SLURM_ARRAY_JOB_ID}}_$task-attempt$attempt.log" 2>&1',
            'echo "$(date) on $(hostname), attempt $attempt"',
            *settings.setup,
            "export PYTHONSAFEPATH=1",
            f'mapfile -t jobs < {tasks}/"$task.jobs"',
            "again() {  # the time limit is near, or somebody needs the machine: leave, and be queued again",
            f'  kill -TERM "$work"; (sleep {_GRACE_SECONDS}; kill -KILL "$work") & wait "$work"',
            f'  if [ "$attempt" -lt {settings.requeues} ]; then',
            '    scontrol requeue "${SLURM_ARRAY_JOB_ID}_$task" && sleep 60',
            "  fi",
            "  exit 1",
            "}",
            "trap again USR1",
            f'{command} "${{jobs[@]}}" &',
            "work=$!",
            'wait "$work"; code=$?',
            f'[ "$code" -eq 0 ] || echo "$code" > {tasks}/"$task.exit"',
            'exit "$code"',
            "",
        ]
    )


def cancel_all(placement: Placement) -> int:
    """Cancel all jobs of a study; returns how many arrays and tasks were waiting or at work."""
    _require_slurm()
    name = f"--name={job_name(placement)}"
    listed = _call(["squeue", "--me", "--noheader", "--array", name, "--format=%F_%K"])
    if listed.returncode != 0:
        raise _refused(listed.stderr, placement)
    _call(["scancel", "--me", name])
    return len(listed.stdout.split())


def _levels(jobs: Mapping[str, str | None]) -> list[list[str]]:
    """Names of jobs by how many others must be over before them."""

    def depth(name: str) -> int:
        parent = jobs[name]
        return 0 if parent is None or parent not in jobs else 1 + depth(parent)

    found: dict[int, list[str]] = {}
    for name in jobs:
        found.setdefault(depth(name), []).append(name)
    return [found[level] for level in sorted(found)]


def _arrays(jobs: Sequence[Path], settings: SlurmSettings) -> list[list[list[Path]]]:
    """Jobs of each task of each array: one task for each training, evaluations several to a task."""
    short = [job for job in jobs if job.name.startswith("evaluate-")]
    long = [[job] for job in jobs if not job.name.startswith("evaluate-")]
    tasks = [*long, *_batches(short, settings.evaluations_per_task)]
    return _batches(tasks, _max_array_size() - 1)


def _batches(items: Sequence[T], size: int) -> list[list[T]]:
    return [list(items[start : start + size]) for start in range(0, len(items), size)]


def _hours(placement: Placement, n_tasks: int, seconds: float | None) -> str:
    """Cost, as far as it is known."""
    gpus = _gpus(placement.slurm.gres)
    unit = "GPU" if gpus else "processor"
    each = gpus or placement.threads
    known = []
    if seconds is not None:
        total = seconds * placement.jobs / 3600 * each
        known.append(f"about {total:.1f} {unit} hours at the speed of this machine")
    limit = _seconds(placement.slurm.time)
    if limit is not None:
        known.append(f"at most {n_tasks * limit / 3600 * each:.1f} {unit} hours an attempt by slurm.time")
    told = "; ".join(known) or f"{unit} hours unknown: state slurm.time, or time the study with --measure"
    return f"# {n_tasks} tasks; {told}"


def _gpus(gres: str | None) -> int:
    """Accelerators that a request such as ``gpu:a100:2`` asks for."""
    found = re.match(r"gpu(?::[^:,()]+)*?(?::(\d+))?(?=[,(]|$)", gres or "")
    return 0 if found is None else int(found.group(1) or 1)


def _seconds(limit: str | None) -> float | None:
    """Seconds of a time limit as Slurm writes it: M, M:S, H:M:S, D-H, D-H:M, D-H:M:S."""
    found = re.fullmatch(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?", limit or "")
    if found is None:
        return None
    days, *rest = found.groups()
    numbers = [int(part) for part in rest if part is not None]
    units = (3600, 60, 1) if days is not None or len(numbers) == 3 else (60, 1)
    return int(days or 0) * 86400 + sum(a * b for a, b in zip(numbers, units, strict=False))


def _outcome(state: str, task: _Task) -> Outcome:
    """Find out how a task ended that left no outcome."""
    code = None
    with contextlib.suppress(OSError, ValueError):
        code = int(task.exit_file.read_text(encoding="utf-8"))
    killed = code is not None and code > _KILLED
    log = max(task.log.parent.glob(f"{task.log.name}-attempt*.log"), default=None)
    tail = ""
    with contextlib.suppress(OSError):
        tail = "" if log is None else log.read_text(encoding="utf-8", errors="replace").strip()[-300:]
    told = f"the task {_OVER[state]}" + (f" ({log}): {tail}" if log is not None else "")
    if state == "OUT_OF_MEMORY":
        return Outcome(kind="memory", error=told)
    return Outcome(kind="lost" if killed or state in _LOST else "failed", error=told)


def _states(numbers: Iterable[str]) -> Mapping[tuple[str, int], str] | None:
    """State of every task that Slurm knows; None if it does not answer."""
    wanted = ",".join(sorted(numbers))
    answer = _call(
        ["squeue", "--noheader", "--array", "--states=all", f"--jobs={wanted}", "--format=%F|%K|%T"]
    )
    if answer.returncode != 0:
        return {} if "Invalid job id" in answer.stderr else None
    found = {}
    for line in answer.stdout.splitlines():
        number, place, state = line.strip().split("|")
        if place.isdigit():
            found[number, int(place)] = state
    return found


def _require_slurm() -> None:
    if shutil.which("sbatch") is None:
        raise FieldError(
            "Slurm is not installed on this machine: there is no command sbatch",
            where="execution.executor",
            hint="run on a login node of the cluster, or choose another executor",
        )


def _require_partition(placement: Placement) -> None:
    """Refuse a partition that the cluster does not have, before anything is written."""
    _require_slurm()
    answer = _call(["sinfo", "--noheader", "--format=%R"])
    if answer.returncode != 0:
        raise _refused(answer.stderr, placement)
    known = set(answer.stdout.split())
    for name in (placement.slurm.partition or "").split(","):
        if name and name not in known:
            raise FieldError(
                f"the cluster has no partition '{name}'",
                where="slurm.partition",
                allowed=closest(name, known),
            )


def _asked(settings: SlurmSettings) -> dict[str, str]:
    """Requests that the study states, by their name as an option of ``sbatch``."""
    return {name: value for name in _REQUESTS if (value := getattr(settings, name)) is not None}


def _refused(message: str, placement: Placement) -> FieldError:
    """Put what Slurm says about a submission in our form."""
    told = "; ".join(line.split("error: ", 1)[-1] for line in message.strip().splitlines()) or "no answer"
    where = next((f"slurm.{name}" for name in _REQUESTS if name in told.lower()), "execution.executor")
    asked = ", ".join(f"{name} {value}" for name, value in _asked(placement.slurm).items())
    return FieldError(
        f"Slurm does not take the jobs: {told}",
        where=where,
        hint=f"asked for: {asked}" if asked else "see `sinfo` and the documentation of the cluster",
    )


def _max_array_size() -> int:
    if shutil.which("scontrol") is None:
        return DEFAULT_MAX_ARRAY
    found = re.search(r"MaxArraySize\s*=\s*(\d+)", _call(["scontrol", "show", "config"]).stdout)
    return int(found.group(1)) if found else DEFAULT_MAX_ARRAY


def _call(command: list[str], text: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=120)
    except (OSError, subprocess.SubprocessError) as error:
        raise StoreError(f"{command[0]} does not answer: {error}", hint="run again: it goes on") from None


EXECUTOR = Slurm
