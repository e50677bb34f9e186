"""Options that a command would ignore, and places that it cannot use, are refused before any work."""

import contextlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from isogloss.cli.commands.encoder import encoder
from isogloss.cli.commands.predict import predict
from isogloss.cli.commands.report import report
from isogloss.cli.commands.run import run
from isogloss.cli.commands.train import train
from isogloss.cli.main import cli
from isogloss.errors import IsoglossError, StoreError
from isogloss.study.outputs.folder import MANIFEST, StudyFolder

STUDY = Path(__file__).parents[2] / "studies" / "mini.yaml"


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--address", "auto"], "executor processes has no address\n  where:   --address"),
        (["--executor", "slurm", "--address", "h:1"], "executor slurm has no address"),
        (["--executor", "inline", "--jobs", "2"], "executor inline runs one job at a time, not 2"),
        (["--cancel"], "executor processes has no jobs that outlive the run\n  where:   --cancel"),
        (["--executor", "ray", "--cancel"], "executor ray has no jobs that outlive the run"),
        (
            ["--executor", "slurm", "--cancel", "--dry-run", "--max-stages", "2"],
            "--cancel runs nothing and cancels all jobs, so it does not go with --dry-run, --max-stages",
        ),
    ],
)
def test_an_option_that_would_be_ignored_is_refused(tmp_path: Path, options: list[str], told: str) -> None:
    result = CliRunner().invoke(run, [str(STUDY), "--out", str(tmp_path / "out"), *options])
    assert isinstance(result.exception, IsoglossError)
    assert told in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_what_an_encoder_that_is_not_loaded_would_ignore_is_refused() -> None:
    options = ["--no-measure", "--precision", "auto", "--threads", "2"]
    result = CliRunner().invoke(encoder, ["mini", *options])
    assert isinstance(result.exception, IsoglossError)
    assert "--precision, --threads would change nothing" in str(result.exception)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("world --language de export --out OUT", "--language and --overlap do not go with export"),
        ("world --overlap export --out OUT", "--language and --overlap do not go with export"),
        ("recommend --evaluate e5-udpos --explain", "--explain is about the candidates for a target"),
        ("recommend nl --scores e5-udpos --source fr", "already, so source would be ignored"),
        ("recommend --evaluate e5-udpos --table 7", "already, so table would be ignored"),
        ("claims add OUT --json", "isogloss claims add FILE, or"),
        ("claims remove ID --list", "isogloss claims add FILE, or"),
        ("data --no-rows", "--no-rows goes with --data-dir"),
        ("atlas --published xnli-mbert --predict none,nl --out OUT", "none stands alone"),
        ("evidence QUESTION --search , --out OUT", "--search names no index"),
    ],
)
def test_an_option_without_effect_is_refused(tmp_path: Path, typed: str, told: str) -> None:
    out = tmp_path / "out"
    result = CliRunner().invoke(cli, [str(out) if word == "OUT" else word for word in typed.split()])
    assert result.exit_code in (1, 2)
    assert told in result.output + str(result.exception)
    assert not out.exists()


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("distance --metric syntactic nearest de", "options come behind the word nearest"),
        ("distance --format json explain de nl", "options come behind the word explain"),
        ("example FILE", "is not an empty folder\n  where:   FOLDER"),
        ("example FILE/below", "choose another FOLDER"),
        ("power --design 3x3 --langs en,fr,de --distance none", "no distance to test\n  allowed: one"),
        ("power --design 3x2 --langs en,eng,de --targets ja,zh", "'en' and 'eng' are one language, English"),
        (
            "pretrain --corpus . --out P --minutes inf",
            "inf is not a finite number\n  where:   --set: minutes",
        ),
        ("layers mini --languages en --task mini-paws", "fewer than two are named\n  where:   --languages"),
        ("layers mini --languages en,de --task mini-pos", "en, de have 0 sentences in common"),
    ],
)
def test_a_message_names_what_was_typed(tmp_path: Path, typed: str, told: str) -> None:
    (tmp_path / "FILE").touch()
    with contextlib.chdir(tmp_path):
        result = CliRunner().invoke(cli, typed.split())
    assert result.exit_code in (1, 2)
    assert told in result.output + str(result.exception)


def test_a_report_of_nothing_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(report, [str(tmp_path), "--format", ""])
    assert isinstance(result.exception, IsoglossError)
    assert "nothing to write\n  where:   --format, --figures" in str(result.exception)


def test_a_model_below_a_file_is_refused_before_it_is_trained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    options = ["--task", "mini-pos", "--source", "en", "--encoder", "mini"]
    result = CliRunner().invoke(train, [*options, "--out", str(tmp_path / "file" / "model")])
    assert isinstance(result.exception, IsoglossError)
    assert "file is a file, not a folder\n  next:    choose another --out" in str(result.exception)
    assert result.output == ""


def test_predictions_do_not_take_the_place_of_their_input(tmp_path: Path) -> None:
    text = tmp_path / "words.tsv"
    text.write_text("a\n", encoding="utf-8")
    result = CliRunner().invoke(predict, [str(tmp_path), "--input", str(text), "--out", str(text)])
    assert isinstance(result.exception, IsoglossError)
    assert "words.tsv is the input too\n  where:   --out" in str(result.exception)
    assert text.read_text(encoding="utf-8") == "a\n"


@pytest.mark.parametrize("name", ["labels.csv", "labels.JSONL", "labels.tsv.gz"])
def test_predictions_are_not_called_what_they_are_not(tmp_path: Path, name: str) -> None:
    result = CliRunner().invoke(predict, [str(tmp_path), "--input", "-", "--out", str(tmp_path / name)])
    assert isinstance(result.exception, IsoglossError)
    assert "labels are written as tab-separated text" in str(result.exception)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Invalid JSON: EOF while parsing"),
        (b'{"a": 1}', "study.json cannot be read: study: Field required"),
        (b"\xff\xfe", "codec can't decode"),
    ],
)
def test_a_damaged_manifest_is_named_with_its_fault(tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(StoreError) as error:
        StudyFolder.open(tmp_path)
    assert told in str(error.value)


def test_a_folder_in_place_of_a_manifest_is_no_study(tmp_path: Path) -> None:
    (tmp_path / "out" / MANIFEST).mkdir(parents=True)
    with pytest.raises(StoreError) as error:
        StudyFolder.open(tmp_path / "out")
    assert "no study was run into" in str(error.value)
    assert "did you mean" not in str(error.value)
