"""`isogloss run` times some updates for its estimate, keeps them, and prints time taken and estimate."""

import json

import yaml

from commands import isogloss


def test_an_estimate_is_measured_kept_and_compared(tmp_path, tiny_encoder, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    content = {
        "name": "timed",
        "source": {"task": "mini-paws", "language": "en", "examples": 64, "training": {"steps": 3}},
        "targets": {"languages": ["de", "fr"], "examples": 80},
        "encoder": str(tiny_encoder),
        "selection": "none",
        "training": {"max_length": 48, "precision": "fp32"},
        "analysis": {"distances": "none"},
        "execution": {"jobs": 2, "threads": 1},
    }
    path, out = tmp_path / "study.yaml", tmp_path / "out"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    before = isogloss("run", path, "--out", out, "--dry-run")
    assert "estimated time: short; too little work" in before.stdout, before.stderr
    measured = isogloss("run", path, "--out", out, "--dry-run", "--measure")
    (line,) = [line for line in measured.stdout.splitlines() if line.startswith("estimated time: about ")]
    assert not out.exists()
    kept = list((tmp_path / "cache" / "isogloss" / "speed").glob("*.json"))
    assert len(kept) == 1
    for _ in range(2):
        again = isogloss("run", path, "--out", out, "--dry-run")
        assert line in again.stdout.splitlines()
    done = isogloss("run", path, "--out", out)
    assert done.returncode == 0, done.stderr
    assert line in done.stdout.splitlines()
    (took,) = [one for one in done.stdout.splitlines() if one.startswith("took ")]
    assert took.endswith(f"estimated: {line.removeprefix('estimated time: about ').split(' (')[0]}")
    learnt = json.loads(kept[0].read_text(encoding="utf-8"))
    # Nothing is learnt from a first job that was over before its process was expected to have started.
    assert set(learnt["predicted"]) == set(learnt["actual"])
    assert {"evaluate"} <= set(learnt["actual"]) <= {"finetune", "evaluate"}
    for record in (out / "stages").glob("*/record.json"):
        assert json.loads(record.read_text(encoding="utf-8"))["precision_reason"] == "as stated"
