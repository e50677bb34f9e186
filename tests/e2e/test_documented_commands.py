"""README and docs: every command in a block marked ``sh`` runs as typed, in order, in a fresh folder.

A block marked ``text`` after it shows output; a line ``...`` stands for lines left out. Numbers of a block
that trains are not compared: on other processors they differ by rounding. What the commands print now
is written into the pages by: python tests/e2e/test_documented_commands.py
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["README.md", *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(sh|python|text)\n(.*?)^```$", re.M | re.S)
SLOW = {"docs/tutorial.md", "docs/python.md"}
"""Pages whose commands take minutes."""
LEFT_OUT = "..."
NUMBER = re.compile(r"[-\u2212]?\d[\d,]*(?:\.\d+)?")
CHANGES_THE_MACHINE = re.compile(r"pip install|integrate_databases|apt|sudo|hf download")
"""Commands that change what is installed, or fetch something: they belong in blocks without a mark."""
TRAINS = re.compile(r"isogloss (?:run|train)\b|ig\.(?:run|train)\b")
TRAINED = "\0trained"
"""At the end of an output: numbers in it come from training."""


def blocks(page: str) -> list[tuple[str, str]]:
    return BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))


def commands(page: str) -> bool:
    return any(kind == "sh" for kind, _ in blocks(page))


def run(kind: str, text: str, cwd: Path) -> str:
    """Run a block as a user types it, with `isogloss` and `python` those of this environment."""
    assert not CHANGES_THE_MACHINE.search(text), (
        f"not to be run by a test, so not to be marked {kind}: {text}"
    )
    programs = cwd / ".bin"
    programs.mkdir(exist_ok=True)
    for name, module in (("isogloss", "-m isogloss "), ("python", "")):
        (programs / name).write_text(f'#!/bin/sh\nexec {sys.executable} {module}"$@"\n')
        (programs / name).chmod(0o755)
    environment = os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "COLUMNS": "100",
    }
    shell = ["bash", "-e", "-o", "pipefail", "-c"]
    command = [*(shell if kind == "sh" else [sys.executable, "-c"]), text]
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, f"{text}\n{done.stdout[-500:]}\n{done.stderr[-1500:]}"
    return "\n".join(line.rstrip() for line in done.stdout.splitlines())


def outputs(page: str, cwd: Path) -> list[tuple[str, str]]:
    """Output shown and output printed, for every block of commands that shows one."""
    found = []
    printed = None
    for kind, text in blocks(page):
        if kind != "text":
            printed = run(kind, text, cwd)
            if TRAINS.search(text):
                printed += TRAINED
        elif printed is not None:
            found.append((text.rstrip("\n"), printed))
            printed = None
    return found


def shows(shown: str, printed: str) -> bool:
    if printed.endswith(TRAINED):
        shown, printed = (
            "\n".join(" ".join(NUMBER.sub("#", line).split()) for line in text.splitlines())
            for text in (shown, printed.removesuffix(TRAINED))
        )
    pattern = "".join(
        r"(?:.*\n)*?" if line == LEFT_OUT else re.escape(line) + r"\n" for line in shown.splitlines()
    )
    return bool(shown) and re.search(rf"(?:^|\n){pattern}", printed + "\n") is not None


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.slow] if page in SLOW else [])
        for page in PAGES
        if commands(page)
    ],
)
def test_the_commands_of_a_page_run_as_typed(page, tmp_path):
    for shown, printed in outputs(page, tmp_path):
        assert shows(shown, printed), f"{page} shows\n{shown}\nbut the command prints\n{printed}"


def test_a_block_that_shows_something_else_is_found():
    assert shows("a\n...\nd", "a\nb\nc\nd\ne")
    assert not shows("a\nc", "a\nb\nc")
    assert not shows("", "a")
    assert not shows("a 1", "a 2")
    assert shows("a  1.5", "a 12.5" + TRAINED)
    assert not shows("a 1.5", "b 1.5" + TRAINED)


def test_the_files_that_contributing_shows_work(tmp_path):
    metric, command = (text for kind, text in blocks("CONTRIBUTING.md") if kind == "python")
    use = (
        "from isogloss.languages import resolve_all\n"
        "matrix = distance(resolve_all(['en', 'fi', 'sw']))\n"
        "values = matrix.values\n"
        "assert (values == values.T).all() and 0 < values[0, 1] < values[0, 2] < 1\n"
    )
    run("python", f"{metric}\n{use}", tmp_path)
    assert run("python", f"{command}\nCOMMAND(['Ada'])\n", tmp_path) == "Hello, Ada."


@pytest.mark.slow
def test_the_notebook_runs(tmp_path):
    cells = json.loads((ROOT / "docs" / "notebooks" / "tour.ipynb").read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    shell = "\n".join(re.findall(r"^!(.*)$", code, re.M))
    run("sh", shell, tmp_path)
    printed = run("python", re.sub(r"^!.*$", "", code, flags=re.M), tmp_path)
    assert "score falls with syntactic distance" in printed
    assert "report: demo/out/report.html" in printed


def rewrite(page: str, cwd: Path) -> None:
    """Put what the commands print into the page, as many lines as it shows now."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for shown, printed in outputs(page, cwd):
        if not shows(shown, printed):
            n = len(shown.splitlines()) or 10
            lines = printed.removesuffix(TRAINED).strip("\n").splitlines()
            new = lines[:n] + ([LEFT_OUT] if len(lines) > n else [])
            text = text.replace(
                f"```text\n{shown}\n```" if shown else "```text\n```",
                "```text\n" + "\n".join(new) + "\n```",
                1,
            )
    (ROOT / page).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    for name in sys.argv[1:] or [page for page in PAGES if commands(page)]:
        with tempfile.TemporaryDirectory() as folder:
            rewrite(name, Path(folder))
