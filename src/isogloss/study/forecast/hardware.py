"""Machine and software that made a number, as a record holds them; imports no torch."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from isogloss.modeling.device import processor_name
from isogloss.study.outputs.record import Hardware

_NO_COMMANDS = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
"""A repository around isogloss may be anybody's, and its settings name commands that git would run."""
_RECORDED_PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "numpy", "scipy", "lang2vec")


def describe_hardware(threads: int, device: str) -> Hardware:
    """Describe this machine, the threads in use, and what computes."""
    memory = None  # Windows has no sysconf
    if hasattr(os, "sysconf"):
        memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    return Hardware(
        processor=processor_name(),
        cores=os.cpu_count(),
        threads=threads,
        memory_gib=memory,
        device=device,
        platform=platform.platform(),
    )


@cache
def software_versions() -> dict[str, str]:
    """Versions of Python and of the packages that can change a number."""
    found = {"python": platform.python_version()}
    for package in _RECORDED_PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


@cache
def git_state() -> dict[str, Any]:
    """Commit of the checkout that isogloss runs from, and whether it has uncommitted changes."""
    folder = Path(__file__).resolve().parent
    commit = _git(folder, "rev-parse", "HEAD")
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"git_commit": commit, "git_dirty": None if commit is None else bool(changes)}


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *_NO_COMMANDS, *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
