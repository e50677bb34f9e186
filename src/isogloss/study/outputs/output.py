"""Folders and files that commands leave: there once they are complete, and one error where they cannot be."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from isogloss.errors import FieldError, StoreError
from isogloss.writing import is_left, replacing, store_error, temporary_name, temporary_prefix

MAKE_READABLE = "make the folder readable for this user"


def check_folder(path: Path, option: str) -> None:
    """Refuse a path that can be no folder, or one that cannot be read; writes nothing.

    Raises
    ------
    StoreError
    """
    hint = f"choose another {option}"
    try:
        near = next(each for each in (path.absolute(), *path.absolute().parents) if each.exists())
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}", hint=hint) from error
    require_readable(near, hint)
    if not near.is_dir():
        raise StoreError(f"{near} is a file, not a folder", hint=hint)


def require_readable(path: Path, hint: str) -> None:
    """Refuse a folder that this user may not list, or whose files this user may not look at.

    Raises
    ------
    StoreError
    """
    try:
        if path.is_dir():
            next((each.is_dir() for each in path.iterdir()), None)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}", hint=hint) from error


def check_unused(out: Path, option: str = "--out") -> None:
    """Refuse a folder that holds something, and a place where no folder can be.

    Raises
    ------
    FieldError
        If it is in use.
    StoreError
        If it lies below a file, or cannot be read.
    """
    check_folder(out.parent, option)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise FieldError(f"{out} exists and is not an empty folder", where=option, hint="choose a new folder")


@contextlib.contextmanager
def new_folder(out: Path, option: str = "--out") -> Iterator[Path]:
    """Make an empty folder to fill, which becomes `out` once the block ends without an error.

    It lies in a scratch folder of its own beside `out`, on the same disk, which is removed in the end.
    What a killed process left of an earlier one is removed first: its name says whose it is.

    Raises
    ------
    FieldError
        If `out` is in use.
    StoreError
        If the place is not writable or the disk is full.
    """
    check_unused(out, option)
    place = out.resolve()
    scratch = place.with_name(temporary_name(place.name))
    folder = scratch / "new"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for left in place.parent.iterdir():
            if left.name.startswith(temporary_prefix(place.name)) and is_left(left):
                shutil.rmtree(left, ignore_errors=True)
        folder.mkdir(parents=True)
        yield folder
        move_folder(folder, place)
    except OSError as error:
        raise store_error(error, out) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def move_folder(folder: Path, place: Path) -> None:
    """Move a folder to a place where there is none, or into an empty one: a shell may stand in it."""
    if not place.exists():
        folder.rename(place)
        return
    for each in list(folder.iterdir()):
        each.rename(place / each.name)


@contextlib.contextmanager
def new_file(out: Path) -> Iterator[TextIO]:
    """Open a text file that takes its place once the block ends without an error.

    Raises
    ------
    StoreError
        If it cannot be written; an older file stands.
    """
    with replacing(out) as partial, partial.open("w", encoding="utf-8", newline="\n") as handle:
        yield handle
