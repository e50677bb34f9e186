"""Settings of a task over the user's own files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from isogloss.identity import Frozen, Integer

NAME = None

Column = str | Annotated[Integer, Field(ge=0)]


class ColumnSettings(Frozen):
    """Columns of a user's own file: names where there is a header or JSONL, positions from 0 otherwise."""

    text_a: Column | None = None
    text_b: Column | None = None
    label: Column | None = None
    words: Column | None = None
    labels: Column | None = None


def _label(value: Any) -> Any:
    """A label that is a whole number, as files spell it; other values need quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


class LocalTaskSettings(Frozen):
    """A task over the user's own files."""

    name: str
    path: str
    format: Literal["tsv", "csv", "jsonl"] | None = None
    head: Literal["sentence", "word"] = "sentence"
    columns: ColumnSettings = ColumnSettings()
    header: bool | None = None
    labels: Annotated[tuple[Annotated[str, BeforeValidator(_label)], ...], Field(min_length=2)]
    metric: Literal["accuracy", "entity_f1", "word_accuracy"] | None = None
    parallel_rows: bool = False
