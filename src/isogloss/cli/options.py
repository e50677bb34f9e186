"""Options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

import click

from isogloss.extras import require

Command = TypeVar("Command", bound=Callable[..., Any])

_TABLE = (
    click.option(
        "--source", metavar="COLUMN", help="Column of the source language, or the only source language."
    ),
    click.option("--intermediate", metavar="COLUMN", help="Column of the intermediate language."),
    click.option("--target", metavar="COLUMN", help="Column of the target language."),
    click.option("--score", metavar="COLUMN", help="Column of the score."),
    click.option("--seed-column", metavar="COLUMN", help="Column that numbers replicates."),
    click.option(
        "--by", multiple=True, metavar="COLUMN", help="Analyse each value of this column separately."
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


def needs_extra(
    extra: str, when: Callable[[Mapping[str, Any]], object] = bool
) -> Callable[[Command], Command]:
    """Refuse a command before it does anything where the packages of an extra are not installed.

    Put it below the options, next to the function.

    Parameters
    ----------
    extra : str
        Name in `isogloss.extras.EXTRAS`.
    when : callable
        Takes the options of the call and returns whether they need the extra. By default they always do.
    """

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def checked(**options: Any) -> Any:
            if when is bool or when(options):
                require(extra, f"isogloss {click.get_current_context().info_name}")
            return command(**options)

        return cast(Command, checked)

    return decorate
