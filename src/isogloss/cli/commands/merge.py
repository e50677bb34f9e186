"""``isogloss merge``: finished stages of one output folder into another."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH

NAME = "merge"


@click.command(NAME)
@click.argument("into", type=PATH)
@click.argument("sources", nargs=-1, required=True, type=PATH)
def merge(into: Path, sources: tuple[Path, ...]) -> None:
    """Copy what was computed elsewhere into the output folder INTO.

    SOURCES are output folders of runs of the same study, for example on other machines. Stages that INTO
    has are compared, not replaced. `isogloss run` then goes on with what is missing.
    """
    from isogloss.study.outputs.folder import StudyFolder, at_work
    from isogloss.study.outputs.maintenance import merge as merge_into

    target = StudyFolder.open(into)
    opened = [StudyFolder.open(source) for source in sources]
    with at_work(into):
        for source in opened:
            found = merge_into(target, source)
            click.echo(
                f"{source.root}: {found.n_copied} stages copied, {found.n_shared} were there, "
                f"{found.n_foreign} are not part of the study in {into}"
            )


COMMAND = merge
