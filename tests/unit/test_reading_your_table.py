"""The page "Reading your table": every shape on it is read as it says.

The page shows some lines of each dry run; ``tests/golden/dry_runs.json`` holds all of them.
"""

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from isogloss.cli.main import cli

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reading-your-table.md"
WHOLE = json.loads((ROOT / "tests" / "golden" / "dry_runs.json").read_text(encoding="utf-8"))
SHAPE = re.compile(
    r"^## \d+\. (?P<title>.+?)$.+?^````\n(?P<table>.+?)\n````\s+"
    r"```text\n\$ isogloss (?P<command>correlate (?P<file>[\w.]+) .+?)\n(?P<said>.+?)\n```",
    re.MULTILINE | re.DOTALL,
)
SHAPES = {found["title"]: found for found in SHAPE.finditer(PAGE.read_text(encoding="utf-8"))}


def test_the_page_has_twelve_shapes():
    assert len(SHAPES) == 12


@pytest.mark.parametrize("title", SHAPES)
def test_a_shape_is_read_as_the_page_says(title, tmp_path, monkeypatch):
    shape = SHAPES[title]
    monkeypatch.chdir(tmp_path)
    Path(shape["file"]).write_text(shape["table"] + "\n", encoding="utf-8")
    done = CliRunner().invoke(cli, shlex.split(shape["command"]))
    assert done.exit_code == 0, done.output
    printed = [line.rstrip() for line in done.output.splitlines()]
    assert printed == WHOLE[title]
    rest = iter(printed)
    assert all(line in rest for line in shape["said"].splitlines()), "the page shows other lines"
