"""``isogloss data``: where the benchmarks come from, and what a data directory holds of them."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH, listed, several

NAME = "data"


@click.command(NAME)
@click.option("--data-dir", type=PATH, help="Folder to check.")
@several("--task", "benchmarks", "A benchmark: pawsx, xnli, panx or udpos.  [default: all]", metavar=None)
@click.option("--fetch", is_flag=True, help="Download the benchmarks of --task to --data-dir from the hub.")
@click.option("--language", "languages", metavar="CODE,...", help="Languages to download.  [default: all]")
@click.option("--rows/--no-rows", default=True, help="Read every file and count its rows.")
def data(
    data_dir: Path | None, benchmarks: tuple[str, ...], fetch: bool, languages: str | None, rows: bool
) -> None:
    """Say where the benchmarks come from and how their folders look, download them, or check a folder.

    With --data-dir it lists tasks, languages and splits that are found, with their rows, and every file
    that cannot be read; the exit code is 1 if there is one, or if nothing is found. Only --fetch downloads:
    every file is checked against the hub's checksum, and a download that broke off goes on where it stopped.
    """
    from isogloss.cli.output.data import check_folder, print_sources
    from isogloss.display import counted
    from isogloss.errors import FieldError, closest
    from isogloss.tasks import fetching
    from isogloss.tasks.base import TASKS
    from isogloss.tasks.sources import SOURCES

    unknown = next((name for name in benchmarks if name not in SOURCES), None)
    if unknown is not None:
        raise FieldError(f"no benchmark '{unknown}'", where="--task", allowed=closest(unknown, SOURCES))
    tasks = [TASKS[name] for name in benchmarks or SOURCES]
    if languages and not fetch:
        raise click.UsageError("--language belongs to --fetch")
    if not rows and (fetch or data_dir is None):
        raise click.UsageError("--no-rows goes with --data-dir, where a folder is checked")
    if fetch:
        if data_dir is None or not benchmarks:
            raise click.UsageError("--fetch needs --task and --data-dir")
        for task in tasks:
            found = fetching.fetch(
                task, data_dir, listed(languages or ""), told=lambda line: click.echo(line, err=True)
            )
            click.echo(f"{task.card.name}: {counted(len(found), 'file')} in {data_dir / task.card.dataset}")
        return
    if data_dir is None:
        print_sources(tasks)
    elif not check_folder(tasks, data_dir, count=rows):
        raise click.exceptions.Exit(1)


COMMAND = data
