"""Which process writes what, on one machine or on many that share a file system; no locks.

Nothing rests on these notes but economy: a stage is written under a name of its own and renamed, so that two
processes that compute the same stage leave the same result. A lease says that a stage is being computed, so
that others wait for it instead. It cannot go stale: on its own machine a lease ends with its process; on
others it has ended once it did not change for a while of watching, whatever the clocks of the machines say.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isogloss.writing import Owner, remove_left, temporary_name, this_process

BEAT_SECONDS = 20.0
EXPIRY_SECONDS = 180.0
"""A lease of another machine that did not change for so long has ended; file systems show changes late."""

_LEASE = ".work-"


@dataclass
class Leases:
    """Who is at work on what, noted in a folder.

    Parameters
    ----------
    root : Path
    """

    root: Path
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)

    def take(self, name: str, about: Mapping[str, Any] | None = None) -> Lease | None:
        """Take a lease; None if somebody else holds it.

        Parameters
        ----------
        name : str
        about : mapping, optional
            Kept in the file, for `held`.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        content = json.dumps({"owner": str(this_process()), **(about or {})})
        for _ in range(2):
            if _create(self._path(name), content):
                return Lease(self._path(name), content)
            if self.is_held(name):
                return None
            self._remove(name)
        return None

    def is_held(self, name: str) -> bool:
        """Whether a process is at work; of one on another machine, whether it showed a sign of life."""
        path = self._path(name)
        try:
            changed = path.stat().st_mtime_ns
        except OSError:
            self._seen.pop(name, None)
            return False
        owner = Owner.parse(str(_content(path).get("owner", "")))
        alive = None if owner is None else owner.is_alive()
        if alive is not None:
            return alive
        last, since = self._seen.get(name, (None, 0.0))
        if changed != last:
            self._seen[name] = changed, time.monotonic()
            return True
        return time.monotonic() - since < EXPIRY_SECONDS

    def held(self) -> Iterator[Mapping[str, Any]]:
        """Yield what every living lease says of itself, with its `name`."""
        for path in sorted(self.root.glob(f"{_LEASE}*")):
            name = path.name.removeprefix(_LEASE)
            if self.is_held(name):
                yield {**_content(path), "name": name}

    def clean(self) -> None:
        """Remove the leases of processes that are gone, as far as that can be known."""
        remove_left(self.root, _LEASE)
        for path in self.root.glob(f"{_LEASE}*"):
            name = path.name.removeprefix(_LEASE)
            if not self.is_held(name):
                self._remove(name)

    def _remove(self, name: str) -> None:
        """Remove an ended lease; of several that try, one does, and none removes its successor unseen."""
        aside = self.root / temporary_name(f"lease-{name}")
        with contextlib.suppress(OSError):
            self._path(name).rename(aside)
            aside.unlink()

    def _path(self, name: str) -> Path:
        return self.root / f"{_LEASE}{name}"


class Lease:
    """A lease that is held: it shows a sign of life until it is released, and ends with its process."""

    def __init__(self, path: Path, content: str) -> None:
        self.path, self._content = path, content
        self._over = threading.Event()
        threading.Thread(target=self._beat, daemon=True).start()

    def __enter__(self) -> Lease:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def release(self) -> None:
        """Let others have it; a lease that was taken over meanwhile is left alone."""
        self._over.set()
        with contextlib.suppress(OSError):
            if self.path.read_text(encoding="utf-8") == self._content:
                self.path.unlink()

    def _beat(self) -> None:
        while not self._over.wait(BEAT_SECONDS):
            with contextlib.suppress(OSError):
                os.utime(self.path)


def _create(path: Path, content: str) -> bool:
    """Create a file that is not there yet, whole from the first moment; False if it is there."""
    whole = path.with_name(temporary_name(path.name.removeprefix(".")))
    try:
        whole.write_text(content, encoding="utf-8")
        try:
            os.link(whole, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without links; each has an error of its own for that
            with path.open("x", encoding="utf-8") as handle:
                handle.write(content)
    except FileExistsError:
        return False
    finally:
        with contextlib.suppress(OSError):
            whole.unlink()
    return True


def _content(path: Path) -> dict[str, Any]:
    """Parse a lease; empty where it is just being written or taken away."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
