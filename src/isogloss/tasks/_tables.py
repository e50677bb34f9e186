"""From files to cells by field name: delimited text, JSON lines, Parquet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from isogloss.data_files import allow_long_fields, suffix_of
from isogloss.errors import DataError, first_line, is_out_of_memory, no_memory_for
from isogloss.tasks._features import class_names, named
from isogloss.tasks._opening import check_text, lines_of, read_bytes, read_text

Cells = tuple[str, Mapping[str, Any]]
"""Where a row stands (``"line 7"``) and its values by field name."""

COLUMNAR = (".parquet", ".arrow")
"""Endings of tables in columns; Arrow is what `save_to_disk` of the `datasets` library writes."""


def read_records(path: Path, fields: Sequence[str]) -> Iterator[Cells]:
    """Read a hub's Parquet, Arrow or JSON lines, or tab-separated text without a header, as `fields`."""
    if suffix_of(path) == ".tsv":
        return read_delimited(path, "\t", fields)
    return read_parquet(path, fields) if suffix_of(path) in COLUMNAR else read_json_lines(path)


def read_delimited(
    path: Path,
    delimiter: str,
    names: Sequence[str] | None = None,
    *,
    header: bool = False,
    required: Collection[str] = (),
    quoted: bool = True,
) -> Iterator[Cells]:
    """Read a file that Python's `csv` or a spreadsheet wrote.

    Parameters
    ----------
    path : Path
    delimiter : str
    names : sequence of str, optional
        Field names of a file without a header; by default the positions: ``"0"``, ``"1"``.
    header : bool
        The first line holds the field names.
    required : collection of str
        Names that the header must hold.
    quoted : bool
        Fields may be in quotes; False reads a quote as a character like others.

    Raises
    ------
    DataError
        For a wrong number of columns or broken quoting.
    """
    text = read_text(path).rstrip("\r\n")
    if quoted:
        lines = quoted_records(io.StringIO(text, newline=""), delimiter, str(path))
    else:
        lines = ((f"line {at}", line.split(delimiter)) for at, line in enumerate(lines_of(text), start=1))
    for place, cells in lines:
        if header and names is None:
            names = _header(cells, required, f"{path}, {place}")
            continue
        names = names or [str(position) for position in range(len(cells))]
        if len(cells) != len(names):
            raise _wrong_columns(path, place, cells, names)
        yield place, dict(zip(names, cells, strict=True))


def quoted_records(lines: Iterable[str], delimiter: str, where: str) -> Iterator[tuple[str, list[str]]]:
    """Place and cells of every record that `csv` finds in lines.

    Raises
    ------
    DataError
        For broken quoting; its place follows `where`.
    """
    allow_long_fields()
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    before, what = 0, ""
    try:
        for cells in reader:
            # A quote that is never closed swallows the lines after it; a file separated by tabs holds no
            # line ends within a field.
            if reader.line_num - before > 1 and delimiter == "\t":
                what = "a field that begins with a quote is not closed on its line"
                break
            place, before = f"line {before + 1}", reader.line_num
            yield place, cells
    except csv.Error as error:
        what = f"broken quoting: {error}"
    if what:
        raise DataError(
            what,
            where=f"{where}, line {before + 1}",
            allowed="quotes as Python's csv writes them",
            hint='put the whole field in quotes and double the quotes within: "a ""b"" c"',
        )


def _header(names: list[str], required: Collection[str], where: str) -> list[str]:
    """Column names, of which no two may be alike and none that is needed may be missing."""
    missing = [name for name in required if name not in names]
    if missing:
        raise DataError(
            f"the header has no column {' and no column '.join(map(repr, missing))}",
            where=where,
            allowed=f"the header holds: {', '.join(name[:40] for name in names[:20])}",
            hint=_why_no_column(names),
        )
    repeated = first_repeated(names)
    if repeated is not None:
        raise DataError(f"two columns are called '{repeated}'", where=where, hint="rename one of them")
    return names


def first_repeated(names: Sequence[str]) -> str | None:
    """Give the first name that stands twice."""
    return next((name for at, name in enumerate(names) if name in names[:at]), None)


def _why_no_column(names: Sequence[str]) -> str:
    """Say whether the file has another separator or no header."""
    other = next((one for one in (";", "\t", ",", "|") if len(names) == 1 and one in names[0]), None)
    if other is not None:
        return f"the columns seem to be separated by {other!r}: set separator: {json.dumps(other)}"
    return "name the columns as the header does; a file without a header needs header: false and positions"


