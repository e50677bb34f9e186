"""Reading in a process of its own, so that no file can hang, crash or fill the memory of the caller.

It is called as ``python -P -m isogloss.evidence.readers._apart READER FILE PAGES SECONDS MEGABYTES`` (``-P``:
nothing is imported from the current folder) and writes JSON: blocks, or why the file is unreadable.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from isogloss.evidence.documents import Block, Table
from isogloss.evidence.readers.base import READERS, Limits, UnreadableError
from isogloss.isolation import child_environment, module_command


def read_apart(reader: str, path: Path, limits: Limits) -> list[Block]:
    """Blocks that a registered reader finds in a file, within the limits.

    Raises
    ------
    UnreadableError
        If the reader says so, or needs more time or memory than it may.
    """
    command = module_command(
        "isogloss.evidence.readers._apart",
        *(reader, str(path), str(limits.pages), str(limits.seconds), str(limits.memory_megabytes)),
    )
    try:
        done = subprocess.run(
            command, env=child_environment(), capture_output=True, timeout=limits.seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"it took longer than {limits.seconds:g} seconds to read") from None
    if done.returncode != 0:
        raise UnreadableError(_reason(done.returncode, done.stderr.decode(errors="replace"), limits))
    answer = json.loads(done.stdout)
    if "unreadable" in answer:
        raise UnreadableError(answer["unreadable"])
    return [_block(each) for each in answer["blocks"]]


def _reason(code: int, stderr: str, limits: Limits) -> str:
    lines = stderr.strip().splitlines()
    if "MemoryError" in stderr:
        return f"it needs more than {limits.memory_megabytes} MB of memory"
    if code < 0:
        return f"its reader was stopped by signal {-code} (time or memory)"
    return f"broken: {lines[-1][:200] if lines else 'its reader ended without a message'}"


def _block(fields: dict[str, Any]) -> Block:
    table = fields.pop("table")
    if table is not None:
        rows = tuple(tuple(row) for row in table["rows"])
        table = Table(table["caption"], tuple(table["header"]), rows, table["n_labels"])
    return Block(**fields, table=table)


def main() -> None:
    """Set the limits, then read."""
    import resource

    name, path, pages, seconds, megabytes = sys.argv[1:]
    size = int(megabytes) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (int(float(seconds)) + 1,) * 2)
    try:
        blocks = READERS[name].parse(Path(path), Limits(pages=int(pages)))
        answer: dict[str, Any] = {"blocks": [asdict(block) for block in blocks]}
    except UnreadableError as error:
        answer = {"unreadable": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
