"""Looks after stores: what is in them, whether it is whole, what can go, and from one into another."""

from __future__ import annotations

import io
import json
import re
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isogloss.errors import StoreError
from isogloss.study.outputs.folder import MANIFEST, STAGES, StudyFolder
from isogloss.study.outputs.output import MAKE_READABLE, require_readable
from isogloss.study.outputs.record import read_json
from isogloss.study.outputs.store import CHECKSUMS, MODEL, Store
from isogloss.writing import replacing

ARCHIVES = (".tar", ".tar.gz", ".tgz")
"""Endings of a packed study."""

FIGURES = "figures"
"""Folder of a report's figures within an output folder."""

_OURS = re.compile(r"((damaged|failed|checkpoint)-)?[0-9a-f]{32}(-[0-9a-f]{8})?")
"""Names that isogloss gives in a store, in which the user may keep other files, output folders among them."""


@dataclass(frozen=True)
class Standing:
    """How far a study is.

    Parameters
    ----------
    name : str
    n_stages, n_done : int
    failed : tuple of mapping
        What failed stages left, with `label` and `error`.
    at_work : tuple of mapping
        What processes at work on the study say, with `label`, `owner` and `stages`, the number of those that
        are not done.
    n_damaged : int
        Copies of its stages that were set aside because they were damaged.
    """

    name: str
    n_stages: int
    n_done: int
    failed: tuple[Mapping[str, Any], ...]
    at_work: tuple[Mapping[str, Any], ...]
    n_damaged: int


def standing(folder: StudyFolder) -> Standing:
    """Look at a study without hashing anything; one listing of the store, however many stages."""
    store = folder.store
    names = _names(store)
    stages = set(folder.manifest.stages)
    failed = [
        read_json(store.root / name / "error.json")
        for name in sorted(names)
        if name.startswith("failed-")
        and name.removeprefix("failed-") in stages
        and (store.root / name / "error.json").is_file()
    ]
    return Standing(
        name=folder.manifest.study.name,
        n_stages=len(folder.manifest.stages),
        n_done=len(stages & names),
        failed=tuple(failed),
        at_work=tuple(
            {**job, "stages": len(at_work - names)}
            for job in store.leases.held()
            if (at_work := stages.intersection(job.get("stages", ())))
        ),
        n_damaged=sum(name.startswith("damaged-") and name.split("-")[1] in stages for name in names),
    )


def _names(store: Store) -> set[str]:
    """Names of the stages in a store, which was found to be readable, and of notes and snapshots of them."""
    found = {path.name for path in store.root.iterdir()} if store.root.exists() else set()
    return set(filter(_OURS.fullmatch, found))


def store_of(path: Path) -> Store:
    """Find the store of an output folder, or take a folder for a store.

    Raises
    ------
    StoreError
        If it is neither, or cannot be read.
    """
    require_readable(path, MAKE_READABLE)
    if (path / MANIFEST).is_file():
        return StudyFolder.open(path).store
    store = Store(path)
    if not path.is_dir() or not any((path / name / CHECKSUMS).is_file() for name in _names(store)):
        raise StoreError(
            f"{path} holds no finished stage",
            where=str(path),
            allowed="an output folder of `isogloss run`, or a folder given to --store",
        )
    return store


def verify_store(store: Store) -> tuple[int, dict[str, str]]:
    """Hash every file of every stage, weights included.

    Returns
    -------
    int
        Stages.
    dict of str to str
        What is wrong with each damaged stage.
    """
    stages = [name for name in sorted(_names(store)) if "-" not in name]
    faults = {stage: store.verify(stage, with_model=True) for stage in stages}
    return len(stages), {stage: fault for stage, fault in faults.items() if fault is not None}


def prunable(folders: Sequence[StudyFolder]) -> list[Path]:
    """Parts of a store that no study needs: other stages, notes, snapshots, copies that were set aside.

    Failures and snapshots of stages that these studies still have to run are kept.

    Raises
    ------
    StoreError
        If the folders have several stores.
    """
    stores = {folder.store.root.resolve(): folder.store for folder in folders}
    if len(stores) != 1:
        raise StoreError(
            f"{len(stores)} stores: {', '.join(map(str, stores))}",
            hint="prune one store at a time, with every study that uses it",
        )
    (store,) = stores.values()
    names = _names(store)
    needed = {stage for folder in folders for stage in folder.manifest.stages}
    unfinished = {f"{kind}-{stage}" for stage in needed - names for kind in ("failed", "checkpoint")}
    return [store.root / name for name in sorted(names - needed - unfinished)]


def export_study(folder: StudyFolder, out: Path) -> int:
    """Pack a study without weights: manifest, records, predictions, score table and report.

    Returns
    -------
    int
        Stages packed.

    Raises
    ------
    StoreError
        If a stage is not as it was written, or `out` cannot be written; an older file stands.
    """
    done = folder.records()
    manifest = folder.manifest.model_copy(update={"store": STAGES})
    content = json.dumps(manifest.model_dump(mode="json"), indent=1, ensure_ascii=False).encode()
    others = sorted(
        path for path in folder.root.iterdir()
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(ARCHIVES)
    )  # fmt: skip
    name = folder.manifest.study.name
    with (
        replacing(out) as partial,
        tarfile.open(partial, "w:gz" if out.name.endswith("gz") else "w") as archive,
    ):
        entry = tarfile.TarInfo(f"{name}/{MANIFEST}")
        entry.size, entry.mtime = len(content), int((folder.root / MANIFEST).stat().st_mtime)
        archive.addfile(entry, io.BytesIO(content))
        for path in others:
            if not path.name.startswith("."):
                archive.add(path, f"{name}/{path.name}")
        if (folder.root / FIGURES).is_dir():
            archive.add(folder.root / FIGURES, f"{name}/{FIGURES}")
        for stage in done:
            archive.add(folder.store.folder(stage), f"{name}/{STAGES}/{stage}", filter=_no_weights)
    return len(done)


def _no_weights(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    return None if f"/{MODEL}" in entry.name else entry


@dataclass(frozen=True)
class Merged:
    """Stages that were copied, that both studies had, and that the first study does not name."""

    n_copied: int
    n_shared: int
    n_foreign: int


def merge(into: StudyFolder, source: StudyFolder) -> Merged:
    """Copy the finished stages of one output folder into another that lacks them, without weights.

    Raises
    ------
    StoreError
        If a stage that is to be copied or compared is damaged, the two have no stage in common, have
        different scores for one stage, or `into` cannot be written.
    """
    ours, theirs = into.store, source.store
    named = set(into.manifest.stages)
    done = [stage for stage in source.manifest.stages if theirs.is_done(stage)]
    wanted = [stage for stage in done if stage in named]
    if not wanted:
        raise StoreError(
            f"no finished stage of {source.root} belongs to the study in {into.root}",
            hint="merge runs of one study; other settings give other stages",
        )
    found, both = theirs.intact_records(wanted), ours.intact_records(wanted)
    different = [stage for stage, record in both.items() if record.result != found[stage].result]
    if different:
        raise StoreError(
            f"{len(different)} stages have other scores in {source.root}: {', '.join(different[:4])}",
            where=str(into.root),
            hint="they ran on other processors or versions: see their records",
        )
    for stage in wanted:
        if stage not in both:
            with ours.writing(stage) as folder:
                others = shutil.ignore_patterns(MODEL, CHECKSUMS)
                shutil.copytree(theirs.folder(stage), folder, ignore=others, dirs_exist_ok=True)
            ours.forget(stage)
    return Merged(len(wanted) - len(both), len(both), len(done) - len(wanted))
