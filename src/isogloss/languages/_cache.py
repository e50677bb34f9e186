"""Arrays that take long to work out, kept between runs.

Nothing depends on the folder: an array that is missing, damaged or cannot be written is worked out again.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def folder() -> Path:
    """``isogloss`` in ``$XDG_CACHE_HOME``, else in ``~/.cache``."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path("~/.cache").expanduser()) / "isogloss"


def kept(name: str, build: Callable[[], NDArray[Any]]) -> NDArray[Any]:
    """Array `name` from the cache, or from `build`, read-only.

    Parameters
    ----------
    name : str
        Names content and version: another content needs another name.
    build : callable
        Works the array out.
    """
    path = folder() / f"{name}.npy"
    with contextlib.suppress(OSError, ValueError, EOFError):
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))  # as a plain, quicker array
    array = build()
    with contextlib.suppress(OSError):
        _write(array, path)
    array.flags.writeable = False
    return array


def _write(array: NDArray[Any], path: Path) -> None:
    """Write under a temporary name, so that a reader never sees half an array."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    try:
        with os.fdopen(handle, "wb") as file:
            np.save(file, array, allow_pickle=False)
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
