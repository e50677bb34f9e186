"""A folder that the user may not read is one clear error of every command that reads stages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from faulty_runs import Run, write_study

PLAIN_USER = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
"""The superuser may read everything, unless the capabilities to do so are taken from him."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Path:
    return write_study(tmp_path_factory.mktemp("study"), tiny_encoder, ["de"], ["en", "de"])


@pytest.fixture(scope="module")
def done(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("done") / "out"
    Run(study, out, "--executor", "inline", "--max-stages", "2").finish()
    return out


@pytest.mark.parametrize(("unreadable", "mode"), [(".", 0o000), ("stages", 0o444)], ids=["out", "stages"])
@pytest.mark.parametrize(
    "typed",
    [
        "run STUDY --out OUT --dry-run",
        "run STUDY --out NEW --store OUT/stages --dry-run",
        "status OUT",
        "scores OUT",
        "report OUT",
        "store verify OUT",
        "store prune OUT",
    ],
)
def test_a_folder_that_cannot_be_read_is_one_error(
    typed: str, unreadable: str, mode: int, study: Path, done: Path, tmp_path: Path
) -> None:
    """A folder of which not even names can be read, and one of which the names alone can."""
    words = typed.replace("STUDY", str(study)).replace("OUT", str(done)).replace("NEW", str(tmp_path / "new"))
    folder = done / unreadable
    before = folder.stat().st_mode
    folder.chmod(mode)
    try:
        told = subprocess.run(
            [*PLAIN_USER, sys.executable, "-m", "isogloss", *words.split()],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        folder.chmod(before)
    assert told.returncode in {1, 2}, told.stderr
    assert told.stderr.lower().count("error:") == 1
    assert "cannot be read: Permission denied" in told.stderr or "is not readable" in told.stderr
    assert "Traceback" not in told.stderr
