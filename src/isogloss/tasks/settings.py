"""Settings of a task over the user's own files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from isogloss.identity import Frozen, Integer, listed

NAME = None

Column = str | Annotated[Integer, Field(ge=0)]


class ColumnSettings(Frozen):
    """Columns of a user's own file: names where the file names them, positions from 0 otherwise."""

    text_a: Column | None = None
    text_b: Column | None = None
    label: Column | None = None
    words: Column | None = None
    labels: Column | None = None


def _label(value: Any) -> Any:
    """A label that is a whole number, as files spell it; other values need quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _no_label(value: Any) -> Any:
    """Texts that mean no label: a word, a whole number, or null."""
    return "null" if value is None else _label(value)


NoLabel = Annotated[str, BeforeValidator(_no_label)]


class LocalTaskSettings(Frozen):
    """A task over the user's own files."""

    name: str = Field(min_length=1, max_length=100)
    path: str
    format: Literal["tsv", "csv", "jsonl", "parquet", "conll", "conllu"] | None = None
    head: Literal["sentence", "word"] = "sentence"
    columns: ColumnSettings = ColumnSettings()
    header: bool | None = None
    separator: str | None = Field(default=None, min_length=1)
    comments: str | None = None
    labels: Annotated[tuple[Annotated[str, BeforeValidator(_label)], ...], Field(min_length=2)] | None = None
    scheme: Literal["bio", "iob1", "iobes", "bilou"] | None = None
    unlabelled: Annotated[tuple[NoLabel, ...], BeforeValidator(listed)] = ()
    metric: Literal["accuracy", "entity_f1", "word_accuracy"] | None = None
    parallel_rows: bool = False
