"""Time and memory of reading a large table: ``python bench/large_score_tables.py [--rows N] [--profile]``.

A synthetic table with one row per score (50 source and 100 target languages, seeds as many as it needs) is
written as CSV and read by `isogloss.scores.importing.read_scores`. Printed: seconds of the processor, wall
time, and the largest memory of the process. Wall times mean something on an otherwise idle machine only.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

_CODES = (
    "af am ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gl gu ha he hi hr hu hy id ig is "
    "it ja jv ka kk km kn ko ku ky la lo lt lv mg mi mk ml mn mr ms mt my ne nl no or pa pl ps pt qu ro ru "
    "rw sa sd si sk sl sn so sq sr su sv sw ta te tg th ti tk tl tr tt ug uk ur uz vi wo xh yo zh zu"
)
CODES = _CODES.split()
N_SOURCES, N_TARGETS = 50, 100


def write_table(path: Path, n_rows: int) -> None:
    """Write a long table of `n_rows` scores, in a fixed order of languages and seeds."""
    rng = np.random.default_rng(5)
    scores = rng.uniform(0.2, 0.9, n_rows)
    with path.open("w", encoding="utf-8") as file:
        file.write("source,target,seed,accuracy\n")
        for row, score in enumerate(scores):
            source, target = CODES[row % N_SOURCES], CODES[row // N_SOURCES % N_TARGETS]
            file.write(f"{source},{target},{row // (N_SOURCES * N_TARGETS)},{score:.6f}\n")


def main() -> None:
    """Measure, or print a profile."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    from isogloss.scores.importing import read_scores

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "scores.csv"
        write_table(path, options.rows)
        if options.profile:
            with cProfile.Profile() as profile:
                read_scores(path)
            pstats.Stats(profile).sort_stats("tottime").print_stats(25)
            return
        cpu, wall = time.process_time(), time.perf_counter()
        table = read_scores(path).table
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{len(table):,} rows: {cpu:.1f} s of the processor, {wall:.1f} s, {memory:.2f} GiB at most")


if __name__ == "__main__":
    main()
