"""The tasks of the built-in world as files in XTREME layout, for any other tool."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import cast

from isogloss.tasks.base import SPLITS, TASKS, Example, SentenceExample, Split, WordExample
from isogloss.world.task import WorldTask

FOLDERS = {"pawsx": "mini-paws", "xnli": "mini-nli", "panx": "mini-ner", "udpos": "mini-pos"}
"""XTREME's folder to the task whose examples it gets."""
_FILE_NAMES: Mapping[Split, str] = {"train": "train", "validation": "dev", "test": "test"}


def export_world(out: Path, size: int, languages: Sequence[str] | None = None) -> int:
    """Write train, dev and test rows of the four tasks, ``<folder>/<split>-<language>.tsv``.

    Parameters
    ----------
    out : Path
        A new folder, or an empty one; of a failed export something may lie in it.
    size : int
        Rows of each file.
    languages : sequence of str, optional
        All of the world by default.

    Returns
    -------
    int
        Number of files.

    Raises
    ------
    DataError
        If the world does not hold `size` rows of a split.
    OSError
        If `out` holds such folders already, or cannot be written.
    """
    n_files = 0
    for folder, name in FOLDERS.items():
        (out / folder).mkdir(parents=True)
        task = cast(WorldTask, TASKS[name])
        for language, split in product(languages or task.card.languages, SPLITS):
            text = to_text(folder, task.card.labels, task.examples(language, split, size))
            path = out / folder / f"{_FILE_NAMES[split]}-{language}.tsv"
            path.write_text(text, encoding="utf-8", newline="")
            n_files += 1
    return n_files


def to_text(folder: str, labels: Sequence[str], examples: Sequence[Example]) -> str:
    """Write examples as XTREME's files have them.

    Sentence pairs as Python's `csv` writes them, with tabs, quotes where needed and CRLF; one word per line
    with LF and a blank line between sentences, in PAN-X also after the last.
    """
    if folder in {"pawsx", "xnli"}:
        text = io.StringIO(newline="")
        pairs = (each for each in examples if isinstance(each, SentenceExample))
        rows = ((each.text_a, each.text_b, labels[each.label]) for each in pairs)
        csv.writer(text, delimiter="\t").writerows(rows)
        return text.getvalue()
    sentences = (each for each in examples if isinstance(each, WordExample))
    tagged = (zip(each.words, each.labels, strict=True) for each in sentences)
    blocks = ("".join(f"{word}\t{labels[label]}\n" for word, label in words) for words in tagged)
    return "\n".join(blocks) + ("\n" if folder == "panx" else "")
