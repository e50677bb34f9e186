"""The tests again, as other processors would compute their numbers."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
DEFAULT = "not slow and not gpu and not network"
VARIANTS = (
    ("ATEN_CPU_CAPABILITY", "default"),
    ("ATEN_CPU_CAPABILITY", "avx2"),
    ("ONEDNN_MAX_CPU_ISA", "AVX2"),
    ("ONEDNN_MAX_CPU_ISA", "AVX512_CORE"),
    ("MKL_CBWR", "COMPATIBLE"),
)
"""Variables that limit the instruction sets of torch's own kernels, of oneDNN and of MKL."""
PROCESSORS = {"": "Nehalem", "avx512_bf16 amx_bf16": "Haswell"}
"""Flags of the processor, by which `auto` chooses a precision, and the kind that OpenBLAS shall serve."""

PROBE = """
import torch
with torch.autocast("cpu", torch.bfloat16):
    torch.nn.functional.linear(torch.ones(64, 64), torch.ones(64, 64))
print("torch:", torch.backends.cpu.get_cpu_capability())
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


def run(*arguments: str, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, *arguments],
        env=kept | environment,
        cwd=TESTS.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-10_000:] + done.stderr[-2_000:]
    return done.stdout


def n_passed(*arguments: str, **environment: str) -> int:
    told = run("-m", "pytest", "-p", "no:cacheprovider", "--tb", "short", *arguments, **environment)
    return int(re.findall(r"(\d+) passed", told)[-1])


@pytest.mark.parametrize(("variable", "value"), VARIANTS)
def test_numerical_tests_hold_under_another_instruction_set(variable: str, value: str) -> None:
    assert n_passed("-m", f"numerics and {DEFAULT}", str(TESTS), **{variable: value}) > 400


@pytest.mark.parametrize("flags", PROCESSORS)
def test_no_other_test_depends_on_the_processor(flags: str) -> None:
    found = n_passed(
        *("-m", f"not numerics and {DEFAULT}", "--processor-flags", flags),
        *(str(TESTS / room) for room in ("unit", "golden", "properties")),
        OPENBLAS_CORETYPE=PROCESSORS[flags],
    )
    assert found > 1000


@pytest.mark.parametrize(("variable", "value"), VARIANTS[:4])
def test_the_variables_have_an_effect(variable: str, value: str) -> None:
    told = run("-c", PROBE, ONEDNN_VERBOSE="1", **{variable: value})
    if variable == "ATEN_CPU_CAPABILITY":
        assert re.search(r"torch: (\w+)", told)[1] in {"DEFAULT", value.upper()}
    else:
        assert "torch: " in told
        assert "bfloat16" not in told and "AMX" not in told
