"""XNLI: does a premise entail a hypothesis, contradict it, or neither? (Conneau et al. 2018)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from isogloss.data_files import suffix_of
from isogloss.errors import DataError
from isogloss.tasks._files import FileTask
from isogloss.tasks._layouts import SPLIT_NAMES, Accepts, FileLayout, Files, hub, xtreme
from isogloss.tasks._opening import lines_of, read_text
from isogloss.tasks._reading import Reading, Row, SentenceRow, sentence_rows
from isogloss.tasks._splits import SplitRule
from isogloss.tasks._tables import Cells, read_delimited, read_json_lines, read_records
from isogloss.tasks.base import Split
from isogloss.tasks.sources import card_of

NAME = "xnli"

CARD = card_of(
    NAME,
    labels=("entailment", "neutral", "contradiction"),
    head="sentence",
    metric="accuracy",
    parallel_rows=True,
)

FIELDS = ("premise", "hypothesis", "label")
_OFFICIAL = re.compile(r"xnli\.(dev|test)\.(?:tsv|jsonl)")
_TRANSLATED = re.compile(r"multinli\.train\.([a-z]{2})\.tsv")
_FOLDERS = ("", "XNLI-1.0", "xnli", "xnli/XNLI-1.0")
_MT_FOLDERS = ("", "multinli", "XNLI-MT-1.0", "XNLI-MT-1.0/multinli")
_LANGUAGE_IN_JSON = re.compile(r'"language":\s*"([a-z]+)"')


class Xnli(FileTask):
    """Premise and hypothesis."""

    def rows(self, path: Path, reading: Reading) -> Iterator[Row]:
        """Read one file of any layout; the official ones have all languages in one file."""
        if _OFFICIAL.fullmatch(path.name):
            cells = _of_language(path, reading.language)
            return sentence_rows(cells, path, ("sentence1", "sentence2", "gold_label"))
        if _TRANSLATED.fullmatch(path.name):
            cells = read_delimited(path, "\t", header=True, quoted=False)
            rows = sentence_rows(cells, path, ("premise", "hypo", "label"))
            return map(_renamed, rows)
        return sentence_rows(read_records(path, FIELDS), path, FIELDS, self.card.labels)

    def reason_to_drop(self, row: Row, path: Path) -> str | None:
        """Name rows that a machine left untranslated, and those without a label that annotators agree on."""
        if not isinstance(row, SentenceRow):
            return None
        if _TRANSLATED.fullmatch(path.name) and not (row.text_a.strip() and (row.text_b or "").strip()):
            return "untranslated (empty)"
        return "no gold label (-)" if row.label == "-" and _OFFICIAL.fullmatch(path.name) else None


def _renamed(row: SentenceRow) -> SentenceRow:
    """Give the label that the translated training files spell otherwise its name."""
    return replace(row, label="contradiction") if row.label == "contradictory" else row


def _of_language(path: Path, language: str) -> Iterator[Cells]:
    if suffix_of(path) == ".jsonl":
        cells = read_json_lines(path, containing=f'"{language}"')
    else:
        cells = read_delimited(path, "\t", header=True, quoted=False)
    for place, values in cells:
        if "language" not in values:
            raise DataError("no field 'language'", where=f"{path}, {place}", hint="download the file again")
        if values["language"] == language:
            yield place, values


def official() -> FileLayout:
    """``XNLI-1.0/xnli.{dev,test}.{tsv,jsonl}`` and ``XNLI-MT-1.0/multinli/multinli.train.<language>.tsv``."""

    def find(root: Path, accepts: Accepts) -> Files:
        files: dict[str, dict[Split, tuple[Path, ...]]] = {}
        for split in ("dev", "test"):
            there = (
                root / below / f"xnli.{split}.{ending}" for below in _FOLDERS for ending in ("tsv", "jsonl")
            )
            path = next(filter(Path.is_file, there), None)
            if path is not None:
                for language in _languages_in(path):
                    files.setdefault(language, {})[SPLIT_NAMES[split]] = (path,)
        folders = (root / top / below for top in ("", NAME) for below in _MT_FOLDERS)
        for path in (path for folder in folders for path in sorted(folder.glob("multinli.train.*.tsv"))):
            match = _TRANSLATED.fullmatch(path.name)
            if match:
                files.setdefault(match[1], {}).setdefault("train", (path,))
        return dict(sorted(files.items()))

    shape = "XNLI-1.0/xnli.{dev,test}.{tsv,jsonl} and XNLI-MT-1.0/multinli/multinli.train.<language>.tsv"
    return FileLayout("official", shape, find)


def _languages_in(path: Path) -> tuple[str, ...]:
    stat = path.stat()
    return _languages_of(path, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=64)
def _languages_of(path: Path, size: int, changed: int) -> tuple[str, ...]:
    """Languages of the rows of a file, as it is at this size and time."""
    text = read_text(path)
    if suffix_of(path) == ".jsonl":
        return tuple(sorted(set(_LANGUAGE_IN_JSON.findall(text))))
    header, *lines = lines_of(text)
    names = header.split("\t")
    at = names.index("language") if "language" in names else 0
    return tuple(sorted({cells[at] for line in lines if len(cells := line.split("\t")) > at and cells[at]}))


# Each premise stands three times in a row, once with every label: dividing such a group would put a
# premise into train and validation alike.
TASK = Xnli(
    CARD,
    (xtreme(NAME), hub(CARD.dataset), official()),
    SplitRule(validation_as_train=True, group=3),
)
