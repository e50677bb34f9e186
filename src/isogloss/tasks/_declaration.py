"""Checks of a declared task: what contradicts itself is refused before a file is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from glob import escape
from pathlib import Path

from isogloss.data_files import suffix_of
from isogloss.errors import DataError, FieldError, closest
from isogloss.tasks._conll import CONLLU, SEPARATORS
from isogloss.tasks._features import class_names
from isogloss.tasks._layouts import SPLIT_NAMES, Files, gathered, listing, one_each
from isogloss.tasks._tables import first_repeated, parquet_metadata
from isogloss.tasks.base import HeadKind, MetricName
from isogloss.tasks.settings import LocalTaskSettings

FORMATS: Mapping[HeadKind, tuple[str, ...]] = {
    "sentence": ("csv", "jsonl", "parquet", "tsv"),
    "word": ("conll", "conllu", "jsonl", "parquet", "tsv"),
}
_ENDINGS = dict.fromkeys(("bio", "bioes", "iob", "iob2", "iobes", "ner", "pos", "txt"), "conll")
"""Endings of files with one word per line."""
FIELDS: Mapping[HeadKind, tuple[str, ...]] = {
    "sentence": ("text_a", "text_b", "label"),
    "word": ("words", "labels"),
}
_WORD_COLUMNS: dict[str, tuple[str | int, ...]] = {"conllu": ("FORM", "UPOS"), "conll": (0, 1), "tsv": (0, 1)}
"""Columns of words and labels by default, where they are not called so."""
METRICS_OF: Mapping[HeadKind, tuple[MetricName, ...]] = {
    "sentence": ("accuracy",),
    "word": ("word_accuracy", "entity_f1"),
}
"""Metrics by kind of head, the default first."""
SEPARATING: Mapping[str, str] = {"tab": "\t", "comma": ",", "semicolon": ";", "space": " "}
"""Words for the separators of sentence files; any other single character stands for itself."""


def _error(
    spec: LocalTaskSettings, field: str, what: str, allowed: str, hint: str | None = None
) -> FieldError:
    where = f"task '{spec.name}', field '{field}'"
    return FieldError(what, field=tuple(field.split(".")), where=where, allowed=allowed, hint=hint)


def checked_format(spec: LocalTaskSettings) -> str:
    """Take the stated format, or the one that the path's ending names."""
    ending = suffix_of(Path(spec.path)).lstrip(".")
    name = spec.format or _ENDINGS.get(ending, ending)
    if name in FORMATS[spec.head]:
        return name
    what, hint = f"the ending of '{spec.path}' names no format", None
    if any(name in formats for formats in FORMATS.values()):
        what = f"a {spec.head} task cannot be read from {name}"
        is_word = spec.head == "word"
        hint = "one word per line is conll" if is_word else "files with one word per line need head: word"
    raise _error(spec, "format", what, f"one of: {', '.join(FORMATS[spec.head])}", hint)


def checked_separator(spec: LocalTaskSettings, file_format: str) -> str | None:
    """Check that the separator is one that files of the format can have."""
    separator = spec.separator
    if separator is None:
        return None
    if file_format in ("jsonl", "parquet", "conllu"):
        raise _error(spec, "separator", f"{file_format} files have no separator to choose", "leave it out")
    if spec.head == "word":
        separator = {"\t": "tab", " ": "space"}.get(separator, separator)
        fits, allowed = separator in SEPARATORS, f"one of: {', '.join(SEPARATORS)}"
    else:
        fits = separator in SEPARATING or (len(separator) == 1 and separator not in '\r\n"')
        allowed = f"one character, or one of: {', '.join(SEPARATING)}"
    if not fits:
        raise _error(spec, "separator", f"{separator!r} separates no columns", allowed)
    return separator


def checked_header(spec: LocalTaskSettings, file_format: str) -> bool:
    """Say whether the first line names the columns: by default in sentence files."""
    delimited = file_format in ("tsv", "csv", "conll")
    header = spec.header if spec.header is not None else delimited and spec.head == "sentence"
    if header and not delimited:
        raise _error(spec, "header", f"{file_format} files have no header line", "leave it out")
    return header


def checked_columns(spec: LocalTaskSettings, file_format: str, header: bool) -> Mapping[str, str | int]:
    """Check that the columns fit the head, and names or positions the files.

    A word task has defaults.
    """
    columns: dict[str, str | int] = spec.columns.model_dump(exclude_none=True)
    for field in columns:
        if field not in FIELDS[spec.head]:
            allowed = closest(field, FIELDS[spec.head])
            raise _error(spec, f"columns.{field}", f"a {spec.head} task has no column '{field}'", allowed)
    if spec.head == "word":
        by_default = _WORD_COLUMNS.get(file_format, FIELDS["word"])
        columns = dict(zip(FIELDS["word"], by_default, strict=True)) | columns
    for field in FIELDS[spec.head]:
        if field not in columns and field != "text_b":
            raise _error(spec, "columns", f"no column is given for '{field}'", ", ".join(FIELDS[spec.head]))
    for field, column in columns.items():
        columns[field] = _checked_column(spec, field, column, file_format, header)
    return columns


