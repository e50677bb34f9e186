"""``isogloss status``: how far a study is."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH

NAME = "status"


@click.command(NAME)
@click.argument("folder", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")
def status(folder: Path, as_json: bool) -> None:
    """Say how far a study is: stages done, failed, at work and to run.

    FOLDER is the output folder of `isogloss run`. Nothing is hashed: see `isogloss store verify`.
    """
    from isogloss.cli.output.tables import print_json
    from isogloss.display import counted
    from isogloss.study.outputs.folder import StudyFolder
    from isogloss.study.outputs.maintenance import standing

    found = standing(StudyFolder.open(folder))
    if as_json:
        print_json(found)
        return
    at_work = sum(job["stages"] for job in found.at_work)
    left = max(0, found.n_stages - found.n_done - len(found.failed) - at_work)
    click.echo(
        f"{found.name}: {found.n_stages} stages: {found.n_done} done, {len(found.failed)} failed, "
        f"{at_work} at work, {left} to run"
    )
    for job in found.at_work:
        machine = str(job.get("owner", "?")).split("~")[0]
        stages = counted(job["stages"], "stage")
        click.echo(f"at work: {job.get('label', job['name'])} ({stages}, on {machine})")
    for failure in found.failed:
        click.echo(f"failed: {failure.get('label', '')}: {str(failure.get('error', '')).splitlines()[0]}")
    if found.n_damaged:
        click.echo(f"{found.n_damaged} damaged copies were set aside; `isogloss store prune` removes them")


COMMAND = status
