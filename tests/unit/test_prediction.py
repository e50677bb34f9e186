"""Model folders that come back bit for bit, and labels for rows of any number."""

import csv
import gzip
import inspect
import io
import json
import shutil
import tracemalloc
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from safetensors.torch import load_file, save_file
from tiny_models import FORWARD, SENTENCE_CARD, WORD_CARD, save_encoder, sentence_examples, word_examples

import isogloss
from isogloss.cli.commands.layers import layers
from isogloss.cli.commands.predict import predict as command
from isogloss.errors import CheckpointError, DataError
from isogloss.inference import prediction
from isogloss.inference.classifier import Classifier
from isogloss.inference.evaluation import Scorer
from isogloss.inference.inputs import read_inputs
from isogloss.inference.prediction import predict_stream, write_predictions
from isogloss.modeling.model import TransferModel, save_model
from isogloss.tasks.base import SentenceExample
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows
from rounding import assert_same

pytestmark = pytest.mark.numerics

SETTINGS = TrainingSettings(steps=10, batch_size=16, learning_rate=3e-3, max_length=40, precision="fp32")
AGGREGATORS = {
    "last": {},
    "aif": {"layer": 1, "norm": "batch", "convolutions": "shared"},
    "concat": {},
    "dwatt": {},
    "scalar_mix": {},
}


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """One sentence and one word model."""
    root = tmp_path_factory.mktemp("models")
    encoder = save_encoder(root / "encoder")
    for card, examples in ((SENTENCE_CARD, sentence_examples(60)), (WORD_CARD, word_examples(60))):
        train(encoder, card, examples, "aif", {"layer": 1}, root / card.head)
    return root


def train(encoder, card, examples, aggregator, options, output, steps=10):
    finetune(
        StartingPoint(str(encoder)),
        TrainingRows(card, examples),
        Recipe((aggregator, options), SETTINGS.model_copy(update={"steps": steps})),
        output,
    )


@pytest.mark.parametrize("name", AGGREGATORS)
def test_a_reloaded_model_predicts_bit_for_bit(folders, tmp_path, name):
    train(folders / "encoder", WORD_CARD, word_examples(40), name, AGGREGATORS[name], tmp_path / "a", steps=3)
    first = isogloss.load(tmp_path / "a")
    save_model(first, tmp_path / "b")
    second = isogloss.load(str(tmp_path / "b"))
    assert isinstance(second, TransferModel) and isinstance(second, torch.nn.Module) and not second.training
    assert first.meta == second.meta and second.meta.max_length == 40
    for key, tensor in first.state_dict().items():
        assert torch.equal(tensor, second.state_dict()[key]), key
    examples = word_examples(30, 3, longest=60)
    for one, other in zip(*(predict_stream(m, examples) for m in (first, second)), strict=True):
        assert np.array_equal(one.probabilities, other.probabilities)


def test_the_model_in_memory_and_its_folder_agree(folders):
    model = isogloss.load(folders / "sentence")
    examples = sentence_examples(40, 5)
    scorer = Scorer(model.tokenizer, [(SENTENCE_CARD, "xx", examples)], max_length=40, precision="fp32")
    (scored,) = scorer.score(model)
    found = list(predict_stream(model, examples))
    assert [one.probabilities[0].tolist() for one in found] == scored.predictions["probability"]
    assert [SENTENCE_CARD.labels.index(one.labels[0]) for one in found] == scored.predictions["predicted"]


def test_chunks_change_nothing_and_bound_what_is_in_memory(folders, monkeypatch):
    model, examples = isogloss.load(folders / "sentence"), sentence_examples(50, 5)
    whole = list(predict_stream(model, examples))
    monkeypatch.setattr(prediction, "CHUNK", 8)
    read = []
    stream = predict_stream(model, (read.append(example) or example for example in examples))
    first = next(stream)
    assert len(read) == 8
    rest = [first, *stream]
    assert [one.row for one in rest] == list(range(50))
    for one, other in zip(whole, rest, strict=True):
        assert_same(one.probabilities, other.probabilities, **FORWARD)


def test_words_beyond_the_length_limit_are_labelled_too(folders):
    model, counts = isogloss.load(folders / "word"), Counter()
    examples = word_examples(10, 2, longest=100)
    found = list(predict_stream(model, examples, counts=counts))
    assert [len(one.labels) for one in found] == [len(example.words) for example in examples]
    assert counts["inputs"] == 10 and counts["windowed"] > 0 and counts["truncated"] == 0
    for one in found:
        np.testing.assert_allclose(one.probabilities.sum(axis=1), 1.0)


