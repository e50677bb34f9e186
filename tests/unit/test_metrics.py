"""What single metrics count, and what they refuse."""

import time

import numpy as np
import pytest

from isogloss.errors import DataError
from isogloss.metrics import accuracy, chance, entity_f1, word_accuracy

BIO = ("O", "B-PER", "I-PER", "B-LOC", "I-LOC")


def test_an_entity_is_right_only_as_a_whole():
    result = entity_f1([[1, 2, 0, 3]], [[1, 0, 0, 3]], BIO)
    assert (result.hits.tolist(), result.predicted.tolist(), result.gold.tolist()) == ([1], [2], [2])
    assert result.value == 0.5
    assert result.n_units == 2


def test_an_inside_tag_after_another_type_begins_an_entity():
    assert entity_f1([[1, 4]], [[1, 4]], BIO).n_units == 2


def test_an_entity_does_not_cross_a_sentence():
    result = entity_f1([[1], [2]], [[1], [2]], BIO)
    assert result.gold.tolist() == [1, 1]


def test_without_entities_f1_is_zero():
    assert entity_f1([[0, 0]], [[0, 0]], BIO).value == 0.0


def test_a_sentence_without_words_counts_nothing():
    assert word_accuracy([[], [1]], [[], [1]]).gold.tolist() == [0, 1]


def test_hundred_thousand_words_take_less_than_a_second():
    tags = np.random.default_rng(0).integers(0, 5, (5_000, 20)).tolist()
    start = time.perf_counter()
    entity_f1(tags, tags, BIO)
    assert time.perf_counter() - start < 1.0


def test_unequal_lengths_are_refused_with_the_sentence():
    with pytest.raises(DataError, match=r"1 predicted labels for 2 words\n  where:   sentence 1"):
        word_accuracy([[0], [0, 1]], [[0], [0]])
    with pytest.raises(DataError, match="2 predictions for 3 examples"):
        accuracy([0, 1, 1], [0, 1])


def test_nothing_to_score_is_an_error():
    with pytest.raises(DataError, match="no examples to score"):
        accuracy([], [])
    with pytest.raises(DataError, match="no words to score"):
        chance("word_accuracy", [])


def test_labels_that_are_not_bio_are_refused():
    with pytest.raises(DataError, match="the label 'NOUN' is not in BIO form"):
        entity_f1([[0]], [[0]], ("O", "NOUN"))


def test_an_unknown_metric_is_named_with_the_closest():
    with pytest.raises(DataError, match="did you mean 'accuracy'"):
        chance("acuracy", [0])
