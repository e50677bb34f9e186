"""A folder that the user may not read is one clear error of every command that reads stages."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from faulty_runs import run_here, write_study

from commands import in_turn

PLAIN_USER = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""The superuser may read everything, unless the capabilities to do so are taken from him."""

READING = (
    "run STUDY --out OUT --dry-run",
    "run STUDY --out NEW --store OUT/stages --dry-run",
    "status OUT",
    "scores OUT",
    "report OUT",
    "store verify OUT",
    "store prune OUT",
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Path:
    return write_study(tmp_path_factory.mktemp("study"), tiny_encoder, ["de"], ["en", "de"])


@pytest.fixture(scope="module")
def done(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("done") / "out"
    run_here(study, out, "--max-stages", "2")
    return out


@pytest.mark.parametrize(("unreadable", "mode"), [(".", 0o000), ("stages", 0o444)], ids=["out", "stages"])
def test_a_folder_that_cannot_be_read_is_one_error(
    unreadable: str, mode: int, study: Path, done: Path, tmp_path: Path
) -> None:
    """A folder of which not even names can be read, and one of which the names alone can."""
    places = {"STUDY": study, "OUT": done, "NEW": tmp_path / "new"}
    texts = [re.sub("STUDY|OUT|NEW", lambda found: str(places[found[0]]), typed) for typed in READING]
    folder = done / unreadable
    before = folder.stat().st_mode
    folder.chmod(mode)
    try:
        told, _ = in_turn([(text.split(), tmp_path) for text in texts], prefix=PLAIN_USER)
    finally:
        folder.chmod(before)
    for typed, one in zip(READING, told, strict=True):
        assert one.returncode in {1, 2}, f"{typed}: {one.stderr}"
        assert one.stderr.lower().count("error:") == 1, f"{typed}: {one.stderr}"
        assert "cannot be read: Permission denied" in one.stderr or "is not readable" in one.stderr, typed
        assert "Traceback" not in one.stderr, typed


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no folder that a process is in")
def test_a_current_folder_that_was_deleted_is_one_error(study: Path, tmp_path: Path) -> None:
    command = 'rmdir "$PWD"; exec "$@"'
    (tmp_path / "gone").mkdir()
    told = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-m", "isogloss", "run", str(study)],
        cwd=tmp_path / "gone",
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "the current folder does not exist any more" in told.stderr
    assert "Traceback" not in told.stderr
