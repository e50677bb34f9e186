"""A training that did not learn its task is named when it ends, in its record and by `isogloss train`."""

import json

from faulty_runs import run_here, write_study

from commands import isogloss

IDLE = {"steps": 4, "batch_size": 16, "learning_rate": 1e-9, "precision": "fp32"}


def test_a_run_names_the_stage_at_once_and_the_record_keeps_it(tmp_path):
    study = write_study(tmp_path, "mini", ["tr"], ["de"], training=IDLE)
    told = run_here(study, tmp_path / "out")
    assert "warning: mini last seed 1: mini-pos tr > mini-paws en: hardly learnt: the loss of" in told
    records = [json.loads(path.read_text()) for path in (tmp_path / "out" / "stages").glob("*/record.json")]
    trained = [one for one in records if one["kind"] == "finetune"]
    assert len(trained) == 5
    assert all(one["warnings"][0].startswith("hardly learnt") for one in trained)


def test_train_says_so_too(tmp_path):
    done = isogloss(
        *("train", "--task", "mini-paws", "--source", "en", "--encoder", "mini", "--out", tmp_path / "m"),
        *("--set", "learning_rate=1e-9", "--set", "steps=2", "--set", "precision=fp32"),
    )
    assert done.returncode == 0, done.stderr
    assert "hardly learnt" in done.stdout + done.stderr
