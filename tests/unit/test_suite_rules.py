"""The rules of tests/conftest.py: an unexpected skip is a failure, a numerical test states its precision."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

TESTS = Path(__file__).resolve().parents[1]
EXAMPLES = """
import pytest
from isogloss.modeling.device import resolve_precision

def test_data(shared_data):
    assert shared_data.name == "data"

def test_whim():
    pytest.skip("no time")

@pytest.mark.skipif(True, reason="no ISOGLOSS_DEV_DATA today")
def test_mark():
    pass

def test_auto():
    assert resolve_precision("auto") == "bf16"

@pytest.mark.numerics
def test_stated():
    assert resolve_precision("fp32") == "fp32"

@pytest.fixture
def trained():
    resolve_precision("auto")

@pytest.mark.numerics
def test_left_to_the_machine(trained):
    pass
"""
MODULE = "import pytest\npytest.importorskip('a_package_that_nobody_has')\n"


def outcomes(folder: Path, **environment: str) -> dict[str, str]:
    """Run the examples under the rules; the outcome of each test."""
    (folder / "test_examples.py").write_text(EXAMPLES, encoding="utf-8")
    (folder / "test_module.py").write_text(MODULE, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = numerics\n", encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if name != "ISOGLOSS_DEV_DATA"}
    options = ["-p", "conftest", "-p", "no:cacheprovider", "--processor-flags", "amx_bf16"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            *options,
            "--continue-on-collection-errors",
            "--junitxml",
            "found.xml",
        ],
        env=kept | {"PYTHONPATH": str(TESTS)} | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    cases = ElementTree.parse(folder / "found.xml").iter("testcase")
    return {case.attrib["name"]: next((one.tag for one in case), "passed") for case in cases}


def test_without_real_data_only_tests_that_need_it_are_skipped(tmp_path: Path) -> None:
    found = outcomes(tmp_path)
    assert found == {
        "test_data": "skipped",
        "test_whim": "failure",
        "test_mark": "error",
        "test_auto": "passed",
        "test_stated": "passed",
        "test_left_to_the_machine": "error",
        "test_module": "error",
    }


def test_with_the_variable_set_nothing_is_skipped(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert outcomes(tmp_path, ISOGLOSS_DEV_DATA=str(tmp_path))["test_data"] == "passed"
    found = outcomes(tmp_path, ISOGLOSS_DEV_DATA=str(tmp_path / "absent"))
    assert found["test_data"] == "error"
    assert "skipped" not in found.values()
