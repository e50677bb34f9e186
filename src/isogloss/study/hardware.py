"""What a record says about the machine and the software that made a number; imports no torch."""

from __future__ import annotations

import os
import platform
import subprocess
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

_BF16_FLAGS = {"amx_bf16", "avx512_bf16"}
_RECORDED_PACKAGES = ("torch", "transformers", "tokenizers", "safetensors", "numpy", "scipy", "lang2vec")


def resolve_precision(stated: str) -> Literal["fp32", "bf16"]:
    """What ``auto`` means on this machine: bf16 where the processor or GPU computes in it, else fp32."""
    if stated == "auto":
        return "bf16" if has_cuda_device() or _BF16_FLAGS & _processor_flags() else "fp32"
    return "bf16" if stated == "bf16" else "fp32"


def has_cuda_device() -> bool:
    """Whether an NVIDIA device is visible, without importing torch."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}
    return Path("/dev/nvidia0").exists() and not hidden


def describe_hardware(threads: int) -> dict[str, Any]:
    """Processor, cores, threads in use, memory and device."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "processor": _cpu_field("model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "threads": threads,
        "memory_gib": round(memory, 1),
        "device": "cuda" if has_cuda_device() else "cpu",
        "platform": platform.platform(),
    }


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
    if commit is None:
        return {"git_commit": None, "git_dirty": None}
    return {
        "git_commit": commit,
        "git_dirty": bool(_git(folder, "status", "--porcelain", "--untracked-files=no")),
    }


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True, timeout=20
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


@cache
def _processor_flags() -> frozenset[str]:
    return frozenset((_cpu_field("flags") or "").split())


def _cpu_field(name: str) -> str | None:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return None
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None
