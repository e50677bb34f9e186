"""``isogloss scores``: the tidy score table."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH

NAME = "scores"


@click.command(NAME)
@click.argument("folder", type=PATH)
@click.option("--csv", "style", flag_value="csv", help="Comma-separated values on standard output.")
@click.option("--json", "style", flag_value="json", help="A list of records on standard output.")
def scores(folder: Path, style: str | None) -> None:
    """Print the score table of a study, finished or not.

    FOLDER is the output folder of `isogloss run`.
    """
    from isogloss.cli.output.tables import print_json, print_scores
    from isogloss.study.outputs.folder import StudyFolder

    table = StudyFolder.open(folder).scores()
    if style == "csv":
        click.echo(table.to_csv(), nl=False)
    elif style == "json":
        print_json(list(table))
    else:
        print_scores(table)


COMMAND = scores
