"""What the built-in encoder can learn: English fast, and every language in training data of its own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from isogloss.scores import ScoreTable
from isogloss.world.base import GRAMMARS

MINI = Path(__file__).resolve().parents[2] / "studies" / "mini.yaml"


def run(tmp_path: Path, study: dict[str, object]) -> ScoreTable:
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(study), encoding="utf-8")
    command = [sys.executable, "-m", "isogloss", "run", str(path), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ScoreTable.read_parquet(tmp_path / "out" / "scores.parquet")


def ceiling_study(*, factor: int, languages: list[str]) -> dict[str, object]:
    """The source stage of the demo in each language, with `factor` times its budget and no other stage."""
    study = yaml.safe_load(MINI.read_text(encoding="utf-8"))
    source = study["source"]
    source["language"] = languages
    source["training"]["steps"] *= factor
    source["examples"] *= factor
    del study["intermediate"]
    return study | {"name": "ceiling", "targets": languages, "seed": 1, "analysis": {"distances": "none"}}


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_in_language_accuracy_is_reported_for_every_language(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = run(tmp_path, ceiling_study(factor=1, languages=sorted(GRAMMARS)))
    own = {row.target_language: row.score for row in table if row.target_language == row.source_language}
    with capsys.disabled():
        print("in-language accuracy on mini-paws:", json.dumps(own))
    assert set(own) == set(GRAMMARS)
    assert own["en"] >= 0.97
    assert all(score >= 0.9 for score in own.values()), own


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_without_the_encoder_the_task_is_not_learnt(tmp_path: Path, tiny_encoder: Path) -> None:
    study = ceiling_study(factor=1, languages=["en"]) | {"encoder": str(tiny_encoder)}
    (row,) = run(tmp_path, study)
    assert row.score <= 0.6
