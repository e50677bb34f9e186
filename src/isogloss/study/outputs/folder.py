"""The output folder of a study: what it is, where its stages are, its score table and its report."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from isogloss.errors import StoreError, closest
from isogloss.identity import Frozen, fault_in
from isogloss.scores.table import ScoreRow, ScoreTable
from isogloss.study.file.schema import Study
from isogloss.study.outputs.output import MAKE_READABLE, check_folder, require_readable
from isogloss.study.outputs.record import StageRecord
from isogloss.study.outputs.store import CHECKSUMS, Store
from isogloss.study.stages import Cell, PrecisionChoice
from isogloss.writing import (
    TEMPORARY,
    remove_left,
    replacing,
    store_error,
    this_process,
    write_json,
    write_text,
)

if TYPE_CHECKING:
    from isogloss.study.plan import Plan

MANIFEST, STAGES, SCORES = "study.json", "stages", "scores.parquet"
_RUN = ".run~"
"""Begins the name of the note that a run leaves in its folder while it is at work."""
_OWN = (_RUN, TEMPORARY)


class Manifest(Frozen):
    """Content of `study.json`: the resolved study and which stage holds which cell.

    Parameters
    ----------
    study : Study
        As it was run, defaults filled in.
    store : str
        Folder of the stages, relative to the output folder where it lies in it.
    tasks : dict of str to dict
        Cards of the tasks in use.
    cells : tuple of Cell
    stages : tuple of str
        Every stage id of the study, parents first.
    distances, effectiveness : tuple of str
        What the analysis uses, by registry name.
    precision : PrecisionChoice or None
        What ``precision: auto`` came to, which later runs into the folder keep.
    """

    study: Study
    store: str
    tasks: dict[str, dict[str, Any]]
    cells: tuple[Cell, ...]
    stages: tuple[str, ...]
    distances: tuple[str, ...]
    effectiveness: tuple[str, ...]
    precision: PrecisionChoice | None = None


@dataclass(frozen=True)
class StudyFolder:
    """An output folder that belongs to one study."""

    root: Path
    manifest: Manifest

    @property
    def store(self) -> Store:
        """The store that holds the stages."""
        return Store(self.root / self.manifest.store)

    @classmethod
    def open(cls, root: Path) -> StudyFolder:
        """Open the output of an earlier run.

        Raises
        ------
        StoreError
            If `root` is not an output folder, or it or its store cannot be read.
        """
        require_readable(root, MAKE_READABLE)
        if not (root / MANIFEST).is_file():
            found = root.parent.glob(f"*/{MANIFEST}") if root.parent.is_dir() else ()
            others = [path.parent.name for path in found if path.is_file()]
            raise StoreError(
                f"no study was run into {root}",
                where=f"{root / MANIFEST} is missing",
                allowed=closest(root.name, others) if others else None,
                hint="run one: isogloss run STUDY --out FOLDER",
            )
        try:
            manifest = Manifest.model_validate_json((root / MANIFEST).read_text(encoding="utf-8"))
        except (ValueError, OSError) as error:
            told = fault_in(error) if isinstance(error, ValidationError) else str(error)
            raise StoreError(
                f"{MANIFEST} cannot be read: {told}",
                where=str(root / MANIFEST),
                hint="run the study again into this folder",
            ) from None
        folder = cls(root, manifest)
        require_readable(folder.store.root, MAKE_READABLE)
        if manifest.store != STAGES and not folder.store.root.is_dir():
            raise StoreError(
                f"the store of this study does not exist: {folder.store.root}",
                where=str(root / MANIFEST),
                hint="bring the disk that it is on back, or run the study again",
            )
        return folder

    @classmethod
    def claim(cls, root: Path, plan: Plan, store: Path | None) -> StudyFolder:
        """Make `root` the folder of this plan, without writing into the folder of another study.

        Raises
        ------
        StoreError
            If `root` holds another study, files that are not a study, or another run that is at work there
            and has other settings.
        """
        resolved = plan.resolved
        check_claim(root, resolved.study.name)
        manifest = Manifest(
            study=resolved.study.with_training(),
            store=str(store.resolve()) if store else STAGES,
            tasks={name: asdict(task.card) for name, task in resolved.tasks.items()},
            cells=plan.cells,
            stages=tuple(plan.stages),
            distances=resolved.distances,
            effectiveness=resolved.effectiveness,
            precision=plan.precision,
        )
        earlier = earlier_run(root)
        if earlier is not None and _is_shared(root):
            _require_same(root, earlier.manifest, manifest)
        write_json(root / MANIFEST, manifest.model_dump(mode="json"))
        return cls(root, manifest)

    def records(self) -> dict[str, StageRecord]:
        """Record of every finished stage by its id, parents first.

        Raises
        ------
        StoreError
            If a finished stage is not as it was written.
        """
        return self.store.intact_records(self.manifest.stages)

    def scores(self) -> ScoreTable:
        """Every cell that has a score so far.

        Raises
        ------
        StoreError
            If a finished evaluation is not as it was written.
        """
        scored = dict.fromkeys(cell.stage_id for cell in self.manifest.cells)
        return self.table(self.store.intact_records(scored))

    def table(self, records: Mapping[str, StageRecord]) -> ScoreTable:
        """Make the score table of the cells whose stage has a record here."""
        return ScoreTable.of(
            ScoreRow(**cell.model_dump(), **result.model_dump())
            for cell in self.manifest.cells
            if cell.stage_id in records and (result := records[cell.stage_id].result) is not None
        )

    def failures(self) -> list[dict[str, Any]]:
        """Content of `error.json` for each stage that failed and was not redone."""
        found = map(self.store.failure, self.manifest.stages)
        return [failure for failure in found if failure is not None]


def write_parquet(table: ScoreTable, folder: Path) -> None:
    """Write the score table of a study into a folder, whole or not at all.

    Raises
    ------
    StoreError
        If the disk is full or not writable, or the table is empty and there is one with scores; the old file
        stands.
    """
    path = folder / SCORES
    if not len(table) and path.is_file() and len(ScoreTable.read_parquet(path)):
        raise StoreError(
            "no cell of the study has a score, but there is a table of scores: it and the report stand",
            where=str(path),
            hint=f"bring back {STAGES}/, or the disk with the store; or write elsewhere, with --out",
        )
    with replacing(path) as temporary:
        table.write_parquet(temporary)


def earlier_run(root: Path) -> StudyFolder | None:
    """Output of an earlier run into a folder; None if there was none, or nothing can be known of it."""
    try:
        return StudyFolder.open(root) if (root / MANIFEST).is_file() else None
    except StoreError:
        return None


@contextlib.contextmanager
def at_work(root: Path) -> Iterator[None]:
    """Make the output folder and note in it that a run is at work; the note ends with the process.

    Several runs of one study may be at work in a folder: they share the stages. See `StudyFolder.claim`.

    Raises
    ------
    StoreError
        If the folder cannot be made or written.
    """
    note = root / f"{_RUN}{this_process()}"
    try:
        root.mkdir(parents=True, exist_ok=True)
        remove_left(root)
    except OSError as error:
        raise store_error(error, root) from error
    write_text(note, "")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            note.unlink()


def _is_shared(root: Path) -> bool:
    """Whether other runs are at work in a folder; notes of processes that are gone are removed."""
    remove_left(root, _RUN)
    return any(note.name != f"{_RUN}{this_process()}" for note in root.glob(f"{_RUN}*"))


def _require_same(root: Path, before: Manifest, now: Manifest) -> None:
    """Refuse to change what a run at work in the folder says of itself."""
    free = {"study": {"execution", "slurm", "ray"}}
    if before.model_dump(mode="json", exclude=free) != now.model_dump(mode="json", exclude=free):
        raise StoreError(
            "another run with other settings is at work in this folder",
            where=str(root),
            hint="wait for it, stop it, or choose another --out",
        )


def check_claim(root: Path, name: str) -> None:
    """Refuse an output folder that belongs to something else; writes nothing.

    Raises
    ------
    StoreError
        If `root` is a file or below one, holds another study, or files that are not a study.
    """
    check_folder(root, "--out")
    if (root / MANIFEST).is_file():
        other = _name_in(root / MANIFEST)
        if other not in (None, name):
            raise StoreError(
                f"{root} holds the study '{other}', not '{name}'",
                where=str(root / MANIFEST),
                hint="choose another --out, or give both studies one --store to share their stages",
            )
    elif (
        root.is_dir()
        and any(not path.name.startswith(_OWN) for path in root.iterdir())
        and not any((root / STAGES).glob(f"*/{CHECKSUMS}"))  # of a run whose manifest is lost
    ):
        raise StoreError(
            f"{root} is not empty and holds no study",
            where=str(root),
            hint="choose an empty folder, or one of an earlier run of this study",
        )


def _name_in(manifest: Path) -> str | None:
    """Name of the study in a manifest; None if it cannot be read, as after a disk was full."""
    try:
        return str(json.loads(manifest.read_bytes())["study"]["name"])
    except (OSError, ValueError, LookupError, TypeError):
        return None
