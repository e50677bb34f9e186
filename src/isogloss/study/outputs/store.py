"""The stage store: one directory per stage, complete or absent, checked on every read.

A stage is written under a temporary name, its files are fsynced, and the directory is renamed; a directory
under its final name is therefore complete. Several processes, on one machine or on many that share the file
system, may write at once: each under names of its own, and of two that finish the same stage the first stays.
`checksums.json` lists size and SHA-256 of every file, and the hash of that list. A directory that fails its
checksums is set aside and its stage redone.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from isogloss.errors import StoreError, some_of
from isogloss.identity import canonical_json
from isogloss.study.outputs.ownership import Leases
from isogloss.study.outputs.record import StageRecord, read_json, read_record
from isogloss.tasks.base import sha256_of
from isogloss.writing import remove_left, store_error, temporary_name, write_text

CHECKSUMS = "checksums.json"
RECORD = "record.json"
MODEL = "model"
_KEPT = "kept"
"""File beside weights that a study shall keep, whatever other studies share the store."""


@dataclass(frozen=True)
class Store:
    """Stages under one folder, by stage id.

    Parameters
    ----------
    root : Path
        Created on the first write.
    """

    root: Path

    def folder(self, stage_id: str) -> Path:
        """Where the finished stage is or will be."""
        return self.root / stage_id

    def is_done(self, stage_id: str) -> bool:
        """Whether the stage is complete, which every folder under a final name is, if not damaged since."""
        return self.folder(stage_id).is_dir()

    def has_model(self, stage_id: str) -> bool:
        """Whether the stage is complete and its weights were kept."""
        return self.is_done(stage_id) and (self.folder(stage_id) / MODEL).is_dir()

    def record(self, stage_id: str) -> StageRecord:
        """The record of a finished stage; see `read_record`."""
        return read_record(self.folder(stage_id) / RECORD, stage_id)

    def intact_records(self, stage_ids: Iterable[str]) -> dict[str, StageRecord]:
        """Records of those of the stages that are finished, each by its id; weights are not hashed.

        Raises
        ------
        StoreError
            With every finished stage that is not as it was written.
        """
        done = [stage for stage in stage_ids if self.is_done(stage)]
        faults = {stage: fault for stage in done if (fault := self.verify(stage, with_model=False))}
        if faults:
            listed = some_of([f"{stage}: {fault}" for stage, fault in faults.items()], 8, "; ")
            raise StoreError(
                f"{len(faults)} finished stages were changed or damaged since they were written: {listed}",
                where=str(self.root),
                hint="run the study again: it sets them aside and redoes them",
            )
        return {stage: read_record(self.folder(stage) / RECORD, stage) for stage in done}

    def checkpoint(self, stage_id: str) -> Path:
        """Folder of the snapshots of a stage that is being trained."""
        return self.root / f"checkpoint-{stage_id}"

    def model(self, stage_id: str) -> Path:
        """Folder of the stage's weights."""
        return self.folder(stage_id) / MODEL

    def verify(self, stage_id: str, *, with_model: bool) -> str | None:
        """What is wrong with a finished stage, or None.

        Parameters
        ----------
        stage_id : str
        with_model : bool
            Hash the weights too; otherwise only their size is compared.
        """
        folder = self.folder(stage_id)
        try:
            for name, entry in _read_checksums(folder).items():
                path = folder / name
                if name.startswith(f"{MODEL}/") and not (folder / MODEL).is_dir():
                    continue
                if path.stat().st_size != entry["size"]:
                    return f"{name} has {path.stat().st_size} bytes, not {entry['size']}"
                hashed = with_model or not name.startswith(f"{MODEL}/")
                if hashed and sha256_of(path) != entry["sha256"]:
                    return f"{name} fails its checksum"
        except FileNotFoundError as error:
            return f"{Path(error.filename).name} is missing"
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            return f"{CHECKSUMS} cannot be read"
        return None

    def set_aside(self, stage_id: str) -> Path | None:
        """Move a damaged stage out of the way; return where it is now, or None if another process did."""
        aside = self.root / f"damaged-{stage_id}-{uuid4().hex[:8]}"
        try:
            return self.folder(stage_id).rename(aside)
        except FileNotFoundError:
            return None

    def keep_model(self, stage_id: str) -> None:
        """Let `drop_model` leave the weights of a finished stage, also when another study asks for it."""
        try:
            if self.has_model(stage_id):
                (self.folder(stage_id) / _KEPT).touch()
        except OSError as error:
            raise store_error(error, self.root) from error

    def drop_model(self, stage_id: str) -> None:
        """Delete the weights of a finished stage that are not to be kept; safe to interrupt."""
        if not (self.folder(stage_id) / _KEPT).exists():
            self.delete(self.model(stage_id))

    def delete(self, folder: Path) -> None:
        """Delete a folder that another process may read or delete too, so that none finds half of it.

        Raises
        ------
        StoreError
            If it cannot be deleted.
        """
        doomed = self.root / temporary_name(folder.name)
        try:
            folder.rename(doomed)
        except FileNotFoundError:
            return
        except OSError as error:
            raise store_error(error, self.root) from error
        shutil.rmtree(doomed, ignore_errors=True)

    @contextlib.contextmanager
    def writing(self, stage_id: str) -> Iterator[Path]:
        """A folder to write a stage into; becomes the finished stage when the block ends without error.

        Raises
        ------
        StoreError
            If the disk is full or not writable; nothing is left behind.
        """
        temporary = self.root / temporary_name(stage_id)
        try:
            temporary.mkdir(parents=True)
            yield temporary
            _seal(temporary)
            if self.is_done(stage_id) and not self.has_model(stage_id):
                self.delete(self.folder(stage_id))  # redone because its weights had been dropped
            try:
                temporary.rename(self.folder(stage_id))
            except OSError:
                if not self.is_done(stage_id):  # else another process was first
                    raise
            fsync_folder(self.root)
        except OSError as error:
            raise store_error(error, self.root) from error
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def note_failure(self, stage_id: str, error: Mapping[str, Any]) -> None:
        """Leave `error.json` for a stage that failed."""
        write_text(self._failure(stage_id), json.dumps(error, indent=2, ensure_ascii=False))

    def forget(self, stage_id: str) -> None:
        """Remove what a finished stage needs no more: the note of an earlier failure, and its snapshots."""
        shutil.rmtree(self._failure(stage_id).parent, ignore_errors=True)
        shutil.rmtree(self.checkpoint(stage_id), ignore_errors=True)

    def has_failed(self, stage_id: str) -> bool:
        """Whether the stage failed and was not redone."""
        return self._failure(stage_id).is_file()

    def failure(self, stage_id: str) -> dict[str, Any] | None:
        """Content of `error.json` of a stage that failed and was not redone."""
        return read_json(self._failure(stage_id)) if self.has_failed(stage_id) else None

    def _failure(self, stage_id: str) -> Path:
        return self.root / f"failed-{stage_id}" / "error.json"

    @property
    def leases(self) -> Leases:
        """Who computes what."""
        return Leases(self.root)

    def clean(self) -> None:
        """Remove what killed processes left half-written."""
        remove_left(self.root)
        self.leases.clean()


def fsync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable; Windows opens no folders and does so by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _seal(folder: Path) -> None:
    """Write the checksums of every file and flush all of it to the disk."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    sums: dict[str, dict[str, Any]] = {}
    for path in files:
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
        sums[path.relative_to(folder).as_posix()] = {"size": path.stat().st_size, "sha256": sha256_of(path)}
    with (folder / CHECKSUMS).open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(_checksums_text(sums))
        handle.flush()
        os.fsync(handle.fileno())
    for inner in sorted({path.parent for path in files} | {folder}):
        fsync_folder(inner)


def _checksums_text(sums: Mapping[str, Mapping[str, Any]]) -> str:
    """Checksums of files with their own."""
    own = hashlib.sha256(canonical_json(sums).encode()).hexdigest()
    return canonical_json({"files": sums, "sha256": own})


def _read_checksums(folder: Path) -> dict[str, dict[str, Any]]:
    """Sizes and hashes of the files of a stage; ValueError if the list itself was changed."""
    text = (folder / CHECKSUMS).read_text(encoding="utf-8")
    sums: dict[str, dict[str, Any]] = json.loads(text)["files"]
    if _checksums_text(sums) != text:
        raise ValueError(f"{CHECKSUMS} fails its own checksum")
    return sums
