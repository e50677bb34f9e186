"""``isogloss convert``: pickled weights to safetensors."""

from __future__ import annotations

from pathlib import Path

import click

from isogloss.cli.options import PATH, needs_extra

NAME = "convert"


@click.command(NAME)
@click.argument("folder", type=PATH)
@click.option("--out", type=PATH, required=True, help="Folder to write; a new one.")
@click.option(
    "--memory",
    type=click.IntRange(1),
    metavar="GIB",
    help="Memory of the reading process, in addition to torch's own.",
)
@click.option("--minutes", type=click.FloatRange(0, min_open=True), default=30.0, help="Time it may take.")
@click.option("--copy-code", is_flag=True, help="Copy Python files too; nothing runs them here.")
@needs_extra("train")
def convert(folder: Path, out: Path, memory: int | None, minutes: float, copy_code: bool) -> None:
    """Convert the pickled weights of an encoder (pytorch_model.bin) to safetensors, running nothing.

    FOLDER holds the weights, config.json and the tokenizer's files. A process of its own, with limits of
    time and memory, reads tensors and refuses everything else. The new folder is checked as loading an
    encoder checks it.
    """
    from isogloss.modeling.conversion import convert as convert_checkpoint
    from isogloss.study.outputs.output import new_folder

    megabytes = None if memory is None else 1024 * memory
    with new_folder(out) as target:
        done = convert_checkpoint(
            folder, target, seconds=60 * minutes, megabytes=megabytes, copy_code=copy_code
        )
    identity = done.identity
    click.echo(
        f"{done.n_tensors} tensors; {identity.n_layers} layers of width {identity.width}, "
        f"{identity.n_parameters:,} weights without heads"
    )
    for head, other in done.tied.items():
        click.echo(f"note: {head} is {other}, and is left out", err=True)
    if done.not_copied:
        click.echo(f"note: not copied: {', '.join(done.not_copied)} (--copy-code does)", err=True)
    if not done.loaded:
        click.echo("note: not loaded for a check, because that needs code of its own", err=True)
    click.echo(f"encoder: {out}")


COMMAND = convert
