"""``isogloss store``: look after the folder that holds the stages."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from isogloss.cli.options import PATH

NAME = "store"


@click.group(NAME)
def store() -> None:
    """Check, clean up and pack the stages of studies."""


@store.command("verify")
@click.argument("folder", type=PATH)
def verify(folder: Path) -> None:
    """Hash every file of every stage, weights included; exit with 1 if one is not as it was written.

    FOLDER is an output folder, or the folder given to --store.
    """
    from isogloss.study.outputs.maintenance import store_of, verify_store

    n_stages, faults = verify_store(store_of(folder))
    for stage, fault in faults.items():
        click.echo(f"{stage}: {fault}")
    click.echo(f"{n_stages} stages, {len(faults)} damaged")
    if faults:
        click.echo("isogloss: run the studies again: damaged stages are set aside and redone", err=True)
        sys.exit(1)


@store.command("prune")
@click.argument("folders", nargs=-1, required=True, type=PATH)
@click.option("--dry-run", is_flag=True, help="Show what would go; remove nothing.")
def prune(folders: tuple[Path, ...], dry_run: bool) -> None:
    """Remove stages, notes and snapshots that no study needs.

    FOLDERS are the output folders of all studies that use the store: what none of them names is removed.
    """
    from isogloss.display import counted
    from isogloss.study.outputs.folder import StudyFolder
    from isogloss.study.outputs.maintenance import prunable

    studies = [StudyFolder.open(folder) for folder in folders]
    paths = prunable(studies)
    size = sum(file.stat().st_size for path in paths for file in path.rglob("*") if file.is_file())
    if not dry_run:
        for path in paths:
            studies[0].store.delete(path)
    done = "would be removed" if dry_run else "removed"
    click.echo(f"{counted(len(paths), 'folder')}, {size / 2**20:.1f} MiB {done} from {studies[0].store.root}")


@store.command("export")
@click.argument("folder", type=PATH)
@click.argument("out", type=PATH)
def export(folder: Path, out: Path) -> None:
    """Pack a study without weights into OUT, a .tar or .tar.gz file.

    FOLDER is the output folder. The archive unpacks to an output folder that `scores` and `report` read.
    """
    from isogloss.study.outputs.folder import StudyFolder
    from isogloss.study.outputs.maintenance import ARCHIVES, export_study

    if not out.name.endswith(ARCHIVES):
        raise click.UsageError(f"OUT is a {', '.join(ARCHIVES)} file, not {out.name}")
    click.echo(f"{export_study(StudyFolder.open(folder), out)} stages packed into {out}")


COMMAND = store
