"""Reading the files of a benchmark that labels words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from isogloss.data_files import suffix_of
from isogloss.languages.resolution import find
from isogloss.tasks._files import FileTask
from isogloss.tasks._layouts import is_private_use
from isogloss.tasks._opening import read_bytes
from isogloss.tasks._reading import WordRow, word_rows
from isogloss.tasks._tables import read_records

_COLUMNS = rb"^[^#\t\n][^\t\n]*\t[^\t\n]*\t[^\t\n]*\t"
_TAGGED = re.compile(_COLUMNS + rb"(?!_\t)", re.MULTILINE)
_UNTAGGED = re.compile(_COLUMNS + rb"_\t", re.MULTILINE)


class WordTask(FileTask):
    """A word task whose test files may come without labels, and whose languages grow with every release."""

    def is_labelled(self, path: Path) -> bool:
        """Whether any line has a label; an empty file is an error of its own."""
        if suffix_of(path) in (".parquet", ".jsonl"):
            return True
        raw = read_bytes(path)
        if suffix_of(path) == ".conllu":
            return _UNTAGGED.search(raw) is None or _TAGGED.search(raw) is not None
        return b"\t" in raw or not raw.strip()

    def accepts(self, code: str) -> bool:
        """Whether a code is on the card, or denotes a language that later releases may have added."""
        return super().accepts(code) or (not is_private_use(code) and find(code) is not None)


def read_table_of_words(path: Path, labels: str, class_names: Sequence[str]) -> list[WordRow]:
    """Read a hub's Parquet or JSON lines: a list of words (``tokens``) and a list of labels per row."""
    cells = read_records(path, ("tokens", labels))
    return list(word_rows(cells, path, "tokens", labels, class_names))
