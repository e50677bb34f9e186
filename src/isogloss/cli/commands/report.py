"""``isogloss report``: analysis and report again, from the records."""

from __future__ import annotations

from pathlib import Path

import click

NAME = "report"


@click.command(NAME)
@click.argument("folder", type=click.Path(path_type=Path))
def report(folder: Path) -> None:
    """Analyse a study again from its records and write its report.

    FOLDER is the output folder of `isogloss run`; nothing is trained and torch is not loaded.
    """
    from isogloss.cli.answer import print_results
    from isogloss.report.results import gather
    from isogloss.study.folder import StudyFolder

    print_results(gather(StudyFolder.open(folder)))


COMMAND = report
