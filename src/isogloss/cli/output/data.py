"""Where data come from, what a folder holds of them, and how files were read, on the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from isogloss.display import counted
from isogloss.errors import IsoglossError, some_of
from isogloss.study.stages import Stage, data_of
from isogloss.tasks._files import FileTask
from isogloss.tasks.base import SPLITS, Task, TaskData, left_out
from isogloss.tasks.fetching import HUB
from isogloss.tasks.sources import SOURCES


def print_sources(tasks: Sequence[Task]) -> None:
    """Print home page, repository on the hub, licence and layouts of every benchmark."""
    for task in tasks:
        source = SOURCES[task.card.name]
        click.echo(f"{task.card.title} (--task {task.card.name}); licence: {task.card.licence}")
        click.echo(f"  home page: {source.home}")
        click.echo(f"             {source.fetch}")
        click.echo(f"  hub:       {HUB}/datasets/{task.card.dataset}")
        layouts = task.layouts if isinstance(task, FileTask) else ()
        for layout in layouts:
            click.echo(f"  DIR/{layout.shape}  ({layout.name})")
    click.echo("The addresses were written down without a network and not checked.")
    click.echo("next: isogloss data --fetch --task TASK --data-dir DIR   downloads from the hub")
    click.echo("      isogloss data --data-dir DIR   says what is found in a folder")


def check_folder(tasks: Sequence[Task], root: Path, *, count: bool) -> bool:
    """Print what a folder holds of the benchmarks; False if there is nothing, or a file cannot be read."""
    n_found = n_faults = 0
    for task in tasks:
        try:
            available = task.available(root)
        except IsoglossError as error:
            click.echo(f"{task.card.name}: {error.what}")
            continue
        n_found += len(available)
        click.echo(f"{task.card.name}: {counted(len(available), 'language')}")
        for language, splits in available.items():
            cells: list[str] = []
            for split in SPLITS:
                if split in splits and not count:
                    cells.append(split)
                elif split in splits:
                    try:
                        found = task.load(root, language, split)
                    except IsoglossError as error:
                        n_faults += 1
                        cells.append(f"{split}: cannot be read")
                        click.echo(str(error), err=True)
                        continue
                    cells.append(f"{split} {len(found.examples):,}")
                    print_reading([found])
            click.echo(f"  {language}: {', '.join(cells)}")
    return n_found > 0 and not n_faults


def print_reading(data: Iterable[TaskData]) -> None:
    """Say which rows were left out, and what was read otherwise than it stands."""
    for own in data:
        place = f"{own.task} {own.language} {own.split}"
        for told in (*left_out(own.dropped), *own.changes):
            click.echo(f"  {place}: {told}", err=True)


def print_budgets(stages: Iterable[Stage], data: Iterable[TaskData]) -> None:
    """Say which splits have fewer rows than a stage is to read of them; all of them are taken then."""
    rows = {(own.task, own.language, own.split): len(own.examples) for own in data}
    short: dict[int, dict[str, None]] = {}
    for one in (reference for stage in stages for reference in data_of(stage)):
        n_rows = rows.get((one.task, one.language, one.split))
        if one.examples is not None and n_rows is not None and n_rows < one.examples:
            short.setdefault(one.examples, {})[f"{one.task} {one.language} {one.split} ({n_rows:,})"] = None
    for budget, found in short.items():
        click.echo(f"  fewer rows than the {budget:,} examples stated: {some_of([*found], 8)}", err=True)
