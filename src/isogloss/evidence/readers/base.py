"""What a reader is, and the limits that every file has to keep."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from isogloss.evidence.base import Block, Parsed, Table
from isogloss.registry import Registry


class UnreadableError(Exception):
    """A file that cannot be read; the message says why. The caller reports and skips it."""


@dataclass(frozen=True)
class Limits:
    """What a file may cost.

    Parameters
    ----------
    megabytes : float
        Size of the file.
    pages : int
        Pages of a PDF.
    seconds : float
        Time for one file that is read in a process of its own.
    memory_megabytes : int
        Address space of that process.
    """

    megabytes: float = 50.0
    pages: int = 500
    seconds: float = 120.0
    memory_megabytes: int = 2048


class Reader(Protocol):
    """A file in ``evidence/readers/`` defines ``NAME`` and ``READER``."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File endings it reads, in lower case, with the dot."""

    @property
    def bytes_to_trust(self) -> int:
        """Size up to which a file cannot take long, whatever stands in it; a larger one is read apart."""

    def parse(self, path: Path, limits: Limits) -> Parsed:
        """Read one file; limits of time and memory are kept by the caller.

        Raises
        ------
        UnreadableError
            If it cannot be read.
        """


READERS: Registry[Reader] = Registry("reader", "isogloss.evidence.readers", "READER")

CITED_AS_SUBJECT, CITED_IN_BRACKETS = "[Cited work]", "[cited]"
"""What stands in the text of a source for a reference to other work, whose key says nothing to a reader."""

_CAPTION = re.compile(r"^[\s*_]*Tab(?:le|\.)\s*\w+", re.IGNORECASE)
_YEAR = re.compile(r"\b(19[89]\d|20\d\d)\b")


def read_text_file(path: Path) -> str:
    """The text of a file in UTF-8 or as its byte order mark says, or in Latin-1 where it is neither.

    Raises
    ------
    UnreadableError
        If it holds NUL bytes, so is no text.
    """
    data = path.read_bytes()
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\x00" in data:
        raise UnreadableError("no text: it holds NUL bytes")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def with_captions(blocks: list[Block]) -> list[Block]:
    """Give a table without a caption the paragraph beside it that reads as one ("Table 2: ...")."""
    out = list(blocks)
    used: set[int] = set()
    for i, block in enumerate(out):
        if block.table is None or block.table.caption:
            continue
        for j in (i - 1, i + 1):
            if (
                0 <= j < len(out)
                and j not in used
                and out[j].kind == "paragraph"
                and _CAPTION.match(out[j].text)
            ):
                table = Table(out[j].text.strip(), block.table.header, block.table.rows)
                out[i] = Block("table", table.as_text(), block.page, block.line, table)
                used.add(j)
                break
    return [block for i, block in enumerate(out) if i not in used]


def first_year(text: str) -> int | None:
    """The first year that stands in a text."""
    match = _YEAR.search(text)
    return int(match[1]) if match else None
