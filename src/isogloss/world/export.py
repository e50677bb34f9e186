"""The tasks of the built-in world as files in XTREME layout, for any other tool."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from isogloss.tasks.base import SPLITS, TASKS, Example, SentenceExample, Split
from isogloss.world.task import WorldTask

FOLDERS = {"pawsx": "mini-paws", "xnli": "mini-nli", "panx": "mini-ner", "udpos": "mini-pos"}
"""XTREME's folder to the task whose examples it gets."""
_FILE_NAMES: Mapping[Split, str] = {"train": "train", "validation": "dev", "test": "test"}


@dataclass(frozen=True)
class Export:
    """How much was written."""

    n_files: int
    n_rows: int


def export_world(out: Path, size: int, languages: Sequence[str] | None = None) -> Export:
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
    Export

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
        n_files += _write(out / folder, cast(WorldTask, TASKS[name]), size, languages)
    return Export(n_files, n_files * size)


def _write(folder: Path, task: WorldTask, size: int, languages: Sequence[str] | None) -> int:
    parts = [(language, split) for language in languages or task.card.languages for split in SPLITS]
    for language, split in parts:
        text = to_text(folder.name, task.card.labels, task.examples(language, split, size))
        path = folder / f"{_FILE_NAMES[split]}-{language}.tsv"
        path.write_text(text, encoding="utf-8", newline="")
    return len(parts)


def to_text(folder: str, labels: Sequence[str], examples: Sequence[Example]) -> str:
    """Write examples as XTREME's files have them.

    Sentence pairs as Python's `csv` writes them, with tabs, quotes where needed and CRLF; one word per line
    with LF and a blank line between sentences, in PAN-X also after the last.
    """
    if folder in {"pawsx", "xnli"}:
        text = io.StringIO(newline="")
        csv.writer(text, delimiter="\t").writerows(_pairs(labels, examples))
        return text.getvalue()
    end = "\n" if folder == "panx" else ""
    return "\n".join(_sentences(labels, examples)) + end


def _pairs(labels: Sequence[str], examples: Sequence[Example]) -> Iterator[tuple[str, str | None, str]]:
    for example in examples:
        if isinstance(example, SentenceExample):
            yield example.text_a, example.text_b, labels[example.label]


def _sentences(labels: Sequence[str], examples: Sequence[Example]) -> Iterator[str]:
    for example in examples:
        if not isinstance(example, SentenceExample):
            tagged = zip(example.words, example.labels, strict=True)
            yield "".join(f"{word}\t{labels[label]}\n" for word, label in tagged)