def test_command_labels_pairs(folders, tmp_path):
    (tmp_path / "pairs.tsv").write_text('first\tsecond\r\nw1 w2\tw3\r\nw5\t"w6 ""w7"""\r\n')
    out = tmp_path / "out.tsv"
    result = CliRunner().invoke(
        command,
        [
            str(folders / "sentence"),
            "--input",
            str(tmp_path / "pairs.tsv"),
            "--header",
            "--out",
            str(out),
            "--precision",
            "fp32",
        ],
        catch_exceptions=False,
    )
    assert "2 rows labelled" in result.stderr
    header, *rows = csv.reader(out.read_text().splitlines(), delimiter="\t")
    assert header == ["row", "text_a", "text_b", "label", "p(no)", "p(yes)"]
    assert [row[:3] for row in rows] == [["0", "w1 w2", "w3"], ["1", "w5", 'w6 "w7"']]
    for row in rows:
        assert sum(map(float, row[4:])) == pytest.approx(1, abs=2e-6)  # each is printed with six digits
        assert row[3] == ("no" if float(row[4]) > float(row[5]) else "yes")
    assert not list(tmp_path.glob(".out*"))


def test_texts_with_line_ends_stay_one_row_of_the_output(folders):
    model, texts = isogloss.load(folders / "sentence"), [("w1\nw2", "w3\r\n"), ("\rw4", 'w5\t"w6"')]
    examples = [SentenceExample(row, *pair, 0) for row, pair in enumerate(texts)]
    lines = list(write_predictions(predict_stream(model, examples), ["no", "yes"], "sentence"))
    written = io.StringIO("".join(f"{line}\n" for line in lines), newline="")
    _, *rows = csv.reader(written, delimiter="\t")
    assert [tuple(row[1:3]) for row in rows] == texts


def test_command_labels_words(folders, tmp_path):
    (tmp_path / "words.tsv").write_text("w1\nw2\n\n\nzq\n")
    result = CliRunner().invoke(
        command,
        [str(folders / "word"), "--input", str(tmp_path / "words.tsv"), "--precision", "fp32"],
        catch_exceptions=False,
    )
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    assert [line[0] for line in lines] == ["w1", "w2", "", "zq"]
    assert "2 sentences labelled" in result.stderr


def test_json_lines_say_the_same_as_columns(folders, tmp_path):
    sentence, word = (isogloss.load(folders / head).meta for head in ("sentence", "word"))
    (tmp_path / "a.tsv").write_text("w1\tw2 w3\n")
    (tmp_path / "a.jsonl").write_text(json.dumps({"text_b": "w2 w3", "text_a": "w1"}) + "\n")
    (tmp_path / "b.tsv").write_text("w1\nw2\n")
    (tmp_path / "b.jsonl").write_text(json.dumps({"words": ["w1", "w2"]}))
    for name, meta in (("a", sentence), ("b", word)):
        assert list(read_inputs(tmp_path / f"{name}.tsv", meta)) == list(
            read_inputs(tmp_path / f"{name}.jsonl", meta)
        )


@pytest.mark.parametrize(
    ("head", "name", "content", "message"),
    [
        (
            "sentence",
            "x.tsv",
            "a\tb\nc\td\t1\n",
            r"3 columns instead of 2: nothing is known of '1'\n.*line 2",
        ),
        ("sentence", "x.tsv", "a\n", r"1 column instead of 2\n.*line 1"),
        ("sentence", "x.tsv", "a\t \n", r"sentence 2 is empty\n.*line 1"),
        ("sentence", "x.tsv", 'a\t"b\n', r"broken quoting: unexpected end of data\n.*line 1"),
        ("sentence", "x.csv", "a,b,c\n", r"3 columns instead of 2: nothing is known of 'c'[\s\S]*--columns"),
        ("sentence", "x.tsv", "a\t\0\n", r"a NUL character\n.*line 1"),
        ("sentence", "x.jsonl", '{"text_a": "\\ud800", "text_b": "b"}\n', "half of a surrogate pair"),
        ("sentence", "x.jsonl", "[" * 9999 + "\n", "nested too deeply"),
        ("sentence", "x.tsv.gz", "a\tb\n", "cannot be read|broken"),
        ("word", "x.csv", "a\n", "reads one word per line"),
        ("word", "x.tsv", "a\nb\tNOUN\n", r"an extra column: 'NOUN'\n.*line 2\n.*\n.*cut -f1"),
        ("sentence", "x.jsonl", '{"text_a": "x"}\n', r"other fields than the model reads: text_b\n.*line 1"),
        ("sentence", "x.jsonl", '{"text_a": "x", "text_b": 3}\n', "text_b = '3' is not text"),
        ("word", "x.jsonl", '{"words": []}\n', "is not a list of words"),
        ("word", "x.jsonl", "{words\n", r"not JSON.*\n.*line 1, column 2"),
        ("word", "x.jsonl", "[1]\n", r"a JSON list, not an object"),
        ("sentence", "x.tsv", "a\tb\r\n\r\nc\td\r\n", r"the line is empty\n.*line 2"),
        ("sentence", "x.jsonl", '{"text_a": "x", "text_b": "y"}\n \n', r"the line is empty\n.*line 2"),
        ("word", "x.jsonl", '{"words": ["a", " "]}\n', r"word 2 is empty\n.*line 1"),
        (
            "word",
            "x.jsonl",
            '{"words": ["a", "b\\tc"]}\n',
            r"word 2 has a tab or a line end: 'b.tc'\n.*line 1",
        ),
        ("sentence", "x.tsv", "", r"the file holds nothing to label\n.*x.tsv"),
        ("word", "x.tsv", "\n\n", r"the file holds nothing to label"),
        ("word", "x.txt", "a\n", r"the ending of 'x.txt' names no format\n.*\.tsv, \.csv, \.jsonl"),
    ],
)
def test_input_that_does_not_fit_is_one_error(folders, tmp_path, head, name, content, message):
    (tmp_path / name).write_text(content)
    meta = isogloss.load(folders / head).meta
    with pytest.raises(DataError, match=message):
        list(read_inputs(tmp_path / name, meta))


