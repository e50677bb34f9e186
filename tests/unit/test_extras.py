"""Commands without the optional packages: one error that names the extra, before anything is done."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from isogloss.extras import EXTRAS, MissingExtraError, explain, require

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = sorted({module.partition(".")[0] for modules in EXTRAS.values() for module in modules})

_HIDE_AND_RUN = """
import sys

hidden = sys.argv.pop(1).split(",")


class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


sys.meta_path.insert(0, Hide())
from isogloss.cli.main import main

main()
"""
"""Runs the command line in a process in which the packages of all extras are not installed."""


def isogloss(*arguments: str, cwd: Path, hidden: list[str] = HIDDEN) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _HIDE_AND_RUN, ",".join(hidden), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=120, check=False)


def words(line: str) -> list[str]:
    return line.split()


MINI = str(ROOT / "studies" / "mini.yaml")

NEEDING = {
    "train": [
        f"run {MINI} --out new",
        f"run {MINI} --dry-run",
        "train --task mini-nli --source en --encoder mini --out new",
        "pretrain --world --out new",
        "predict model --input rows.tsv",
        "layers mini --languages en,de",
        "convert folder --out new",
        "encoder mini",
        "recommend sw --encoder mini --corpus sw.txt --corpora texts",
        f"recommend sw --study {MINI} --out new",
        "distance texts en=en.txt de=de.txt --encoder mini",
        "correlate scores.csv --control fertility --tokenizer folder --texts texts",
    ],
    "report": ["report out", "correlate scores.parquet"],
    "evidence": ["evidence question --papers papers --out new"],
    "urielplus": ["distance de nl --urielplus"],
}


@pytest.mark.parametrize(
    ("extra", "line"), [(extra, line) for extra, lines in NEEDING.items() for line in lines]
)
def test_a_command_that_needs_an_extra_names_it_and_does_nothing(extra, line, tmp_path):
    (tmp_path / "scores.parquet").write_bytes(b"PAR1")
    before = sorted(tmp_path.rglob("*"))
    run = isogloss(*words(line), cwd=tmp_path)
    assert run.returncode == 1, run.stderr
    assert "Traceback" not in run.stderr
    assert f"pip install 'isogloss[{extra}]'" in run.stderr
    assert run.stdout == ""
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    "line",
    [
        "--help",
        "distance de nl",
        "language de",
        "correlate --published pawsx-mbert",
        "power --design 3x3 --langs en,de,fr,fi,ja,zh",
        "recommend nl --candidates de,fr,ja",
        "claims --list",
        "world",
    ],
)
def test_a_command_without_training_runs_without_any_extra(line, tmp_path):
    run = isogloss(*words(line), cwd=tmp_path)
    assert run.returncode == 0, run.stderr
    assert run.stdout


def test_the_table_of_extras_is_that_of_pyproject():
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    modules = {"beautifulsoup4": "bs4", "protobuf": "google.protobuf", "isogloss[report]": EXTRAS["report"]}

    def modules_of(requirement: str) -> list[str]:
        name = requirement.partition(">=")[0]
        module = modules.get(name, name.replace("-", "_"))
        return [module] if isinstance(module, str) else list(module)

    for extra, listed in EXTRAS.items():
        assert sorted(listed) == sorted(module for one in stated[extra] for module in modules_of(one))


def test_an_extra_that_is_installed_is_not_asked_for():
    require("report", "a test")


def test_a_missing_module_of_no_extra_is_not_explained():
    assert explain(ModuleNotFoundError("No module named 'nonsense'", name="nonsense"), "a test") is None
    found = explain(ModuleNotFoundError("No module named 'torch.nn'", name="torch.nn"), "a test")
    assert isinstance(found, MissingExtraError)
    assert "a test needs the package torch, which is not installed" in str(found)
    assert isinstance(found, ImportError)
