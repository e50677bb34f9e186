"""A user's own task over their own files, declared in a study file without any Python."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from glob import escape
from pathlib import Path
from typing import Any, cast

from isogloss.errors import DataError, FieldError, LanguageError, closest
from isogloss.languages import resolve
from isogloss.tasks._files import FileTask
from isogloss.tasks._layouts import SPLIT_NAMES, Files, Layout, gathered, listing, one_each
from isogloss.tasks._reading import (
    Cells,
    Row,
    read_delimited,
    read_json_lines,
    read_word_lines,
    sentence_rows,
    word_rows,
)
from isogloss.tasks._splits import OneFileRule, SplitRule
from isogloss.tasks.base import HeadKind, MetricName, TaskCard

NAME = None
"""No entry of the registry: every study file declares and names its own."""

FORMATS = ("csv", "jsonl", "tsv")
FIELDS: Mapping[HeadKind, tuple[str, ...]] = {
    "sentence": ("text_a", "text_b", "label"),
    "word": ("words", "labels"),
}
METRICS_OF: Mapping[HeadKind, tuple[MetricName, ...]] = {
    "sentence": ("accuracy",),
    "word": ("word_accuracy", "entity_f1"),
}
"""Metrics by kind of head, the default first."""


class LocalTask(FileTask):
    """A task over files that a pattern names.

    Parameters
    ----------
    spec : mapping
        The declaration as the study file's model validated it: `name`, `path` (with ``{language}``, and with
        ``{split}`` where every split has its own file), `labels`, and optionally `format`, `head`, `columns`,
        `header`, `metric`, `parallel_rows`.
    base : Path
        Folder that `path` is relative to: the study file's.

    Raises
    ------
    FieldError
        If the declaration contradicts itself.
    DataError
        If no file matches the pattern.
    LanguageError
        If the ``{language}`` of a file name is no language.
    """

    def __init__(self, spec: Mapping[str, Any], base: Path) -> None:
        self.base = base
        self.format = _format(spec)
        self.head: HeadKind = spec.get("head", "sentence")
        self.header: bool = spec.get("header", self.head == "sentence")
        self.columns = _columns(spec, self.head, self.format)
        files = _matching(spec, base)
        card = TaskCard(
            name=spec["name"],
            title=spec["name"],
            dataset=spec["path"],
            revision="unpinned: read from local files, whose hashes are recorded",
            licence="the user's own",
            citation="the user's own files",
            labels=tuple(spec["labels"]),
            head=self.head,
            metric=_metric(spec, self.head),
            languages=_languages(files),
            parallel_rows=spec.get("parallel_rows", False),
        )
        rule = SplitRule() if "{split}" in spec["path"] else OneFileRule()
        super().__init__(card, [Layout("own files", spec["path"], lambda root: files)], rule)

    def directory(self, root: Path | None) -> Path | None:
        """Give the study file's folder: a user's own files do not stand in the data directory."""
        return self.base

    def rows(self, path: Path) -> Iterator[Row]:
        """Read one file as the declaration says."""
        columns = self.columns
        if self.head == "sentence":
            names = {field: str(column) for field, column in columns.items()}
            return sentence_rows(
                self._cells(path),
                path,
                text_a=names["text_a"],
                text_b=names.get("text_b"),
                label=names["label"],
            )
        if self.format == "tsv":
            words, labels = cast(int, columns["words"]), cast(int, columns["labels"])
            return read_word_lines(path, words, labels, skip_header=self.header)
        return word_rows(read_json_lines(path), path, str(columns["words"]), str(columns["labels"]))

    def _cells(self, path: Path) -> Iterator[Cells]:
        if self.format == "jsonl":
            return read_json_lines(path)
        header = isinstance(self.columns["label"], str)
        return read_delimited(path, "\t" if self.format == "tsv" else ",", header=header)


def _languages(files: Files) -> Mapping[str, str]:
    """Canonical tag to the code in the files' names.

    Raises
    ------
    LanguageError
        If a code is no language.
    DataError
        If two codes are one language.
    """
    codes: dict[str, str] = {}
    for code, splits in files.items():
        path = next(iter(splits.values()))[0]
        try:
            tag = resolve(code).tag
        except LanguageError as error:
            error.hint = f"move the file away if it is no data; {error.hint}"
            raise error.at(str(path)) from None
        if tag in codes:
            raise DataError(
                f"'{codes[tag]}' and '{code}' are one language", where=str(path), hint="name its files alike"
            )
        codes[tag] = code
    return codes


def _error(
    spec: Mapping[str, Any], field: str, what: str, allowed: str, hint: str | None = None
) -> FieldError:
    where = f"task '{spec['name']}', field '{field}'"
    return FieldError(what, field=tuple(field.split(".")), where=where, allowed=allowed, hint=hint)


def _format(spec: Mapping[str, Any]) -> str:
    """Take the stated format, or the one that the path's ending names."""
    name: str = spec.get("format") or Path(spec["path"]).suffix.lstrip(".").lower()
    if name not in FORMATS:
        raise _error(
            spec, "format", f"the ending of '{spec['path']}' names no format", closest(name, FORMATS)
        )
    if name == "csv" and spec.get("head") == "word":
        raise _error(spec, "format", "a word task cannot be read from csv", "tsv (one word a line) or jsonl")
    return name


