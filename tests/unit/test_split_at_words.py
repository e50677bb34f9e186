"""Subwords of words that are given are those of the running text, whatever kind of tokenizer reads it."""

from itertools import pairwise

import numpy as np
import pytest
from tiny_tokenizers import KINDS, LINES, WORDS, trained

from isogloss.modeling.encoding import encode, split_at_words
from isogloss.tasks.base import WordExample

PLAIN = [tuple(line.split(" ")) for line in LINES]
SPACED = [words for words in PLAIN + list(WORDS) if not any(c.isspace() for word in words for c in word)]


def pieces(tokenizer, words):
    """The pieces of each word, as `split_at_words` tells them apart."""
    ((subwords, ends),) = split_at_words([words], tokenizer)
    assert len(ends) == len(words) + 1 and ends[0] == 0 and ends[-1] == len(subwords)
    return [tokenizer.convert_ids_to_tokens(subwords[a:b].tolist()) for a, b in pairwise(ends)]


@pytest.mark.parametrize("kind", KINDS)
def test_inputs_are_those_of_the_running_text(kind):
    tokenizer = trained(kind)
    examples = [WordExample(i, words, (0,) * len(words)) for i, words in enumerate(PLAIN + list(WORDS))]
    found = encode(examples, tokenizer, "word", max_length=300, windows=True)
    assert found.n_windowed == 0
    for example, one in zip(examples, found.inputs, strict=True):
        assert one.subwords.tolist() == tokenizer(" ".join(example.words))["input_ids"]
        assert one.units.tolist() == list(range(len(example.words)))
        assert np.all(np.diff(one.positions) >= 0) and one.positions[-1] < len(one) - 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_word_has_the_subwords_that_it_has_behind_a_space(kind):
    """An independent reading: a word alone, with a space before it unless it is the first."""
    tokenizer = trained(kind)
    checked = 0
    for words in SPACED:
        own = pieces(tokenizer, words)
        for place, (word, mine) in enumerate(zip(words, own, strict=True)):
            text = f" {word}" if place else word
            alone = tokenizer.convert_ids_to_tokens(tokenizer(text, add_special_tokens=False)["input_ids"])
            assert mine == alone, (words, place)
            checked += 1
    assert checked > 120


@pytest.mark.parametrize("kind", KINDS)
def test_no_subword_is_lost_between_words(kind):
    tokenizer = trained(kind)
    for words in WORDS:
        together = [piece for one in pieces(tokenizer, words) for piece in one]
        ids = tokenizer(" ".join(words), add_special_tokens=False)["input_ids"]
        assert together == tokenizer.convert_ids_to_tokens(ids)


@pytest.mark.parametrize(
    ("kind", "first", "second"),
    [
        ("WordPiece", ["the"], ["the"]),
        ("Unigram", ["▁the"], ["▁the"]),
        ("byte-level BPE", ["the"], ["Ġthe"]),
        ("byte-level BPE, split", ["the"], ["Ġthe"]),
        ("Metaspace BPE", ["the"], ["▁the"]),
    ],
)
def test_a_space_belongs_to_the_word_behind_it(kind, first, second):
    assert pieces(trained(kind), ("the", "the")) == [first, second]


def test_a_space_that_is_a_subword_of_its_own_begins_the_word():
    _, number = pieces(trained("byte-level BPE, split"), ("on", "12.5"))
    assert number[0] == "Ġ" and "".join(number[1:]) == "12.5"
    assert pieces(trained("Unigram"), ("猫", "は")) == [["▁", "猫"], ["▁", "は"]]


def test_words_with_spaces_keep_what_is_theirs():
    own = pieces(trained("byte-level BPE"), ("a  b", " ", "cat"))
    assert ["".join(one) for one in own] == ["aĠĠb", "ĠĠ", "Ġcat"]
    assert [len(one) for one in pieces(trained("WordPiece"), (" ", "cat", "\u00a0", "mat "))] == [0, 1, 0, 1]


def test_a_subword_over_several_words_belongs_to_the_first():
    """A tokenizer that does not split at spaces may have learnt pieces with spaces inside."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    vocabulary = {piece: i for i, piece in enumerate(("<unk>", "a", " ", "b", "a ", "a b", "c"))}
    built = Tokenizer(models.BPE(vocabulary, [("a", " "), ("a ", "b")], unk_token="<unk>"))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=built, unk_token="<unk>")
    assert pieces(tokenizer, ("a", "b", "c")) == [["a b"], [], [" ", "c"]]
    (one,) = encode(
        [WordExample(0, ("a", "b", "c"), (0, 0, 0))], tokenizer, "word", max_length=9, windows=True
    ).inputs
    assert one.positions.tolist() == [0, 0, 1]


@pytest.mark.parametrize("longest", [1, 3])
def test_a_long_word_is_cut_and_its_neighbours_are_not(longest):
    tokenizer = trained("byte-level BPE")
    whole = pieces(tokenizer, ("cat", "x" * 60, "cat"))
    ((subwords, ends),) = split_at_words([("cat", "x" * 60, "cat")], tokenizer, longest_word=longest)
    assert np.diff(ends).tolist() == [min(len(one), longest) for one in whole]
    assert tokenizer.convert_ids_to_tokens(subwords.tolist()) == [p for one in whole for p in one[:longest]]