def _checked_column(
    spec: LocalTaskSettings, field: str, column: str | int, file_format: str, header: bool
) -> str | int:
    if file_format == "conllu":
        name = CONLLU[column] if isinstance(column, int) and column < len(CONLLU) else column
        if name not in CONLLU:
            allowed = f"one of: {', '.join(CONLLU)}"
            raise _error(spec, f"columns.{field}", f"CoNLL-U has no column '{column}'", allowed)
        return name
    if spec.head == "word" and file_format in ("tsv", "conll"):
        return column
    by_name = header or file_format in ("jsonl", "parquet")
    if isinstance(column, str) is not by_name:
        what = f"the column '{column}' of '{field}' is a {'position' if by_name else 'name'}"
        named, numbered = "the files have named columns", "the files have no header"
        allowed = f"a name: {named}" if by_name else f"a position from 0: {numbered}"
        hint = f"or set header: {'false' if by_name else 'true'}" if file_format in ("tsv", "csv") else None
        raise _error(spec, f"columns.{field}", what, allowed, hint)
    return column


def checked_labels(spec: LocalTaskSettings, files: Files, field: str) -> tuple[str, ...]:
    """Take the stated labels, or the classes that the files or their card name for `field`."""
    if spec.labels is not None:
        repeated = first_repeated(spec.labels)
        if repeated is not None:
            raise _error(spec, "labels", f"'{repeated}' is given twice", "every label once")
        both = next((label for label in spec.unlabelled if label in spec.labels), None)
        if both is not None:
            raise _error(spec, "unlabelled", f"'{both}' is one of the labels", "what stands for no label")
        return spec.labels
    paths = sorted({path for splits in files.values() for paths in splits.values() for path in paths})
    for path in paths:
        metadata = parquet_metadata(path) if path.suffix == ".parquet" else None
        names = tuple(
            name for name in class_names(path, metadata).get(field, ()) if name not in spec.unlabelled
        )
        if len(names) > 1:
            return names
    raise _error(
        spec,
        "labels",
        f"the labels are not stated, and nothing names the classes of '{field}'",
        "a list of all labels, in the order of class indices",
        "or put dataset_info.json or README.md of the data set next to the files",
    )


def check_scheme(spec: LocalTaskSettings, labels: Sequence[str]) -> None:
    """Check that tags can be read into the labels, which are in BIO."""
    if spec.scheme is None:
        return
    if spec.head == "sentence":
        raise _error(spec, "scheme", "a sentence task has no tags", "leave it out")
    wrong = [label for label in labels if not re.fullmatch(r"O|[BI](-.+)?", label)]
    if wrong:
        raise _error(
            spec,
            "labels",
            f"'{wrong[0]}' is not in BIO, into which the tags are read",
            "O, B-<type>, I-<type>",
            "leave out `scheme` to keep the tags as they are",
        )


def checked_metric(spec: LocalTaskSettings, labels: Sequence[str]) -> MetricName:
    """Take the stated metric if it fits the head and the labels, or the head's default."""
    fitting = METRICS_OF[spec.head]
    metric = spec.metric or fitting[0]
    if metric not in fitting:
        raise _error(
            spec, "metric", f"'{metric}' does not fit a {spec.head} task", f"one of: {', '.join(fitting)}"
        )
    if metric == "entity_f1":
        wrong = [label for label in labels if not re.fullmatch(r"O|[BIESLU](-.+)?", label)]
        if wrong:
            allowed = "O, B-<type>, I-<type>, or those of IOBES and BILOU; also without types"
            raise _error(spec, "labels", f"'{wrong[0]}' is not a BIO label", allowed, "or word_accuracy")
    return metric


def matching_files(spec: LocalTaskSettings, base: Path) -> Files:
    """Find the files that the pattern names, relative to `base`.

    ``*`` in the pattern is any text within a name: several files of one split are read one after another.
    """
    pattern = spec.path
    if "{language}" not in pattern:
        raise _error(
            spec, "path", f"'{pattern}' does not say where the language stands", "{language} in the path"
        )
    if "**" in pattern:
        raise _error(spec, "path", "'**' would search whole folders", "* for any text within a name")
    try:
        full = (base / Path(pattern).expanduser()).as_posix()
        expression = _expression(full)
        anchor = Path(Path(full).anchor) if Path(full).is_absolute() else Path()
        wild = escape(full).replace("[*]", "*").replace("{language}", "*").replace("{split}", "*")
        paths = sorted(anchor.glob(Path(wild).relative_to(anchor).as_posix()))
        matches = ((path, expression.fullmatch(path.as_posix())) for path in paths)
        found = [(match.groupdict(), path) for path, match in matches if match]
        if not found:
            raise _no_match(spec, Path(full))
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise _error(spec, "path", f"the path cannot be used: {error}", "files that can be listed") from None
    files = gathered((names["language"], names.get("split", "train"), path) for names, path in found)
    return files if "*" in pattern else one_each(files)


def _expression(pattern: str) -> re.Pattern[str]:
    """Turn the pattern into a regular expression; a repeated placeholder must match the same text."""
    text = re.escape(pattern).replace(r"\*", "[^/]*")
    placeholders = {"language": "[A-Za-z][A-Za-z0-9_-]*", "split": "|".join(SPLIT_NAMES)}
    for name, expression in placeholders.items():
        word = re.escape("{" + name + "}")
        text = text.replace(word, f"(?P<{name}>{expression})", 1).replace(word, f"(?P={name})")
    return re.compile(text)


def _no_match(spec: LocalTaskSettings, full: Path) -> DataError:
    folder = next(parent for parent in full.parents if not set("{*") & set(str(parent)) and parent.is_dir())
    return DataError(
        f"no file matches '{spec.path}'",
        where=f"task '{spec.name}', field 'path'",
        allowed=f"{{language}} is a language code, {{split}} one of: {', '.join(SPLIT_NAMES)}",
        hint=f"{folder} holds {listing(folder)}",
    )