def _columns(spec: Mapping[str, Any], head: HeadKind, file_format: str) -> Mapping[str, str | int]:
    """Check that the columns fit the head, and names or positions the files.

    A word task has defaults: positions 0 and 1, or the names ``words`` and ``labels`` in JSON lines.
    """
    columns: dict[str, str | int] = dict(spec.get("columns", {}))
    for field in columns:
        if field not in FIELDS[head]:
            allowed = closest(field, FIELDS[head])
            raise _error(spec, f"columns.{field}", f"a {head} task has no column '{field}'", allowed)
    if head == "word":
        by_default: tuple[str | int, ...] = FIELDS[head] if file_format == "jsonl" else (0, 1)
        columns = dict(zip(FIELDS[head], by_default, strict=True)) | columns
    for field in FIELDS[head]:
        if field not in columns and field != "text_b":
            raise _error(spec, "columns", f"no column is given for '{field}'", ", ".join(FIELDS[head]))
    by_name = file_format == "jsonl" or (head == "sentence" and spec.get("header", True))
    for field, column in columns.items():
        if isinstance(column, str) is not by_name:
            raise _wrong_kind(spec, field, column, by_name=by_name, head=head)
    return columns


def _wrong_kind(
    spec: Mapping[str, Any], field: str, column: str | int, *, by_name: bool, head: HeadKind
) -> FieldError:
    what = f"the column '{column}' of '{field}' is a {'position' if by_name else 'name'}"
    allowed = (
        "a name: the files have named columns" if by_name else "a position from 0: the files have no header"
    )
    hint = f"or set header: {'false' if by_name else 'true'}" if head == "sentence" else None
    return _error(spec, f"columns.{field}", what, allowed, hint)


def _metric(spec: Mapping[str, Any], head: HeadKind) -> MetricName:
    """Take the stated metric if it fits the head and the labels, or the head's default."""
    fitting = METRICS_OF[head]
    metric: MetricName = spec.get("metric") or fitting[0]
    if metric not in fitting:
        raise _error(
            spec, "metric", f"'{metric}' does not fit a {head} task", f"one of: {', '.join(fitting)}"
        )
    if metric == "entity_f1":
        wrong = [label for label in spec["labels"] if label != "O" and not re.fullmatch(r"[BI]-.+", label)]
        if wrong:
            raise _error(
                spec, "labels", f"'{wrong[0]}' is no BIO label", "O, B-<type>, I-<type>", "or word_accuracy"
            )
    repeated = _first_repeated(spec["labels"])
    if repeated is not None:
        raise _error(spec, "labels", f"'{repeated}' stands there twice", "every label once")
    return metric


def _first_repeated(labels: Sequence[str]) -> str | None:
    return next((label for i, label in enumerate(labels) if label in labels[:i]), None)


def _matching(spec: Mapping[str, Any], base: Path) -> Files:
    """Find the files that the pattern names, relative to `base`."""
    pattern: str = spec["path"]
    if "{language}" not in pattern:
        raise _error(
            spec, "path", f"'{pattern}' does not say where the language stands", "{language} in the path"
        )
    full = (base / Path(pattern).expanduser()).as_posix()
    expression = _expression(full)
    anchor = Path(Path(full).anchor) if Path(full).is_absolute() else Path()
    wild = escape(full).replace("{language}", "*").replace("{split}", "*")
    paths = sorted(anchor.glob(Path(wild).relative_to(anchor).as_posix()))
    matches = ((path, expression.fullmatch(path.as_posix())) for path in paths)
    found = ((match.groupdict(), path) for path, match in matches if match)
    files = one_each(
        gathered((names["language"], names.get("split", "train"), path) for names, path in found)
    )
    if not files:
        raise _no_match(spec, Path(full))
    return files


def _expression(pattern: str) -> re.Pattern[str]:
    """Turn the pattern into a regular expression; a repeated placeholder must match the same text."""
    text = re.escape(pattern)
    placeholders = {"language": "[A-Za-z][A-Za-z0-9_-]*", "split": "|".join(SPLIT_NAMES)}
    for name, expression in placeholders.items():
        word = re.escape("{" + name + "}")
        text = text.replace(word, f"(?P<{name}>{expression})", 1).replace(word, f"(?P={name})")
    return re.compile(text)


def _no_match(spec: Mapping[str, Any], full: Path) -> DataError:
    folder = next(parent for parent in full.parents if "{" not in str(parent) and parent.is_dir())
    return DataError(
        f"no file matches '{spec['path']}'",
        where=f"task '{spec['name']}', field 'path'",
        allowed=f"{{language}} is a language code, {{split}} one of: {', '.join(SPLIT_NAMES)}",
        hint=f"{folder} holds {listing(folder)}",
    )
