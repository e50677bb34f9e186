"""Rows without labels, read as they are asked for: from a file of any size or from standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import groupby, islice
from pathlib import Path

from isogloss.data_files import BROKEN_ARCHIVE, open_bytes, suffix_of
from isogloss.display import counted
from isogloss.errors import DataError, closest
from isogloss.modeling.model import ModelMeta
from isogloss.tasks._opening import not_utf8, unreadable
from isogloss.tasks._tables import json_object, quoted_records
from isogloss.tasks.base import Example, SentenceExample, WordExample

TEXT_FIELDS = ("text_a", "text_b")
STANDARD_INPUT = "-"
INPUT_FORMATS = ("tsv", "csv", "jsonl")


def read_inputs(
    path: Path,
    meta: ModelMeta,
    *,
    header: bool = False,
    file_format: str | None = None,
    columns: Sequence[str] = (),
) -> Iterator[Example]:
    """Read unlabelled inputs as they are asked for.

    Parameters
    ----------
    path : Path
        ``-`` is standard input. Compressed files (``.gz``, ``.xz``, ``.bz2``) are unpacked.
    meta : ModelMeta
        Of the model that shall label them.
    header : bool
        The first line names the columns.
    file_format : {"tsv", "csv", "jsonl"}, optional
        By default what the file's ending says; of standard input ``tsv``. ``tsv``: one sentence or pair a
        line, as Python's csv writes it; where the model labels words, one word per line and a blank line
        between sentences. ``csv``: likewise, separated by commas, with line ends within quotes. ``jsonl``:
        ``text_a`` and ``text_b``, or ``words``.
    columns : sequence of str
        Columns to read, in the order of the model's inputs: names of a header or of JSON fields, or positions
        from 0. Without them a row holds what the model reads and nothing else.

    Yields
    ------
    Example
        With label 0 throughout.

    Raises
    ------
    DataError
        For input that cannot be read, and for a row with other columns than the model reads.
    """
    where = "standard input" if str(path) == STANDARD_INPUT else str(path)
    n_fields = meta.n_texts or 1
    kind = file_format or ("tsv" if str(path) == STANDARD_INPUT else suffix_of(path).lstrip("."))
    if kind not in INPUT_FORMATS:
        raise DataError(
            f"the ending of '{path.name}' names no format",
            allowed=f"one of: {', '.join(f'.{name}' for name in INPUT_FORMATS)}",
            hint="state the format: --format tsv, csv or jsonl",
        )
    if header and kind == "jsonl":
        raise DataError("jsonl has no header: every row names its fields", hint="leave out --header")
    if columns and len(columns) != n_fields:
        raise DataError(
            f"{len(columns)} columns for a model that reads {n_fields}: {', '.join(columns)}",
            allowed=counted(n_fields, "column"),
        )
    lines = _without_blank_end(_lines(path, where))
    return _at_least_one(_examples(lines, kind, meta, where, header, columns), where)


def _examples(
    lines: Iterator[tuple[str, str]],
    kind: str,
    meta: ModelMeta,
    where: str,
    header: bool,
    columns: Sequence[str],
) -> Iterator[Example]:
    if kind == "jsonl":
        return _from_json(lines, meta.n_texts, columns)
    if meta.n_texts:
        records = quoted_records((text for _, text in lines), "\t" if kind == "tsv" else ",", where)
        placed = ((f"{where}, {place}", cells) for place, cells in records)
        separator = "a tab" if kind == "tsv" else "a comma"
        return _texts_of_records(placed, meta.n_texts, separator, header, columns)
    if kind == "csv" or columns:
        raise DataError(
            "a model that labels words reads one word per line" if kind == "csv" else "words have no columns",
            allowed="tsv without columns, or jsonl",
        )
    return _words_of_lines(islice(lines, int(header), None))


def _at_least_one(examples: Iterator[Example], where: str) -> Iterator[Example]:
    first = next(examples, None)
    if first is None:
        raise DataError("the file holds nothing to label", where=where, allowed="at least one row")
    yield first
    yield from examples


def _without_blank_end(lines: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Leave out the blank lines that nothing follows; the files of tasks are read so too."""
    held: list[tuple[str, str]] = []
    for line in lines:
        held.append(line)
        if line[1].strip("\r\n"):
            yield from held
            held.clear()


def _lines(path: Path, name: str) -> Iterator[tuple[str, str]]:
    """Place and text of every line with its end, decoded one at a time."""
    is_standard = str(path) == STANDARD_INPUT
    try:
        with nullcontext(sys.stdin.buffer) if is_standard else open_bytes(path) as handle:
            for number, raw in enumerate(handle, start=1):
                place = f"{name}, line {number}"
                try:
                    text = raw.decode("utf-8-sig" if number == 1 else "utf-8")
                except UnicodeDecodeError as error:
                    raise not_utf8(raw, error.start, place, path) from None
                if "\0" in text:
                    raise DataError("a NUL character", where=place, allowed="text in UTF-8")
                yield place, text
    except (OSError, *BROKEN_ARCHIVE) as error:
        raise unreadable(path, error) from None


