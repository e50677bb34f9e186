"""Opening data files of the user: compressed or not, in any Unicode encoding."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from isogloss.errors import DataError, FieldError

_OPENERS: Mapping[str, Callable[[Path], Any]] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
COMPRESSED = tuple(_OPENERS)
"""Endings of compressed files that the standard library reads."""

BROKEN_ARCHIVE = (EOFError, zlib.error, lzma.LZMAError)
"""Exceptions that the standard library raises for a broken archive, other than OSError."""

LONGEST_FIELD = (1 << 31) - 1
"""Most characters of a field that `allow_long_fields` lets `csv` read."""

_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\0\0": "utf-32",
    b"\0\0\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
"""Byte order mark to encoding; of two that begin alike the longer comes first."""


def as_path(value: object, where: str) -> Path:
    """Take what a caller gives as a path, ``~`` being the home folder.

    Raises
    ------
    FieldError
        If it is neither a text nor a path.
    """
    if not isinstance(value, str | Path):
        raise FieldError(f"{value!r} is not a path", where=where, hint="give a text or a pathlib.Path")
    return Path(value).expanduser()


def unclear_comma(texts: Iterable[str]) -> str | None:
    """Find a number such as ``1,030`` where no other tells whether commas divide thousands or fractions.

    Parameters
    ----------
    texts : iterable of str
        Fields of one table or column.

    Returns
    -------
    str or None
        The first such number; None where there is none, or another has a comma that divides fractions only.
    """
    commas = [text for text in texts if re.fullmatch(r"[+-]?\d*,\d+", text)]
    return commas[0] if commas and all(re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", c) for c in commas) else None


def comma_error(text: str, where: str) -> DataError:
    """The error for what `unclear_comma` found."""
    return DataError(
        f"'{text}' can be {text.replace(',', '')} or {text.replace(',', '.')}",
        where=where,
        allowed="numbers without a comma between thousands",
        hint="leave the comma out, or write a point",
    )


def suffix_of(path: Path) -> str:
    """Ending that names the format, in lower case: ``".tsv"`` for ``train.tsv.gz``."""
    suffix = path.suffix.lower()
    return Path(path.stem).suffix.lower() if suffix in COMPRESSED else suffix


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacked if its ending says that it is compressed.

    Raises
    ------
    OSError
        If it cannot be opened. Reading a broken archive also raises one of `BROKEN_ARCHIVE`.
    """
    opener = _OPENERS.get(path.suffix.lower())
    opened: IO[bytes] = path.open("rb") if opener is None else opener(path)
    return opened


def encoding_of(content: bytes) -> str:
    """Encoding that the byte order mark names, as Python spells it; ``"utf-8"`` without a mark."""
    return next((name for mark, name in _MARKS.items() if content.startswith(mark)), "utf-8")


def refuse_pointer(content: bytes, path: Path | str, what: str = "the file") -> None:
    """Refuse a pointer of Git LFS in place of the contents of a file.

    Parameters
    ----------
    content : bytes
    path : path
    what : str
        The file in words, for the message.

    Raises
    ------
    DataError
    """
    if content.startswith(b"version https://git-lfs.github.com/spec/"):
        raise DataError(
            f"{what} is a pointer of Git LFS, not the file itself",
            where=str(path),
            hint="fetch the contents in the repository of the file: git lfs pull",
        )


def allow_long_fields() -> None:
    """Let `csv` read fields of any length; by default one of more than 131,072 characters is an error."""
    if csv.field_size_limit() < LONGEST_FIELD:
        csv.field_size_limit(LONGEST_FIELD)
