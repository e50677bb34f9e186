"""``isogloss example``: files to try the commands on."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH

NAME = "example"


@click.command(NAME)
@click.argument("folder", type=PATH)
def example(folder: Path) -> None:
    """Write a score table, data, text and a small study into FOLDER, to try the commands on."""
    from isogloss.cli.output.monitor import planning
    from isogloss.study.outputs.output import new_folder
    from isogloss.world.example import write_example

    with planning("writing"), new_folder(folder, "FOLDER") as place:
        written = write_example(place)
    click.echo(f"{folder}: {', '.join(written)}")


COMMAND = example
