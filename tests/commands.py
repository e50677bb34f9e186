"""Commands of isogloss: in this process, where each takes no start of a Python, or in one of their own."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from click.testing import CliRunner

from isogloss.cli.main import main

_IN_TURN = """
import json, sys
from isogloss.cli.main import main
codes = []
for arguments in json.loads(sys.argv.pop()):
    sys.argv[1:] = arguments
    try:
        main()
        codes.append(0)
    except SystemExit as left:
        codes.append(left.code)
print(json.dumps([codes, sorted({"torch", "transformers"} & set(sys.modules))]), file=sys.stderr)
"""


def isogloss(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command as ``python -m isogloss`` does, with its exit code and what it printed.

    What it does to the process itself (imports, threads, signals) is for tests that start one.
    """
    typed = ["isogloss", *map(str, arguments)]
    with contextlib.ExitStack() as stack:
        if cwd is not None:
            stack.enter_context(contextlib.chdir(cwd))
        stack.enter_context(mock.patch.dict(os.environ, {"COLUMNS": "80"}))
        stack.enter_context(mock.patch.multiple(sys, argv=typed, path=sys.path[:]))
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        for number in (signal.SIGTERM, signal.SIGHUP):
            stack.callback(signal.signal, number, signal.getsignal(number))
        stdout, stderr, _ = stack.enter_context(CliRunner().isolation())
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
        return subprocess.CompletedProcess(typed, code, *(s.getvalue().decode() for s in (stdout, stderr)))


def codes_and_imports(commands: Sequence[Sequence[str]], cwd: Path) -> tuple[list[int], list[str]]:
    """Run commands in turn in a new process: their exit codes, and what of torch they have imported."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _IN_TURN, json.dumps(commands)],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    codes, imported = json.loads(done.stderr.splitlines()[-1])
    return codes, imported
