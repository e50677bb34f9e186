"""Is the estimate before a run near the time that it takes?

``python bench/estimates.py demo|pawsx|targets [--encoder ENCODER] [--data-dir DIR]``, on an idle machine:

- ``demo``: studies/mini.yaml as it stands.
- ``pawsx``: an encoder fine-tuned on English PAWS-X (200 updates of 32) and scored in seven languages.
- ``targets``: the same encoder on English UD POS (100 updates of 32), scored in 30 languages.

Runs each study in a new folder with an empty cache, so that the first thing it does is to time some updates;
prints the estimate that was shown, the time from there to the end (report included), their quotient, and the
time of the whole command. A second run into another folder begins with the corrections of the first.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = (
    "af, ar, bg, de, el, en, es, et, eu, fa, fi, fr, he, hi, hu, id, it, ja, kk, ko, mr, nl, pt, ru, ta, te, "
    "tr, ur, vi, zh"
)

COMMON = """
selection: none
training: {max_length: 128}
analysis: {distances: none}
"""
PAWSX = """
name: pawsx
source: {task: pawsx, language: en, training: {steps: 200}}
targets: [en, de, es, fr, ja, ko, zh]
"""
TARGETS = f"""
name: targets
source: {{task: udpos, language: en, training: {{steps: 100}}}}
targets: {{languages: [{LANGUAGES}], examples: 500}}
"""
UNITS = {"s": 1, "min": 60, "h": 3600}


def study_of(name: str, folder: Path, encoder: str) -> Path:
    """Write the study file."""
    if name == "demo":
        return ROOT / "studies" / "mini.yaml"
    path = folder / f"{name}.yaml"
    text = {"pawsx": PAWSX, "targets": TARGETS}[name] + COMMON + f"encoder: {encoder}\n"
    path.write_text(text, encoding="utf-8")
    return path


def run(study: Path, out: Path, cache: Path, data_dir: str | None) -> tuple[float, float, float]:
    """Seconds estimated, seconds from the estimate to the end, and seconds of the command."""
    command = [sys.executable, "-m", "isogloss", "run", str(study), "--out", str(out)]
    command += ["--data-dir", data_dir] if data_dir else []
    began, estimated, shown = time.perf_counter(), float("nan"), 0.0
    environment = os.environ | {"XDG_CACHE_HOME": str(cache), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            found = re.match(r"estimated time: about ([\d.]+) (s|min|h)", line)
            if found:
                estimated, shown = float(found.group(1)) * UNITS[found.group(2)], time.perf_counter()
    end = time.perf_counter()
    if process.returncode:
        raise SystemExit(f"the study failed with exit code {process.returncode}")
    return estimated, end - shown, end - began


def main() -> None:
    """Print estimated and measured time of two runs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("study", choices=["demo", "pawsx", "targets"])
    parser.add_argument("--encoder", default="mini")
    parser.add_argument("--data-dir")
    options = parser.parse_args()
    encoder = Path(options.encoder)
    spec = str(encoder.resolve()) if encoder.is_dir() else options.encoder
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        study = study_of(options.study, folder, spec)
        print("run  estimated s  took s  took / estimated  whole command s")
        for number in (1, 2):
            estimated, took, whole = run(study, folder / f"out{number}", folder / "cache", options.data_dir)
            print(
                f"{number:3}  {estimated:11.0f}  {took:6.0f}  {took / estimated:16.2f}  {whole:15.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
