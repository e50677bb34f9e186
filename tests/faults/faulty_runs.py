"""Studies run as a user runs them, to be disturbed, and what they must not leave behind."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from commands import isogloss


def write_study(
    folder: Path, encoder: Path | str, intermediate: list[str], targets: list[str], **more: Any
) -> Path:
    content: dict[str, Any] = {
        "name": "faulty",
        "source": {"task": "mini-paws", "language": "en", "examples": 48},
        "intermediate": {"task": "mini-pos", "languages": intermediate, "examples": 32},
        "targets": {"languages": targets, "examples": 20},
        "encoder": str(encoder),
        "training": {"steps": 4, "batch_size": 16, "learning_rate": 1e-3, "precision": "fp32"},
        "selection": "none",
        "analysis": {"distances": "none"},
        "execution": {"threads": 1, "jobs": 1, "checkpoint_minutes": 0},
    } | more
    path = folder / "faulty.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


WORKERS = ("multiprocessing.spawn", "isogloss.study.execution.worker")

MARK = "ISOGLOSS_FAULTY_RUN"
"""Variable of the environment by which every process that a run starts is known, and its children."""


def run_here(study: Path, out: Path, *options: str) -> str:
    """Run a study to its end within this process; what was printed to standard error."""
    done = isogloss("run", study, "--out", out, "--executor", "inline", *options)
    assert done.returncode == 0, done.stderr
    return done.stderr


class Run:
    """One ``isogloss run`` in a process of its own, which can be killed."""

    def __init__(
        self, study: Path, out: Path, *options: str, environment: Mapping[str, str] = os.environ
    ) -> None:
        self.out = out
        self.environment = {**environment, MARK: str(out)}
        self.command = [sys.executable, "-m", "isogloss", "run", str(study), "--out", str(out), *options]

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def end(self, seconds: float = 250) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=seconds)
        return self.process.returncode, errors

    def finish(self, seconds: float = 250) -> str:
        self.start()
        code, errors = self.end(seconds)
        assert code == 0, errors
        return errors

    def finished(self) -> dict[str, int]:
        """Stages that are complete, and when their folders came."""
        found = {}
        for path in (self.out / "stages").glob("[!.]*/checksums.json"):  # not what is just being written
            found[path.parent.name] = path.stat().st_mtime_ns
        return found

    def wait_for_stages(self, n_stages: int, seconds: float = 200) -> None:
        deadline = time.monotonic() + seconds
        while len(self.finished()) < n_stages and self.process.poll() is None:
            assert time.monotonic() < deadline, f"{len(self.finished())} of {n_stages} stages"
            time.sleep(0.02)

    def workers(self) -> list[int]:
        """Processes that the run started and that work."""
        found = processes_of(self.out)
        self._at_work = at_work(self.out)
        return [number for number, line in found.items() if any(name in line for name in WORKERS)]

    def was_at_work(self, process: int) -> bool:
        return process in self._at_work


def at_work(out: Path) -> list[int]:
    """Living processes that hold a lease in the store of an output folder."""
    found = []
    for path in (out / "stages").glob(".work-*"):
        with contextlib.suppress(OSError):  # it has just ended
            process = int(json.loads(path.read_text())["owner"].split("~")[1])
            os.kill(process, 0)
            found.append(process)
    return found


def leftovers(out: Path) -> list[str]:
    """Files that only a run at work has."""
    found = [path for path in out.rglob("*") if path.name.startswith((".tmp-", ".work-", ".run~"))]
    found += [path for path in out.iterdir() if path.name == "jobs"]
    return sorted(str(path.relative_to(out)) for path in found)


def processes_of(out: Path) -> dict[int, str]:
    """Processes that runs into an output folder have started, and their command lines."""
    found = {}
    mark = f"{MARK}={out}".encode()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has just ended, or is another user's
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def orphans(out: Path, seconds: float = 20.0) -> list[str]:
    """Processes that outlive the runs into an output folder."""
    deadline = time.monotonic() + seconds
    while (found := processes_of(out)) and time.monotonic() < deadline:
        time.sleep(0.2)
    return list(found.values())


def started_after_finished(out: Path, before: dict[str, int]) -> list[str]:
    """Stages that were finished before and written again since."""
    return [
        stage
        for stage, when in before.items()
        if (out / "stages" / stage / "checksums.json").stat().st_mtime_ns != when
    ]
