"""How long `isogloss correlate` takes on a large table: ``python bench/large_correlate.py``.

A synthetic table of 65 source and 105 target languages, whose scores fall with geographic distance, is
analysed with all six distances as a user would do it. Printed: seconds until the first word of the answer,
until the answer as a whole, and the same with all sensitivity analyses; and the seconds of the processor.
``--profile`` prints where the time goes instead. Wall times mean something on an otherwise idle machine only.
"""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import math
import os
import pstats
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from isogloss.distances import DISTANCES
from isogloss.languages import resolve_all

_CODES = (
    "af am ar as az be bg bn br ca cs cy da de el en es et eu fa fi fr ga gl gu ha he hi hr hu hy id "
    "is it ja jv ka kk km kn ko ku ky la lo lt lv mg mk ml mn mr ms my ne nl no or pa pl ps pt ro ru "
    "sa sd si sk sl so sq sr su sv sw ta te th tl tr ug uk ur uz vi xh yi zh zu yo ig sn rw mt ceb gn "
    "qu ay mi sm to fj haw om ti"
)
CODES = _CODES.split()
N_SOURCES, N_TARGETS = 65, 105


def write_table(path: Path, *, missing: float = 0.0) -> None:
    """Write a long table whose scores fall with geographic distance; a share of the cells is missing."""
    rng = np.random.default_rng(7)
    distance = DISTANCES["geographic"](resolve_all(CODES)).values
    hard, good = rng.uniform(0, 0.2, N_TARGETS), rng.uniform(0, 0.1, N_TARGETS)
    lines = ["source,target,score"]
    for i, source in enumerate(CODES[:N_SOURCES]):
        for j, target in enumerate(CODES[:N_TARGETS]):
            if rng.random() >= missing:
                score = 0.8 - hard[j] + good[i] - 0.1 * distance[i, j] + 0.03 * rng.normal()
                lines.append(f"{source},{target},{min(max(score, 0.01), 0.97):.4f}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def timed(table: Path, *options: str) -> tuple[float, float, float]:
    """Seconds until the first sentence about a relation, until the end, and of the processor."""
    before, start = os.times(), time.perf_counter()
    first, told = math.nan, ""
    command = [sys.executable, "-u", "-m", "isogloss", "correlate", str(table), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        for line in process.stdout or ():
            told += f"{line.strip()} "  # sentences are wrapped
            if math.isnan(first) and "family-wise p = " in told:
                first = time.perf_counter() - start
    if process.returncode:
        sys.exit(f"correlate ended with {process.returncode}")
    if math.isnan(first):
        sys.exit(f"no answer among what correlate printed: {told[:500]}")
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return first, time.perf_counter() - start, used


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--missing", type=float, default=0.0, help="share of the cells that have no score")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    parser.add_argument("options", nargs="*", help="passed on to correlate, after --")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "scores.csv"
        write_table(table, missing=given.missing)
        if given.profile:
            from isogloss.cli.main import main as isogloss

            sys.argv = ["isogloss", "correlate", str(table), *given.options]
            profile = cProfile.Profile()
            with contextlib.suppress(SystemExit):
                profile.runcall(isogloss)
            pstats.Stats(profile).sort_stats("cumulative").print_stats(70)
            return
        for label, options in (("default", ()), ("with --sensitivity", ("--sensitivity",))):
            first, whole, used = timed(table, *options, *given.options)
            print(f"{label}: first answer {first:.1f} s, whole {whole:.1f} s, processor {used:.1f} s")


if __name__ == "__main__":
    main()