def test_a_file_of_any_size_is_read_as_it_is_asked_for(folders, tmp_path):
    """Many rows pass through; what is held at any time is far less than the file."""
    path = tmp_path / "long.tsv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        for row in range(20_000):
            handle.write(f"w1 w2 {row}\tw3 {'w4 ' * 20}\r\n")
    meta = isogloss.load(folders / "sentence").meta
    tracemalloc.start()
    n = sum(1 for _ in read_inputs(path, meta))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert n == 20_000
    assert peak < path.stat().st_size / 10


def test_words_with_windows_line_ends_are_the_same_words(folders, tmp_path):
    meta = isogloss.load(folders / "word").meta
    for name, end in (("unix", "\n"), ("dos", "\r\n")):
        (tmp_path / f"{name}.tsv").write_bytes(end.join(["w1", "New York", "", "w3", ""]).encode())
    dos, unix = (list(read_inputs(tmp_path / f"{name}.tsv", meta)) for name in ("dos", "unix"))
    assert [example.words for example in dos] == [("w1", "New York"), ("w3",)]
    assert dos == unix


def test_bytes_that_are_not_utf8_are_named(folders, tmp_path):
    (tmp_path / "x.tsv").write_bytes(b"a\nb\n\xe4\n")
    with pytest.raises(DataError, match=r"byte 0xe4 is not UTF-8\n.*line 3"):
        list(read_inputs(tmp_path / "x.tsv", isogloss.load(folders / "word").meta))


def test_a_model_without_a_folder_has_no_labels_to_give(folders):
    model = isogloss.load(folders / "word")
    model.meta = None
    with pytest.raises(CheckpointError, match="without a description"):
        next(predict_stream(model, word_examples(2)))


def test_sentences_of_words_are_divided_by_a_blank_line():
    one = prediction.Prediction(0, ("a", "b"), ("X", "Y"), np.array([[0.75, 0.25], [0.5, 0.5]]))
    lines = list(write_predictions([one, one], ("X", "Y"), "word"))
    assert lines == ["a\tX\t0.750000", "b\tY\t0.500000", "", "a\tX\t0.750000", "b\tY\t0.500000"]


# CSV, compressed files, standard input


class Meta:
    """What reading asks of a model."""

    head, n_texts = "sentence", 2


