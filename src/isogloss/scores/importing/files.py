"""Files of every kind as grids of text."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from isogloss.data_files import BROKEN_ARCHIVE, encoding_of, open_bytes, refuse_pointer
from isogloss.data_files import COMPRESSED as OF_STANDARD_LIBRARY
from isogloss.errors import DataError, is_out_of_memory, no_memory_for
from isogloss.extras import MissingExtraError
from isogloss.scores.importing.delimited import separated
from isogloss.scores.importing.grid import Grid, as_text, grid_of_frame
from isogloss.scores.importing.json_records import grid_of_json
from isogloss.scores.importing.markup import html, latex, markdown

DELIMITED = (".csv", ".tsv", ".tab", ".txt")
MARKUP = (".md", ".markdown", ".tex", ".latex", ".html", ".htm")
OTHERS = (".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".parquet")
_ZSTD = ".zst"
COMPRESSED = (*OF_STANDARD_LIBRARY, _ZSTD)
OF_A_STUDY = ("scores.csv", "scores.parquet")
"""Score tables in the output folder of a study; the first needs no further package."""


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
    if not path.is_file():
        raise DataError("no such score table", where=str(path), hint="check the path")
    kind, compression = _kind(path)
    if kind not in (*DELIMITED, *MARKUP, *OTHERS):
        raise DataError(
            f"a score table cannot be read from '{path.name}'",
            where=str(path),
            allowed=f"{', '.join((*DELIMITED, *MARKUP, *OTHERS))}, each also with {', '.join(COMPRESSED)}",
            hint="save the table as CSV",
        )
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
            raise DataError(
                f"the file cannot be read: {reason}",
                where=str(path),
                hint="check that it is a file that you may read",
            ) from error
        names = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", _ZSTD: "zstd"}
        raise DataError(
            f"not a whole {names[compression]} file: {error}",
            where=str(path),
            hint="compress or download it again",
        ) from error
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


def _delimited(name: str, text: str) -> list[Grid]:
    suffix = _kind(Path(name))[0]
    if suffix == ".txt" and (other := _other_kind(text)):
        return other(name, text)
    return [separated(name, text, tab=suffix in (".tsv", ".tab"))]


def _other_kind(text: str) -> Callable[[str, str], list[Grid]] | None:
    """Reader of a text file that holds Markdown, LaTeX or HTML."""
    if "\\begin{" in text and "\\end{" in text:
        return latex
    if re.search(r"^\s*\|?\s*:?-{2,}:?\s*\|", text, re.MULTILINE):
        return markdown
    return html if re.search(r"<table\b", text, re.IGNORECASE) else None


def _of_text(read: Callable[[str, str], list[Grid]]) -> Callable[[str, bytes], list[Grid]]:
    def grids(name: str, content: bytes) -> list[Grid]:
        text, notes = decoded(name, content)
        return [replace(grid, notes=(*notes, *grid.notes)) for grid in read(name, text)]

    return grids


def _json(name: str, text: str) -> list[Grid]:
    try:
        loaded = json.loads(text)
    except RecursionError as error:
        raise DataError(
            "the file is nested too deeply", where=name, hint="write one record per score"
        ) from error
    except ValueError as error:
        if len(text.strip().splitlines()) > 1:
            return _json_lines(name, text)
        raise DataError(
            f"the file is not JSON: {error}", where=name, hint="correct it there, or save the table as CSV"
        ) from error
    return [grid_of_json(name, loaded)]


def _json_lines(name: str, text: str) -> list[Grid]:
    records = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            records.append(json.loads(line))
        except RecursionError as error:
            raise DataError(
                "the line is nested too deeply",
                where=f"{name}, line {number}",
                hint="write one record per score",
            ) from error
        except ValueError as error:
            raise DataError(
                f"the line is not JSON: {error}", where=f"{name}, line {number}", hint="correct the line"
            ) from error
    return [grid_of_json(name, records)]


def _excel(name: str, content: bytes) -> list[Grid]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("tables", "reading Excel files", ("openpyxl",)) from None
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except Exception as error:  # openpyxl raises whatever it comes across in a broken file
        if is_out_of_memory(error):
            raise no_memory_for(name) from error
        raise DataError(
            f"the file is not a whole Excel workbook: {error}"[:300],
            where=name,
            hint="save it again, or as CSV",
        ) from error
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
        *(pa.ArrowException, OSError, ValueError, TypeError, KeyError),
        *(RecursionError, OverflowError),
    ) as error:
        if is_out_of_memory(error):
            raise no_memory_for(name) from error
        raise DataError(
            f"the file is not a Parquet file: {error}"[:300], where=name, hint="write it again, or as CSV"
        ) from error
    return [grid_of_frame(name, frame)]


_READERS: Mapping[str, Callable[[str, bytes], list[Grid]]] = {
    **dict.fromkeys(DELIMITED, _of_text(_delimited)),
    **dict.fromkeys((".md", ".markdown"), _of_text(markdown)),
    **dict.fromkeys((".tex", ".latex"), _of_text(latex)),
    **dict.fromkeys((".html", ".htm"), _of_text(html)),
    ".json": _of_text(_json),
    **dict.fromkeys((".jsonl", ".ndjson"), _of_text(_json_lines)),
    **dict.fromkeys((".xlsx", ".xlsm"), _excel),
    ".parquet": _parquet,
}
