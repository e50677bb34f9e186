"""`isogloss example`: what it writes is read by the commands it is made for."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

import isogloss as ig
from isogloss.cli.main import cli
from isogloss.world.example import LANGUAGES


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    target = tmp_path_factory.mktemp("example") / "demo"
    run = CliRunner().invoke(cli, ["example", str(target)], catch_exceptions=False)
    assert run.exit_code == 0
    return target


def test_the_score_table_is_the_published_one(folder):
    published = {row.target_language: row.score for row in ig.published_scores("xnli-xlmr-base")}
    with (folder / "scores.csv").open() as handle:
        rows = {row["target"]: float(row["accuracy"]) for row in csv.DictReader(handle)}
    assert rows == pytest.approx(published, abs=1e-4)


def test_the_simulated_scores_fall_with_the_distance_they_were_made_from(folder):
    found = ig.correlate(folder / "simulated.csv", distances=["syntactic"])
    (record,) = found.analyses[0].primary
    assert record.verdict == "supported"
    assert record.ci_low < -0.35 < record.ci_high
    assert len(found.analyses[0].rows) == len(found.analyses[0].columns) == len(LANGUAGES)


def test_a_second_time_writes_nothing_over(folder):
    run = CliRunner().invoke(cli, ["example", str(folder)])
    assert run.exit_code == 1
    assert "is not an empty folder" in str(run.exception)


def test_a_folder_that_one_stands_in_is_filled_and_not_replaced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli, ["example", "."], catch_exceptions=False)
    assert Path("scores.csv").is_file()
