"""Reading the files of tasks as UTF-8 text, with the cause named where a file is not text."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from isogloss.data_files import BROKEN_ARCHIVE, COMPRESSED, encoding_of, open_bytes, refuse_pointer
from isogloss.errors import DataError

LARGEST = 4 << 30
"""Bytes that one file may hold when unpacked; a small archive can unpack to any size."""


def read_bytes(path: Path) -> bytes:
    """Read a whole file, unpacked.

    Raises
    ------
    DataError
        If it cannot be read, unpacks to more than `LARGEST` bytes, or is a pointer of Git LFS.
    """
    try:
        with open_bytes(path) as handle:
            raw = handle.read(LARGEST + 1)
    except (OSError, *BROKEN_ARCHIVE) as error:
        raise unreadable(path, error) from None
    if len(raw) > LARGEST:
        raise DataError(
            f"the file holds more than {LARGEST >> 30} GiB", where=str(path), hint="divide it into shards"
        )
    refuse_pointer(raw, path)
    return raw


def unreadable(path: Path, error: Exception) -> DataError:
    """Say why a file cannot be read."""
    reason = (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
    is_broken = path.suffix.lower() in COMPRESSED and getattr(error, "errno", None) is None
    what = "the archive is broken" if is_broken else "the file cannot be read"
    return DataError(f"{what}: {reason}", where=str(path))


def read_text(path: Path) -> str:
    """Read a UTF-8 file; a byte order mark is not part of the text, nor one in front of a later line.

    Files that were put together with ``cat`` hold byte order marks in the middle.

    Raises
    ------
    DataError
        If the file cannot be read, is empty, is not UTF-8, or holds NUL characters.
    """
    raw = read_bytes(path)
    if not raw.strip():
        raise DataError(f"the file is empty ({len(raw)} bytes)", where=str(path), hint="download it again")
    text = decoded(raw, path)
    if "\0" in text:
        raise DataError(
            "a NUL character",
            where=f"{path}, line {text.count(chr(10), 0, text.index(chr(0))) + 1}",
            allowed="text in UTF-8",
            hint="the file is damaged or no text: download it again",
        )
    # One with a column of its own is a word: it occurs in WikiAnn.
    return re.sub("\n\ufeff(?![\t ])", "\n", text) if "\n\ufeff" in text else text


def decoded(raw: bytes, path: Path) -> str:
    """Decode UTF-8 without its byte order mark.

    Raises
    ------
    DataError
        For other bytes; names line, offset and, where it can be recognised, the encoding.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise not_utf8(raw, error.start, f"{path}, line {line}", path) from None


def not_utf8(raw: bytes, at: int, place: str, path: Path) -> DataError:
    """Say which byte is not UTF-8 and how to convert the file."""
    marked = encoding_of(raw).upper()
    encoding = "LATIN1" if marked.startswith("UTF-8") else marked
    what = f"byte 0x{raw[at]:02x} is not UTF-8" if encoding == "LATIN1" else f"the file is in {encoding}"
    return DataError(
        what,
        where=f"{place}, byte offset {at}",
        allowed="text in UTF-8",
        hint=f"convert it, for example: iconv -f {encoding} -t UTF-8 {path.name}",
    )


def lines_of(text: str) -> list[str]:
    """Lines without their ends, numbered as editors do: LF, CRLF, or CR in files that have no LF."""
    if "\n" not in text and "\r" in text:
        return text.split("\r")
    return [line.rstrip("\r") for line in text.split("\n")]


def check_text(value: Any, where: str) -> None:
    """Refuse text that is not Unicode text, anywhere in a value: JSON can spell halves of surrogate pairs.

    Raises
    ------
    DataError
    """
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise DataError("JSON that is nested too deeply", where=where) from None
    except UnicodeEncodeError as error:
        what = f"{error.object[error.start]!a} is half of a surrogate pair, which is not a character"
        raise DataError(what, where=where, hint="correct the escape") from None
