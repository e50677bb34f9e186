"""What the benchmarks share: contestants run in turn, each in a process of its own, and one table."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.modeling.device import processor_name

PRINTED = "RESULT "
"""Begins the line of a contestant's output that holds its figures as JSON."""


def parser(description: str | None) -> argparse.ArgumentParser:
    """Options that every benchmark has."""
    data = os.environ.get("ISOGLOSS_DEV_DATA")
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--encoder", required=True, help="folder or hub id of the encoder")
    made.add_argument(
        "--data",
        type=Path,
        default=Path(data) / "data" / "xtreme" if data else None,
        required=data is None,
        help="folder in the layout of XTREME; ISOGLOSS_DEV_DATA/data/xtreme by default",
    )
    made.add_argument("--threads", type=int, default=2)
    made.add_argument("--pairs", type=int, default=5, help="runs of each contestant, in turn")
    return made


def run_in_turn(
    module: str, contestants: Sequence[str], common: Mapping[str, Any], pairs: int
) -> dict[str, list[dict[str, float]]]:
    """Run each contestant `pairs` times, one after the other, and gather what they print."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in contestants}
    for pair in range(pairs):
        order = contestants if pair % 2 == 0 else contestants[::-1]
        for name in order:
            given = json.dumps({**common, "contestant": name}, default=str)
            done = subprocess.run(
                [sys.executable, "-m", module, given], capture_output=True, text=True, check=False
            )
            lines = [line for line in done.stdout.splitlines() if line.startswith(PRINTED)]
            if not lines:
                raise SystemExit(f"{name} failed:\n{done.stderr[-3000:]}")
            found[name].append(json.loads(lines[-1].removeprefix(PRINTED)))
            print(f"  {name}: {found[name][-1]}", file=sys.stderr, flush=True)
    return found


def as_contestant(runners: Mapping[str, Callable[[dict[str, Any]], dict[str, float]]]) -> None:
    """Run the contestant that the first argument describes, and print its figures."""
    os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
    import torch

    settings = json.loads(sys.argv[1])
    torch.set_num_threads(settings["threads"])
    figures = runners[settings["contestant"]](settings)
    print(PRINTED + json.dumps({**figures, "peak_mb": _peak_mb()}))


def median(runs: Sequence[Mapping[str, float]], key: str) -> float:
    """Median of one figure over the runs."""
    return statistics.median(run[key] for run in runs)


def ratio(runs: Sequence[Mapping[str, float]], ours: Sequence[Mapping[str, float]], key: str) -> float:
    """Median over pairs of another contestant's figure over ours."""
    return statistics.median(other[key] / own[key] for other, own in zip(runs, ours, strict=True))


def gemm_gflops(width: int, inner: int, precision: str, threads: int, rows: int = 2048) -> float:
    """Rate of the matrix products of one layer, forward, at their own shapes.

    Returns
    -------
    float
        Thousand millions of floating point operations a second.
    """
    import torch
    from torch.nn import functional

    torch.set_num_threads(threads)
    kind = torch.bfloat16 if precision == "bf16" else torch.float32
    shapes = [(width, width)] * 4 + [(width, inner), (inner, width)]
    pairs = [
        (torch.randn(rows, n_in, dtype=kind), torch.randn(n_out, n_in, dtype=kind)) for n_in, n_out in shapes
    ]
    operations = sum(2 * rows * n_in * n_out for n_in, n_out in shapes)
    times = []
    for _ in range(12):
        start = time.perf_counter()
        for states, weights in pairs:
            functional.linear(states, weights)
        times.append(time.perf_counter() - start)
    return operations / statistics.median(times[2:]) / 1e9


def machine(threads: int) -> str:
    """Name the hardware."""
    import torch

    return f"{processor_name()}, {threads} threads, torch {torch.__version__}"


def _peak_mb() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
