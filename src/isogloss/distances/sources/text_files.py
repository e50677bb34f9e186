"""Text of the user's own tables: decoded, unpacked, divided into fields."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from isogloss.errors import DataError

NAME = None

LONGEST_FIELD = 100_000
"""Most characters of a field; the longest of Glottolog's and WALS's CLDF tables have a few thousand."""

_LARGEST = 2_000_000_000
"""Most bytes that a compressed file is unpacked to."""

_PACKED = (".gz", ".bz2", ".xz", ".zip")
_LFS = b"version https://git-lfs.github.com/spec/"
_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
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
        content = _unpacked(path, path.read_bytes())
    except OSError as error:
        raise DataError(
            f"{what} cannot be read: {error.strerror or error}", where=str(path), hint="check the path"
        ) from None
    except (EOFError, ValueError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, RuntimeError) as error:
        raise DataError(
            f"{what} cannot be unpacked: {error}", where=str(path), hint="unpack it, or load it again"
        ) from None
    if content.startswith(_LFS):
        raise DataError(
            f"{what} is a pointer of Git LFS, not the file itself",
            where=str(path),
            hint="fetch the file in its repository: git lfs pull",
        )
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")
    if encoding.startswith("utf-8") and b"\0" in content:
        kind = next((name for head, name in _OTHER_FORMATS.items() if content.startswith(head)), "no text")
        line = content.count(b"\n", 0, content.index(b"\0")) + 1
        raise DataError(
            f"{what} is {kind}: it holds a NUL character", where=f"{path}, line {line}", hint="save it as CSV"
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
    return Path(path.stem).stem if path.suffix.lower() in _PACKED else path.stem


def _unpacked(path: Path, content: bytes) -> bytes:
    suffix = path.suffix.lower()
    if suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise ValueError(f"the archive holds {len(names)} files, and one is expected")
            with archive.open(names[0]) as file:
                return _limited(file.read(_LARGEST + 1))
    packed = io.BytesIO(content)
    if suffix == ".gz":
        return _limited(gzip.GzipFile(fileobj=packed).read(_LARGEST + 1))
    if suffix == ".bz2":
        return _limited(bz2.BZ2File(packed).read(_LARGEST + 1))
    if suffix == ".xz":
        return _limited(lzma.LZMAFile(packed).read(_LARGEST + 1))
    return content


def _limited(content: bytes) -> bytes:
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
            if any(len(field) > LONGEST_FIELD for field in fields):
                longest = max(map(len, fields))
                raise DataError(
                    f"a field of {longest:,} characters",
                    where=f"{path}, line {reader.line_num}",
                    allowed=f"fields of at most {LONGEST_FIELD:,} characters",
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
