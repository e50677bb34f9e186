"""The tidy score table: one row per cell, and the effectiveness measures computed from it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from itertools import chain, pairwise
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.display import Result
from isogloss.errors import DataError, is_out_of_memory, no_memory_for
from isogloss.languages import find

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One cell: a model trained along one path, evaluated on one target.

    Parameters
    ----------
    task, source_task, encoder, aggregator : str
        Registry names or ids as the study states them: the task that was scored, the task that the source
        stage was trained on (by default the same), and so on; a fused aggregator as ``D_3``.
    seed : int
    source_language, target_language : str
        The benchmark's own spelling.
    intermediate_task, intermediate_language : str or None
        None for the baseline without an intermediate stage. Equal to the source language for the baseline of
        equal budget.
    split : str
        Split that was scored.
    metric : str
    score : float
        In [0, 1].
    chance : float
        Score of the best constant prediction on the same examples (majority class, most
        frequent tag; 0 for entity F1).
    n_examples : int
        Sentences scored.
    n_units : int
        What the metric counts: sentences, words or gold entities.
    zero_shot : bool
        The target is neither the source nor the intermediate language.
    stage_id : str
        The evaluation stage that holds the predictions.
    layer : int or None
        Lower layer of a fused aggregator; None for the others. Read from the aggregator where not given.
    source_id, intermediate_id, target_id : str
        ISO 639-3 codes of the languages, for everything that compares or orders languages; the spellings are
        for display. Found from the spelling where not given; empty where there is no language or an unknown
        one. Whoever replaces a spelling replaces its id too.
    """

    task: str
    source_task: str = ""
    encoder: str
    aggregator: str
    seed: int
    source_language: str
    intermediate_task: str | None
    intermediate_language: str | None
    target_language: str
    split: str
    metric: str
    score: float
    chance: float
    n_examples: int
    n_units: int
    zero_shot: bool
    stage_id: str
    layer: int | None = None
    source_id: str = ""
    intermediate_id: str = ""
    target_id: str = ""

    def __post_init__(self) -> None:
        if not self.source_task:
            object.__setattr__(self, "source_task", self.task)
        if self.layer is None:
            object.__setattr__(self, "layer", layer_of(self.aggregator))
        for role in LANGUAGE_ROLES:
            spelled = getattr(self, f"{role}_language")
            if spelled and not getattr(self, f"{role}_id"):
                object.__setattr__(self, f"{role}_id", language_id(spelled))


LANGUAGE_ROLES = ("source", "intermediate", "target")
COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(ScoreRow))
ADDED: tuple[str, ...] = ("layer", *(f"{role}_id" for role in LANGUAGE_ROLES))
"""Columns that tables written by earlier versions lack; they follow from the others."""
KEY: tuple[str, ...] = (
    *("task", "source_task", "encoder", "aggregator", "source_language", "intermediate_task"),
    *("intermediate_language", "seed", "target_language", "split", "metric"),
)
"""Columns that identify a cell, in sort order."""


