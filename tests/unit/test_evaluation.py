"""Zero-shot evaluation: one model, many targets, every unit scored once."""

import numpy as np
import pytest
import torch
from tiny_models import FORWARD, SENTENCE_CARD, WORD_CARD, save_encoder, sentence_examples, word_examples

from isogloss.errors import CheckpointError
from isogloss.inference.evaluation import evaluate, predict
from isogloss.metrics import METRICS
from isogloss.modeling.encoding import collate, encode
from isogloss.modeling.model import load_model
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows
from rounding import assert_same, rounding

pytestmark = pytest.mark.numerics

SETTINGS = TrainingSettings(steps=30, batch_size=16, learning_rate=3e-3, max_length=40, precision="fp32")


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    encoder = save_encoder(folder / "encoder")
    for card, examples in ((SENTENCE_CARD, sentence_examples(100)), (WORD_CARD, word_examples(100))):
        finetune(
            StartingPoint(str(encoder)),
            TrainingRows(card, examples),
            Recipe(("aif", {"layer": 1}), SETTINGS),
            folder / card.head,
        )
    return folder


def run(models, card, *targets, folder=None, max_length=40, max_subwords_per_batch=300, **options):
    return list(
        evaluate(
            folder or models / card.head,
            [(card, *target) for target in targets],
            max_length=max_length,
            max_subwords_per_batch=max_subwords_per_batch,
            precision="fp32",
            **options,
        )
    )


def test_sentence_predictions_equal_those_one_at_a_time(models):
    examples = sentence_examples(30, 5)
    (result,) = run(models, SENTENCE_CARD, ("xx", examples))
    model, tokenizer, _ = load_model(models / "sentence")
    encoded = encode(examples, tokenizer, "sentence", max_length=40, windows=True)
    for i, one in enumerate(encoded.inputs):
        with torch.no_grad():
            logits = model(collate([one], 0, torch.device("cpu")))[0]
        expected = logits.double().softmax(0).tolist()
        assert_same(result.predictions["probability"][i], expected, **FORWARD)
        assert result.predictions["predicted"][i] == int(np.argmax(expected))
    gold = [example.label for example in examples]
    assert result.predictions["gold"] == gold
    assert result.predictions["row"] == list(range(30))
    assert result.score == np.mean(np.array(gold) == result.predictions["predicted"])
    assert result.chance == max(np.mean(gold), 1 - np.mean(gold))
    assert (result.language, result.metric, result.n_examples, result.n_units) == ("xx", "accuracy", 30, 30)


def test_word_predictions_cover_every_word_of_long_sentences(models):
    examples = word_examples(20, 6, longest=120)
    (result,) = run(models, WORD_CARD, ("xx", examples))
    assert result.n_windowed > 5
    assert [len(one) for one in result.predictions["predicted"]] == [len(x.words) for x in examples]
    assert result.n_units == sum(len(x.words) for x in examples) == sum(result.predictions["n_gold"])
    reference = METRICS["word_accuracy"](
        [x.labels for x in examples], result.predictions["predicted"], WORD_CARD.labels
    )
    assert result.score == reference.value == sum(result.predictions["hits"]) / result.n_units
    assert result.warnings == (f"xx: {result.n_windowed} sentences longer than 40 subwords read in windows",)
    assert "probability" not in result.predictions


@pytest.mark.parametrize("budget", [1, 100, 100_000])
def test_the_batch_size_changes_no_prediction(models, budget):
    examples = word_examples(25, 2)
    model, tokenizer, _ = load_model(models / "word")
    encoded = encode(examples, tokenizer, "word", max_length=40, windows=True)
    expected, found = (
        predict(
            model,
            encoded.inputs,
            max_subwords_per_batch=subwords,
            precision="fp32",
        )
        for subwords in (300, budget)
    )
    expected, found = np.concatenate(expected), np.concatenate(found)
    assert_same(found, expected, **FORWARD)
    best = np.sort(expected, axis=1)
    clear = best[:, -1] - best[:, -2] > 2 * rounding(**FORWARD) * np.abs(expected).max()
    assert clear.mean() > 0.99
    assert (found.argmax(axis=1) == expected.argmax(axis=1))[clear].all()


def test_targets_of_one_pass_are_scored_as_each_would_be_alone(models):
    targets = [(WORD_CARD, str(seed), word_examples(3 + 4 * seed, seed, longest=30)) for seed in range(4)]
    options = {"max_length": 20}
    together = run(models, WORD_CARD, *(target[1:] for target in targets), **options)
    assert [result.language for result in together] == ["0", "1", "2", "3"]
    for (_, language, examples), result in zip(targets, together, strict=True):
        (alone,) = run(models, WORD_CARD, (language, examples), **options)
        assert (result.warnings, result.n_subwords, result.n_units) == (
            alone.warnings,
            alone.n_subwords,
            alone.n_units,
        )
        pairs = zip(result.predictions["predicted"], alone.predictions["predicted"], strict=True)
        differing = sum(a != b for one, other in pairs for a, b in zip(one, other, strict=True))
        assert differing <= 0.01 * result.n_units  # ties within rounding
        assert_same(result.layer_shares.overall, alone.layer_shares.overall, **FORWARD)
        assert_same(result.layer_shares.by_part, alone.layer_shares.by_part, **FORWARD)
    assert {result.n_windowed for result in together} != {0}


def test_truncated_pairs_are_counted(models):
    (result,) = run(models, SENTENCE_CARD, ("xx", sentence_examples(30, 5)), max_length=10)
    assert result.n_truncated > 0
    assert result.warnings == (f"xx: {result.n_truncated} examples truncated to 10 subwords",)


def test_progress_ends_at_the_total(models):
    events = []
    run(models, SENTENCE_CARD, ("xx", sentence_examples(30, 5)), progress=events.append)
    assert events[-1].done == events[-1].total == 30
    assert events[-1].loss is None


def test_a_model_of_other_labels_is_refused(models):
    with pytest.raises(
        CheckpointError, match=r"the model predicts no, yes per sentence, but parity has even, odd, other"
    ):
        run(models, WORD_CARD, ("xx", word_examples(3)), folder=models / "sentence")
