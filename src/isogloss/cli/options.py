"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

_TABLE = (
    click.option(
        "--source",
        metavar="COLUMN",
        help="Column of the source language, or the only source language; in a matrix also rows or columns.",
    ),
    click.option("--intermediate", metavar="COLUMN", help="Column of the intermediate language."),
    click.option("--target", metavar="COLUMN", help="Column of the target language."),
    click.option("--score", metavar="COLUMN", help="Column of the score."),
    click.option("--seed-column", metavar="COLUMN", help="Column that numbers replicates."),
    click.option(
        "--by", multiple=True, metavar="COLUMN", help="Analyse each value of this column separately."
    ),
    click.option("--table", metavar="NUMBER|TITLE", help="Which table of a file that holds several."),
    click.option(
        "--editions",
        metavar="first|mean|NAMES",
        help="Several treebanks or editions of one language: the first, their mean, or those of these names.",
    ),
    click.option(
        "--scale", type=click.Choice(["percent", "fraction"]), help="Of the scores; else recognised."
    ),
)

trust_option = click.option(
    "--trust-remote-code",
    is_flag=True,
    help="Run Python code that comes with the encoder or lies in the model's folder.",
)


def table_options(command: Command) -> Command:
    """Add the options that say how a table of scores is read, in the order in which help lists them."""
    for option in reversed(_TABLE):
        command = option(command)
    return command
