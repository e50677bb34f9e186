"""Kills a study of at least 60 stages at 60 random moments, and checks that nothing is lost or done twice.

    python bench/faults.py --executor inline --executor processes --executor ray --kills 60 --seed 1

For each executor the study is run once undisturbed, in one process, and then killed with SIGKILL (the run, or
one of its workers) and started again until the kills are used up; then it is finished. The score table must
have the same bytes, a stage that was finished before a kill must not be written again, and no process,
temporary file or lease may be left.
"""

from __future__ import annotations

import argparse
import json
import os
import random
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


def kill_at_random(
    study: Path, whole: Path, out: Path, executor: str, n_kills: int, rng: random.Random
) -> dict[str, object]:
    """Run with interruptions; what was found wrong, and how often what was killed."""
    options = ["--executor", executor, *(["--jobs", "2"] if executor != "inline" else [])]
    n_run = n_worker = n_twice = 0
    seconds = undisturbed(study, out.with_name("timed"), options)
    while n_run + n_worker < n_kills:
        before = Run(study, out).finished()
        run = Run(study, out, *options)
        run.start()
        time.sleep(rng.uniform(0.3, 1.0) * seconds / 2)
        if run.process.poll() is not None:
            run.end()
            drop_some(out, rng)  # it was over: give it something to do again
            continue
        victims = run.workers() if executor == "processes" and rng.random() < 0.5 else []
        if victims:
            os.kill(rng.choice(victims), signal.SIGKILL)
            n_worker += 1
            time.sleep(rng.uniform(0, 1))
        else:
            n_run += 1
        run.process.kill()
        run.end()
        n_twice += len(started_after_finished(out, before))
    Run(study, out, *options).finish()
    return {
        "executor": executor,
        "killed runs": n_run,
        "killed workers": n_worker,
        "same table": (out / "scores.csv").read_bytes() == (whole / "scores.csv").read_bytes(),
        "finished stages written again": n_twice,
        "left files": leftovers(out),
        "orphans": orphans(out),
    }


def undisturbed(study: Path, out: Path, options: list[str]) -> float:
    """Seconds of a run that nothing disturbs."""
    began = time.monotonic()
    Run(study, out, *options).finish()
    return time.monotonic() - began


def drop_some(out: Path, rng: random.Random) -> None:
    """Remove a third of the finished stages, as if they had never been."""
    import shutil

    for path in sorted((out / "stages").glob("*/checksums.json")):
        if rng.random() < 1 / 3:
            shutil.rmtree(path.parent)


def main() -> int:
    """Print one JSON object for each executor; exit with 1 if something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--executor", action="append", choices=["inline", "processes", "ray"])
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--encoder", default="mini")
    given = parser.parse_args()
    wrong = False
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        study = write_study(root, given.encoder, INTERMEDIATE, TARGETS, seed=SEEDS)
        whole = root / "whole"
        undisturbed(study, whole, ["--executor", "inline"])
        n_stages = len(json.loads((whole / "study.json").read_text())["stages"])
        for executor in given.executor or ["inline", "processes"]:
            rng = random.Random(f"{given.seed} {executor}")
            found = kill_at_random(study, whole, root / executor / "out", executor, given.kills, rng)
            print(json.dumps({"stages": n_stages, "seed": given.seed} | found), flush=True)
            wrong = wrong or not (
                found["same table"]
                and not found["finished stages written again"]
                and not found["left files"]
                and not found["orphans"]
            )
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
