"""From a study file to what a run is handed; the command line and the Python interface begin runs here."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from isogloss.errors import StoreError
from isogloss.extras import require
from isogloss.modeling.device import AUTO, find_device, is_device_name
from isogloss.study.executor import EXECUTORS
from isogloss.study.file.yaml_text import StudyFile
from isogloss.study.forecast.precision import choose_by_time
from isogloss.study.outputs.folder import MANIFEST, StudyFolder, at_work, check_claim, earlier_run
from isogloss.study.outputs.output import check_folder
from isogloss.study.outputs.status import Status, load_pending_data, status_of
from isogloss.study.outputs.store import Store
from isogloss.study.plan import Plan, make_plan
from isogloss.study.tracker import TRACKERS
from isogloss.tasks.base import TaskData


@dataclass(frozen=True)
class Prepared:
    """A study that was checked and compared with what is done; nothing is written yet.

    Parameters
    ----------
    root : Path
        Output folder.
    kept : Path or None
        Folder of the stages where it is not in the output folder.
    plan : Plan
    status : Status
    """

    root: Path
    kept: Path | None
    plan: Plan
    status: Status

    @property
    def store(self) -> Store:
        """The store of the stages."""
        return _store(self.root, self.kept)

    def read_data(self) -> list[TaskData]:
        """Read every split that a pending stage reads: bad files are found before a model is loaded.

        Raises
        ------
        StudyError
            With one problem per bad file.
        """
        return load_pending_data(self.plan, self.status)

    @contextlib.contextmanager
    def claimed(self) -> Iterator[StudyFolder]:
        """Make the output folder that of the study, and note in it that a run is at work.

        Raises
        ------
        StoreError
            If the folder holds something else, is in use with other settings, or cannot be written.
        """
        with at_work(self.root):
            yield StudyFolder.claim(self.root, self.plan, self.kept)


def prepare(
    file: StudyFile, root: Path, kept: Path | None, *, is_dry: bool = False, must_measure: bool = False
) -> Prepared:
    """Check a study and where it shall go, make its plan, and compare that with what is done.

    Parameters
    ----------
    file : StudyFile
    root : Path
        Output folder.
    kept : Path or None
        Folder for the stages, to share them between studies.
    is_dry : bool
        Nothing will be run: nothing is timed to choose a precision.
    must_measure : bool
        Time what was not timed yet, also for a dry run or where jobs run on other machines.

    Raises
    ------
    StudyError
        With every problem of the study.
    FieldError
        If this machine does not have the device.
    MissingExtraError
        If the package of a tracker is not installed.
    StoreError
        If a folder holds something else, cannot be read, or has its stages in another store.
    """
    check_claim(root, file.study.name)
    _require_same_store(root, kept)
    check_folder(_store(root, kept).root, "--out" if kept is None else "--store")
    execution = file.study.execution
    for name in execution.track:
        extra = TRACKERS[name].extra if name in TRACKERS else None  # the plan refuses unknown names
        if extra is not None:
            require(extra, f"tracking with {name}")
    is_remote = execution.executor in EXECUTORS and EXECUTORS[execution.executor].remote
    if not is_remote:
        require_device(execution.device)
    may_measure = must_measure or not (is_dry or is_remote)
    earlier = earlier_run(root)
    precision = None if earlier is None else earlier.manifest.precision
    choose = partial(choose_by_time, earlier=precision, may_measure=may_measure)
    plan = make_plan(file, choose)
    return Prepared(root, kept, plan, status_of(plan, _store(root, kept)))


def require_device(stated: str) -> None:
    """Refuse a device that this machine does not have, before anything else; the processor is always there.

    A name that is not a device is reported with the other problems of the study.

    Raises
    ------
    FieldError
    """
    if stated not in {AUTO, "cpu"} and is_device_name(stated):
        find_device(stated, where="execution.device")


def _require_same_store(root: Path, kept: Path | None) -> None:
    """Refuse another store than an earlier run into the folder had: what is done there would be done again.

    Raises
    ------
    StoreError
    """
    earlier = earlier_run(root)
    if earlier is None:
        return
    place, now = earlier.store.root, _store(root, kept).root
    if place.resolve() != now.resolve() and any(map(earlier.store.is_done, earlier.manifest.stages)):
        is_own = place.resolve() == _store(root, None).root.resolve()
        again = "leave out --store" if is_own else f"give --store {place}"
        raise StoreError(
            f"the stages of this study are in {place}, not in {now}",
            where=str(root / MANIFEST),
            hint=f"{again}, or choose another --out",
        )


def _store(root: Path, kept: Path | None) -> Store:
    return Store(kept or root / "stages")
