"""Files of every kind as grids of text."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from isogloss.data_files import BROKEN_ARCHIVE, encoding_of, open_bytes, refuse_pointer
from isogloss.data_files import COMPRESSED as OF_STANDARD_LIBRARY
from isogloss.errors import DataError
from isogloss.extras import MissingExtraError
from isogloss.scores.importing.grid import Grid, as_text, empty, grid_of_frame
from isogloss.scores.importing.markup import html, latex, markdown
from isogloss.scores.table import without_guard

DELIMITED = (".csv", ".tsv", ".tab", ".txt")
MARKUP = (".md", ".markdown", ".tex", ".latex", ".html", ".htm")
OTHERS = (".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".parquet")
_ZSTD = ".zst"
COMPRESSED = (*OF_STANDARD_LIBRARY, _ZSTD)
OF_A_STUDY = ("scores.csv", "scores.parquet")
"""Score tables in the output folder of a study; the first needs no further package."""

_CHUNK = 50_000
_LONGEST_LINE = 1_000_000


def read_grids(path: Path) -> list[Grid]:
    """Read every table of a file.

    Raises
    ------
    DataError
        If the file is missing, empty, of another kind or encoding, or broken.
    """
    if path.is_dir():
        own = next((path / name for name in OF_A_STUDY if (path / name).is_file()), None)
        if own is not None:
            return read_grids(own)
        raise DataError(
            "the folder holds no score table",
            where=str(path),
            allowed=f"an output folder of `isogloss run`, with {' or '.join(OF_A_STUDY)}",
            hint="name the file, or write the scores of a run to one: isogloss scores FOLDER --csv",
        )
    kind, compression = _kind(path)
    if kind not in (*DELIMITED, *MARKUP, *OTHERS):
        raise DataError(
            f"a score table cannot be read from '{path.name}'",
            where=str(path),
            allowed=f"{', '.join((*DELIMITED, *MARKUP, *OTHERS))}, each also with {', '.join(COMPRESSED)}",
            hint="save the table as CSV",
        )
    if not path.is_file():
        raise DataError("no such score table", where=str(path), hint="check the path")
    found = _READERS[kind](str(path), _content(path, compression))
    if not found:
        raise DataError("no table is in the file", where=str(path), hint="save the table as CSV")
    return found


def _kind(path: Path) -> tuple[str, str]:
    """The suffix in lower case, and the one that compression adds."""
    name = path.name.lower()
    compression = next((suffix for suffix in COMPRESSED if name.endswith(suffix)), "")
    return Path(name.removesuffix(compression)).suffix, compression


def _content(path: Path, compression: str) -> bytes:
    try:
        if compression == _ZSTD:
            content = _of_zstd(path)
        else:
            with open_bytes(path) as file:
                content = file.read()
    except (*BROKEN_ARCHIVE, OSError, ValueError) as error:
        if not compression or (isinstance(error, OSError) and error.errno is not None):
            reason = (isinstance(error, OSError) and error.strerror) or error
            raise DataError(f"the file cannot be read: {reason}", where=str(path)) from error
        names = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", _ZSTD: "zstd"}
        raise DataError(f"not a whole {names[compression]} file: {error}", where=str(path)) from error
    refuse_pointer(content, path)
    return content


def _of_zstd(path: Path) -> bytes:
    try:
        import pyarrow as pa
    except ImportError:
        raise MissingExtraError("report", f"reading '{path.name}'", ("pyarrow",)) from None
    return bytes(pa.CompressedInputStream(pa.BufferReader(path.read_bytes()), "zstd").read())


def decoded(name: str, content: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of a file in UTF-8, UTF-16 or UTF-32, with or without a mark, or in Windows-1252; that is said.

    Raises
    ------
    DataError
        If it is text in none of these.
    """
    encoding = encoding_of(content)
    if encoding == "utf-8" and content[:4000].count(0) > len(content[:4000]) / 4:
        encoding = "utf-16-le" if content[1:4000:2].count(0) > content[0:4000:2].count(0) else "utf-16-be"
    notes = () if encoding.startswith("utf-8") else (f"the file is read as {encoding.upper()}",)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        text = _windows(name, content, error, line)
        shown = text.split("\n")[line - 1].strip()[:60]
        notes = (f"the file is not UTF-8: read as Windows-1252; line {line} is then '{shown}'",)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise DataError(
            "the file holds a NUL character: it is not text",
            where=f"{name}, line {line}",
            hint="save the table as CSV in UTF-8",
        )
    return text, notes


