"""The ``isogloss`` command."""

from __future__ import annotations

import signal
import sys

import click

from isogloss import __version__
from isogloss.errors import IsoglossError
from isogloss.isolation import leave_current_folder
from isogloss.modeling.device import wait_passively
from isogloss.registry import Registry

COMMANDS: Registry[click.Command] = Registry("command", "isogloss.cli.commands", "COMMAND")


class _Commands(click.Group):
    """Commands from the files of ``cli/commands``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return COMMANDS[cmd_name] if cmd_name in COMMANDS else None


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="isogloss")
def cli() -> None:
    """Measure, explain and recommend: how well an encoder trained in one language works in another."""


def _leave(number: int, _frame: object) -> None:
    """End as the signal would have, and clean up on the way: scratch folders, workers."""
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; errors that isogloss raises on purpose become one message and exit code 1."""
    leave_current_folder()
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if (
            number is not None and signal.getsignal(number) is signal.SIG_DFL
        ):  # nohup ignores SIGHUP, and means it
            signal.signal(number, _leave)
    wait_passively()
    try:
        cli(prog_name="isogloss")
    except IsoglossError as error:
        click.echo(f"isogloss: error: {error}", err=True)
        sys.exit(1)
