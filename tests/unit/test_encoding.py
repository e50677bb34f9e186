"""Examples to subwords: nothing lost, nothing scored twice, little padded."""

import random
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from tiny_models import WORDS, sentence_examples, tokenizer, word_examples
from tiny_tokenizers import KINDS, LINES, trained

from isogloss.errors import CheckpointError
from isogloss.modeling.device import peak_memory_gib
from isogloss.modeling.encoding import collate, encode, split_by_budget
from isogloss.tasks.base import SentenceExample, WordExample

TOKENIZER = tokenizer()


def encode_words(examples, **options):
    return encode(examples, TOKENIZER, "word", **options)


def test_sentences_are_encoded_as_the_tokenizer_does():
    examples = sentence_examples(20)
    found = encode(examples, TOKENIZER, "sentence", max_length=64, windows=False)
    for example, one in zip(examples, found.inputs, strict=True):
        expected = TOKENIZER(example.text_a, example.text_b)
        assert one.subwords.tolist() == expected["input_ids"]
        assert one.segments.tolist() == expected["token_type_ids"]
        assert (one.positions.tolist(), one.units.tolist(), one.labels.tolist()) == (
            [0],
            [0],
            [example.label],
        )
    assert (found.n_truncated, found.n_windowed) == (0, 0)


def test_single_sentences_and_pairs_keep_their_order():
    examples = [
        SentenceExample(0, "w1", "w2", 0),
        SentenceExample(1, "w3", None, 1),
        SentenceExample(2, "w4", "w5", 0),
    ]
    found = encode(examples, TOKENIZER, "sentence", max_length=64, windows=False)
    assert [len(one) for one in found.inputs] == [5, 3, 5]
    assert [one.example for one in found.inputs] == [0, 1, 2]


def test_long_pairs_lose_the_end_of_the_longer_sentence_and_are_counted():
    pair = SentenceExample(0, " ".join(["w1"] * 50), "w2 w3", 0)
    found = encode([pair, *sentence_examples(3)], TOKENIZER, "sentence", max_length=24, windows=True)
    ids = found.inputs[0].subwords
    assert len(ids) == 24 and found.n_truncated == 1
    assert TOKENIZER.convert_ids_to_tokens(ids[-4:].tolist()) == ["[SEP]", "w2", "w3", "[SEP]"]
    assert len(found.inputs[0].segments) == 24


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("kind", KINDS)
def test_sentences_are_cut_as_the_tokenizer_itself_cuts_them(kind, side, monkeypatch):
    tokenizer = trained(kind)
    monkeypatch.setattr(tokenizer, "truncation_side", side)
    lines = list(LINES)
    for others in ([None] * len(lines), lines[::-1], [line[:5] for line in lines]):
        for limit in (5, 12, 13):
            texts = [lines, others] if others[0] else [lines]
            own = tokenizer(*texts, truncation="longest_first", max_length=limit)
            examples = [SentenceExample(0, a, b, 0) for a, b in zip(lines, others, strict=True)]
            found = encode(examples, tokenizer, "sentence", max_length=limit, windows=False)
            assert [one.subwords.tolist() for one in found.inputs] == own["input_ids"]
            assert [one.segments.tolist() for one in found.inputs] == own["token_type_ids"]


def test_two_long_texts_need_no_more_memory_than_their_subwords():
    text = " ".join(["w1"] * 3000)
    before = peak_memory_gib(torch.device("cpu"))
    encode([SentenceExample(0, text, text, 0)], TOKENIZER, "sentence", max_length=24, windows=False)
    assert peak_memory_gib(torch.device("cpu")) - before < 0.1


def test_words_are_labelled_at_their_first_subword():
    words = WordExample(0, ("w1", "abc", "w2"), (0, 1, 2))
    (one,) = encode_words([words], max_length=32, windows=False).inputs
    assert TOKENIZER.convert_ids_to_tokens(one.subwords.tolist()) == [
        "[CLS]",
        "w1",
        "a",
        "##b",
        "##c",
        "w2",
        "[SEP]",
    ]
    assert one.positions.tolist() == [1, 2, 5]
    assert one.labels.tolist() == [0, 1, 2]


def test_words_are_encoded_as_the_tokenizer_does_with_split_input():
    for example in word_examples(30):
        (one,) = encode_words([example], max_length=64, windows=False).inputs
        assert one.subwords.tolist() == TOKENIZER(list(example.words), is_split_into_words=True)["input_ids"]


def test_a_word_that_the_tokenizer_deletes_is_scored_at_the_subword_before_it():
    words = WordExample(0, (" ", "w1", "abc", " ", "w2"), (0, 1, 2, 0, 1))
    (one,) = encode_words([words], max_length=32, windows=True).inputs
    assert one.subwords.tolist() == TOKENIZER("w1 abc w2")["input_ids"]
    assert one.units.tolist() == [0, 1, 2, 3, 4]
    assert one.positions.tolist() == [0, 1, 2, 4, 5]


