"""What the built-in encoder can learn: English fast, and every language in training data of its own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from isogloss.scores.table import ScoreTable
from isogloss.world.grammar_file import GRAMMARS

STUDIES = Path(__file__).resolve().parents[2] / "studies"


def run(study: Path, out: Path, *overrides: str) -> ScoreTable:
    changes = [part for override in overrides for part in ("--set", override)]
    command = [sys.executable, "-m", "isogloss", "run", str(study), "--out", str(out), *changes]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ScoreTable.read_parquet(out / "scores.parquet")


def source_stage(name: str) -> dict[str, Any]:
    study = yaml.safe_load((STUDIES / name).read_text(encoding="utf-8"))
    shared = {key: study[key] for key in ("encoder", "aggregator", "training", "selection")}
    return shared | {f"source_{k}" if k == "training" else k: v for k, v in study["source"].items()}


def test_the_ceiling_has_four_times_the_budget_of_the_demo() -> None:
    demo, ceiling = source_stage("mini-paws.yaml"), source_stage("mini-ceiling.yaml")
    assert ceiling.pop("language") == "all" and demo.pop("language") == "en"
    assert ceiling["source_training"] == demo["source_training"] | {
        "steps": 4 * demo["source_training"]["steps"]
    }
    for field in ("examples", "task", "encoder", "aggregator", "training", "selection"):
        assert ceiling[field] == demo[field], field


@pytest.mark.slow
@pytest.mark.timeout(14400)
def test_every_language_can_be_learnt_in_its_own_training_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = run(STUDIES / "mini-ceiling.yaml", tmp_path / "out")
    own = {row.target_language: row.score for row in table if row.target_language == row.source_language}
    with capsys.disabled():
        print("in-language accuracy on mini-paws:", json.dumps(own))
    assert set(own) == set(GRAMMARS)
    assert all(score >= 0.95 for score in own.values()), own


@pytest.mark.slow
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("task", ["mini-pos", "mini-ner"])
def test_every_language_can_be_tagged(task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stage = yaml.safe_load((STUDIES / "mini-paws.yaml").read_text(encoding="utf-8"))["intermediate"]
    training = {
        "steps": 4 * stage["training"]["steps"],
        "learning_rate": float(stage["training"]["learning_rate"]),
    }
    table = run(
        STUDIES / "mini-ceiling.yaml",
        tmp_path / "out",
        f"source.task={task}",
        f"source.examples={4 * stage['examples']}",
        f"source.training={training}",
        "training.dropout=0.1",
    )
    own = {row.target_language: row.score for row in table if row.target_language == row.source_language}
    with capsys.disabled():
        print(f"in-language score on {task}:", json.dumps(own))
    assert set(own) == set(GRAMMARS)
    assert all(score >= 0.97 for score in own.values()), own


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_without_the_encoder_the_task_is_not_learnt(tmp_path: Path, tiny_encoder: Path) -> None:
    demo = source_stage("mini-paws.yaml")
    (row,) = run(
        STUDIES / "mini-ceiling.yaml",
        tmp_path / "out",
        *("source.language=en", "targets=en", f"encoder={tiny_encoder}"),
        f"source.training.steps={demo['source_training']['steps']}",
    )
    assert row.score <= 0.6
