"""Rows of a task as text, picked from the cells of a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isogloss.errors import DataError, closest
from isogloss.tasks._features import named
from isogloss.tasks._tables import Cells, read_records


@dataclass
class Reading:
    """Layout of a file for a reader, and notes on its reading.

    Parameters
    ----------
    language : str
        The data set's own code; empty where it is not known.
    changes : Counter of str
        Changes made in reading, in words, with the number of times.
    left_out : Counter of str
        What is not a row and was passed over, in words, with the number of lines.
    """

    language: str = ""
    changes: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)

    def notes(self) -> tuple[str, ...]:
        """Say what a reader of the scores must know, one note for each kind."""
        return (
            *(f"{what} ({n:,} time{'s' * (n > 1)})" for what, n in self.changes.items()),
            *(f"left out: {n:,} {what}" for what, n in self.left_out.items()),
        )


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """One row of a sentence task as text; `place` says where it is in its file."""

    place: str
    text_a: str
    text_b: str | None
    label: str


@dataclass(frozen=True, slots=True)
class WordRow:
    """One sentence of a word task as text; `lines` holds the line of each word where there are lines."""

    place: str
    words: Sequence[str]
    labels: Sequence[str]
    lines: Sequence[int] = ()

    def place_of(self, position: int) -> str:
        """Place of the word at `position`."""
        return f"line {self.lines[position]}" if self.lines else f"{self.place}, word {position + 1}"


Row = SentenceRow | WordRow


def sentence_rows(
    cells: Iterable[Cells], path: Path, fields: tuple[str, str | None, str], class_names: Sequence[str] = ()
) -> Iterator[SentenceRow]:
    """Pick the two texts and the label of a sentence task; an integer label is an index into `class_names`.

    The second of `fields` is None where there is one text.

    Raises
    ------
    DataError
        If a field is missing or is not text.
    """
    text_a, text_b, label = fields
    for place, values in cells:
        where = f"{path}, {place}"
        second = None if text_b is None else _text(values, text_b, where)
        name = label_text(named(_value(values, label, where), class_names))
        yield SentenceRow(place, _text(values, text_a, where), second, name)


def word_rows(
    cells: Iterable[Cells], path: Path, words: str, labels: str, class_names: Sequence[str] = ()
) -> Iterator[WordRow]:
    """Pick the fields of a word task; an integer label is an index into `class_names`.

    Raises
    ------
    DataError
        If a field is missing, is not a list, or the two lists differ in length.
    """
    for place, values in cells:
        where = f"{path}, {place}"
        texts, tags = _value(values, words, where), _value(values, labels, where)
        for column, value in ((words, texts), (labels, tags)):
            if not isinstance(value, list):
                raise DataError(
                    f"{column} = {str(value)[:40]!r} is not a list",
                    where=f"{where}, field '{column}'",
                    allowed="one item per word",
                )
        if len(texts) != len(tags):
            raise DataError(
                f"{len(texts)} words but {len(tags)} labels",
                where=f"{where}, fields '{words}' and '{labels}'",
                allowed="one label per word",
                hint="correct the row or remove it",
            )
        for position, text in enumerate(texts, start=1):
            if not isinstance(text, str):
                raise DataError(
                    f"word {position} is {label_text(text)[:40]}, which is not text",
                    where=f"{where}, field '{words}'",
                    allowed="a string",
                )
        yield WordRow(place, texts, [label_text(named(tag, class_names)) for tag in tags])


def read_table_of_words(path: Path, labels: str, class_names: Sequence[str]) -> list[WordRow]:
    """Read a hub's Parquet or JSON lines: a list of words (``tokens``) and a list of labels per row."""
    cells = read_records(path, ("tokens", labels))
    return list(word_rows(cells, path, "tokens", labels, class_names))


def _value(values: Mapping[str, Any], field: str, where: str) -> Any:
    if field not in values:
        raise DataError(f"no field '{field}'", where=where, allowed=closest(field, values))
    return values[field]


def _text(values: Mapping[str, Any], field: str, where: str) -> str:
    value = _value(values, field, where)
    if not isinstance(value, str):
        raise DataError(
            f"{field} = {str(value)[:40]!r} is not text",
            where=f"{where}, field '{field}'",
            allowed="a string",
        )
    return value


def label_text(value: Any) -> str:
    """Write a label as text: JSON's own spelling for what is not a string."""
    return value if isinstance(value, str) else json.dumps(value, default=str)
