"""A whole study compared with a loop over the library's scripts that trains every cell.

    python -m bench study --encoder FOLDER --data XTREME --cells 3

The study: PAN-X in six intermediate languages, then PAWS-X in English, two seeds, seven targets. The loop
trains both stages anew for each of the 84 cells and predicts its target, as a script for one pair would. It
is measured on some cells, each in a process of its own, and multiplied: cells differ in the language alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import contest

INTERMEDIATE = ("ar", "de", "es", "fi", "hi", "ru")
TARGETS = ("de", "en", "es", "fr", "ja", "ko", "zh")
SEEDS = (1, 2)


def main(arguments: list[str]) -> None:
    """Run the benchmark."""
    options = contest.parser(__doc__)
    options.add_argument("--updates", type=int, default=10, help="of each of the two stages")
    options.add_argument("--rows", type=int, default=200, help="of each target")
    options.add_argument("--cells", type=int, default=3, help="cells of the loop to measure")
    options.add_argument("--kind", default="tuned", choices=["tuned", "scripts"])
    chosen = options.parse_args(arguments)
    common = {
        "encoder": chosen.encoder,
        "data": chosen.data,
        "updates": chosen.updates,
        "rows": chosen.rows,
        "threads": chosen.threads,
        "kind": chosen.kind,
    }
    ours = _run_study(common)
    found = []
    for language, target in list(zip(INTERMEDIATE, TARGETS, strict=False))[: chosen.cells]:
        cell = {**common, "language": language, "target": target}
        found += contest.run_in_turn("bench.study", ["cell"], cell, 1)["cell"]
    n_cells = len(INTERMEDIATE) * len(TARGETS) * len(SEEDS)
    cell_seconds = sum(run["seconds"] for run in found) / len(found)
    print(
        f"\n{len(INTERMEDIATE)} intermediate languages x {len(SEEDS)} seeds x {len(TARGETS)} targets, "
        f"{chosen.encoder}"
    )
    print(
        f"{chosen.updates} updates of 32 a stage, {chosen.rows} rows a target, "
        f"{contest.machine(chosen.threads)}"
    )
    print(f"isogloss run: {ours:.0f} s")
    print(
        f"loop over {chosen.kind} scripts: {cell_seconds:.1f} s a cell (mean of {len(found)}), "
        f"{n_cells * cell_seconds:.0f} s for {n_cells} cells: "
        f"{n_cells * cell_seconds / ours:.1f} times isogloss"
    )


def _run_study(settings: dict[str, Any]) -> float:
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "study.json"
        study = {
            "name": "bench",
            "encoder": settings["encoder"],
            "source": {"task": "pawsx", "language": "en", "examples": 32 * settings["updates"]},
            "intermediate": {
                "task": "panx",
                "languages": INTERMEDIATE,
                "examples": 32 * settings["updates"],
                "baselines": [],
            },
            "targets": {"languages": TARGETS, "examples": settings["rows"]},
            "seed": SEEDS,
            "training": {"steps": settings["updates"], "precision": "bf16"},
            "selection": "none",
            "analysis": {"distances": "none"},
            "data_dir": str(Path(settings["data"]).resolve()),
            "execution": {"jobs": 1, "threads": settings["threads"]},
        }
        path.write_text(json.dumps(study), encoding="utf-8")
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "isogloss", "run", str(path), "--out", str(Path(scratch) / "out")],
            check=True,
        )
        return time.perf_counter() - start


def _cell(settings: dict[str, Any]) -> dict[str, float]:
    from bench.trainer import Contestant

    from isogloss.tasks.base import TASKS, select

    start = time.perf_counter()
    data, n = Path(settings["data"]), 32 * settings["updates"]
    panx, pawsx = TASKS["panx"], TASKS["pawsx"]
    with tempfile.TemporaryDirectory() as folder:
        options = {"steps": settings["updates"]}
        first = Contestant(settings["encoder"], panx.card, settings["kind"], **options)
        first.train(select(panx.load(data, settings["language"], "train"), n, 1))
        first.save(folder)
        second = Contestant(folder, pawsx.card, settings["kind"], **options)
        second.train(select(pawsx.load(data, "en", "train"), n, 1))
        second.predict(select(pawsx.load(data, settings["target"], "test"), settings["rows"], 0))
    return {"seconds": time.perf_counter() - start}


if __name__ == "__main__":
    contest.as_contestant({"cell": _cell})