@dataclass(frozen=True)
class ScoreTable(Sequence[ScoreRow], Result):
    """Score rows in the order of `KEY`; no two rows share a key.

    Raises
    ------
    DataError
        If two rows share a key.
    """

    rows: tuple[ScoreRow, ...]

    @classmethod
    def of(cls, rows: Iterable[ScoreRow]) -> ScoreTable:
        """Sort `rows` and refuse two of one cell."""
        ordered = sorted(rows, key=_sort_key)
        for before, after in pairwise(ordered):
            if _sort_key(before) == _sort_key(after):
                cell = ", ".join(f"{name}={getattr(after, name)}" for name in KEY)
                raise DataError(
                    f"two scores for one cell: {before.score} and {after.score}",
                    where=cell,
                    hint="keep one, or give the replicates different seeds",
                )
        return cls(tuple(ordered))

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: Any) -> Any:
        return self.rows[index]

    def __iter__(self) -> Iterator[ScoreRow]:
        return iter(self.rows)

    def to_csv(self) -> str:
        """Comma-separated text with a header; empty field for None; floats in shortest exact form."""
        return csv_text(COLUMNS, (_values(row) for row in self.rows))

    def to_frame(self) -> pd.DataFrame:
        """Data frame with one row per cell."""
        import pandas as pd

        return pd.DataFrame.from_records([_values(row) for row in self.rows], columns=list(COLUMNS))

    def write_parquet(self, path: Path) -> None:
        """Write the table as Parquet."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        columns = {name: list(map(attrgetter(name), self.rows)) for name in COLUMNS}
        pq.write_table(pa.Table.from_pydict(columns, schema=arrow_schema()), path.absolute())

    @classmethod
    def read_parquet(cls, path: Path) -> ScoreTable:
        """Read what `write_parquet` wrote, in this version or an earlier one.

        Raises
        ------
        DataError
            If the file is not a Parquet file, or columns are missing.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            table = pq.read_table(path)
        except (pa.ArrowException, OSError) as error:
            if is_out_of_memory(error):
                raise no_memory_for(str(path)) from error
            raise DataError(
                f"the file is not a Parquet file: {error}",
                where=str(path),
                hint="run the study again: finished stages are kept",
            ) from error
        missing = [name for name in COLUMNS if name not in table.column_names and name not in ADDED]
        if missing:
            raise DataError(
                f"no column {', '.join(missing)}",
                where=str(path),
                hint="run the study again: finished stages are kept",
            )
        stored = [name for name in COLUMNS if name in table.column_names]
        return cls.of(ScoreRow(**row) for row in table.select(stored).to_pylist())


_values = attrgetter(*COLUMNS)
_key = attrgetter(*KEY)
_AGGREGATOR = KEY.index("aggregator")
_DIGITS = re.compile("([0-9]+)")
_FUSED = re.compile(r"D_(\d+)(?:_|$)")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


@cache
def layer_of(aggregator: str) -> int | None:
    """Lower layer of a fused aggregator by its name in score tables: 3 for ``D_3``; None for others."""
    found = _FUSED.match(aggregator)
    return int(found[1]) if found else None


@cache
def language_id(spelled: str) -> str:
    """ISO 639-3 code of a language by its spelling; empty where the spelling is unknown."""
    language = find(spelled)
    return language.id if language else ""


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated text in which no field is a formula; empty field for None.

    A spreadsheet runs a field that begins with ``=``, ``+``, ``-``, ``@``, a tab or a carriage return. Such a
    text gets an apostrophe in front, as does one that has apostrophes in front of one of these, so that
    `without_guard` restores every text.
    """
    line = io.StringIO(newline="")
    writer = csv.writer(line, lineterminator="\r\n")  # so that it quotes a carriage return too
    lines = []
    for row in chain([header], rows):
        writer.writerow([_guarded(value) for value in row])
        lines.append(line.getvalue()[:-2])
        line.seek(0)
        line.truncate()
    return "\n".join([*lines, ""])


def _guarded(value: object) -> object:
    if isinstance(value, str) and _FORMULA.match(value):
        return f"'{value}"
    return "" if value is None else value


def without_guard(text: str) -> str:
    """Text of a field as it was before `csv_text` guarded it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def arrow_schema() -> Any:
    """The Arrow schema of the table."""
    import pyarrow as pa

    kinds = {"str": pa.string(), "int": pa.int64(), "float": pa.float64(), "bool": pa.bool_()}
    return pa.schema([(field.name, kinds[str(field.type).split(" ")[0]]) for field in fields(ScoreRow)])


def _sort_key(row: ScoreRow) -> tuple[Any, ...]:
    key = ["" if value is None else value for value in _key(row)]
    key[_AGGREGATOR] = _numbered(row.aggregator)
    return tuple(key)


@cache
def _numbered(name: str) -> tuple[tuple[str | int, ...], str]:
    """A name as a sort key: D_2 comes before D_10."""
    return tuple(int(part) if part.isdecimal() else part for part in _DIGITS.split(name)), name
