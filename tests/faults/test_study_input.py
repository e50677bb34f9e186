"""Bad input to `isogloss run`: one clear error each, naming file and field; nothing is half-written."""

import contextlib
import io
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from isogloss.cli.main import main

LANGUAGES = ("en", "de", "es", "fr", "ja")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """PAWS-X in XTREME layout, with 20 rows a language."""
    folder = tmp_path / "data" / "pawsx"
    folder.mkdir(parents=True)
    for language in LANGUAGES:
        for split in ("dev", "test"):
            rows = [f"Sentence {i} of {language}.\tWords {i} in {language}.\t{i % 2}" for i in range(20)]
            (folder / f"{split}-{language}.tsv").write_text("\r\n".join(rows) + "\r\n", encoding="utf-8")
    return folder.parent


@pytest.fixture
def encoder(tiny_encoder: Path, tmp_path: Path) -> Path:
    """A copy of the tiny encoder that a test may break."""
    return Path(shutil.copytree(tiny_encoder, tmp_path / "encoder"))


@pytest.fixture
def study(tmp_path: Path, data: Path, encoder: Path) -> dict[str, Any]:
    return {
        "name": "faults",
        "source": {"task": "pawsx", "language": "en", "examples": 8, "training": {"steps": 1}},
        "targets": list(LANGUAGES),
        "encoder": str(encoder),
        "selection": "none",
        "data_dir": str(data),
    }


@dataclass
class Done:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def run(tmp_path: Path, study: dict[str, Any], *arguments: str) -> Done:
    """Run the command line in this process, which saves the start of a new one for every case."""
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    out, err, code = io.StringIO(), io.StringIO(), 0
    command = ["isogloss", "run", str(path), "--out", str(tmp_path / "out"), *arguments]
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(sys, "argv", command)
        try:
            main()
        except SystemExit as exit_:
            code = int(exit_.code or 0)
    return Done(code, out.getvalue(), err.getvalue())


