"""The twins of mini-paws: what each changes and what it leaves."""

import re
from collections import Counter
from itertools import combinations

import pytest

from isogloss.errors import DataError
from isogloss.tasks.base import SPLITS, TASKS
from isogloss.world import cipher as ciphers
from isogloss.world.cipher import cipher
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.tasks.mini_paws_relabelled import spoken_under

LANGUAGES = list(GRAMMARS)
TWINS = ("mini-paws-enciphered", "mini-paws-scrambled", "mini-paws-relabelled")
every_language = pytest.mark.parametrize("language", LANGUAGES)


def texts(name, language, size=60):
    """The first sentences of a task's validation rows."""
    examples = TASKS[name].examples(language, "validation", size)
    return [text for example in examples for text in (example.text_a, example.text_b)]


def letters_of(word):
    return "".join(letter for letter in word if letter.isalpha())


@pytest.mark.parametrize("name", TWINS)
def test_rows_and_labels_are_those_of_mini_paws(name):
    task, original = TASKS[name], TASKS["mini-paws"]
    assert task.card.labels == original.card.labels and task.card.head == original.card.head
    assert list(task.available(None)) == LANGUAGES
    one, other = (each.load(None, "fi", "test") for each in (task, original))
    assert one.task == name
    assert [(e.row, e.label) for e in one.examples] == [(e.row, e.label) for e in other.examples]
    assert all(e.text_a != o.text_a for e, o in zip(one.examples, other.examples, strict=True))


@pytest.mark.parametrize("name", TWINS)
def test_fingerprints_tell_tasks_languages_and_splits_apart(name):
    prints = [
        TASKS[task].fingerprint(None, language, split)
        for task in (name, "mini-paws")
        for language in LANGUAGES
        for split in SPLITS
    ]
    assert len(set(prints)) == len(prints)
    for part in (("xx", "test"), ("en", "dev")):
        with pytest.raises(DataError, match=r"no (language|split)"):
            TASKS[name].fingerprint(None, *part)


def test_vocabularies_are_disjoint_over_all_languages():
    plain = {word.lower() for name in LANGUAGES for word in GRAMMARS[name].vocabulary if letters_of(word)}
    enciphered = {
        name: {w.translate(cipher(name)).lower() for w in GRAMMARS[name].vocabulary if letters_of(w)}
        for name in LANGUAGES
    }
    for name, words in enciphered.items():
        assert words.isdisjoint(plain), name
        assert len(words) == len({w.lower() for w in GRAMMARS[name].vocabulary if letters_of(w)}), name
    for one, other in combinations(LANGUAGES, 2):
        assert enciphered[one].isdisjoint(enciphered[other]), (one, other)


@every_language
def test_vocabulary_holds_every_word_of_generated_sentences(language):
    from isogloss.world.generator import pairs

    known = {word.lower() for word in GRAMMARS[language].vocabulary}
    for pair in pairs(language, "train", 400):
        for word in (*pair.first.words, *pair.second.words):
            bare = re.sub(r"\b\d{4}|\d{4}", "", word.text).lower()
            assert not letters_of(bare) or bare in known, word


@every_language
def test_a_cipher_changes_letters_alone_and_can_be_undone(language):
    original, enciphered = texts("mini-paws", language), texts("mini-paws-enciphered", language)
    undone = {ord(image): chr(letter) for letter, image in cipher(language).items()}
    for before, after in zip(original, enciphered, strict=True):
        assert after.translate(undone) == before
        assert len(after) == len(before)
        for one, other in zip(before, after, strict=True):
            assert one.isalpha() == other.isalpha()
            assert one.isalpha() or one == other
            assert one.isupper() == other.isupper()
    assert len(set(cipher(language).values())) == len(cipher(language))


def test_the_same_letter_has_another_image_in_another_language():
    word = "Anna"
    images = {word.translate(cipher(language)) for language in ("de", "en", "es", "fr", "it")}
    assert len(images) == 5


def test_a_script_without_room_for_disjoint_words_is_an_error(monkeypatch):
    monkeypatch.setattr(ciphers, "_MAX_ATTEMPTS", 20)
    with pytest.raises(DataError, match=r"no key makes the vocabulary of 'aa' disjoint(.|\n)*script LATIN"):
        ciphers._ciphers({"aa": frozenset({"a", "b"})})


@every_language
def test_scrambled_sentences_hold_the_same_words(language):
    original, scrambled = texts("mini-paws", language), texts("mini-paws-scrambled", language)
    n_same = 0
    for before, after in zip(original, scrambled, strict=True):
        assert Counter(before.replace(" ", "")) == Counter(after.replace(" ", ""))
        n_same += before == after
    assert n_same <= 2


def test_order_of_scrambled_words_is_drawn_anew_for_every_sentence():
    first = tuple(TASKS["mini-paws-scrambled"].examples("zh", "validation", 60))
    assert first == TASKS["mini-paws-scrambled"].examples("zh", "validation", 80)[:60]
    assert all(example.text_a != example.text_b for example in first)


def test_labels_stand_on_other_languages_and_each_language_under_one():
    assert all(spoken_under(label) != label for label in LANGUAGES)
    assert sorted(spoken_under(label) for label in LANGUAGES) == LANGUAGES
    label = LANGUAGES[0]
    assert texts("mini-paws-relabelled", label) == texts("mini-paws", spoken_under(label))
