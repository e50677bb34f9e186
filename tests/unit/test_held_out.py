"""Validation rows cut from training rows: no text on both sides, as many rows as groups allow."""

import random

import pytest

from isogloss.errors import DataError
from isogloss.tasks.base import SentenceExample, WordExample
from isogloss.tasks.held_out import hold_out


def pairs(*texts):
    return [SentenceExample(row, a, b, row % 2) for row, (a, b) in enumerate(texts)]


def rows(examples):
    return {example.row for example in examples}


def chained(n, seed=0):
    """Pairs that share sentences at random, some permuted, in other case or in another normal form."""
    rng = random.Random(seed)
    sentences = [f"the café {i} sells tea {i * 7} times" for i in range(3 * n)]

    def disguised(text):
        words = text.split()
        rng.shuffle(words)
        return rng.choice([text, " ".join(words), text.upper(), text.replace("é", "e\u0301"), f" {text} "])

    return pairs(*((disguised(rng.choice(sentences)), disguised(rng.choice(sentences))) for _ in range(n)))


def words_of(example):
    """The words of both texts as sets, written independently of the code under test."""
    import unicodedata

    texts = (example.text_a, example.text_b)
    return {tuple(sorted(unicodedata.normalize("NFC", text).lower().split())) for text in texts}


@pytest.mark.parametrize("seed", range(5))
def test_no_text_is_on_both_sides_in_whatever_order_its_words_stand(seed):
    examples = chained(400, seed)
    cut = hold_out(examples, 60, seed)
    left, right = (set().union(*map(words_of, part)) for part in (cut.train, cut.validation))
    assert left
    assert right
    assert not left & right
    assert rows(cut.train) | rows(cut.validation) == set(range(400))
    assert not rows(cut.train) & rows(cut.validation)
    assert len(cut.validation) <= 60


def test_rows_that_share_no_text_give_exactly_the_number():
    examples = pairs(*(("a" * i + "b", "a" * i + "c") for i in range(50)))
    cut = hold_out(examples, 20, 1)
    assert (len(cut.validation), len(cut.train), cut.n_groups, cut.n_groups_held_out) == (20, 30, 50, 20)
    assert list(cut.train) == sorted(cut.train, key=lambda example: example.row)


def test_a_chain_of_shared_texts_is_one_group():
    chain = [(f"sentence {i}", f"sentence {i + 1}") for i in range(10)]
    apart = [("alone", "and alone"), ("another", "one more")]
    cut = hold_out(pairs(*chain, *apart), 3, 0)
    assert rows(cut.validation) == {10, 11}
    assert cut.n_groups == 3


def test_sentences_of_words_are_compared_whole():
    texts = [("a", "b"), ("a", "c"), ("b", "a"), ("a", "b"), ("d",)]
    examples = [WordExample(row, words, (0,) * len(words)) for row, words in enumerate(texts)]
    for seed in range(6):
        held = rows(hold_out(examples, 3, seed).validation)
        assert held & {0, 2, 3} in (set(), {0, 2, 3})
    assert hold_out(examples, 3, 0).n_groups == 3


def test_the_seed_draws_the_groups():
    examples = chained(300)
    first, again, other = (hold_out(examples, 40, seed).validation for seed in (1, 1, 2))
    assert first == again != other


def test_texts_without_spaces_count_by_their_characters():
    examples = pairs(("猫が犬を見る", "x"), ("犬が猫を見る", "y"), ("鳥が飛ぶ", "z"))
    assert hold_out(examples, 1, 0).n_groups == 2


def test_a_cut_that_leaves_nothing_is_refused():
    examples = pairs(("a", "b"), ("c", "d"))
    with pytest.raises(DataError, match="2 validation rows cut from 2 training rows leave nothing"):
        hold_out(examples, 2, 0)


def test_rows_that_all_share_one_text_cannot_be_cut():
    examples = pairs(*(("the same", f"other {i}") for i in range(9)))
    with pytest.raises(DataError, match="smallest group of such rows has 9"):
        hold_out(examples, 3, 0)
