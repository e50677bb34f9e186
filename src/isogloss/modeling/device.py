"""Which device and which precision; torch is imported only where it is needed."""

from __future__ import annotations

import os
import platform
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from isogloss.errors import FieldError

if TYPE_CHECKING:
    import torch

Precision = Literal["fp32", "bf16"]

_MMAP_THRESHOLD, _TRIM_THRESHOLD = -3, -1
"""Options of mallopt(3)."""

_BF16_FLAGS = {"amx_bf16", "avx512_bf16", "bf16"}

AUTO = "auto"
"""The first CUDA device where there is one, else the processor."""

_DEVICE = re.compile(r"auto|cpu|mps|cuda(?::\d+)?")
DEVICES = "cpu, cuda, cuda:N, mps, or auto (the first CUDA device where there is one, else the processor)"

_SHORT_WAIT = {"GOMP_SPINCOUNT": "10000", "KMP_BLOCKTIME": "1"}
_WAITING = ("OMP_WAIT_POLICY", *_SHORT_WAIT)


def possible_precisions(device: str = AUTO) -> tuple[Precision, ...]:
    """Precisions that a device computes in, fp32 first; needs no torch.

    Parameters
    ----------
    device : str
        As stated. bf16 is for CUDA devices, and for processors with instructions for it.
    """
    on_gpu = device.startswith("cuda") or (device == AUTO and has_cuda_device())
    on_processor = device in {"cpu", AUTO} and bool(_BF16_FLAGS & processor_flags())
    return ("fp32", "bf16") if on_gpu or on_processor else ("fp32",)


def resolve_precision(stated: str, device: str | None = None) -> Precision:
    """Meaning of ``auto`` where nothing is timed: bf16 where it can be computed in, else fp32.

    Parameters
    ----------
    stated : {"auto", "fp32", "bf16"}
    device : str, optional
        As stated; by default the one chosen for this process.
    """
    if stated == AUTO:
        return possible_precisions(_chosen if device is None else device)[-1]
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


def wait_passively() -> None:
    """Have idle threads spin briefly and then sleep, unless the environment says how to wait.

    On a busy machine threads that spin take the processor from those they wait for. Not to spin at all makes
    small encoders slower on an idle machine, because every operation then waits for the operating
    system. It must be called before torch is imported: OpenMP reads the variables once (``GOMP_SPINCOUNT`` is
    GNU's, rounds of a loop; ``KMP_BLOCKTIME`` Intel's and LLVM's, in milliseconds).
    """
    if not any(name in os.environ for name in _WAITING):
        os.environ.update(_SHORT_WAIT)


def limit_kernel_cache() -> None:
    """Keep few compiled matrix products, unless the environment says how many.

    oneDNN compiles one for every shape and keeps a thousand by default; batches have many shapes, and those
    that are kept come to several hundred megabytes. To compile one takes some three milliseconds. The
    variable is read at the first product of a process.
    """
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "32")


def keep_freed_memory() -> None:
    """Have the GNU C library keep freed memory for the next batch, unless the environment says otherwise.

    It would return states of some megabytes to the system whenever they are freed, and get them anew, page by
    page. `release_memory` returns what is kept.
    """
    set_option = _of_c_library("mallopt")
    if set_option is not None and not any(name.startswith("MALLOC_") for name in os.environ):
        set_option(_MMAP_THRESHOLD, 32 * 2**20)
        set_option(_TRIM_THRESHOLD, 2**30)


def set_threads(n_threads: int | None) -> None:
    """Limit the threads of the numerical library; None leaves its default."""
    import torch

    if n_threads is not None:
        torch.set_num_threads(n_threads)


def max_subwords_on(device: torch.device, *, is_training: bool = False) -> int:
    """Subwords of a micro-batch where the user states none; on a GPU the number is a guess.

    It is less in training on a CPU, where the states of all layers are kept for the gradients.
    """
    if device.type != "cpu":
        return 16384
    return 1024 if is_training else 2048


def release_memory() -> None:
    """Return freed memory to the system; the GNU C library would keep what training took."""
    trim = _of_c_library("malloc_trim")
    if trim is not None:
        trim(0)


def _of_c_library(name: str) -> Any:
    """A function of the C library on Linux; None where there is none of this name."""
    import ctypes

    return getattr(ctypes.CDLL(None), name, None) if platform.system() == "Linux" else None


def peak_memory_gib(device: torch.device) -> float | None:
    """Most memory in GiB that the accelerator, or else this process, held so far; None on Windows."""
    import torch

    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**30
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if platform.system() == "Darwin" else 2**20)


def is_device_name(stated: str) -> bool:
    """Whether a device can be meant, wherever it may be."""
    return _DEVICE.fullmatch(stated) is not None


def find_device(stated: str = AUTO, *, where: str = "--device") -> torch.device:
    """Find a device on this machine.

    Parameters
    ----------
    stated : str
        ``cpu``, ``cuda``, ``cuda:N``, ``mps`` or ``auto``.
    where : str
        Option or field, for messages.

    Raises
    ------
    FieldError
        If the name is not a device, or this machine or the installed torch does not have it.
    """
    import torch

    if not is_device_name(stated):
        raise FieldError(f"'{stated}' is not a device", where=where, allowed=DEVICES)
    kind, _, number = stated.partition(":")
    if kind == AUTO:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    missing = ""
    if kind == "mps" and not torch.backends.mps.is_available():
        missing = "this machine has no MPS device, or the installed torch cannot use it"
    elif kind == "cuda" and not torch.cuda.is_available():
        built = torch.version.cuda
        reason = "torch finds none" if built else f"torch {torch.__version__} was built without CUDA"
        missing = f"no CUDA device: {reason}"
    elif number and int(number) >= torch.cuda.device_count():
        missing = f"there is no device {stated}"
    if missing:
        cuda = [f"cuda:{number}" for number in range(torch.cuda.device_count())]
        present = ["cpu", *cuda, *(["mps"] if torch.backends.mps.is_available() else [])]
        raise FieldError(missing, where=where, allowed=", ".join(present))
    return torch.device(stated)


_chosen = AUTO


def choose_device(stated: str = AUTO, *, where: str = "--device") -> torch.device:
    """Make a device the one that this process computes on.

    Parameters
    ----------
    stated, where : str
        As in `find_device`.

    Raises
    ------
    FieldError
        If it is absent.
    """
    global _chosen  # noqa: PLW0603 - one process, one device, as with torch's own threads
    device = find_device(stated, where=where)
    _chosen = stated
    return device


def default_device() -> torch.device:
    """Give the device that was chosen for this process."""
    return find_device(_chosen)


def device_name(device: torch.device) -> str:
    """Name of the GPU, or of the processor with its threads in use."""
    import torch

    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{processor_name()}, {torch.get_num_threads()} threads"
