"""Devices by name, without having them: CUDA and MPS are patched in."""

import os
import subprocess
import sys

import pytest
import torch

from isogloss.errors import FieldError
from isogloss.modeling import device as module
from isogloss.modeling.device import (
    choose_device,
    default_device,
    find_device,
    keep_freed_memory,
    limit_kernel_cache,
    possible_precisions,
    resolve_precision,
    wait_passively,
)


@pytest.fixture(autouse=True)
def as_before(monkeypatch):
    monkeypatch.setattr(module, "_chosen", "auto")


@pytest.fixture
def two_gpus(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


@pytest.mark.parametrize(
    ("stated", "found"),
    [("auto", "cuda"), ("cpu", "cpu"), ("cuda", "cuda"), ("cuda:0", "cuda:0"), ("cuda:1", "cuda:1")],
)
def test_a_device_is_found_by_its_name(two_gpus, stated, found):
    assert find_device(stated) == torch.device(found)


def test_without_a_gpu_auto_is_the_processor(no_gpu):
    assert find_device() == default_device() == torch.device("cpu")


def test_the_chosen_device_is_that_of_the_process(two_gpus):
    assert choose_device("cuda:1") == default_device() == torch.device("cuda:1")
    choose_device("cpu")
    assert default_device() == torch.device("cpu")


def test_an_absent_number_is_refused_with_what_there_is(two_gpus):
    with pytest.raises(FieldError, match=r"there is no device cuda:2\n.*--device\n.*cpu, cuda:0, cuda:1"):
        choose_device("cuda:2")
    assert module._chosen == "auto"


@pytest.mark.parametrize("stated", ["cuda", "cuda:0"])
def test_an_absent_gpu_is_refused_with_the_reason(no_gpu, monkeypatch, stated):
    monkeypatch.setattr(torch.version, "cuda", None)
    with pytest.raises(FieldError, match=r"no CUDA device: torch .* was built without CUDA"):
        find_device(stated)
    monkeypatch.setattr(torch.version, "cuda", "12.8")
    with pytest.raises(FieldError, match="no CUDA device: torch finds none"):
        find_device(stated)


def test_mps_is_used_only_where_it_is_asked_for_and_there(no_gpu, monkeypatch):
    with pytest.raises(FieldError, match="no MPS device"):
        find_device("mps")
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert find_device("mps") == torch.device("mps")
    assert find_device("auto") == torch.device("cpu")


@pytest.mark.parametrize("stated", ["gpu", "cuda:", "cuda:x", "cuda:-1", "", "CPU", "cpu:1"])
def test_what_is_no_device_is_refused(stated):
    with pytest.raises(FieldError, match="is not a device"):
        find_device(stated, where="execution.device")


def test_precisions_follow_the_device(monkeypatch):
    monkeypatch.setattr(module, "processor_flags", lambda: frozenset({"amx_bf16"}))
    monkeypatch.setattr(module, "has_cuda_device", lambda: True)
    assert possible_precisions("auto") == possible_precisions("cuda:1") == ("fp32", "bf16")
    assert possible_precisions("mps") == ("fp32",)
    monkeypatch.setattr(module, "processor_flags", lambda: frozenset({"avx2"}))
    assert possible_precisions("cpu") == ("fp32",)
    assert possible_precisions("auto") == ("fp32", "bf16")
    choose_device("cpu")
    assert resolve_precision("auto") == "fp32"
    assert resolve_precision("bf16") == "bf16"


def test_threads_wait_passively_unless_the_environment_says_how(monkeypatch):
    for name in ("OMP_WAIT_POLICY", "KMP_BLOCKTIME", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    wait_passively()
    assert int(os.environ["GOMP_SPINCOUNT"]) < 100_000
    assert os.environ["KMP_BLOCKTIME"] == "1"
    monkeypatch.delenv("GOMP_SPINCOUNT")
    monkeypatch.delenv("KMP_BLOCKTIME")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    wait_passively()
    assert "GOMP_SPINCOUNT" not in os.environ
    assert "KMP_BLOCKTIME" not in os.environ


def test_the_command_line_sets_it_before_torch_is_there():
    code = (
        "import os, sys\n"
        "from isogloss.cli.main import main\n"
        "sys.argv = ['isogloss', '--version']\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(os.environ.get('GOMP_SPINCOUNT'), 'torch' in sys.modules)\n"
    )
    clean = {k: v for k, v in os.environ.items() if k not in module._WAITING}
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == f"{module._SHORT_WAIT['GOMP_SPINCOUNT']} False"


def test_few_compiled_products_are_kept_unless_the_environment_says_how_many(monkeypatch):
    monkeypatch.delenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", raising=False)
    limit_kernel_cache()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "32"
    monkeypatch.setenv("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "512")
    limit_kernel_cache()
    assert os.environ["ONEDNN_PRIMITIVE_CACHE_CAPACITY"] == "512"


def test_freed_memory_is_kept_unless_the_environment_says_otherwise(monkeypatch):
    calls = []
    monkeypatch.setattr(module, "_of_c_library", lambda name: lambda *given: calls.append((name, *given)))
    for name in [name for name in os.environ if name.startswith("MALLOC_")]:
        monkeypatch.delenv(name)
    keep_freed_memory()
    assert calls == [("mallopt", -3, 32 * 2**20), ("mallopt", -1, 2**30)]
    monkeypatch.setenv("MALLOC_ARENA_MAX", "2")
    keep_freed_memory()
    assert len(calls) == 2
    monkeypatch.setattr(module, "_of_c_library", lambda name: None)  # as on other systems
    monkeypatch.delenv("MALLOC_ARENA_MAX")
    keep_freed_memory()
