"""Reading in a process of its own, so that no file can hang, crash or fill the memory of the caller.

It is called as ``python -P -m isogloss.evidence.readers._apart READER FILE PAGES SECONDS MEGABYTES`` (``-P``:
nothing is imported from the current folder) and writes JSON: blocks, or why the file is unreadable.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from pydantic import TypeAdapter

from isogloss.errors import is_out_of_memory
from isogloss.evidence.documents import Block
from isogloss.evidence.readers.base import READERS, Limits, UnreadableError
from isogloss.isolation import child_environment, module_command

_ANSWER: TypeAdapter[list[Block] | str] = TypeAdapter(list[Block] | str)


def read_apart(reader: str, path: Path, limits: Limits) -> list[Block]:
    """Blocks that a registered reader finds in a file, within the limits.

    Raises
    ------
    UnreadableError
        If the reader says so, or needs more time or memory than it may.
    """
    numbers = (limits.pages, limits.seconds, limits.memory_megabytes)
    command = module_command("isogloss.evidence.readers._apart", reader, str(path), *map(str, numbers))
    try:
        done = subprocess.run(
            command, env=child_environment(), capture_output=True, timeout=limits.seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"it took longer than {limits.seconds:g} seconds to read") from None
    if done.returncode != 0:
        raise UnreadableError(_reason(done.returncode, done.stderr.decode(errors="replace"), limits))
    answer = _ANSWER.validate_json(done.stdout)
    if isinstance(answer, str):
        raise UnreadableError(answer)
    return answer


def _reason(code: int, stderr: str, limits: Limits) -> str:
    if code == -signal.SIGXCPU:
        return f"it took longer than {limits.seconds:g} seconds to read"
    needs = f"it needs more than {limits.memory_megabytes} MB of memory"
    if is_out_of_memory(stderr):
        return needs
    if code < 0:
        return f"{needs}, or its reader crashed (signal {-code})"
    return f"broken: {(stderr.strip() or 'its reader ended without a message').splitlines()[-1][:200]}"


def main() -> None:
    """Set the limits, then read."""
    import resource

    name, path, pages, seconds, megabytes = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_AS, (int(megabytes) * 2**20,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(float(seconds)) + 1,) * 2)
    answer: list[Block] | str
    try:
        answer = READERS[name].parse(Path(path), Limits(pages=int(pages)))
    except UnreadableError as error:
        answer = str(error)
    sys.stdout.buffer.write(_ANSWER.dump_json(answer))


if __name__ == "__main__":
    main()
