"""Commands without the optional packages: one error that names the extra, before anything is done."""

import tomllib
from pathlib import Path

from commands import in_turn
from isogloss.extras import EXTRAS, MissingExtraError, explain, require

ROOT = Path(__file__).resolve().parents[2]
HIDDEN = sorted({module.partition(".")[0] for modules in EXTRAS.values() for module in modules})

HIDE = f"""
import sys


class Hide:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HIDDEN}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Hide())
"""
"""Run first in a process, it hides the packages of all extras, as if they were not installed."""

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


def test_a_command_that_needs_an_extra_names_it_and_does_nothing(tmp_path):
    lines = [(extra, line) for extra, lines in NEEDING.items() for line in lines]
    folders = [tmp_path / str(number) for number in range(len(lines))]
    for folder in folders:
        folder.mkdir()
        (folder / "scores.parquet").write_bytes(b"PAR1")
    commands = [(line.split(), folder) for (_, line), folder in zip(lines, folders, strict=True)]
    done, _ = in_turn(commands, first=HIDE)
    for (extra, line), folder, run in zip(lines, folders, done, strict=True):
        assert run.returncode == 1, f"{line}: {run.stderr}"
        assert "Traceback" not in run.stderr, line
        assert f"pip install 'isogloss[{extra}]'" in run.stderr, line
        assert run.stdout == "", line
        assert [path.name for path in folder.rglob("*")] == ["scores.parquet"], line


def test_a_command_without_training_runs_without_any_extra(tmp_path):
    lines = [
        "--help",
        "distance de nl",
        "language de",
        "correlate --published pawsx-mbert",
        "power --design 3x3 --langs en,de,fr,fi,ja,zh",
        "recommend nl --candidates de,fr,ja",
        "claims --list",
        "world",
    ]
    done, _ = in_turn([(line.split(), tmp_path) for line in lines], first=HIDE)
    for line, run in zip(lines, done, strict=True):
        assert run.returncode == 0, f"{line}: {run.stderr}"
        assert run.stdout, line


def test_the_table_of_extras_is_that_of_pyproject():
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    modules = {
        "beautifulsoup4": "bs4",
        "protobuf": "google.protobuf",
        "markdown-it-py": "markdown_it",
        "isogloss[report]": EXTRAS["report"],
    }

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
