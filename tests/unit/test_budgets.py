"""Before it starts, a run says which data have fewer rows than it was asked to use."""

from pathlib import Path

import yaml
from click.testing import CliRunner

from isogloss.cli.commands.run import run


def test_splits_with_fewer_rows_than_stated_are_named(tmp_path: Path) -> None:
    for name in ("train-en", "test-de", "test-fr"):
        rows = "".join(f"some words {number}\t{'ab'[number % 2]}\n" for number in range(12))
        (tmp_path / f"{name}.tsv").write_text(f"text\ty\n{rows}", encoding="utf-8")
    task = {"name": "own", "path": "{split}-{language}.tsv", "labels": ["a", "b"]}
    task["columns"] = {"text_a": "text", "label": "y"}
    study = {
        "tasks": [task],
        "source": {"task": "own", "language": "en", "examples": 500, "training": {"steps": 1}},
        "targets": {"languages": ["de", "fr"], "examples": 12},
        "encoder": "mini",
        "selection": "none",
        "analysis": {"distances": "none"},
    }
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(study), encoding="utf-8")
    done = CliRunner().invoke(run, [str(path), "--out", str(tmp_path / "out"), "--dry-run"])
    assert done.exit_code == 0, done.output
    assert done.stderr.count("examples stated") == 1
    assert "fewer rows than the 500 examples stated: own en train (1" in done.stderr
