"""Metrics equal those of seqeval and scikit-learn on random sequences, valid or not."""

import warnings
from itertools import product

import numpy as np
import pytest
from seqeval.metrics import f1_score
from sklearn.metrics import accuracy_score
from sklearn.metrics import f1_score as f1_of_labels

from isogloss.metrics import METRICS, accuracy, chance, entity_f1, macro_f1, word_accuracy

BIO = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")


def random_tags(rng: np.random.Generator, n_sentences: int) -> tuple[list[list[int]], list[list[int]]]:
    gold, predicted = [], []
    agreement = rng.random()
    for length in rng.integers(1, 12, n_sentences):
        truth = rng.integers(0, len(BIO), length)
        guess = np.where(rng.random(length) < agreement, truth, rng.integers(0, len(BIO), length))
        gold.append(truth.tolist())
        predicted.append(guess.tolist())
    return gold, predicted


def named(tags: list[list[int]]) -> list[list[str]]:
    return [[BIO[tag] for tag in sentence] for sentence in tags]


def test_entity_f1_equals_seqeval_on_ten_thousand_random_sequences():
    rng = np.random.default_rng(0)
    n_sequences = 0
    while n_sequences < 10_000:
        gold, predicted = random_tags(rng, int(rng.integers(1, 9)))
        n_sequences += len(gold)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = f1_score(named(gold), named(predicted))
        assert entity_f1(gold, predicted, BIO).value == pytest.approx(expected, abs=1e-12)


def test_entity_f1_equals_seqeval_on_every_pair_of_short_sequences():
    """All of O, B and I of two types, valid or not, with a sentence of one word and one of none beside."""
    tags = list(product(range(5), repeat=2))
    for gold, predicted in product(tags, tags):
        both = [[list(gold), [gold[0]], []], [list(predicted), [predicted[1]], []]]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = f1_score(*map(named, both))
        assert entity_f1(*both, BIO).value == pytest.approx(expected, abs=1e-12)


def test_entity_counts_of_one_sentence_are_those_of_the_sentence_alone():
    gold, predicted = random_tags(np.random.default_rng(1), 200)
    together = entity_f1(gold, predicted, BIO)
    for i in range(200):
        alone = entity_f1(gold[i : i + 1], predicted[i : i + 1], BIO)
        assert (together.hits[i], together.predicted[i], together.gold[i]) == (
            alone.hits,
            alone.predicted,
            alone.gold,
        )


def test_accuracy_equals_scikit_learn():
    rng = np.random.default_rng(2)
    for _ in range(50):
        gold, predicted = rng.integers(0, 3, (2, int(rng.integers(1, 100))))
        assert accuracy(gold, predicted).value == accuracy_score(gold, predicted)


def test_word_accuracy_equals_scikit_learn_on_the_words_in_one_row():
    rng = np.random.default_rng(3)
    for _ in range(50):
        gold, predicted = random_tags(rng, int(rng.integers(1, 20)))
        expected = accuracy_score(np.concatenate(gold), np.concatenate(predicted))
        assert word_accuracy(gold, predicted).value == expected


def test_macro_f1_equals_scikit_learn_also_where_labels_are_absent():
    rng = np.random.default_rng(6)
    for _ in range(200):
        gold, predicted = random_tags(rng, int(rng.integers(1, 8)))
        expected = f1_of_labels(np.concatenate(gold), np.concatenate(predicted), average="macro")
        assert macro_f1(gold, predicted) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("metric", ["word_accuracy", "entity_f1"])
def test_a_resample_has_the_value_of_its_own_sentences(metric: str):
    rng = np.random.default_rng(4)
    gold, predicted = random_tags(rng, 30)
    result = METRICS[metric](gold, predicted, BIO)
    samples = rng.integers(0, 30, (20, 30))
    expected = [METRICS[metric]([gold[i] for i in s], [predicted[i] for i in s], BIO).value for s in samples]
    np.testing.assert_allclose(result.resampled(samples), expected, rtol=0, atol=1e-12)
    assert result.resampled(np.arange(30)) == result.value


def test_chance_is_the_best_of_all_constant_predictions():
    rng = np.random.default_rng(5)
    gold, _ = random_tags(rng, 40)
    constants = [[[label] * len(sentence) for sentence in gold] for label in range(len(BIO))]
    assert chance("word_accuracy", gold) == max(word_accuracy(gold, guess).value for guess in constants)
    labels = rng.integers(0, 3, 50)
    assert chance("accuracy", labels.tolist()) == max(
        accuracy(labels, np.full(50, c)).value for c in range(3)
    )
    assert chance("entity_f1", gold) == 0.0
