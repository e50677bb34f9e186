"""Files and frames as rows of text, each with its place."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

TEXT_SUFFIXES = (".csv", ".tsv", ".tab", ".txt")
STUDY_TABLE = "scores.parquet"
"""Name of the score table in the output folder of a study."""
COMPRESSED = ".gz"
"""May follow the suffix of a text file."""


@dataclass(frozen=True)
class RawTable:
    """A table before anything is understood.

    Parameters
    ----------
    name : str
        Of the file, for messages.
    header : tuple of str
    rows : tuple of tuple of str
        As wide as the header; empty text where there is nothing.
    places : tuple of str
        Where each row stands: ``"scores.csv, line 3"``.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    places: tuple[str, ...]


def read_raw(scores: Path | str | pd.DataFrame) -> RawTable:
    """Read a CSV or TSV file, also one compressed by gzip, or a Parquet file, or take a data frame.

    Raises
    ------
    DataError
        If the file is missing, empty, of another kind, not UTF-8, or has rows of another width.
    """
    if not isinstance(scores, str | Path):
        return _frame(scores)
    path = _table_of(Path(scores))
    is_parquet = path.suffix.lower() == ".parquet"
    if not is_parquet and _text_suffix(path) not in TEXT_SUFFIXES:
        raise DataError(
            f"a score table cannot be read from '{path.name}'",
            where=str(path),
            allowed=f"a file that ends in {', '.join(TEXT_SUFFIXES)} (also with {COMPRESSED}) or .parquet",
            hint="save the table as CSV",
        )
    if not path.is_file():
        raise DataError("no such score table", where=str(path), hint="check the path")
    return _parquet(path) if is_parquet else _text(path)


def _table_of(path: Path) -> Path:
    """The score table in the output folder of a study; any other path as it is."""
    if not path.is_dir():
        return path
    if not (path / STUDY_TABLE).is_file():
        raise DataError(
            f"the folder holds no {STUDY_TABLE}",
            where=str(path),
            allowed="a file, or the output folder of a study",
            hint=f"write it: isogloss report {path}" if (path / "study.json").is_file() else None,
        )
    return path / STUDY_TABLE


def _text_suffix(path: Path) -> str:
    """The suffix in lower case, without the one that compression adds."""
    name = path.name.lower()
    return Path(name.removesuffix(COMPRESSED)).suffix


def _frame(frame: pd.DataFrame) -> RawTable:
    """Take a data frame; an index that has a name or holds texts is a column like the others."""
    index = frame.index
    if any(name is not None for name in index.names) or index.dtype.kind not in "iuf":
        frame = frame.reset_index()
    return _from_records("data frame", list(frame.columns), frame.to_numpy(dtype=object).tolist())


def _parquet(path: Path) -> RawTable:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"the file is no Parquet file: {error}", where=str(path)) from error
    columns = [table.column(name).to_pylist() for name in table.column_names]
    return _from_records(str(path), table.column_names, list(zip(*columns, strict=True)))


def _from_records(name: str, header: Sequence[Any], records: Sequence[Sequence[Any]]) -> RawTable:
    rows = tuple(tuple(_as_text(value) for value in record) for record in records)
    places = tuple(f"{name}, row {number}" for number in range(1, len(rows) + 1))
    return _checked(RawTable(name, tuple(str(column).strip() for column in header), rows, places))


def _as_text(value: Any) -> str:
    """Text of a value; nothing for None and NaN."""
    if value is None or str(value) in ("nan", "<NA>", "NaT"):
        return ""
    return str(value).strip()


def _text(path: Path) -> RawTable:
    try:
        opened = gzip.open if path.suffix.lower() == COMPRESSED else open
        with opened(path, "rt", encoding="utf-8-sig", newline="") as handle:
            first = handle.readline()
            handle.seek(0)
            reader = csv.reader(handle, delimiter=_delimiter(path, first))
            numbered = [(reader.line_num, [field.strip() for field in row]) for row in reader]
    except UnicodeDecodeError as error:
        raise DataError(
            f"the file is not UTF-8: {error.reason} at byte {error.start}",
            where=str(path),
            hint="save it as UTF-8",
        ) from error
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DataError(f"the file is not a whole gzip file: {error}", where=str(path)) from error
    except csv.Error as error:
        raise DataError(f"the file is no table of text: {error}", where=str(path)) from error
    filled = [(line, row) for line, row in numbered if any(row)]
    if not filled:
        raise DataError("the score table is empty", where=str(path))
    header = tuple(filled[0][1])
    for line, row in filled[1:]:
        if len(row) != len(header):
            raise DataError(
                f"{len(row)} fields where the header has {len(header)}",
                where=f"{path}, line {line}",
                hint="quote fields that hold the separator",
            )
    rows = tuple(tuple(row) for _, row in filled[1:])
    return _checked(
        RawTable(str(path), header, rows, tuple(f"{path}, line {line}" for line, _ in filled[1:]))
    )


def _delimiter(path: Path, first_line: str) -> str:
    """Tab for .tsv; else whichever of tab, semicolon and comma the header has most of."""
    if _text_suffix(path) in (".tsv", ".tab"):
        return "\t"
    return max((",", "\t", ";"), key=first_line.count)


def _checked(table: RawTable) -> RawTable:
    if not table.rows:
        raise DataError("the score table has a header and no row", where=table.name)
    twice = next((name for name in table.header if name and table.header.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"two columns are called '{twice}'", where=table.name, hint="rename one of them")
    return table
