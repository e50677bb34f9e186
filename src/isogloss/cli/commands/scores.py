"""``isogloss scores``: the tidy score table."""

from __future__ import annotations

from pathlib import Path

import click

NAME = "scores"


@click.command(NAME)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--csv", "style", flag_value="csv", help="Comma-separated values on standard output.")
@click.option("--json", "style", flag_value="json", help="A list of records on standard output.")
def scores(folder: Path, style: str | None) -> None:
    """Print the score table of a study, finished or not.

    FOLDER is the output folder of `isogloss run`.
    """
    from isogloss.study.outputs.folder import StudyFolder

    table = StudyFolder.open(folder).scores()
    if style == "csv":
        click.echo(table.to_csv(), nl=False)
    elif style == "json":
        import json
        from dataclasses import asdict

        click.echo(json.dumps([asdict(row) for row in table], indent=1, ensure_ascii=False))
    else:
        from isogloss.cli.output.tables import print_scores

        print_scores(table)


COMMAND = scores
