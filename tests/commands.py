"""Run commands in this process, or several in one new process: the start of each takes seconds."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from isogloss.cli.main import main

Done = subprocess.CompletedProcess[str]

_IN_TURN = f"""
import json, os, sys
sys.path.append({str(Path(__file__).parent)!r})
from commands import captured
done = []
for arguments, folder in json.loads(sys.argv.pop()):
    os.chdir(folder)
    sys.argv[1:] = arguments
    done.append([arguments, *captured()])
print()
print(json.dumps([done, sorted({{"torch", "transformers"}} & set(sys.modules))]))
"""


def captured() -> tuple[int, str, str]:
    """Run the command that ``sys.argv`` states: exit code, standard output and standard error."""
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    code = 0
    with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        except Exception:
            traceback.print_exc()
            code = 1
    out, err = (stream.buffer.getvalue().decode() for stream in streams)
    return code, out, err


def isogloss(*arguments: object, cwd: Path | None = None) -> Done:
    """Run a command as ``python -m isogloss`` does, in this process: its exit code and what it printed.

    What it does to the process itself (imports, threads, signals) is for tests that start one.
    """
    typed = ["isogloss", *map(str, arguments)]
    with contextlib.ExitStack() as stack:
        if cwd is not None:
            stack.enter_context(contextlib.chdir(cwd))
        stack.enter_context(mock.patch.dict(os.environ, {"COLUMNS": "80"}))
        stack.enter_context(mock.patch.multiple(sys, argv=typed, path=sys.path[:], stdin=io.StringIO()))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        for number in (signal.SIGTERM, signal.SIGHUP):
            stack.callback(signal.signal, number, signal.getsignal(number))
        return Done(typed, *captured())


def in_turn(
    commands: Sequence[tuple[Sequence[str], Path]], *, first: str = "", prefix: Sequence[str] = ()
) -> tuple[list[Done], list[str]]:
    """Run commands one after the other in a new process, each in its folder.

    Parameters
    ----------
    commands : sequence of (arguments, folder)
    first : str
        Code that is run before isogloss is imported.
    prefix : sequence of str
        Of the command line of the process.

    Returns
    -------
    (list of CompletedProcess, list of str)
        Of each command; which of torch and transformers the process has imported.
    """
    given = json.dumps([(list(arguments), str(folder)) for arguments, folder in commands])
    process = subprocess.run(
        [*prefix, sys.executable, "-W", "ignore", "-c", first + _IN_TURN, given],
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=250,
    )
    assert process.returncode == 0, process.stderr
    done, imported = json.loads(process.stdout.splitlines()[-1])
    return [Done(*one) for one in done], imported