def _windows(name: str, content: bytes, error: UnicodeDecodeError, line: int) -> str:
    """Text in Windows-1252, if letters with accents stand alone: Cyrillic or Chinese has runs of them."""
    if error.encoding == "utf-8" and not content.startswith(b"\xef\xbb\xbf"):
        try:
            text = content.decode("cp1252")
        except UnicodeDecodeError:
            text = "\x80" * 3
        if not re.search(r"[^\x00-\x7f]{3}|[ŠŒŽšœžŸƒˆ˜]", text):
            return text
    raise DataError(
        f"the file is not {error.encoding.upper()}: {error.reason} at byte {error.start}",
        where=f"{name}, line {line}",
        allowed="text in UTF-8, UTF-16 with its mark, or Windows-1252",
        hint="save it as UTF-8",
    ) from error


def _delimited(name: str, content: bytes) -> list[Grid]:
    text, notes = decoded(name, content)
    if name.lower().removesuffix(".gz").endswith(".txt") and (other := _other_kind(text)):
        return [replace(grid, notes=(*notes, *grid.notes)) for grid in other(name, text)]
    suffix = _kind(Path(name))[0]
    return [replace(_separated(name, text, tab=suffix in (".tsv", ".tab")), notes=notes)]


def _other_kind(text: str) -> Callable[[str, str], list[Grid]] | None:
    """Reader of a text file that holds Markdown, LaTeX or HTML."""
    if "\\begin{" in text and "\\end{" in text:
        return latex
    if re.search(r"^\s*\|?\s*:?-{2,}:?\s*\|", text, re.MULTILINE):
        return markdown
    return html if re.search(r"<table\b", text, re.IGNORECASE) else None


