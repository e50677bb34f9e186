"""A task over one's own files, from its declaration as a study file has it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from isogloss.tasks.local import LocalTask
from isogloss.tasks.settings import LocalTaskSettings


def own_task(declared: Mapping[str, Any], folder: Path) -> LocalTask:
    return LocalTask(LocalTaskSettings(**declared), folder)
