"""Python processes that import nothing from the folder they are started in.

Python puts the current folder first on the import path of ``python -m`` and ``python -c``, and takes an empty
entry of PYTHONPATH for it (``export PYTHONPATH=$PYTHONPATH:/x`` leaves one behind). A ``json.py`` that lies
next to the data would then run in place of the library's. Entries that PYTHONPATH names stay: the user means
them.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

_RUN = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
_SEARCH, _SAFE = "PYTHONPATH", "PYTHONSAFEPATH"


def module_command(module: str, *arguments: str) -> list[str]:
    """Command line that runs a module of isogloss as ``python -m`` does, to be used with `child_environment`.

    ``-P`` is taken rather than ``-I``, which would also
    hide packages that are installed for the user or named by PYTHONPATH. The folder that holds isogloss comes
    last on the path: it may be on that of the caller alone.
    """
    home = str(Path(__file__).resolve().parents[1])
    return [sys.executable, "-P", "-W", "ignore", "-c", _RUN, home, module, *arguments]


def child_environment() -> dict[str, str]:
    """Environment variables for a child process, which keep the current folder off its import path."""
    environment = dict(os.environ) | {_SAFE: "1"}
    if _SEARCH in environment:
        environment[_SEARCH] = os.pathsep.join(filter(None, environment[_SEARCH].split(os.pathsep)))
    return environment


@contextlib.contextmanager
def isolated_children() -> Iterator[None]:
    """Let processes that `multiprocessing` starts within the block begin as `child_environment` says.

    They take over the import path of this process; entries that mean the current folder are left out. The
    program that called isogloss is not run again in them: a script needs no ``if __name__ == "__main__":``.
    """
    changed = {name: value for name, value in child_environment().items() if os.environ.get(name) != value}
    before = {name: os.environ.get(name) for name in changed}
    path = sys.path[:]
    program = vars(sys.modules["__main__"])
    told: dict[str, object] = {name: program[name] for name in ("__file__", "__spec__") if name in program}
    program.update(dict.fromkeys(told))  # what multiprocessing finds the program by
    os.environ.update(changed)
    sys.path[:] = [entry for entry in path if entry]
    try:
        yield
    finally:
        sys.path[:] = path
        program.update(told)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def leave_current_folder() -> None:
    """Take the current folder off the import path where only an empty entry of PYTHONPATH put it there."""
    stated = os.environ.get(_SEARCH)
    if stated and not all(stated.split(os.pathsep)):
        with contextlib.suppress(ValueError):
            sys.path.remove(str(Path.cwd()))


def leave_as_told(number: int, _frame: object) -> None:
    """End as a signal would have, and clean up on the way: scratch folders, workers."""
    sys.exit(128 + number)