def refused(tmp_path: Path, done: Done) -> str:
    """The message of a refused run, which left nothing behind."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    return done.stderr


def rewrite(name: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(data: Path) -> None:
        path = data / "pawsx" / name
        path.write_bytes(change(path.read_bytes()))

    return damage


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (lambda data: (data / "pawsx" / "test-de.tsv").unlink(), ["'de' (German)", "targets.languages[1]"]),
        (
            rewrite("test-de.tsv", lambda b: b.replace(b"Sentence 3 of de.\t", b"")),
            ["test-de.tsv", "line 4", "column"],
        ),
        (
            rewrite("test-de.tsv", lambda b: b.replace(b"de.\t1", b"de.\t2", 1)),
            ["'2'", "test-de.tsv", "line 2"],
        ),
        (rewrite("test-de.tsv", lambda b: b""), ["empty", "test-de.tsv"]),
        (
            rewrite("test-de.tsv", lambda b: b.replace(b"Words 5", "Wörter 5".encode("latin-1"))),
            ["UTF-8", "test-de.tsv", "line 6"],
        ),
    ],
    ids=["target without data", "two columns", "label 2", "empty file", "latin-1"],
)
def test_bad_data(
    tmp_path: Path, data: Path, study: dict[str, Any], damage: Callable[[Path], None], expected: list[str]
) -> None:
    damage(data)
    message = refused(tmp_path, run(tmp_path, study))
    for part in expected:
        assert part in message


def test_two_bad_files_are_reported_together(tmp_path: Path, data: Path, study: dict[str, Any]) -> None:
    for name in ("test-de.tsv", "test-fr.tsv"):
        rewrite(name, lambda b: b"")(data)
    message = refused(tmp_path, run(tmp_path, study))
    assert "test-de.tsv" in message
    assert "test-fr.tsv" in message


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("targets", ["en", "de", "fr", "qqz"], ["qqz", "targets.languages[3]"]),
        (
            "trainng",
            {"steps": 2},
            ["unknown field 'trainng'", "did you mean 'training'?", "study.yaml, line"],
        ),
        ("targets", ["en", "de"], ["leave nothing to test"]),
        ("data_dir", "nowhere", ["no data directory", "--data-dir"]),
        ("execution", {"executor": "proceses"}, ["did you mean 'processes'?", "execution.executor"]),
        ("encoder", "./nowhere", ["nowhere", "encoder[0]"]),
        ("aggregator", {"aif": {"layer": 13}}, ["layer 13", "aggregator"]),
    ],
)
def test_bad_fields(
    tmp_path: Path, study: dict[str, Any], field: str, value: Any, expected: list[str]
) -> None:
    message = refused(tmp_path, run(tmp_path, study | {field: value}))
    for part in expected:
        assert part in message


def test_an_unknown_task_hides_no_unknown_target(tmp_path: Path, study: dict[str, Any]) -> None:
    study["source"]["task"], study["targets"] = "pawx", ["en", "xq"]
    done = run(tmp_path, study)
    assert done.returncode != 0
    assert "unknown task 'pawx'" in done.stderr and "no language 'xq'" in done.stderr


def test_pickled_weights_are_refused(tmp_path: Path, encoder: Path, study: dict[str, Any]) -> None:
    (encoder / "model.safetensors").rename(encoder / "pytorch_model.bin")
    message = refused(tmp_path, run(tmp_path, study))
    assert "pytorch_model.bin" in message
    assert "safetensors" in message


def test_missing_tensors_are_refused(tmp_path: Path, encoder: Path, study: dict[str, Any]) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(encoder / "model.safetensors")
    del weights["encoder.layer.1.attention.self.query.weight"]
    save_file(weights, encoder / "model.safetensors", metadata={"format": "pt"})
    message = refused(tmp_path, run(tmp_path, study))
    assert "layer 1: attention.self.query.weight" in message


def test_truncated_weights_are_refused(tmp_path: Path, encoder: Path, study: dict[str, Any]) -> None:
    weights = encoder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    assert "model.safetensors" in refused(tmp_path, run(tmp_path, study))


def test_folder_of_another_study_is_left_alone(tmp_path: Path, study: dict[str, Any]) -> None:
    done = run(tmp_path, study, "--set", "source.examples=2")
    assert done.returncode == 0, done.stderr
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    other = run(tmp_path, study | {"name": "other"})
    assert other.returncode == 1
    assert "holds the study 'faults', not 'other'" in other.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()} == before


def test_folder_that_is_no_study_is_left_alone(tmp_path: Path, study: dict[str, Any]) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.tex").write_text("precious", encoding="utf-8")
    done = run(tmp_path, study)
    assert done.returncode == 1
    assert "not empty and holds no study" in done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.tex"]


def test_a_dry_run_writes_nothing_and_loads_no_torch(tmp_path: Path, study: dict[str, Any]) -> None:
    code = (
        "import sys; from isogloss.cli.main import cli; cli(sys.argv[1:], standalone_mode=False); "
        "assert 'torch' not in sys.modules"
    )
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(study), encoding="utf-8")
    command = [sys.executable, "-c", code, "run", str(path), "--dry-run", "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "6 stages (1 fine-tuning, 5 evaluation), 0 done, 6 to run" in done.stdout
    assert "estimated time" in done.stdout
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("option", ["--out", "--store"])
def test_a_folder_below_a_file_is_refused_before_anything_is_written(
    tmp_path: Path, study: dict[str, Any], option: str
) -> None:
    (tmp_path / "notes.txt").write_text("precious", encoding="utf-8")
    message = refused(tmp_path, run(tmp_path, study, option, str(tmp_path / "notes.txt" / "x")))
    assert "notes.txt is a file, not a folder" in message
    assert option in message


def test_an_empty_data_dir_is_a_variable_that_is_not_set(tmp_path: Path, study: dict[str, Any]) -> None:
    message = refused(tmp_path, run(tmp_path, study, "--data-dir", ""))
    assert "no data directory ''" in message


def test_a_second_run_changes_nothing_of_the_first(tmp_path: Path, study: dict[str, Any]) -> None:
    """It has other settings, and the first is still at work."""
    from isogloss.study.outputs.folder import MANIFEST, at_work

    assert run(tmp_path, study).returncode == 0
    out = tmp_path / "out"
    before = (out / MANIFEST).read_bytes()
    command = [sys.executable, "-m", "isogloss", "run", str(tmp_path / "study.yaml"), "--out", str(out)]
    with at_work(out):  # of this process; a run in it would not be another one
        done = subprocess.run([*command, "--set", "seed=7"], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "another run with other settings is at work in this folder" in done.stderr
    assert (out / MANIFEST).read_bytes() == before


OWN = {
    "name": "own",
    "path": "own/{split}-{language}.tsv",
    "columns": {"text_a": "text", "label": "label"},
    "labels": [0, 1],
}


@pytest.fixture
def own(tmp_path: Path) -> dict[str, Any]:
    """A task over own files, whose labels are numbers in the study file."""
    (tmp_path / "own").mkdir()
    for language in LANGUAGES:
        rows = "text\tlabel\n" + "".join(f"row {i}\t{i % 2}\n" for i in range(20))
        for split in ("train", "test"):
            (tmp_path / "own" / f"{split}-{language}.tsv").write_text(rows, encoding="utf-8")
    return dict(OWN)


def test_own_tasks_may_label_with_numbers(tmp_path: Path, study: dict[str, Any], own: dict[str, Any]) -> None:
    study["source"]["task"] = "own"
    done = run(tmp_path, study | {"tasks": [own]}, "--dry-run")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": "pawsx"}, ["'pawsx' is a built-in task", "tasks[0]"]),
        ({"header": False}, ["is a name", "field tasks[0].columns.text_a", "line"]),
        ({"columns": {"text_a": -1, "label": 1}}, ["tasks[0].columns.text_a"]),
    ],
)
def test_own_tasks_that_contradict_themselves(
    tmp_path: Path, study: dict[str, Any], own: dict[str, Any], change: dict[str, Any], expected: list[str]
) -> None:
    declared = own | change
    study["source"]["task"] = declared["name"]
    message = refused(tmp_path, run(tmp_path, study | {"tasks": [declared]}))
    for part in expected:
        assert part in message


def test_two_own_tasks_of_one_name_are_refused(
    tmp_path: Path, study: dict[str, Any], own: dict[str, Any]
) -> None:
    study["source"]["task"] = "own"
    message = refused(tmp_path, run(tmp_path, study | {"tasks": [own, own]}))
    assert "'own' is given twice" in message
