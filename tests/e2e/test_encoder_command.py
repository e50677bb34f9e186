"""``isogloss encoder`` as a user types it."""

import json

from commands import isogloss


def run(*arguments):
    return isogloss("encoder", *arguments)


def test_the_built_in_encoder_is_described_checked_and_measured():
    done = run("mini", "--precision", "fp32", "--threads", "1", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["encoder"]["n_layers"], found["encoder"]["width"]) == (3, 128)
    assert found["encoder"]["tokenizer"] == "WordPiece"
    assert found["checks"]["hidden states"] == "4 hidden states for 3 layers, of width 128"
    measured = found["measured"]
    assert 0 < measured["read_seconds"] < measured["train_seconds"]
    assert measured["n_read"] > 100 and measured["precision"] == "fp32"


def test_files_alone_are_described_in_words(tiny_encoder):
    done = run(str(tiny_encoder), "--no-measure")
    assert done.returncode == 0, done.stderr
    for words in ("architecture   bert", "layers         3, numbered 0", "3 of 3 layers", "WordPiece"):
        assert words in done.stdout
    assert "measured" not in done.stdout


def test_what_cannot_be_used_is_one_error(tmp_path):
    done = run(str(tmp_path))
    assert done.returncode == 1 and done.stderr.count("error") == 1
    assert "no config.json in the encoder's folder" in done.stderr


def test_layers_takes_languages_as_they_are_called(tiny_encoder):
    own, named = (
        isogloss("layers", tiny_encoder, "--task", "mini-paws", "--languages", languages, "--examples", 8)
        for languages in ("en,de", "English,deu")
    )
    assert own.stdout.startswith(f"{tiny_encoder}: retrieval of translations between en and")
    assert named.stdout == own.stdout
