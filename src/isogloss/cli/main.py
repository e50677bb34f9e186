"""The ``isogloss`` command."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from isogloss import __version__
from isogloss.cli.options import INTERRUPTED
from isogloss.errors import FieldError, IsoglossError, closest, is_out_of_memory
from isogloss.extras import explain
from isogloss.isolation import leave_as_told, leave_current_folder
from isogloss.modeling.device import wait_passively
from isogloss.registry import Registry

COMMANDS: Registry[click.Command] = Registry("command", "isogloss.cli.commands", "COMMAND")

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Scores and distances (no training)": (
        "correlate",
        "distance",
        "language",
        "power",
        "recommend",
        "atlas",
    ),
    "Studies": ("run", "status", "scores", "report", "prefetch", "merge", "store"),
    "Models": ("train", "predict", "layers"),
    "Encoders": ("encoder", "convert", "pretrain"),
    "The literature": ("claims", "evidence"),
    "Data and examples": ("data", "example", "world"),
}
"""Headings of the help, with the commands below each; a command named nowhere comes under `OTHER`."""
OTHER = "Other commands"

EPILOG = """\b
Examples:
  isogloss distance de nl
  isogloss correlate --published xnli-mbert
  isogloss example demo
  isogloss run demo/study.yaml

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 some stages failed and the rest is complete, 130 stopped by
Ctrl-C."""


_AT_WORK = ("pretrain", "run", "train")
"""Commands whose work is more than what they print."""


class _Commands(click.Group):
    """Commands from the files of ``cli/commands``."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return COMMANDS[cmd_name] if cmd_name in COMMANDS else None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; Ctrl-C ends each with the same exit code."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("isogloss: stopped", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:  # click ends with 1 and says nothing, which suits what only prints
            if ctx.invoked_subcommand in _AT_WORK:
                click.echo("isogloss: stopped, because standard output was closed", err=True)
            raise

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; a name that is none gets the closest one."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"no command '{args[0]}': {closest(args[0], COMMANDS, n_listed=len(COMMANDS))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in groups, each with its whole first sentence."""
        grouped = {name for names in GROUPS.values() for name in names}
        rest = tuple(name for name in COMMANDS if name not in grouped)
        width = max(map(len, COMMANDS))
        for heading, names in {**GROUPS, OTHER: rest}.items():
            rows = [
                (name.ljust(width), COMMANDS[name].get_short_help_str(limit=1000))
                for name in names
                if name in COMMANDS
            ]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": True},
    epilog=EPILOG,
)
@click.version_option(__version__, prog_name="isogloss")
def cli() -> None:
    """Measure, explain and recommend cross-lingual transfer of multilingual encoders."""


def main() -> None:
    """Run the command line; errors that isogloss raises on purpose become one message and exit code 1."""
    leave_current_folder()
    for name in ("SIGTERM", "SIGHUP"):  # Windows has no SIGHUP
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores SIGHUP, and means it
            signal.signal(number, leave_as_told)
    wait_passively()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names of files that are not UTF-8
    try:
        _check_names(sys.argv[1:])
        cli(prog_name="isogloss")
    except IsoglossError as error:
        _fail(error)
    except (MemoryError, RuntimeError) as error:  # torch raises the second
        if not is_out_of_memory(error):
            raise
        _fail(IsoglossError("there is not enough memory", hint="free memory, or give less data at a time"))
    except OSError as error:
        if error.errno == errno.ENOENT and error.filename is None:  # of Path.cwd: no file was asked for
            _fail(FieldError("the current folder does not exist any more", hint="change to another folder"))
        if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # Python writes what is left in the buffer at its end
        full = "the disk is full; what was written there so far is incomplete"
        _fail(IsoglossError(full, where=str(error.filename or "standard output"), hint="free space"))
    except ModuleNotFoundError as error:
        missing = explain(error, "this command")
        if missing is None:
            raise
        _fail(missing)


def _check_names(arguments: Sequence[str]) -> None:
    """Refuse names that cannot be written down: records and model cards name files and folders."""
    for each in arguments:
        try:
            each.encode()
        except UnicodeEncodeError:
            shown = each.encode(errors="backslashreplace").decode()
            raise FieldError(f"{shown} is not UTF-8", hint="rename the file or folder") from None


def _fail(error: IsoglossError) -> None:
    click.echo(f"isogloss: error: {error}", err=True)
    sys.exit(1)
