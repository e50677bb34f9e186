"""A user's own task over their own files, declared in a study file without any Python."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from isogloss.errors import DataError, LanguageError
from isogloss.identity import canonical_json
from isogloss.languages import resolve
from isogloss.tasks._conll import ConllColumns, read_conll, read_conllu
from isogloss.tasks._declaration import (
    SEPARATING,
    check_scheme,
    checked_columns,
    checked_format,
    checked_header,
    checked_labels,
    checked_metric,
    checked_separator,
    matching_files,
)
from isogloss.tasks._files import FileTask
from isogloss.tasks._layouts import SPLIT_NAMES, FileLayout, Files
from isogloss.tasks._reading import Reading, Row, WordRow, sentence_rows, word_rows
from isogloss.tasks._splits import OneFileRule, SplitRule
from isogloss.tasks._tables import Cells, read_delimited, read_json_lines, read_parquet
from isogloss.tasks._tags import only_type_of, to_bio
from isogloss.tasks.base import FROM_FILES, Split, TaskCard
from isogloss.tasks.settings import ColumnSettings, LocalTaskSettings

NAME = None
"""No entry of the registry: every study file declares and names its own."""


class LocalTask(FileTask):
    """A task over files that a pattern names.

    Parameters
    ----------
    spec : LocalTaskSettings
        The declaration, as the study file has it.
    base : Path
        Folder that `path` is relative to: the study file's.

    Raises
    ------
    FieldError
        If the declaration contradicts itself.
    DataError
        If no file matches the pattern.
    LanguageError
        If the ``{language}`` of a file name is not a language.
    """

    is_declared = True

    def __init__(self, spec: LocalTaskSettings, base: Path) -> None:
        self.spec, self.base = spec, base
        self.format = checked_format(spec)
        self.separator = checked_separator(spec, self.format)
        self.header = checked_header(spec, self.format)
        self.columns = checked_columns(spec, self.format, self.header)
        self.unlabelled = frozenset(spec.unlabelled)
        files = matching_files(spec, base)
        field = str(self.columns["label" if spec.head == "sentence" else "labels"])
        labels = checked_labels(spec, files, field)
        check_scheme(spec, labels)
        self.names_classes = not all(label.isdigit() for label in labels)
        card = TaskCard(
            name=spec.name,
            title=spec.name,
            dataset=spec.path,
            revision=FROM_FILES,
            licence="the user's own",
            citation="the user's own files",
            labels=labels,
            head=spec.head,
            metric=checked_metric(spec, labels),
            languages=_languages(files),
            parallel_rows=spec.parallel_rows,
        )
        rule = SplitRule() if "{split}" in spec.path else OneFileRule()
        super().__init__(card, [FileLayout("own files", spec.path, lambda root, accepts: files)], rule)

    def directory(self, root: Path | None) -> Path | None:
        """Give the study file's folder: a user's own files are not in the data directory."""
        return self.base

    def where_to_put(self, language: str, split: Split) -> str:
        """Say which file would hold a split of a language."""
        spelling = next((name for name, known in SPLIT_NAMES.items() if known == split), split)
        path = self.card.dataset.replace("{language}", language).replace("{split}", spelling)
        return f"add the file {self.base / Path(path).expanduser()}"

    def variant(self, language: str, paths: Sequence[Path]) -> Sequence[str]:
        """Give the declaration as far as it decides what is read; see `FileTask.variant`."""
        stated = {
            "format": self.format,
            "columns": dict(self.columns),
            "header": self.header,
            "separator": self.separator,
            "comments": self.spec.comments,
            "scheme": self.spec.scheme,
            "unlabelled": sorted(self.unlabelled),
        }
        return (canonical_json(stated), *super().variant(language, paths))

    def rows(self, path: Path, reading: Reading) -> Iterator[Row]:
        """Read one file as the declaration says."""
        if self.spec.head == "word":
            return self._sentences(path, reading)
        names = {field: str(column) for field, column in self.columns.items()}
        fields = (names["text_a"], names.get("text_b"), names["label"])
        return sentence_rows(self._cells(path), path, fields)

    def reason_to_drop(self, row: Row, path: Path) -> str | None:
        """Name rows whose label is declared to be none."""
        if isinstance(row, WordRow):
            return "a word is unlabelled" if self.unlabelled.intersection(row.labels) else None
        return f"unlabelled ({row.label})" if row.label in self.unlabelled else None

    def _cells(self, path: Path) -> Iterator[Cells]:
        wanted = [str(column) for column in self.columns.values()]
        if self.format == "jsonl":
            return read_json_lines(path, with_names=self.names_classes)
        if self.format == "parquet":
            return read_parquet(path, wanted, with_names=self.names_classes)
        separator = self.separator or ("\t" if self.format == "tsv" else ",")
        required = wanted if self.header else ()
        return read_delimited(
            path, SEPARATING.get(separator, separator), header=self.header, required=required
        )

    def _sentences(self, path: Path, reading: Reading) -> Iterator[WordRow]:
        words, labels = self.columns["words"], self.columns["labels"]
        if self.format in ("jsonl", "parquet"):
            rows = word_rows(self._cells(path), path, str(words), str(labels))
        elif self.format == "conllu":
            rows = read_conllu(path, str(words), str(labels))
        else:
            columns = ConllColumns(
                words,
                labels,
                separator=self.separator,
                any_width=self.spec.columns != ColumnSettings(),
                header=self.header,
                comments=self.spec.comments,
                known=frozenset((*self.card.labels, *self.unlabelled)),
            )
            rows = read_conll(path, columns, reading)
        scheme = self.spec.scheme
        if scheme is None:
            return rows
        only_type = only_type_of(self.card.labels)
        return (
            row if self.unlabelled.intersection(row.labels) else to_bio(row, scheme, only_type, str(path))
            for row in rows
        )


def _languages(files: Files) -> Mapping[str, str]:
    """Canonical tag to the code in the files' names.

    Raises
    ------
    LanguageError
        If a code is not a language.
    DataError
        If two codes are one language.
    """
    codes: dict[str, str] = {}
    for code, splits in files.items():
        path = next(iter(splits.values()))[0]
        try:
            tag = resolve(code).tag
        except LanguageError as error:
            error.hint = f"move the file away if it is not data; {error.hint}"
            raise error.at(str(path)) from None
        if tag in codes:
            raise DataError(
                f"'{codes[tag]}' and '{code}' are one language", where=str(path), hint="name its files alike"
            )
        codes[tag] = code
    return codes
