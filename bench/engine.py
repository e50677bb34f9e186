"""Measures what the engine costs without any training: planning, looking, and running stages that do nothing.

    python bench/engine.py --seeds 29

Prints processor seconds, which other programs on the machine change less than wall time.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from isogloss.study.execution.preparation import Prepared
from isogloss.study.execution.run import run_plan
from isogloss.study.executor import Executor, JobResult
from isogloss.study.file.yaml_text import read_study
from isogloss.study.jobs import Job, Outcome
from isogloss.study.outputs.status import status_of
from isogloss.study.outputs.store import Store
from isogloss.study.plan import make_plan


class Instant(Executor):
    """Commits stages that hold nothing."""

    def submit(self, jobs: Sequence[Path]) -> None:
        """Do at once what a worker would do after its work."""
        self.results: list[JobResult] = []
        for path in jobs:
            job = Job.model_validate_json(path.read_text(encoding="utf-8"))
            store = Store(Path(job.store))
            with store.leases.take(path.stem):
                for stage in job.stages:
                    with store.writing(stage.stage_id) as folder:
                        (folder / "model").mkdir()
                        (folder / "model" / "weights").write_text("")
            self.results.append(JobResult(path, Outcome()))

    def finished(self, timeout: float) -> Sequence[JobResult]:
        """Everything submitted."""
        results, self.results = self.results, []
        return results

    def cancel(self) -> None:
        """Nothing is in flight."""


class Silent:
    """Watches and says nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


def processor_seconds(*command: str) -> float:
    """Processor seconds of a command and its children."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "isogloss", *command], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the measurements as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=29)
    given = parser.parse_args()
    import isogloss.study.execution.run as engine

    content = {
        "name": "big",
        "source": {"task": "mini-paws", "language": "en", "examples": 48},
        "intermediate": {"task": "mini-pos", "languages": "all", "examples": 32},
        "targets": {"languages": "all", "examples": 20},
        "encoder": "mini",
        "seed": list(range(1, given.seeds + 1)),
        "training": {"steps": 4, "precision": "fp32"},
        "selection": "none",
        "analysis": {"distances": "none"},
    }
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "big.yaml", Path(folder) / "out"
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        dry = processor_seconds("run", str(path), "--out", str(out), "--dry-run")
        plan = make_plan(read_study(path, []))
        prepared = Prepared(out, None, plan, status_of(plan, Store(out / "stages")))
        began = time.process_time()
        with prepared.claimed() as study, mock.patch.object(engine, "EXECUTORS", {"processes": Instant}):
            result = run_plan(prepared, study, Silent())
        each = (time.process_time() - began) / len(plan.stages)
        looked = processor_seconds("status", str(out))
        print(
            json.dumps(
                {
                    "stages": len(plan.stages),
                    "run": result.n_run,
                    "dry run, processor s": round(dry, 2),
                    "status, processor s": round(looked, 2),
                    "engine and store, processor ms a stage": round(1000 * each, 2),
                }
            )
        )


if __name__ == "__main__":
    main()
