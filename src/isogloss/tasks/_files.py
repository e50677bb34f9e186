"""Base of tasks over files: finding, reading, checking, counting, fingerprinting."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

from isogloss.data_files import suffix_of
from isogloss.errors import DataError, closest
from isogloss.identity import canonical_json
from isogloss.languages import resolve
from isogloss.languages.resolution import find
from isogloss.tasks._features import names_beside
from isogloss.tasks._labels import UnknownLabels
from isogloss.tasks._layouts import FileLayout, Files, is_private_use, locate
from isogloss.tasks._opening import read_bytes
from isogloss.tasks._reading import Reading, Row, SentenceRow
from isogloss.tasks._splits import Origin, SplitRule
from isogloss.tasks._tables import COLUMNAR
from isogloss.tasks.base import (
    SPLITS,
    Example,
    SentenceExample,
    SourceFile,
    Split,
    Task,
    TaskCard,
    TaskData,
    WordExample,
    combine_hashes,
    left_out,
    sha256_of,
    text_of,
)


class FileTask(Task):
    """A task whose examples are in files.

    A subclass gives the card, the layouts, the rule for incomplete files, and `rows`.

    Parameters
    ----------
    card : TaskCard
    layouts : sequence of FileLayout
        Tried in this order; the first that is there is used.
    split_rule : SplitRule
    """

    is_declared = False
    """Whether a study file declares the task, so that messages can name its fields."""

    def __init__(self, card: TaskCard, layouts: Sequence[FileLayout], split_rule: SplitRule) -> None:
        self.card = card
        self.layouts = tuple(layouts)
        self.split_rule = split_rule

    @abstractmethod
    def rows(self, path: Path, reading: Reading) -> Iterator[Row]:
        """Rows of one file as text, in file order.

        Parameters
        ----------
        path : Path
        reading : Reading
            Names the language, for files that hold several, and counts what is read otherwise than the file
            has it.
        """

    def reason_to_drop(self, row: Row, path: Path) -> str | None:
        """Reason why a row says nothing about the task; None keeps it."""
        return None

    def accepts(self, code: str) -> bool:
        """Whether a code in file names is a language of the data set."""
        return code in self.card.languages.values()

    def reason_to_refuse(self, spelling: str, root: Path | None) -> str | None:
        """Refuse a code that means one language in the data set and another elsewhere."""
        code = self.card.editions.get(spelling)
        return code and (
            f"'{spelling}' is {resolve(code).name} in {self.card.title} and {resolve(spelling).name} in "
            f"ISO 639-3: write '{code}' or '{resolve(spelling).tag}'"
        )

    def variant(self, language: str, paths: Sequence[Path]) -> Sequence[str]:
        """Settings that change how files are read, in words; part of the fingerprint.

        Empty for files that are read as the data set's card says.
        """
        names = [names_beside(path) for path in paths if suffix_of(path) in (*COLUMNAR, ".jsonl")]
        return [canonical_json(one) for one in names if one]

    def is_labelled(self, path: Path) -> bool:
        """Whether a test file has labels, for benchmarks that ship some without."""
        return True

    def remarks(self, examples: Sequence[Example]) -> tuple[str, ...]:
        """Say what a reader must know of these examples other than duplicates and overlap."""
        return ()

    def directory(self, root: Path | None) -> Path | None:
        """Give the directory that the layouts look in."""
        return root

    def available(self, root: Path | None) -> Mapping[str, tuple[Split, ...]]:
        """Languages and labelled splits that stand under `root`; see `Task.available`."""
        _, files = self._locate(root)
        found = {language: self._origins(files, language) for language in sorted(files)}
        return {
            language: tuple(split for split in SPLITS if split in origins)
            for language, origins in found.items()
            if origins
        }

    def load(self, root: Path | None, language: str, split: Split) -> TaskData:
        """Read one split of one language; see `Task.load`.

        The whole file is checked, also where the split is a part of it.
        """
        layout, files = self._locate(root)
        origin = self._origin(files, language, split)
        parse = cache(lambda paths: self._parse(paths, language))
        paths = files[language][origin.file]
        content = parse(paths)
        entries = content.taken(origin)
        examples = tuple(entry for entry in entries if not isinstance(entry, str))
        dropped = dict(Counter(entry for entry in entries if isinstance(entry, str)))
        if not examples:
            missing = ", ".join(left_out(dropped)) or "no row was left out"
            raise DataError(
                f"no {split} example is left of {len(content.entries)} rows",
                where=str(paths[0]),
                allowed="at least one example",
                hint=f"{split} is {origin.part.text}; {missing}",
            )
        others = {
            other: parse(files[language][source.file]).taken(source)
            for other, source in self._origins(files, language).items()
            if SPLITS.index(other) < SPLITS.index(split)
        }
        notes = (
            f"{layout.name} layout",
            *content.reading.notes(),
            *origin.notes(split),
            *repetitions(examples, others),
        )
        sources = tuple(
            SourceFile(_relative(path, self.directory(root)), sha256_of(path), n_rows)
            for path, n_rows in zip(paths, content.n_rows, strict=True)
        )
        return TaskData(
            self.card.name,
            language,
            split,
            examples,
            dropped,
            sources,
            (*notes, *self.remarks(examples)),
            content.reading.notes(),
        )

    def fingerprint(self, root: Path | None, language: str, split: Split) -> str:
        """Hash of card version, rule, and the bytes of the files that hold the split.

        The notes of `load` also look at other splits; they change no example and are left out.
        """
        layout, files = self._locate(root)
        origin = self._origin(files, language, split)
        hashes = [sha256_of(path) for path in files[language][origin.file]]
        identity = (self.card.name, str(self.card.version), *self.card.labels)
        variant = self.variant(language, files[language][origin.file])
        return combine_hashes([*identity, *variant, language, split, layout.name, origin.part.text, *hashes])

    def _locate(self, root: Path | None) -> tuple[FileLayout, Files]:
        """Find the layout that is there, and the labelled files of the card's languages."""
        layout, files = locate(self.directory(root), self.card.title, self.layouts, self.accepts)
        return layout, {code: self._labelled(splits) for code, splits in files.items()}

    def _labelled(self, splits: Mapping[Split, tuple[Path, ...]]) -> Mapping[Split, tuple[Path, ...]]:
        return {
            split: paths
            for split, paths in splits.items()
            if split != "test" or all(map(self.is_labelled, paths))
        }

    def _origins(self, files: Files, language: str) -> Mapping[Split, Origin]:
        rule = self.split_rule
        if any("train" in splits for splits in files.values()):
            # With training data in one language, validation rows are not training data in another: rows are
            # parallel, and the model would be selected on translations of what it was trained on.
            rule = replace(rule, validation_as_train=False)
        return rule.origins(files[language])

    def _origin(self, files: Files, language: str, split: Split) -> Origin:
        if not self.accepts(language):
            raise DataError(
                f"{self.card.title} has no language '{language}'",
                where=self.card.dataset,
                allowed=closest(language, self.card.languages.values()),
            )
        if language not in files:
            raise DataError(
                f"no {self.card.title} files in '{language}'",
                where=self._shape(),
                allowed=closest(language, files),
            )
        origins = self._origins(files, language)
        if split not in origins:
            others = [code for code in sorted(files) if split in self._origins(files, code)]
            raise DataError(
                f"{self.card.title} has no labelled {split} data in '{language}'",
                where=self._shape(),
                allowed=f"in '{language}': {', '.join(s for s in SPLITS if s in origins) or 'nothing'}",
                hint=f"languages with {split}: {', '.join(others) or 'none'}",
            )
        return origins[split]

    def _shape(self) -> str:
        return "; ".join(layout.shape for layout in self.layouts)

    def _parse(self, paths: tuple[Path, ...], language: str) -> _Content:
        """Check every row of the files, numbered through; a row that is left out is its reason."""
        reading = Reading(language)
        index = {label: i for i, label in enumerate(self.card.labels)}
        entries: list[Example | str] = []
        n_rows = []
        for path in paths:
            before = len(entries)
            unknown = UnknownLabels(index, own=self.is_declared)
            try:
                for row in self.rows(path, reading):
                    reason = self.reason_to_drop(row, path)
                    entries.append(reason or to_example(len(entries), row, unknown, path))
            except DataError:
                unknown.stop(path)  # earlier faults of the file are reported first
                raise
            unknown.stop(path)
            n_rows.append(len(entries) - before)
        return _Content(entries, n_rows, reading)