def _separated(name: str, text: str, *, tab: bool) -> Grid:
    """Read delimited text; every row is as wide as the header.

    Raises
    ------
    DataError
    """
    first = next((line for line in _lines(text) if line.strip() and not line.startswith("#")), "")
    longest = csv.field_size_limit(_LONGEST_LINE)
    try:
        chunks = list(_chunks(name, text, _delimiter(first, tab=tab)))
    except csv.Error as error:
        raise DataError(f"the file is not a table of text: {error}", where=name) from error
    finally:
        csv.field_size_limit(longest)
    if not chunks:
        raise empty(name)
    rows = pd.concat([chunk for chunk, _ in chunks], ignore_index=True)
    return Grid(name, rows, np.concatenate([numbers for _, numbers in chunks]))


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends, one at a time: a large file is not held a second time."""
    return (found[0] for found in re.finditer(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text))


def _delimiter(first: str, *, tab: bool) -> str | None:
    """Tab for .tsv; else whichever the header has most of; None for columns aligned by spaces."""
    if tab:
        return "\t"
    best = max((",", "\t", ";", "|"), key=first.count)
    return best if first.count(best) else None


def _chunks(name: str, text: str, delimiter: str | None) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
    """Rows by the fifty thousand, so that texts of rows are not held twice."""
    if delimiter is None:
        numbered = (
            (number, re.split(r"\s{2,}|\t", line.strip()))
            for number, line in enumerate(_lines(text), start=1)
        )
    else:
        reader = csv.reader(_lines(text), delimiter=delimiter, skipinitialspace=True)
        numbered = ((reader.line_num, row) for row in reader)
    guarded = re.search(r"'[=+\-@\t\r']", text) is not None
    width, begun = 0, False
    rows: list[list[str]] = []
    numbers: list[int] = []
    for number, row in numbered:
        fields = [field.strip() for field in row]
        if not any(fields) or (not begun and fields[0].startswith("#")):
            continue
        if not begun:
            if sum(map(bool, fields)) == 1 and len(fields) == 1 and delimiter is not None:
                continue  # a title above the header
            width, begun = len(fields), True
        if len(fields) != width:
            if len(fields) > width and not any(fields[width:]):
                fields = fields[:width]
            else:
                raise DataError(
                    f"{len(fields)} fields where the header has {width}",
                    where=f"{name}, line {number}",
                    hint="quote fields that hold the separator",
                )
        rows.append(fields)
        numbers.append(number)
        if len(rows) == _CHUNK:
            yield _frame(rows, guarded=guarded), np.array(numbers)
            rows, numbers = [], []
    if rows:
        yield _frame(rows, guarded=guarded), np.array(numbers)


def _frame(rows: list[list[str]], *, guarded: bool) -> pd.DataFrame:
    columns = zip(*rows, strict=True)
    if guarded:
        columns = (tuple(map(without_guard, column)) for column in columns)  # type: ignore[assignment]
    return pd.DataFrame({i: pd.Series(column, dtype="str") for i, column in enumerate(columns)})


def _markup(read: Callable[[str, str], list[Grid]]) -> Callable[[str, bytes], list[Grid]]:
    def grids(name: str, content: bytes) -> list[Grid]:
        text, notes = decoded(name, content)
        return [replace(grid, notes=notes) for grid in read(name, text)]

    return grids


def _json(name: str, content: bytes) -> list[Grid]:
    text, notes = decoded(name, content)
    try:
        loaded = json.loads(text)
    except RecursionError as error:
        raise DataError("the file is nested too deeply", where=name) from error
    except ValueError as error:
        if len(text.strip().splitlines()) > 1:
            return _json_lines(name, content)
        raise DataError(f"the file is not JSON: {error}", where=name) from error
    return [replace(_of_records(name, loaded), notes=notes)]


def _json_lines(name: str, content: bytes) -> list[Grid]:
    text, notes = decoded(name, content)
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(json.loads(line))
        except RecursionError as error:
            raise DataError("the line is nested too deeply", where=f"{name}, line {number}") from error
        except ValueError as error:
            raise DataError(f"the line is not JSON: {error}", where=f"{name}, line {number}") from error
    return [replace(_of_records(name, records), notes=notes)]


def _of_records(name: str, loaded: Any) -> Grid:
    """A list of records, a mapping of columns, or a mapping of mappings (rows, then columns)."""
    if isinstance(loaded, Mapping):
        values = list(loaded.values())
        if values and all(isinstance(value, Mapping) for value in values):
            loaded = [{"": label, **record} for label, record in loaded.items()]
        elif values and all(isinstance(value, list) for value in values):
            if len({len(value) for value in values}) > 1:
                raise DataError("the columns are not of one length", where=name)
            loaded = [dict(zip(loaded, row, strict=True)) for row in zip(*values, strict=True)]
        else:
            loaded = [loaded]
    if not isinstance(loaded, list) or not all(isinstance(record, Mapping) for record in loaded):
        raise DataError(
            "the file does not hold records",
            where=name,
            allowed='a list of records such as {"source": "en", "target": "de", "score": 0.8}',
        )
    columns = dict.fromkeys(str(key) for record in loaded for key in record)
    rows = [list(columns), *([_json_text(record.get(key)) for key in columns] for record in loaded)]
    if not loaded or not columns:
        raise empty(name)
    return Grid.of(name, rows, range(len(rows)), unit="row", n_header=1)


def _json_text(value: Any) -> str:
    if isinstance(value, Mapping | list):
        return json.dumps(value)[:200]
    try:
        return as_text(value)
    except ValueError:  # an integer of thousands of digits
        return "a very long integer"


def _excel(name: str, content: bytes) -> list[Grid]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("tables", "reading Excel files", ("openpyxl",)) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:  # openpyxl raises whatever it comes across in a broken file
        raise DataError(f"the file is not a whole Excel workbook: {error}"[:300], where=name) from error
    return [
        grid for sheet in book.worksheets if (grid := _sheet(name, sheet, alone=len(book.worksheets) == 1))
    ]


def _sheet(name: str, sheet: Any, *, alone: bool) -> Grid | None:
    """One sheet; merged cells are filled with what they say."""
    if sheet.max_row * sheet.max_column > 50_000_000:
        raise DataError(f"the sheet '{sheet.title}' is too large", where=name, hint="save the table as CSV")
    cells = [[_excel_text(cell) for cell in row] for row in sheet.iter_rows()]
    for merged in sheet.merged_cells.ranges:
        for row in range(merged.min_row - 1, merged.max_row):
            for column in range(merged.min_col - 1, merged.max_col):
                cells[row][column] = cells[merged.min_row - 1][merged.min_col - 1]
    kept = [i for i, row in enumerate(cells) if any(row)]
    if not kept:
        return None
    of = name if alone else f"{name}, sheet '{sheet.title}'"
    return Grid.of(of, [cells[i] for i in kept], [i + 1 for i in kept], unit="row", title=sheet.title)


def _excel_text(cell: Any) -> str:
    text = as_text(cell.value)
    if isinstance(cell.value, int | float) and "%" in str(cell.number_format):
        return f"{100 * cell.value!r}%" if not isinstance(cell.value, bool) else text
    return text


def _parquet(name: str, content: bytes) -> list[Grid]:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise MissingExtraError("report", "reading Parquet files", ("pyarrow",)) from None
    try:
        frame = pq.read_table(pa.BufferReader(content)).to_pandas()
    except (
        pa.ArrowException,
        OSError,
        ValueError,
        TypeError,
        KeyError,
        RecursionError,
        OverflowError,
    ) as error:
        raise DataError(f"the file is not a Parquet file: {error}"[:300], where=name) from error
    return [grid_of_frame(name, frame)]


_READERS: Mapping[str, Callable[[str, bytes], list[Grid]]] = {
    **dict.fromkeys(DELIMITED, _delimited),
    **dict.fromkeys((".md", ".markdown"), _markup(markdown)),
    **dict.fromkeys((".tex", ".latex"), _markup(latex)),
    **dict.fromkeys((".html", ".htm"), _markup(html)),
    ".json": _json,
    **dict.fromkeys((".jsonl", ".ndjson"), _json_lines),
    **dict.fromkeys((".xlsx", ".xlsm"), _excel),
    ".parquet": _parquet,
}
