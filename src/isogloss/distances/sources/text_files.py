"""Text of the user's own tables: decoded, unpacked, divided into fields."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from isogloss.data_files import (
    BROKEN_ARCHIVE,
    COMPRESSED,
    allow_long_fields,
    encoding_of,
    open_bytes,
    refuse_pointer,
)
from isogloss.errors import DataError

_LONGEST_FIELD = 100_000
"""Most characters of a field; the longest of Glottolog's and WALS's CLDF tables have a few thousand."""

_LARGEST = 2_000_000_000
"""Most bytes that a compressed file is unpacked to."""

_ZIP = ".zip"
_OTHER_FORMATS = {
    b"PAR1": "a Parquet file",
    b"PK\x03\x04": "an Excel file or a ZIP archive",
    b"%PDF": "a PDF",
}


class Line(NamedTuple):
    """Fields of one row, without white space around them, and the line on which it ends."""

    number: int
    fields: tuple[str, ...]


def read_text(path: Path, what: str) -> str:
    """Decode a text file, packed or not.

    Parameters
    ----------
    path : Path
        Of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark; packed by gzip, bzip2 or xz, or
        alone in a ZIP archive.
    what : str
        The file in words, for messages: ``"the distance file"``.

    Raises
    ------
    DataError
        If it cannot be read, unpacked or decoded, or is a pointer of Git LFS.
    """
    try:
        content = _unpacked(path)
    except OSError as error:
        raise DataError(
            f"{what} cannot be read: {error.strerror or error}", where=str(path), hint="check the path"
        ) from None
    except (*BROKEN_ARCHIVE, ValueError, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(
            f"{what} cannot be unpacked: {error}", where=str(path), hint="unpack it, or load it again"
        ) from None
    refuse_pointer(content, path, what)
    encoding = encoding_of(content)
    if encoding.startswith("utf-8") and b"\0" in content:
        kind = next((name for head, name in _OTHER_FORMATS.items() if content.startswith(head)), "no text")
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise DataError(
            f"{what} is {kind}: it holds a NUL character",
            where=f"{path}, line {line}",
            hint="save it as text in UTF-8, a table as CSV",
        )
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{what} is not {encoding.removesuffix('-sig').upper()}: byte {error.start:,} cannot be read",
            where=str(path),
            hint="save it as UTF-8",
        ) from None
    return text.replace("\0", "")


def plain_stem(path: Path) -> str:
    """Name of a file without its suffix, and without that of its packing."""
    return Path(path.stem).stem if path.suffix.lower() in (*COMPRESSED, _ZIP) else path.stem


def _unpacked(path: Path) -> bytes:
    if path.suffix.lower() == _ZIP:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise ValueError(f"the archive holds {len(names)} files, and one is expected")
            with archive.open(names[0]) as file:
                content = file.read(_LARGEST + 1)
    else:
        with open_bytes(path) as file:
            content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError(f"it holds more than {_LARGEST:,} bytes")
    return content


def divided(
    text: str, path: Path, *, delimiter: str = ",", quote: str | None = '"', double_quote: bool = True
) -> list[Line]:
    """Rows of a delimited text; rows without any text are left out.

    Raises
    ------
    DataError
        If a field is too long, or a quotation does not end.
    """
    allow_long_fields()  # longer ones than `_LONGEST_FIELD` get an error that says so
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quotechar=quote,
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
        doublequote=double_quote,
        escapechar=None if double_quote else "\\",
    )
    rows: list[Line] = []
    try:
        for fields in reader:
            if any(len(field) > _LONGEST_FIELD for field in fields):
                longest = max(map(len, fields))
                raise DataError(
                    f"a field of {longest:,} characters",
                    where=f"{path}, line {reader.line_num}",
                    allowed=f"fields of at most {_LONGEST_FIELD:,} characters",
                    hint="a quotation mark may be missing",
                )
            if any(field.strip() for field in fields):
                rows.append(Line(reader.line_num, tuple(field.strip() for field in fields)))
    except csv.Error as error:
        raise DataError(
            f"the table cannot be read: {error}",
            where=f"{path}, line {reader.line_num}",
            hint="a quotation mark may be missing",
        ) from None
    return rows


def delimiter_of(text: str) -> str:
    """The sign that divides the fields: the one that occurs equally often, and most often, in all lines."""
    lines = [line for line in text.splitlines() if line.strip()][:200]
    best, most = ",", 0.0
    for sign in ("\t", ";", ",", "|"):
        counts = [line.count(sign) for line in lines]
        common = max(set(counts), key=counts.count, default=0)
        # A decimal comma also occurs in every line; what divides the fields stands in the header as well.
        if common and counts and counts[0]:
            share = counts.count(common) / len(counts)
            score = share * (2 if sign in ("\t", ";", "|") else 1)
            if score > most:
                best, most = sign, score
    return best


def same_width(rows: Sequence[Line], path: Path) -> None:
    """Refuse rows that have more or fewer fields than the first, naming up to five.

    Raises
    ------
    DataError
    """
    width = len(rows[0].fields)
    odd = [row for row in rows if len(row.fields) != width]
    if odd:
        more = f"; {len(odd)} such rows" if len(odd) > 1 else ""
        raise DataError(
            f"{len(odd[0].fields)} fields, the header has {width}{more}",
            where=f"{path}, " + ", ".join(f"line {row.number}" for row in odd[:5]),
            hint="a decimal comma needs quotation marks, or another sign between the fields",
        )
