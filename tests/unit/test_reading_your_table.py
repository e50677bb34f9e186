"""The page "Reading your table": every shape on it is read as it says."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from isogloss.cli.main import cli

PAGE = Path(__file__).parents[2] / "docs" / "reading-your-table.md"
SHAPE = re.compile(
    r"^## \d+\. (?P<title>.+?)$.+?^`(?P<file>[\w.]+)`:$\s+````\n(?P<table>.+?)\n````\s+"
    r"```\nisogloss (?P<command>.+?)\n```\s+```text\n(?P<said>.+?)\n```",
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
    assert [line.rstrip() for line in done.output.splitlines()] == shape["said"].splitlines()