_COLUMNS = rb"^[^#\t\n][^\t\n]*\t[^\t\n]*\t[^\t\n]*\t"
_TAGGED = re.compile(_COLUMNS + rb"(?!_\t)", re.MULTILINE)
_UNTAGGED = re.compile(_COLUMNS + rb"_\t", re.MULTILINE)


class WordTask(FileTask):
    """A word task whose test files may come without labels, and whose languages grow with every release."""

    def is_labelled(self, path: Path) -> bool:
        """Whether any line has a label; an empty file is an error of its own."""
        if suffix_of(path) in (*COLUMNAR, ".jsonl"):
            return True
        raw = read_bytes(path)
        if suffix_of(path) == ".conllu":
            return _UNTAGGED.search(raw) is None or _TAGGED.search(raw) is not None
        return b"\t" in raw or not raw.strip()

    def accepts(self, code: str) -> bool:
        """Whether a code is on the card, or denotes a language that later releases may have added."""
        return super().accepts(code) or (not is_private_use(code) and find(code) is not None)


UNKNOWN = -1
"""Stands for a label that is not known until the file is read and all of them are reported."""


class _Content(NamedTuple):
    """Content of some files: an example or the reason to drop it per row, and the number of rows per file."""

    entries: Sequence[Example | str]
    n_rows: Sequence[int]
    reading: Reading

    def taken(self, origin: Origin) -> list[Example | str]:
        """Entries of the rows that a split takes."""
        n_rows = len(self.entries)
        return [entry for row, entry in enumerate(self.entries) if origin.part.takes(row, n_rows)]


