"""Files to try the commands on, made on the spot: scores, data, text and a small study."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from isogloss.distances import distance
from isogloss.scores.published.base import published_scores
from isogloss.scores.table import csv_text
from isogloss.world.export import export_world
from isogloss.world.generator import sentences

N_ROWS = 400
"""Rows of each train, dev and test file."""
N_SENTENCES = 300
LANGUAGES = ("de", "en", "es", "fr", "hi", "id", "ja", "ko", "ru", "tr", "zh")
"""Languages of the data and of the simulated scores, all of the built-in world."""
SLOPE, NOISE = 0.35, 0.02
"""Of the simulated scores: fall per unit of syntactic distance, and standard deviation of the rest."""


def write_example(out: Path) -> tuple[str, ...]:
    """Write the example files.

    Parameters
    ----------
    out : Path
        A new folder, or an empty one.

    Returns
    -------
    tuple of str
        Names of the files and folders that were written.

    Raises
    ------
    OSError
        If `out` holds such files already, or cannot be written.
    """
    export_world(out / "data", N_ROWS, LANGUAGES)
    table = published_scores("xnli-xlmr-base")
    published = [(row.source_language, row.target_language, row.score) for row in table]
    scored, distant = ("source", "target", "accuracy"), ("a", "b", "value")
    for name, text in (
        ("scores.csv", csv_text(scored, published)),
        ("simulated.csv", csv_text(scored, _simulated())),
        ("my-distances.csv", csv_text(distant, _invented_distances())),
    ):
        (out / name).write_text(text, encoding="utf-8", newline="")
    (out / "texts").mkdir()
    for code in LANGUAGES:
        lines = [sentence.text for _, sentence in sentences(code, "train", N_SENTENCES)]
        (out / "texts" / f"{code}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name in ("study.yaml", "README.txt"):
        shutil.copyfile(Path(__file__).with_name("example_files") / name, out / name)
    return tuple(sorted(f"{path.name}/" if path.is_dir() else path.name for path in out.iterdir()))


def _simulated() -> Iterable[Sequence[object]]:
    """Scores of every language on every language, each source and each target with a level of its own."""
    rng = np.random.default_rng(0)
    sources, targets = rng.normal(0, NOISE, (2, len(LANGUAGES)))
    for row, source in enumerate(LANGUAGES):
        for column, target in enumerate(LANGUAGES):
            level = 0.85 + sources[row] + targets[column] + rng.normal(0, NOISE)
            apart = 0.0 if source == target else distance(source, target)
            yield source, target, round(float(level - SLOPE * apart), 4)


def _invented_distances() -> Iterable[Sequence[object]]:
    rng = np.random.default_rng(1)
    for row, first in enumerate(LANGUAGES):
        for second in LANGUAGES[row + 1 :]:
            yield first, second, round(float(rng.uniform(0.1, 0.9)), 2)