@pytest.mark.parametrize("head", ["sentence", "word"])
def test_a_text_of_which_nothing_is_left_is_the_unknown_subword(head):
    bare = tokenizer(framed=False)
    example = SentenceExample(0, " ", None, 1) if head == "sentence" else WordExample(0, (" ", " "), (1, 0))
    (one,) = encode([example], bare, head, max_length=8, windows=True).inputs
    assert one.subwords.tolist() == [bare.unk_token_id] and one.segments.tolist() == [0]
    assert set(one.positions.tolist()) == {0} and len(one.units) == len(one.labels) == len(one.positions)


def test_training_drops_words_beyond_the_limit():
    example = WordExample(0, WORDS[:30], tuple(range(30)))
    found = encode_words([example], max_length=12, windows=False)
    assert found.inputs[0].labels.tolist() == list(range(10))
    assert (found.n_truncated, found.n_windowed) == (1, 0)


@pytest.mark.parametrize("seed", range(60))
def test_windows_score_every_word_exactly_once(seed):
    rng = random.Random(seed)
    words = tuple(
        rng.choice([*WORDS[:9], "abc", "abcdefgh", "x" * rng.randint(1, 40)])
        for _ in range(rng.randint(1, 90))
    )
    max_length = rng.randint(4, 30)
    found = encode_words(
        [WordExample(0, words, tuple(range(len(words))))], max_length=max_length, windows=True
    )
    assert np.concatenate([one.units for one in found.inputs]).tolist() == list(range(len(words)))
    for one in found.inputs:
        assert len(one) <= max_length
        assert one.labels.tolist() == one.units.tolist()
        pieces = TOKENIZER.convert_ids_to_tokens(one.subwords.tolist())
        for position, unit in zip(one.positions, one.units, strict=True):
            first = TOKENIZER(words[unit], add_special_tokens=False)["input_ids"][0]
            assert one.subwords[position] == first, pieces


def test_windows_give_words_context_on_both_sides():
    example = WordExample(0, tuple(WORDS[i % 40] for i in range(200)), (0,) * 200)
    found = encode_words([example], max_length=42, windows=True)
    margin = 40 // 4
    for one in found.inputs:
        before, after = one.positions - 1, len(one) - 2 - one.positions
        inner = (one.units >= margin) & (one.units < 200 - margin)
        assert before[inner].min(initial=margin) >= margin
        assert after[inner].min(initial=margin) >= margin - 1
    assert found.n_windowed == 1


def test_no_room_for_words_is_an_error():
    with pytest.raises(CheckpointError, match="no room for words"):
        encode_words(word_examples(1), max_length=2, windows=True)


@pytest.mark.parametrize("budget", [1, 16, 64, 10_000])
def test_micro_batches_hold_every_input_once_within_budget(budget):
    inputs = encode_words(word_examples(50, longest=30), max_length=64, windows=False).inputs
    batches = split_by_budget(inputs, budget)
    assert sorted(place for batch in batches for place in batch) == list(range(50))
    for batch in batches:
        lengths = [len(inputs[place]) for place in batch]
        assert len(batch) == 1 or max(lengths) * len(batch) <= budget


@pytest.mark.parametrize("budget", [1, 30, 64, 10_000])
@pytest.mark.parametrize("batch_cost", [0, 7, 500])
def test_micro_batches_cost_the_least_of_all_ways_to_cut(budget, batch_cost):
    inputs = encode_words(word_examples(9, longest=30), max_length=64, windows=False).inputs
    lengths = sorted((len(one) for one in inputs), reverse=True)

    def cost(parts):
        fits = all(len(part) == 1 or len(part) * part[0] <= budget for part in parts)
        return sum(batch_cost + len(part) * part[0] for part in parts) if fits else np.inf

    def ways():
        for cuts in product((False, True), repeat=len(lengths) - 1):
            places = [0, *(at + 1 for at, cut in enumerate(cuts) if cut), len(lengths)]
            yield [lengths[start:stop] for start, stop in pairwise(places)]

    batches = split_by_budget(inputs, budget, batch_cost=batch_cost)
    found = [sorted((len(inputs[place]) for place in batch), reverse=True) for batch in batches]
    assert cost(found) == min(cost(parts) for parts in ways())


def test_collate_pads_ids_mask_and_segments():
    inputs = encode(sentence_examples(4), TOKENIZER, "sentence", max_length=64, windows=False).inputs
    batch = collate(inputs, TOKENIZER.pad_token_id, torch.device("cpu"))
    assert batch.subword_ids.shape == batch.mask.shape == batch.segment_ids.shape
    for row, one in enumerate(inputs):
        assert batch.mask[row].sum() == len(one)
        assert batch.subword_ids[row, : len(one)].tolist() == one.subwords.tolist()
        assert (batch.subword_ids[row, len(one) :] == TOKENIZER.pad_token_id).all()
        assert (batch.segment_ids[row, len(one) :] == 0).all()


def test_an_example_of_the_wrong_kind_is_a_programming_error():
    with pytest.raises(TypeError, match="expected WordExample, got SentenceExample"):
        encode(sentence_examples(1), TOKENIZER, "word", max_length=8, windows=False)
