"""Cases that users met: names, distance files and CLDF data sets, each as its folder expects."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from isogloss.cli.main import cli
from isogloss.distances import distance_matrices
from isogloss.errors import DataError, LanguageError
from isogloss.languages import read_together, resolve


@pytest.fixture
def cases(shared_data: Path) -> Path:
    """Folder of the cases, beside the real data."""
    return shared_data.parent / "cases"


def test_cldf_null(cases: Path) -> None:
    found = distance_matrices(["fi", "de", "tr"], ["cldf-null"], cldf=[cases / "cldf-null"])["cldf-null"]
    assert found.values[np.triu_indices(3, 1)].round(4).tolist() == [0.4833, 0.5, 0.6833]
    assert set(found.shared.ravel().tolist()) == {60}


@pytest.mark.parametrize(
    ("name", "pair", "value"),
    [("ftv", ("en", "fr"), 0.3), ("dl2", ("en", "fr"), 0.3), ("ldnd", ("aii", "quc"), 97.38)],
)
def test_distance_file_columns(name: str, pair: tuple[str, str], value: float, cases: Path) -> None:
    file = cases / "distance-file-columns" / f"{name}.csv"
    found = distance_matrices(pair, [name], distance_files=[file])[name]
    assert found.values[0, 1] == value
    assert not any("left out" in note for note in found.notes)


def test_names_that_are_codes(cases: Path) -> None:
    header = (cases / "names-that-are-codes" / "scores.csv").read_text(encoding="utf-8").split("\n")[0]
    found = read_together(header.strip().split(",")[1:])
    assert [found.languages[name].id for name in ("Mon", "Soi", "Tat")] == ["mnw", "soj", "ttt"]
    assert len(found.notes) == 3


@pytest.mark.parametrize("tag", ["zh-TW", "zh_tw", "zh-HK", "zh-MO", "zh-Hant"])
def test_zh_tw_script(tag: str) -> None:
    assert resolve(tag).script == "Hant"


def test_faults(cases: Path) -> None:
    with pytest.raises(DataError, match="no list of columns"):
        distance_matrices(["en", "de"], cldf=[cases / "faults" / "cldf-columns-no-list"])
    with pytest.raises(DataError, match="line 2"):
        distance_matrices(["en", "de"], distance_files=[cases / "faults" / "distance-long-field" / "d.csv"])
    with pytest.raises(LanguageError, match="cannot be written"):
        resolve("\x00")


def test_an_unknown_code_hides_no_other_and_the_command_fails() -> None:
    result = CliRunner().invoke(cli, ["language", "zh", "xx", "Bavarian", "--format", "csv"])
    assert [line.split(",")[:2] for line in result.stdout.splitlines()[1:]] == [
        ["zh", "cmn"],
        ["Bavarian", "bar"],
    ]
    assert isinstance(result.exception, LanguageError) or result.exit_code == 1
