"""Snapshots of a stage that takes long, in the store beside the finished stages."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from isogloss.identity import canonical_json
from isogloss.isolation import leave_as_told
from isogloss.study.forecast.hardware import software_versions
from isogloss.study.outputs.store import Store
from isogloss.tasks.base import sha256_of
from isogloss.training.specs import Snapshot
from isogloss.writing import replacing, store_error, write_text

WORTH_SECONDS = 30.0
"""A training that would lose less than this ends at once on a signal to end."""


class StoredCheckpoints:
    """The last snapshot of one stage: tensors as safetensors, and beside them JSON with both their hashes.

    The JSON is written last, so that a snapshot with it is whole. One that is torn, or of other versions of
    the packages that may change a number, is passed over.

    Parameters
    ----------
    store : Store
    stage_id : str
    seconds : float
        Least time between two snapshots, and before the first.
    """

    def __init__(self, store: Store, stage_id: str, seconds: float) -> None:
        self.folder, self.seconds = store.checkpoint(stage_id), seconds
        self._last = time.monotonic()
        self._told: int | None = None

    @contextlib.contextmanager
    def saved_before_the_end(self) -> Iterator[None]:
        """Within the block SIGTERM takes a snapshot after the update at work, and ends the process then.

        It ends the process at once where little would be lost, and when it is sent twice. Handlers other than
        `leave_as_told` are left as they are, and so is every one outside the main thread.
        """
        before = signal.getsignal(signal.SIGTERM)
        if before is not leave_as_told or threading.current_thread() is not threading.main_thread():
            yield
            return

        def note(number: int, frame: object) -> None:
            if self._told is not None or time.monotonic() - self._last < WORTH_SECONDS:
                leave_as_told(number, frame)
            self._told = number

        signal.signal(signal.SIGTERM, note)
        try:
            yield
        finally:
            signal.signal(signal.SIGTERM, before)
        self._leave_if_told()

    def due(self) -> bool:
        """Whether it is time for the next one."""
        return self._told is not None or time.monotonic() - self._last >= self.seconds

    def save(self, snapshot: Snapshot) -> None:
        """Write a snapshot and remove the one before.

        Raises
        ------
        StoreError
            If the disk is full or not writable; the one before stands.
        """
        tensors = self.folder / f"{snapshot.n_updates}.safetensors"
        content = {name: one.detach().cpu().clone().contiguous() for name, one in snapshot.tensors.items()}
        try:
            with replacing(tensors) as partial:
                save_file(content, partial)
        except SafetensorError as error:  # which reports a full disk in its own words
            code = errno.ENOSPC if "No space left" in str(error) else None
            raise store_error(OSError(code, str(error)), self.folder) from error
        state = {
            "n_updates": snapshot.n_updates,
            "state": snapshot.state,
            "versions": software_versions(),
            "tensors": sha256_of(tensors),
        }
        write_text(self._json(snapshot.n_updates), canonical_json({**state, "sha256": _hash(state)}))
        for path in self.folder.iterdir():
            if path.stem != str(snapshot.n_updates):
                with contextlib.suppress(OSError):
                    path.unlink()
        self._last = time.monotonic()
        self._leave_if_told()

    def load(self) -> Snapshot | None:
        """Read the last snapshot that is whole and of these versions; None if there is none."""
        numbers = sorted((int(p.stem) for p in self.folder.glob("*.json") if p.stem.isdigit()), reverse=True)
        return next(filter(None, map(self._read, numbers)), None)

    def _leave_if_told(self) -> None:
        if self._told is not None:
            leave_as_told(self._told, None)

    def _read(self, number: int) -> Snapshot | None:
        tensors = self.folder / f"{number}.safetensors"
        try:
            state: dict[str, Any] = json.loads(self._json(number).read_text(encoding="utf-8"))
            stated = state.pop("sha256")
            if stated != _hash(state) or state["versions"] != software_versions():
                return None
            if sha256_of(tensors) != state["tensors"]:
                return None
            return Snapshot(number, load_file(tensors), state["state"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError, SafetensorError):
            return None

    def _json(self, number: int) -> Path:
        return self.folder / f"{number}.json"


def _hash(state: dict[str, Any]) -> str:
    return hashlib.sha256(canonical_json(state).encode()).hexdigest()