@pytest.mark.parametrize("packed", [False, True])
def test_csv_with_lines_within_quotes_and_chosen_columns(tmp_path, packed):
    text = 'id,b,a,label\n7,"two\r\nlines, ""x""",one,yes\n8,d,c,no\n'
    path = tmp_path / ("x.csv.gz" if packed else "x.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    found = list(read_inputs(path, Meta, header=True, columns=["a", "b"]))
    assert [(one.text_a, one.text_b) for one in found] == [("one", 'two\r\nlines, "x"'), ("c", "d")]
    path.write_bytes(gzip.compress(b"7,b,a\n") if packed else b"7,b,a\n")
    assert next(read_inputs(path, Meta, columns=["2", "1"])).text_a == "a"
    with pytest.raises(DataError, match="no column 'text'"):
        list(read_inputs(path, Meta, header=True, columns=["text", "b"]))


def test_blank_lines_at_the_end_are_no_rows(tmp_path):
    for name, text in {
        "x.tsv": "a\tb\n",
        "x.csv": "a,b\r\n",
        "x.jsonl": '{"text_a": "a", "text_b": "b"}\n',
    }.items():
        path = tmp_path / name
        path.write_bytes((text + "\r\n\n").encode())
        assert [(one.text_a, one.text_b) for one in read_inputs(path, Meta)] == [("a", "b")]
    (tmp_path / "x.csv").write_bytes(b'a,"b\r\n\r\n"\r\n')
    assert next(read_inputs(tmp_path / "x.csv", Meta)).text_b == "b\r\n\r\n"


def test_rows_of_a_file_are_checked_before_any_is_labelled(folders, tmp_path):
    path = tmp_path / "x.tsv"
    path.write_text("a\tb\n\nc\td\n", encoding="utf-8")
    done = CliRunner().invoke(command, [str(folders / "sentence"), "--input", str(path)])
    assert "the line is empty" in str(done.exception)
    assert done.output == ""


def test_a_header_of_jsonl_is_refused_and_not_ignored(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"text_a": "a", "text_b": "b"}\n', encoding="utf-8")
    with pytest.raises(DataError, match="jsonl has no header"):
        read_inputs(path, Meta, header=True)


def test_half_a_surrogate_pair_in_python_is_refused(folders):
    with pytest.raises(DataError, match=r"half of a surrogate pair[\s\S]*predict, input 1"):
        isogloss.load(folders / "sentence").predict([("a", "b"), ("a", "b\ud800")])


def test_standard_input_is_read(monkeypatch):
    for kind, text in {"tsv": "a\tb\n", "csv": "a,b\n", "jsonl": '{"text_a": "a", "text_b": "b"}\n'}.items():
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        found = list(read_inputs(Path("-"), Meta, file_format=kind))
        assert [(one.text_a, one.text_b) for one in found] == [("a", "b")]


def test_the_command_computes_in_the_precision_of_the_function():
    (option,) = (each for each in command.params if each.name == "precision")
    assert option.default == inspect.signature(Classifier.predict).parameters["precision"].default == "fp32"


def test_layers_of_a_model_are_not_asked_about_another_kind_of_task(folders):
    options = ["--task", "mini-pos", "--languages", "en"]
    result = CliRunner().invoke(layers, [str(folders / "sentence"), *options])
    assert isinstance(result.exception, DataError)
    assert "labels one sentence at a time cannot read mini-pos" in str(result.exception)


def test_no_header_is_written_before_an_error(folders, tmp_path):
    result = CliRunner().invoke(
        command, [str(folders / "sentence"), "--input", "-", "--precision", "fp32"], input="only one\n"
    )
    assert isinstance(result.exception, DataError) and "standard input, line 1" in str(result.exception)
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("max_length", "x", "max_length: .*integer"),
        ("max_length", 0, "max_length: 3 or more, not 0"),
        ("encoder", {}, "encoder: needs spec and kind"),
        ("encoder", [], "encoder: .*dictionary"),
        ("aggregator_options", None, "aggregator_options: .*dictionary"),
        ("dropout", "x", "dropout: .*number"),
        ("head", "foo", "head: .*'sentence' or 'word'"),
        ("labels", ["a", "a"], "labels: two or more that differ"),
        ("labels", "01", "labels: .*tuple"),
        ("format", 3, "model format 3"),
        ("later", 1, "later: "),
        ("encoder_config", {"model_type": "bert", "hidden_size": "a"}, "the encoder cannot be loaded"),
    ],
)
def test_a_description_that_no_training_writes_is_one_error(folders, tmp_path, field, value, message):
    folder = shutil.copytree(folders / "sentence", tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config["isogloss"][field] = value
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match=message):
        isogloss.load(folder)


def test_a_tokenizer_without_padding_and_spoilt_weights_are_refused(folders, tmp_path):
    folder = shutil.copytree(folders / "sentence", tmp_path / "model")
    weights = load_file(folder / "model.safetensors")
    weights["head.classifier.bias"] = torch.full_like(weights["head.classifier.bias"], float("nan"))
    save_file(weights, folder / "model.safetensors")
    model = isogloss.load(folder)
    with pytest.raises(CheckpointError, match="infinite or not a number"):
        next(predict_stream(model, sentence_examples(2)))
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings.pop("pad_token")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(CheckpointError, match="names no padding subword"):
        isogloss.load(folder)
