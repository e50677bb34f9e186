"""``isogloss world``: what the built-in world holds, and its tasks as files."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH
from isogloss.errors import FieldError, closest

NAME = "world"


@click.group(NAME, invoke_without_command=True)
@click.option("--language", help="More samples of one language; with --overlap, its overlap with the others.")
@click.option("--overlap", is_flag=True, help="What languages share, next to their distances.")
@click.pass_context
def world(context: click.Context, language: str | None, overlap: bool) -> None:
    """Show the built-in world: languages, frames, sizes and samples."""
    if context.invoked_subcommand is not None:
        if language is not None or overlap:
            raise click.UsageError(f"--language and --overlap do not go with {context.invoked_subcommand}")
        return
    from isogloss.world.grammar_file import GRAMMARS

    if language is not None and language not in GRAMMARS:
        raise FieldError(
            f"no language '{language}' in the built-in world",
            where="--language",
            allowed=closest(language, GRAMMARS),
            hint="docs/world.md says how to add one",
        )
    from isogloss.cli.output import world as show

    if overlap:
        show.print_overlap(language)
    elif language is not None:
        show.print_language(language)
    else:
        show.print_world()


@world.command("export")
@click.option("--out", type=PATH, required=True, help="A new folder.")
@click.option("--size", type=click.IntRange(1), default=2000, help="Rows of each train, dev and test file.")
def export(out: Path, size: int) -> None:
    """Write the four tasks as files in XTREME layout: pawsx, xnli, panx and udpos."""
    from isogloss.cli.output.monitor import planning
    from isogloss.study.outputs.output import new_folder
    from isogloss.world.export import export_world

    with planning("writing"), new_folder(out) as folder:
        n_files = export_world(folder, size)
    click.echo(f"{n_files} files of {size:,} rows ({n_files * size:,} in all): {out}")


COMMAND = world
