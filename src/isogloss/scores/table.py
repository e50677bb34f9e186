"""The tidy score table: one row a cell, and the effectiveness measures computed from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.display import Result
from isogloss.errors import DataError

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

    def __post_init__(self) -> None:
        if not self.source_task:
            object.__setattr__(self, "source_task", self.task)


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(ScoreRow))
KEY: tuple[str, ...] = (
    "task",
    "source_task",
    "encoder",
    "aggregator",
    "source_language",
    "intermediate_task",
    "intermediate_language",
    "seed",
    "target_language",
    "split",
    "metric",
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
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows:
            writer.writerow(["" if value is None else value for value in asdict(row).values()])
        return out.getvalue()

    def to_frame(self) -> pd.DataFrame:
        """One row a cell."""
        import pandas as pd

        return pd.DataFrame([asdict(row) for row in self.rows], columns=list(COLUMNS))

    def write_parquet(self, path: Path) -> None:
        """Write the table as Parquet."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.Table.from_pylist([asdict(row) for row in self.rows], schema=arrow_schema()), path)

    @classmethod
    def read_parquet(cls, path: Path) -> ScoreTable:
        """Read what `write_parquet` wrote.

        Raises
        ------
        DataError
            If columns are missing.
        """
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        missing = [name for name in COLUMNS if name not in table.column_names]
        if missing:
            raise DataError(f"no column {', '.join(missing)}", where=str(path))
        return cls.of(ScoreRow(**row) for row in table.select(list(COLUMNS)).to_pylist())


def arrow_schema() -> Any:
    """The Arrow schema of the table."""
    import pyarrow as pa

    kinds = {
        "str": pa.string(),
        "str | None": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
    }
    return pa.schema([(field.name, kinds[str(field.type)]) for field in fields(ScoreRow)])


def _sort_key(row: ScoreRow) -> tuple[str | int, ...]:
    return tuple("" if value is None else value for value in (getattr(row, name) for name in KEY))
