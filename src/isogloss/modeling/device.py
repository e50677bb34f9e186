"""Which device and which precision; what can be told without torch is told without it."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import torch

Precision = Literal["fp32", "bf16"]
_BF16_FLAGS = {"amx_bf16", "avx512_bf16", "bf16"}


def resolve_precision(stated: str) -> Precision:
    """What ``auto`` means on this machine: bf16 where the processor or GPU computes in it, else fp32."""
    if stated == "auto":
        return "bf16" if has_cuda_device() or _BF16_FLAGS & processor_flags() else "fp32"
    return "bf16" if stated == "bf16" else "fp32"


def has_cuda_device() -> bool:
    """Whether an NVIDIA device is visible, without importing torch."""
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES") in {"", "-1"}
    return Path("/dev/nvidia0").exists() and not hidden


@cache
def processor_flags() -> frozenset[str]:
    """Instruction sets of the processor as Linux lists them; empty elsewhere."""
    return frozenset((_cpu_field("flags") or _cpu_field("Features") or "").split())


def _cpu_field(name: str) -> str | None:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return None
    fields = (line.partition(":") for line in text.splitlines())
    return next((value.strip() for key, _, value in fields if key.strip() == name), None)


def processor_name() -> str:
    """Name of the processor as Linux states it, else the kind of machine."""
    return _cpu_field("model name") or platform.machine()


def set_threads(n_threads: int | None) -> None:
    """Limit the threads of the numerical library; None leaves its default."""
    import torch

    if n_threads is not None:
        torch.set_num_threads(n_threads)


def subword_budget_of(device: torch.device) -> int:
    """Subwords of a micro-batch where the user states none: what fills the device without filling its memory.

    Larger ones are no faster on a processor (``python -m bench finetune``); on a GPU this is unmeasured.
    """
    return 2048 if device.type == "cpu" else 16384


def release_memory() -> None:
    """Return freed memory to the system; the GNU C library would keep what training took."""
    import ctypes

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if platform.system() == "Linux" else None
    if trim is not None:
        trim(0)


def device_name(device: torch.device) -> str:
    """Name of the GPU, or of the processor with its threads in use."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{processor_name()}, {torch.get_num_threads()} threads"


def default_device() -> torch.device:
    """The first CUDA device where there is one, else the CPU."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
