"""Kills a study of at least 60 stages at 60 random moments, and checks that nothing is lost or done twice.

    python bench/faults.py --kills 60 --seed 1
    python bench/faults.py --executor ray --kills 20 --seed 2 --folder /tmp/faults

The study is run once undisturbed, in one process. Then it is run with each executor, killed with SIGKILL (the
run, or one of its workers) and started again until the kills are used up, and finished. The score table must
have the same bytes, a stage that was finished before a kill must not be written again, and no process,
temporary file or lease may be left. With --folder a later call finds the undisturbed run there, so that the
kills can be done in parts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "faults"))

from faulty_runs import Run, leftovers, orphans, started_after_finished, write_study

INTERMEDIATE = ["de", "fr", "es", "it"]
TARGETS = ["en", "de", "fr", "es", "zh"]
SEEDS = [1, 2]
EXECUTORS = ("inline", "processes", "ray")


LONGEST = 3600.0
"""Seconds that an undisturbed run may take."""

MOST_NEW = 3
"""A run is killed at the latest after so many stages more."""


def kill_at_random(
    study: Path, whole: Path, out: Path, executor: str, n_kills: int, rng: random.Random
) -> dict[str, object]:
    """Run with interruptions; what was found wrong, and how often what was killed."""
    options = ["--executor", executor, *(["--jobs", "2"] if executor != "inline" else [])]
    n_run = n_worker = 0
    twice: list[str] = []
    same: list[bool] = []
    while n_run + n_worker < n_kills:
        before = Run(study, out).finished()
        run = Run(study, out, *options)
        run.start()
        n_new = rng.randint(0, MOST_NEW)
        if n_new:
            run.wait_for_stages(len(before) + n_new)
        time.sleep(rng.uniform(0, 0.5 if n_new else 8))  # before the first stage the programs start
        if run.process.poll() is not None:
            code, errors = run.end(LONGEST)
            if code != 0:
                raise RuntimeError(f"a run that nothing disturbed ended with code {code}: {errors}")
            same.append(has_same_table(out, whole))
            shutil.rmtree(out)  # it was over: begin again
            continue
        victims = run.workers() if executor != "inline" and rng.random() < 0.5 else []
        if victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(rng.choice(victims), signal.SIGKILL)
                n_worker += 1
            time.sleep(rng.uniform(0, 1))
        if n_run + n_worker < n_kills:
            n_run += run.process.poll() is None
        run.process.kill()
        run.end(LONGEST)
        twice += started_after_finished(out, before)
        told = f"{n_run + n_worker} of {n_kills} kills, {len(before)} stages before, {len(twice)} done twice"
        print(f"{executor}: {told}", file=sys.stderr, flush=True)
    Run(study, out, *options).finish(LONGEST)
    return {
        "executor": executor,
        "killed runs": n_run,
        "killed workers": n_worker,
        "same table": all(same) and has_same_table(out, whole),
        "finished stages written again": len(twice),
        "left files": leftovers(out),
        "orphans": orphans(out),
    }


def has_same_table(out: Path, whole: Path) -> bool:
    """Whether two runs have the same bytes of scores."""
    return (out / "scores.csv").read_bytes() == (whole / "scores.csv").read_bytes()


def main() -> int:
    """Print one JSON object for each executor; exit with 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executor", action="append", choices=EXECUTORS, help="by default all of them")
    parser.add_argument("--kills", type=int, default=60, help="with each executor")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoder", default="mini")
    parser.add_argument("--folder", type=Path, help="where to keep the undisturbed run for later calls")
    given = parser.parse_args()
    is_wrong = False
    with contextlib.ExitStack() as stack:
        root = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        root.mkdir(parents=True, exist_ok=True)
        study = write_study(root, given.encoder, INTERMEDIATE, TARGETS, seed=SEEDS)
        whole = root / "whole"
        Run(study, whole, "--executor", "inline").finish(LONGEST)
        n_stages = len(json.loads((whole / "study.json").read_text())["stages"])
        for executor in given.executor or EXECUTORS:
            rng = random.Random(f"{given.seed} {executor}")
            out = root / f"{executor}-{given.seed}"
            found = kill_at_random(study, whole, out, executor, given.kills, rng)
            print(json.dumps({"stages": n_stages, "seed": given.seed} | found), flush=True)
            faults = ("finished stages written again", "left files", "orphans")
            is_wrong |= not found["same table"] or any(found[name] for name in faults)
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