def _wrong_columns(path: Path, place: str, cells: Sequence[str], names: Sequence[str]) -> DataError:
    if list(cells) in ([], [""]):
        return DataError(
            "the line is blank",
            where=f"{path}, {place}",
            allowed="one row per line",
            hint="remove the line; Python's csv leaves every second line blank on Windows unless the file is "
            "opened with newline=''",
        )
    if len(cells) < len(names):
        fault = f"no field '{names[len(cells)]}'"
    else:
        fault = f"nothing is known of '{cells[len(names)][:40]}'"
    return DataError(
        f"{len(cells)} column{'s' * (len(cells) != 1)} instead of {len(names)}: {fault}",
        where=f"{path}, {place}",
        allowed=f"the fields {', '.join(names)}",
        hint="correct the line or remove it",
    )


def read_json_lines(path: Path, containing: str = "", *, with_names: bool = True) -> Iterator[Cells]:
    """Read one JSON object per line; integers become class names where a file near this one holds them.

    Parameters
    ----------
    path : Path
    containing : str
        Lines without this text are passed over unread.
    with_names : bool
        False leaves integers as they are.

    Raises
    ------
    DataError
        For a line that is not a JSON object.
    """
    names = class_names(path) if with_names else {}
    for number, line in enumerate(lines_of(read_text(path).rstrip()), start=1):
        if containing in line:
            values = json_object(line, f"{path}, line {number}")
            yield f"line {number}", _with_names(values, names)


def json_object(line: str, where: str) -> dict[str, Any]:
    """Read one line of JSON.

    Raises
    ------
    DataError
        If it is not a JSON object of usable values.
    """
    what, value = "", {}
    try:
        value = json.loads(line)
        if not isinstance(value, dict):
            what = f"a JSON {type(value).__name__}, not an object"
    except json.JSONDecodeError as error:
        what, where = f"not JSON: {error.msg}", f"{where}, column {error.colno}"
    except RecursionError:
        what = "JSON that is nested too deeply"
    except ValueError:  # Python reads no integers of thousands of digits
        what = "a number with more digits than can be read"
    if what:
        raise DataError(what, where=where, allowed="one object per line")
    if "\\ud" in line.lower():
        check_text(value, where)
    return value


def read_parquet(
    path: Path, fields: Collection[str] | None = None, *, with_names: bool = True
) -> Iterator[Cells]:
    """Read a Parquet file or a stream of Arrow; class indices become names where a file holds the names.

    Parameters
    ----------
    path : Path
    fields : collection of str, optional
        Read these columns only, as far as they are there; the other fields hold None.
    with_names : bool
        False leaves integers as they are.

    Raises
    ------
    DataError
        If it cannot be read or has no rows.
    """
    names, metadata, rows = _parquet(path, fields)
    if not rows:
        raise DataError("the file has no rows", where=str(path), hint="download it again")
    classes = class_names(path, metadata) if with_names else {}
    empty = dict.fromkeys(names)
    for number, values in enumerate(rows):
        yield f"row {number}", _with_names(empty | values, classes)


def parquet_metadata(path: Path) -> Mapping[bytes, bytes]:
    """Key-value metadata of a Parquet file.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    return _parquet(path, ())[1]


def _parquet(
    path: Path, fields: Collection[str] | None
) -> tuple[Sequence[str], Mapping[bytes, bytes], Sequence[dict[str, Any]]]:
    """Names of the columns, metadata, and the rows of some columns."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    is_arrow = suffix_of(path) == ".arrow"
    try:
        if is_arrow:
            with pa.ipc.open_stream(read_bytes(path)) as stream:
                table = stream.read_all()
            wanted = [name for name in table.column_names if fields is None or name in fields]
            metadata = dict(table.schema.metadata or {})
            return table.column_names, metadata, table.select(wanted).to_pylist()
        with pa.BufferReader(read_bytes(path)) as raw, pq.ParquetFile(raw) as file:
            schema = file.schema_arrow
            wanted = [name for name in schema.names if fields is None or name in fields]
            return schema.names, dict(schema.metadata or {}), file.read(wanted).to_pylist()
    except (pa.ArrowException, OSError, ValueError, TypeError, ArithmeticError, ImportError) as error:
        if isinstance(error, DataError):
            raise
        if is_out_of_memory(error):
            raise no_memory_for(str(path)) from error
        raise DataError(
            f"not a readable {'stream of Arrow' if is_arrow else 'Parquet file'}: {first_line(error)}",
            where=str(path),
            hint="download it again",
        ) from None


def _with_names(values: dict[str, Any], names: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {field: named(value, names.get(field, ())) for field, value in values.items()} if names else values
