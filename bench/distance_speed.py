"""How fast distances are: ``python bench/distance_speed.py``.

Printed: all pairs of URIEL's 7,970 records for one metric, with counts, and the memory it took; ``isogloss
distance de nl`` from a cold start, with and without the cache of condensed arrays, and the nearest of all
languages; and, where urielplus is installed, its own distance function on 100, 200 and 400 languages beside
ours on the same ones, which takes minutes. Of several runs the fastest; beside the seconds on the clock those
of the processor, which depend little on what else the machine does.
"""

from __future__ import annotations

import importlib.util
import logging
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

from isogloss.distances import DISTANCES
from isogloss.languages import Language, _uriel

N_RUNS = 3
N_COMPARED = (100, 200, 400)


def seconds(work: Callable[[], object], n_runs: int = N_RUNS) -> tuple[float, float]:
    """Fewest seconds on the clock and of the processor, children included."""
    runs = []
    for _ in range(n_runs):
        clock, processor = time.perf_counter(), _processor()
        work()
        runs.append((time.perf_counter() - clock, _processor() - processor))
    return min(run[0] for run in runs), min(run[1] for run in runs)


def _processor() -> float:
    """Seconds of this process, to the nanosecond, and of its children."""
    times = os.times()
    return time.process_time() + times.children_user + times.children_system


def languages_of(codes: list[str]) -> tuple[Language, ...]:
    return tuple(Language(code, code, code) for code in codes)


def all_pairs(metric: str) -> None:
    """Time one metric over every record."""
    languages = languages_of(list(_uriel.labels("features", "langs")))
    _uriel.condensed("features")
    clock, processor = seconds(lambda: DISTANCES[metric](languages))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{metric}: all pairs of {len(languages)} languages in {clock:.1f} s "
        f"({processor:.1f} s of processor), {memory:.1f} GiB"
    )


def cold_start() -> None:
    """Time commands in new processes, first without a cache."""
    pair = ["de", "nl"]
    nearest = ["en", "--to", "all", "--metric", "syntactic", "--top", "20"]

    def run(arguments: list[str], cache: str) -> None:
        command = [sys.executable, "-m", "isogloss", "distance", *arguments]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"XDG_CACHE_HOME": cache})

    with tempfile.TemporaryDirectory() as folder:
        first = seconds(lambda: run(pair, tempfile.mkdtemp(dir=folder)))
        run(pair, folder)
        later = seconds(lambda: run(pair, folder))
        of_all = seconds(lambda: run(nearest, folder))
    for arguments, label, (clock, processor) in (
        (pair, ", the first time", first),
        (pair, "", later),
        (nearest, "", of_all),
    ):
        print(
            f"isogloss distance {' '.join(arguments)}{label}: {clock:.2f} s ({processor:.2f} s of processor)"
        )


def against_urielplus() -> None:
    """Time urielplus's own function and ours on the same languages."""
    if importlib.util.find_spec("urielplus") is None:
        print("urielplus is not installed: no comparison")
        return
    from urielplus.urielplus import URIELPlus

    logging.disable(logging.INFO)
    theirs = URIELPlus()
    known = (_uriel.condensed("features") != _uriel.UNKNOWN).sum(axis=1)
    for n in N_COMPARED:
        rows = sorted(known.argsort()[::-1][:n])
        codes = [_uriel.labels("features", "langs")[row] for row in rows]
        languages = languages_of(codes)
        fast = seconds(lambda languages=languages: DISTANCES["syntactic"](languages))
        slow = seconds(lambda codes=codes: theirs.new_distance("syntactic", codes), n_runs=1)
        print(
            f"syntactic, {n} languages: urielplus {slow[0]:.1f} s ({slow[1]:.1f} s of processor), isogloss "
            f"{fast[0]:.4f} s ({fast[1]:.4f} s), {slow[0] / fast[0]:,.0f} times as fast"
            + (f", by processor {slow[1] / fast[1]:,.0f}" if fast[1] else ""),
            flush=True,
        )


if __name__ == "__main__":
    for name in ("syntactic", "featural"):
        all_pairs(name)
    cold_start()
    against_urielplus()