def _texts_of_records(
    records: Iterator[tuple[str, list[str]]],
    n_texts: int,
    separator: str,
    header: bool,
    columns: Sequence[str],
) -> Iterator[Example]:
    allowed = f"{counted(n_texts, 'sentence')} per row, in columns separated by {separator}, no label"
    names = next(records, ("", []))[1] if header else []
    wanted = [_position(column, names) for column in columns]
    for row, (place, cells) in enumerate(records):
        _refuse_blank("".join(cells), place)
        if columns and len(cells) <= max(wanted):
            raise DataError(f"{len(cells)} columns, none with number {max(wanted)}", where=place)
        if not columns and len(cells) != n_texts:
            surplus = f": nothing is known of '{cells[n_texts][:40]}'" if len(cells) > n_texts else ""
            raise DataError(
                f"{counted(len(cells), 'column')} instead of {n_texts}{surplus}",
                where=place,
                allowed=allowed,
                hint="say which columns to read: --columns" if surplus else None,
            )
        yield _example(row, [cells[at] for at in wanted] if columns else cells, n_texts, place)


def _position(column: str, names: Sequence[str]) -> int:
    """Position of a column that a header names, or that is given by its number."""
    if names.count(column) > 1:
        raise DataError(
            f"{names.count(column)} columns are called '{column[:40]}'", hint="give their positions, from 0"
        )
    if column in names:
        return names.index(column)
    if column.isdecimal() and len(column) < 9:
        return int(column)
    raise DataError(
        f"no column '{column[:40]}'",
        allowed=f"{closest(column, names)}, or a position from 0"
        if names
        else "a position from 0, or a name with --header",
    )


def _refuse_blank(line: str, place: str) -> None:
    """Rows are numbered by line, so that a blank one is not skipped silently."""
    if not line.strip():
        raise DataError("the line is empty", where=place, allowed="one row per line", hint="remove the line")


def _example(row: int, texts: Sequence[str], n_texts: int, place: str) -> Example:
    for number, text in enumerate(texts, start=1):
        if not text.strip():
            what = f"{'sentence' if n_texts else 'word'} {number} is empty"
            raise DataError(what, where=place, hint="write it or remove the line")
        if not n_texts and {*text} & {*"\t\r\n"}:
            raise DataError(
                f"word {number} has a tab or a line end: {text[:40]!r}",
                where=place,
                hint="divide it: every word is a line of the output",
            )
    return unlabelled(row, texts, n_texts)


def unlabelled(row: int, texts: Sequence[str], n_texts: int) -> Example:
    """Example with label 0 throughout: a sentence or a pair, or words where `n_texts` is 0."""
    if n_texts == 0:
        return WordExample(row, tuple(texts), (0,) * len(texts))
    return SentenceExample(row, texts[0], texts[1] if n_texts == 2 else None, 0)


def _words_of_lines(lines: Iterator[tuple[str, str]]) -> Iterator[Example]:
    words = (_word(place, text.rstrip("\r\n")) for place, text in lines)
    sentences = (list(group) for is_sentence, group in groupby(words, key=bool) if is_sentence)
    return (unlabelled(row, sentence, 0) for row, sentence in enumerate(sentences))


def _word(place: str, line: str) -> str:
    """The word of a line; empty for a blank line, which ends a sentence."""
    if "\t" in line:
        raise DataError(
            f"an extra column: '{line.split(chr(9))[1][:40]}'",
            where=place,
            allowed="one word per line and nothing else; a blank line between sentences",
            hint="keep the first column only, for example: cut -f1",
        )
    return line if line.strip() else ""


def _from_json(lines: Iterator[tuple[str, str]], n_texts: int, columns: Sequence[str]) -> Iterator[Example]:
    fields = columns or TEXT_FIELDS[:n_texts] or ("words",)
    is_right, what = (_is_text, "text") if n_texts else (_is_words, "a list of words")
    for row, (place, line) in enumerate(lines):
        _refuse_blank(line, place)
        value = json_object(line, place)
        wrong = set(fields) - set(value) if columns else set(value) ^ set(fields)
        if wrong:
            raise DataError(
                f"other fields than the model reads: {', '.join(sorted(wrong))}",
                where=place,
                allowed=f"an object with {' and '.join(fields)}",
                hint=None if columns else "say which fields to read: --columns",
            )
        for field in fields:
            if not is_right(value[field]):
                raise DataError(f"{field} = {str(value[field])[:40]!r} is not {what}", where=place)
        texts = [value[field] for field in fields] if n_texts else value[fields[0]]
        yield _example(row, texts, n_texts, place)


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_words(value: object) -> bool:
    return isinstance(value, list) and len(value) > 0 and all(map(_is_text, value))
