"""One model as a user types it: train, then predict."""

import contextlib
import errno
import json
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from score_tables import cell

from commands import isogloss
from isogloss.cli.commands.predict import predict
from isogloss.cli.commands.pretrain import pretrain
from isogloss.cli.commands.train import train
from isogloss.errors import FieldError, StoreError, StudyError
from isogloss.modeling.card import _scores
from isogloss.study.file.yaml_text import parse_settings
from isogloss.study.outputs.output import new_file, new_folder

FOUND = {"en": 0.4123, "de": 0.3}


@pytest.fixture(scope="module")
def trained(tiny_encoder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder in which ``train`` left a model, and what it printed to standard error."""
    folder = tmp_path_factory.mktemp("trained")
    done = isogloss(
        *("train", "--task", "mini-paws", "--source", "en", "--encoder", tiny_encoder),
        *("--aggregator", "aif", "--layer", "1", "--option", "reduction=2", "--examples", "40"),
        *("--set", "steps=3", "--set", "max_length=64", "--set", "precision=fp32", "--threads", "1"),
        *("--targets", "en,de", "--out", "model"),
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stderr


def test_train_and_predict(trained: tuple[Path, str], tmp_path: Path) -> None:
    place, told = trained
    assert "starting: tiny D_1_r2 seed 1: mini-paws en" in told
    assert re.search(r"mini-paws en: update \d of 3, loss \d\.\d+, \d+ s left, [\d,]+ subwords/s", told)
    assert [path.name for path in place.iterdir()] == ["model"]
    folder = place / "model"
    assert {path.name for path in folder.iterdir()} >= {
        *("model.safetensors", "config.json", "tokenizer.json", "README.md", "record.json")
    }
    card = (folder / "README.md").read_text(encoding="utf-8")
    for said in (
        "mini-PAWS",
        "`D_1_r2`",
        "| de | test | accuracy |",
        "Licence of the data: MIT",
        "64 subwords",
    ):
        assert said in card
    (tmp_path / "pairs.tsv").write_text("The dog sees a cat.\tA cat sees the dog.\n", encoding="utf-8")
    done = isogloss("predict", folder, "--input", "pairs.tsv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "row\ttext_a\ttext_b\tlabel\tp(0)\tp(1)"
    assert len(done.stdout.splitlines()) == 2


def test_the_card_of_a_tagger_has_macro_f1_beside_each_score() -> None:
    tagged = replace(cell("en", 0.5, chance=0.25), metric="word_accuracy", n_examples=1200)
    lines = _scores([(replace(tagged, target_language=code), f1) for code, f1 in FOUND.items()])
    assert lines[0].endswith("| sentences | macro F1 |")
    assert lines[2] == "| en | test | word_accuracy | 50.0 | 25.0 | 1,200 | 41.2 |"
    assert lines[3].endswith("| 1,200 | 30.0 |")
    assert "macro F1" not in _scores([(cell("en", 0.5), None)])[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--aggregator", "aif", "--layer", "13"), r"aif layer 13 of an encoder with 3\n.*--layer"),
        (("--aggregator", "aif", "--layer", "3"), "aif layer 3 is the last layer itself"),
        (
            ("--aggregator", "aif", "--layer", "1", "--option", "reduction=7"),
            "aif reduction 7 does not divide the encoder's width 32",
        ),
        (("--set", "epocs=3"), r"unknown field 'epocs'\n.*--set.*\n.*did you mean 'epochs'"),
        (("--targets", "en,xx-nope"), "--targets"),
    ],
)
def test_wrong_options_are_one_error(tiny_encoder, tmp_path, options, message) -> None:
    arguments = ["--task", "mini-paws", "--source", "en", "--encoder", str(tiny_encoder), *options]
    with pytest.raises(StudyError, match=message):
        train.main([*arguments, "--out", str(tmp_path / "model")], standalone_mode=False)
    assert not list(tmp_path.iterdir())


def test_a_folder_in_use_and_a_grid_are_refused(tiny_encoder, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    arguments = ["--task", "mini-paws", "--encoder", str(tiny_encoder), "--set", "precision=fp32"]
    with pytest.raises(FieldError, match="is not an empty folder"):
        train.main([*arguments, "--source", "en", "--out", str(tmp_path)], standalone_mode=False)
    with pytest.raises(FieldError, match=r"models: .*\n.*one source language"):
        train.main([*arguments, "--source", "all", "--out", str(tmp_path / "m")], standalone_mode=False)


def train_arguments(encoder: Path, out: Path) -> list[str]:
    return [
        *("--task", "mini-paws", "--source", "en", "--encoder", str(encoder), "--examples", "8"),
        *("--set", "steps=1", "--set", "max_length=32", "--selection", "none", "--out", str(out)),
    ]


def test_every_option_of_the_execution_and_the_training_is_in_the_record(tiny_encoder, tmp_path) -> None:
    options = ["--threads", "3", "--set", "learning_rate=1e-4", "--set", "weight_decay=.5"]
    train.main([*train_arguments(tiny_encoder, tmp_path / "m"), *options], standalone_mode=False)
    record = json.loads((tmp_path / "m" / "record.json").read_text(encoding="utf-8"))
    assert record["hardware"]["threads"] == 3
    card = (tmp_path / "m" / "README.md").read_text(encoding="utf-8")
    assert "- learning_rate: 0.0001\n" in card and "- weight_decay: 0.5\n" in card
    assert str(tiny_encoder.parent) not in json.dumps(record) + card


@pytest.mark.parametrize("command", [train, pretrain])
def test_settings_are_read_as_a_study_file_reads_them(command, tiny_encoder, tmp_path) -> None:
    place = (
        ["--corpus", str(tmp_path)] if command is pretrain else train_arguments(tiny_encoder, tmp_path / "m")
    )
    wrong = ["--set", "a", "--set", "b=[", "--out", str(tmp_path / "m")]
    with pytest.raises(
        StudyError, match=r"2 problems\n--set 'a' is not of the form[\s\S]*--set 'b=\[' is not YAML"
    ):
        command.main([*place, *wrong], standalone_mode=False)
    assert parse_settings(["a=1e-4", "b=no", "c=", "d=true", "e='5'", "f=[1, 2]"], "--set") == {
        **{"a": 0.0001, "b": "no", "c": None, "d": True},
        **{"e": "5", "f": [1, 2]},
    }


@pytest.mark.parametrize("option", ["--data-dir", "--targets"])
def test_an_empty_option_is_refused_and_not_passed_over(option, tiny_encoder, tmp_path) -> None:
    with pytest.raises(StudyError, match=option):
        train.main([*train_arguments(tiny_encoder, tmp_path / "m"), option, ""], standalone_mode=False)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_signal_leaves_nothing_that_the_next_run_does_not_remove(number, tiny_encoder, tmp_path) -> None:
    out = tmp_path / "m"
    command = [sys.executable, "-m", "isogloss", "train", *train_arguments(tiny_encoder, out)]
    command += ["--set", "steps=100000"]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)  # under nohup it is ignored, and handed on
    with subprocess.Popen(command, **quiet) as process:
        signal.signal(signal.SIGHUP, before)
        deadline = time.monotonic() + 200
        while not list(tmp_path.glob(".tmp-m.*/study/jobs/.tmp-*/*.json")) and time.monotonic() < deadline:
            time.sleep(0.05)
        in_use = list(tmp_path.iterdir())
        assert [path.name[:7] for path in in_use] == [".tmp-m."]
        with contextlib.suppress(LookupError), new_folder(out):
            assert in_use[0].exists()  # a second run at the same time removes nothing
            raise LookupError
        process.send_signal(number)
    if number == signal.SIGKILL:
        assert process.returncode == -number
        time.sleep(1)  # its worker ends with it
        assert list(tmp_path.iterdir()) == in_use
        with contextlib.suppress(LookupError), new_folder(out):
            assert not in_use[0].exists()
            raise LookupError
    else:
        assert process.returncode == 128 + number
    assert not list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_one_error(tiny_encoder, trained, tmp_path) -> None:
    model = trained[0] / "model"
    (tmp_path / "pairs.tsv").write_text("A dog.\tA cat.\n", encoding="utf-8")
    nowhere = Path("/proc/isogloss")
    attempts = [
        (train, train_arguments(tiny_encoder, nowhere)),
        (predict, [str(model), "--input", str(tmp_path / "pairs.tsv"), "--out", str(nowhere)]),
        (pretrain, ["--corpus", str(tmp_path), "--out", str(nowhere)]),
    ]
    for command, arguments in attempts:
        with pytest.raises(
            StoreError, match=r"(?:cannot write|not writable)[\s\S]*where:   /proc/isogloss\n"
        ):
            command.main(arguments, standalone_mode=False)


def test_a_full_disk_leaves_the_older_file(tmp_path) -> None:
    out = tmp_path / "labels.tsv"
    out.write_text("old", encoding="utf-8")
    with pytest.raises(StoreError, match="the disk is full"), new_file(out) as handle:
        handle.write("new")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["labels.tsv"]
    assert out.read_text(encoding="utf-8") == "old"
