"""One model as a user types it: train, then predict."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from isogloss.cli.commands.train import train
from isogloss.errors import FieldError, StudyError
from isogloss.modeling.card import CardScore, _scores

FOUND = {"en": 0.4123, "de": 0.3}


def isogloss(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "isogloss", *arguments], capture_output=True, text=True, check=False, cwd=cwd
    )


def test_train_and_predict(tiny_encoder: Path, tmp_path: Path) -> None:
    done = isogloss(
        *("train", "--task", "mini-paws", "--source", "en", "--encoder", str(tiny_encoder)),
        *("--aggregator", "aif", "--layer", "1", "--option", "reduction=2", "--examples", "40"),
        *("--set", "steps=3", "--set", "max_length=64", "--set", "precision=fp32", "--threads", "1"),
        *("--targets", "en,de", "--out", "model"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "starting: tiny D_1_r2 seed 1: mini-paws en" in done.stderr
    assert re.search(
        r"mini-paws en: update \d of 3, loss \d\.\d+, \d+ s left, [\d,]+ subwords/s", done.stderr
    )
    folder = tmp_path / "model"
    assert {path.name for path in folder.iterdir()} >= {
        *("model.safetensors", "config.json", "tokenizer.json", "README.md", "record.json")
    }
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
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
    done = isogloss("predict", "model", "--input", "pairs.tsv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "row\tlabel\tp(0)\tp(1)"
    assert len(done.stdout.splitlines()) == 2


def test_the_card_of_a_tagger_has_macro_f1_beside_each_score() -> None:
    scores = [CardScore(code, "test", "word_accuracy", 0.5, 0.25, 1200, f1) for code, f1 in FOUND.items()]
    lines = _scores(scores)
    assert lines[0].endswith("| sentences | macro F1 |")
    assert lines[2] == "| en | test | word_accuracy | 50.0 | 25.0 | 1,200 | 41.2 |"
    assert lines[3].endswith("| 1,200 | 30.0 |")
    assert "macro F1" not in _scores([CardScore("en", "test", "accuracy", 0.5, 0.5, 10)])[0]


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
    arguments = ["--task", "mini-paws", "--encoder", str(tiny_encoder)]
    with pytest.raises(FieldError, match="is not an empty folder"):
        train.main([*arguments, "--source", "en", "--out", str(tmp_path)], standalone_mode=False)
    with pytest.raises(FieldError, match=r"models: .*\n.*one source language"):
        train.main([*arguments, "--source", "all", "--out", str(tmp_path / "m")], standalone_mode=False)
