"""Reading the files of a benchmark that labels words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isogloss.tasks._files import FileTask
from isogloss.tasks._reading import WordRow, read_json_lines, read_parquet, word_rows


class WordTask(FileTask):
    """A word task whose test files may come without labels, as XTREME ships some."""

    def is_labelled(self, path: Path) -> bool:
        """Whether any line of a tab-separated file has a second column; an empty one is an error."""
        if path.suffix != ".tsv":
            return True
        raw = path.read_bytes()
        return b"\t" in raw or not raw.strip()


def read_table_of_words(path: Path, labels: str, class_names: Sequence[str]) -> list[WordRow]:
    """Read a hub's Parquet or JSON lines: a list of words (``tokens``) and a list of labels per row."""
    cells = read_parquet(path) if path.suffix == ".parquet" else read_json_lines(path)
    return list(word_rows(cells, path, "tokens", labels, class_names))