def to_example(number: int, row: Row, labels: UnknownLabels, path: Path) -> Example:
    """Check a row and turn its labels into class indices; labels that are not known are collected.

    Raises
    ------
    DataError
        For an empty sentence or word.
    """
    where = f"{path}, {row.place}"
    if isinstance(row, SentenceRow):
        for field, text in (("first", row.text_a), ("second", row.text_b)):
            if text is not None and not text.strip():
                raise DataError(
                    f"the {field} sentence is empty", where=where, hint="write the sentence or remove the row"
                )
        if row.label not in labels.index:
            labels.note(row.label, row.place)
        return SentenceExample(number, row.text_a, row.text_b, labels.index.get(row.label, UNKNOWN))
    if not row.words:
        raise DataError("a sentence without words", where=where, hint="remove the row")
    indices = tuple([labels.index.get(label, UNKNOWN) for label in row.labels])
    if UNKNOWN in indices:
        for position, label in enumerate(row.labels):
            if label not in labels.index:
                labels.note(label, row.place_of(position))
    if not all(map(str.strip, row.words)):
        empty = next(position for position, word in enumerate(row.words) if not word.strip())
        raise DataError(
            "a word is empty", where=f"{path}, {row.place_of(empty)}", hint="correct the sentence"
        )
    return WordExample(number, tuple(row.words), indices)


def repetitions(
    examples: Sequence[Example], others: Mapping[Split, Sequence[Example | str]]
) -> tuple[str, ...]:
    """Count examples whose text, whatever its label, is given twice or in another split too.

    Parameters
    ----------
    examples : sequence of Example
    others : mapping of split to sequence
        Examples of other splits; strings among them are dropped rows.

    Returns
    -------
    tuple of str
        One note per count; none for 0.
    """
    texts = [text_of(example) for example in examples]
    known = {
        f"stand in {split} too": {text_of(entry) for entry in entries if not isinstance(entry, str)}
        for split, entries in others.items()
    }
    counts = {"repeat an earlier one": len(texts) - len(set(texts))}
    counts |= {what: sum(text in other for text in texts) for what, other in known.items()}
    return tuple(f"{n} of {len(texts)} examples {what}" for what, n in counts.items() if n)


def _relative(path: Path, root: Path | None) -> str:
    """Give the path under the data directory: the same on every machine."""
    return (path.relative_to(root) if root is not None and path.is_relative_to(root) else path).as_posix()
