"""Time of ``isogloss evidence`` on a thousand pages of text: reading, passages, verification and report.

PYTHONPATH=tests python bench/evidence_speed.py
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from click.testing import CliRunner

from isogloss.cli.main import cli
from papers import long_papers

N_PAPERS, N_PAGES = 20, 50


def main() -> None:
    """Write the papers, run the command on them, print seconds of processor and of clock."""
    with tempfile.TemporaryDirectory() as name:
        folder = long_papers(Path(name), N_PAPERS, N_PAGES)
        arguments = ["evidence", "Do related donors help Basque?", "--papers", str(folder)]
        cpu, wall = time.process_time(), time.perf_counter()
        done = CliRunner().invoke(cli, [*arguments, "--out", str(folder / "out")], catch_exceptions=False)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(done.stdout.splitlines()[0])
    print(f"{N_PAPERS * N_PAGES} pages: {cpu:.1f} s of one core, {wall:.1f} s by the clock")


if __name__ == "__main__":
    main()
