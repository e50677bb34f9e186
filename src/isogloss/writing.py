"""Files that are written whole or not at all, under temporary names that state which process writes."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from isogloss.errors import IsoglossError, StoreError

LEFT_SECONDS = 86_400.0
"""Temporary files of other machines are removed once they are this old."""

TEMPORARY = ".tmp-"
DISK_FULL = "the disk is full"
_SEPARATOR = "~"


@dataclass(frozen=True)
class Owner:
    """A process: its machine, its number there, and when it started, since numbers are used again."""

    machine: str
    process: int
    started: str

    def __str__(self) -> str:
        return _SEPARATOR.join((self.machine, str(self.process), self.started))

    @classmethod
    def parse(cls, text: str) -> Owner | None:
        """Read what `str` gave; None if it is something else."""
        parts = text.split(_SEPARATOR)
        if len(parts) != 3 or not parts[1].isdigit():
            return None
        return cls(parts[0], int(parts[1]), parts[2])

    def is_alive(self) -> bool | None:
        """Whether the process still runs; None if that cannot be known from here."""
        if self.machine != _machine() or os.name == "nt":
            return None
        try:
            os.kill(self.process, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # it is another user's
        return _start_of(self.process) == self.started


def this_process() -> Owner:
    """Name the process that asks."""
    return Owner(_machine(), os.getpid(), _start_of(os.getpid()))


@cache
def _machine() -> str:
    """Host name and, where process numbers count for a container alone, the container."""
    host = re.sub(r"[^A-Za-z0-9.-]+", "-", socket.gethostname()) or "machine"
    with contextlib.suppress(OSError):
        return f"{host}-{Path('/proc/self/ns/pid').stat().st_ino}"
    return host


def _start_of(process: int) -> str:
    """Start time of a process in ticks since the machine started; ``x`` where the system does not say.

    Empty where the process has ended and its parent did not ask how, as the first one of a container may not.
    """
    try:
        text = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace")
        state = text.rpartition(")")[2].split()
        return "" if state[0] in "ZX" else state[19]
    except (OSError, IndexError):
        return "x"


def temporary_name(name: str) -> str:
    """Make a name for a file or folder that is being written; unlike any other, also of this process."""
    return f"{temporary_prefix(name)}{uuid4().hex[:8]}{_SEPARATOR}{this_process()}"


def temporary_prefix(name: str) -> str:
    """Begin the temporary names of one file or folder; long names are cut, as file systems limit them."""
    return f"{TEMPORARY}{name[:60]}."


def owner_of(path: Path) -> Owner | None:
    """Owner that the name of a temporary file, a lease of a run, or a folder of jobs states."""
    return Owner.parse(_SEPARATOR.join(path.name.split(_SEPARATOR)[-3:]))


def is_left(path: Path) -> bool:
    """Whether what `temporary_name` named was left behind by a process that is gone."""
    owner = owner_of(path)
    if owner is None:
        return False
    alive = owner.is_alive()
    if alive is None:
        with contextlib.suppress(OSError):
            return time.time() - path.stat().st_mtime > LEFT_SECONDS
    return alive is False


def remove_left(folder: Path, prefix: str = TEMPORARY) -> None:
    """Remove temporary files and folders, or others named after a process, whose process is gone."""
    for path in folder.glob(f"{prefix}*"):
        if not is_left(path):
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a place for the new content of a file, which takes the file's place once the block ends.

    The file is either the old one or the new one, also after a crash or on a full disk.

    Raises
    ------
    StoreError
        If the path names no file, or the disk is full or not writable; the old file stands.
    """
    if not path.name:
        raise StoreError("not the name of a file", where=str(path), hint="name a file to write")
    temporary = path.with_name(temporary_name(path.name))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        with temporary.open("r+b") as handle:  # Windows flushes no file that is open for reading alone
            os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError as error:
        raise store_error(error, path) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, see `replacing`; what is not UTF-8, in names of files, is escaped."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")


def write_json(path: Path, value: Any) -> None:
    """Write JSON that people read: indented, keys sorted."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def store_error(error: OSError, where: Path) -> OSError:
    """Describe a failure of a file in words that say what to do; an error of isogloss says so itself.

    Parameters
    ----------
    error : OSError
    where : Path
        What the user named; shown unless the error is about another file that is there to stay.
    """
    if isinstance(error, IsoglossError):
        return error
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return StoreError(
            DISK_FULL, where=str(where), hint="free space and run again: finished stages are kept"
        )
    if error.errno in {errno.EACCES, errno.EROFS, errno.EPERM}:
        return StoreError("the folder is not writable", where=str(where), hint="choose another folder")
    file = str(error.filename or where)
    return StoreError(
        f"cannot write: {error.strerror or error}",
        where=str(where) if TEMPORARY in file else file,
        hint="choose another place",
    )
