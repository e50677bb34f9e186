"""``isogloss data``: where the benchmarks come from, and what a data directory holds of them."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH

NAME = "data"


@click.command(NAME)
@click.option("--data-dir", type=PATH, help="Folder to check.")
@click.option(
    "--task", "names", multiple=True, help="A benchmark: pawsx, xnli, panx or udpos.  [default: all]"
)
@click.option("--rows/--no-rows", default=True, show_default=True, help="Read every file and count its rows.")
def data(data_dir: Path | None, names: tuple[str, ...], rows: bool) -> None:
    """Say where the benchmarks come from and how their folders look, or check a data directory.

    With --data-dir it lists tasks, languages and splits that are found, with their rows, and every file
    that cannot be read; the exit code is 1 if there is one, or if nothing is found. Nothing is downloaded.
    """
    from isogloss.cli.output.data import check_folder, print_sources
    from isogloss.errors import FieldError, closest
    from isogloss.tasks.base import TASKS
    from isogloss.tasks.sources import SOURCES

    for name in names:
        if name not in SOURCES:
            raise FieldError(f"no benchmark '{name}'", where="--task", allowed=closest(name, SOURCES))
    tasks = [TASKS[name] for name in names or SOURCES]
    if data_dir is None:
        print_sources(tasks)
    elif not check_folder(tasks, data_dir, count=rows):
        raise click.exceptions.Exit(1)


COMMAND = data
