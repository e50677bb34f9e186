"""Files of every kind as grids of text."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from isogloss.data_files import BROKEN_ARCHIVE, encoding_of, open_bytes, refuse_pointer
from isogloss.data_files import COMPRESSED as OF_STANDARD_LIBRARY
from isogloss.errors import DataError
from isogloss.extras import MissingExtraError
from isogloss.scores.importing.delimited import separated
from isogloss.scores.importing.grid import Grid, as_text, grid_of_frame, whole
from isogloss.scores.importing.json_records import ONE_RECORD, grid_of_json
from isogloss.scores.importing.markup import html, latex, markdown

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
    if kind not in _READERS:
        raise DataError(
            f"a score table cannot be read from '{path.name}'",
            where=str(path),
            allowed=f"{', '.join(_READERS)}, each also with {', '.join(COMPRESSED)}",
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
        text = content.decode("cp1252", "replace")
        if not re.search(r"[^\x00-\x7f]{3}|[ŠŒŽšœžŸƒˆ˜\ufffd]", text):
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
        loaded = _loaded(text, "the file", name, "correct it there, or save the table as CSV")
    except DataError as error:
        if isinstance(error.__cause__, RecursionError) or len(text.strip().splitlines()) < 2:
            raise
        return _json_lines(name, text)
    return [grid_of_json(name, loaded)]


def _loaded(text: str, what: str, where: str, hint: str) -> Any:
    """Load a text in JSON.

    Raises
    ------
    DataError
        If it is not JSON, or nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise DataError(f"{what} is nested too deeply", where=where, hint=ONE_RECORD) from error
    except ValueError as error:
        raise DataError(f"{what} is not JSON: {error}", where=where, hint=hint) from error


def _json_lines(name: str, text: str) -> list[Grid]:
    lines = enumerate(text.split("\n"), start=1)
    records = [
        _loaded(line, "the line", f"{name}, line {number}", "correct the line")
        for number, line in lines
        if line.strip()
    ]
    return [grid_of_json(name, records)]


def _excel(name: str, content: bytes) -> list[Grid]:
    needs = ("tables", "reading Excel files", "openpyxl")
    with whole(name, "the file is not a whole Excel workbook", needs, "save it again, or as CSV"):
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        written = openpyxl.load_workbook(io.BytesIO(content)) if _has_formulas(content) else None
    if written is not None:
        _refuse_not_calculated(name, book, written)
    return [
        grid for sheet in book.worksheets if (grid := _sheet(name, sheet, alone=len(book.worksheets) == 1))
    ]


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [part for part in archive.namelist() if part.startswith("xl/worksheets/")]
        return any(re.search(rb"<f[ />]", archive.read(part)) for part in sheets)


def _refuse_not_calculated(name: str, book: Any, written: Any) -> None:
    """Refuse a workbook of which no formula has a value: a program wrote it, and its scores are missing.

    Raises
    ------
    DataError
    """
    formulas = [
        (sheet.title, cell) for sheet in written.worksheets for row in sheet.iter_rows() for cell in row
        if cell.data_type == "f"
    ]  # fmt: skip
    if formulas and all(book[title][cell.coordinate].value is None for title, cell in formulas):
        title, first = formulas[0]
        raise DataError(
            f"the formula '{str(first.value)[:60]}' has no value: the workbook was never calculated",
            where=f"{name}, sheet '{title}', cell {first.coordinate}",
            hint="open the workbook in a spreadsheet program and save it, or as CSV",
        )


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
    is_number = isinstance(cell.value, int | float) and not isinstance(cell.value, bool)
    is_percent = is_number and "%" in str(cell.number_format)
    return f"{100 * cell.value!r}%" if is_percent else as_text(cell.value)


def _parquet(name: str, content: bytes) -> list[Grid]:
    needs = ("report", "reading Parquet files", "pyarrow")
    with whole(name, "the file is not a Parquet file", needs, "write it again, or as CSV"):
        import pyarrow as pa
        import pyarrow.parquet as pq

        frame = pq.read_table(pa.BufferReader(content)).to_pandas()
    return [grid_of_frame(name, frame)]


_READERS: Mapping[str, Callable[[str, bytes], list[Grid]]] = {
    **dict.fromkeys((".csv", ".tsv", ".tab", ".txt"), _of_text(_delimited)),
    **dict.fromkeys((".md", ".markdown"), _of_text(markdown)),
    **dict.fromkeys((".tex", ".latex"), _of_text(latex)),
    **dict.fromkeys((".html", ".htm"), _of_text(html)),
    ".json": _of_text(_json),
    **dict.fromkeys((".jsonl", ".ndjson"), _of_text(_json_lines)),
    **dict.fromkeys((".xlsx", ".xlsm"), _excel),
    ".parquet": _parquet,
}
