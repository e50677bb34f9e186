"""Measures over text and over an encoder's states."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import isogloss
from isogloss.distances import DissimilarityMatrix, DistanceMatrix
from isogloss.distances.states import MIN_SENTENCES, cosine_by_layer, vote_shares
from isogloss.distances.text import TEXT_MEASURES, Corpus
from isogloss.errors import CheckpointError, DataError, LanguageError
from isogloss.languages import resolve, resolve_all
from isogloss.modeling.tokenizer_file import subwords_of


def corpus(code: str, words: Sequence[str], n: int = 3000, seed: int = 0) -> Corpus:
    """`n` words drawn from a vocabulary, ten a line, each cut into subwords of two letters."""
    drawn = [str(word) for word in np.random.default_rng(seed).choice(words, n)]
    lines = tuple(" ".join(drawn[i : i + 10]) for i in range(0, n, 10))
    subwords = tuple(word[i : i + 2] for word in drawn for i in range(0, len(word), 2))
    return Corpus(resolve(code), lines, subwords)


GERMAN = corpus("de", ["haus", "hund", "wasser", "und"])
DUTCH = corpus("nl", ["huis", "hond", "water", "und"], seed=1)
RUSSIAN = corpus("ru", ["дом", "собака", "вода", "и", "кот"], seed=2)
ALL = (GERMAN, DUTCH, RUSSIAN)


def between(name: str, a: Corpus, b: Corpus) -> float:
    return float(TEXT_MEASURES[name]((a, b)).values[0, 1])


@pytest.mark.parametrize("name", list(TEXT_MEASURES))
def test_distances_are_symmetric_with_a_zero_diagonal_and_others_are_dissimilarities(name: str) -> None:
    found = TEXT_MEASURES[name](ALL)
    assert found.metric == name
    assert found.definition == "text"
    assert np.isfinite(found.values).all()
    assert_allclose(np.diag(found.values), 0, atol=1e-12)
    if isinstance(found, DistanceMatrix):
        assert_allclose(found.values, found.values.T, atol=1e-12)
        assert found.values.min() >= 0
        assert found.values.max() <= 1
    else:
        assert isinstance(found, DissimilarityMatrix)
        assert not np.allclose(found.values, found.values.T)


@pytest.mark.parametrize("name", list(TEXT_MEASURES))
def test_order_of_the_corpora_is_irrelevant(name: str) -> None:
    forward, backward = TEXT_MEASURES[name](ALL), TEXT_MEASURES[name](ALL[::-1])
    assert_array_equal(backward.values, forward.values[::-1, ::-1])


@pytest.mark.parametrize("name", list(TEXT_MEASURES))
def test_too_little_text_is_nan_with_its_count(name: str) -> None:
    few = corpus("nl", ["huis", "hond"], n=20)
    found = TEXT_MEASURES[name]((GERMAN, few))
    assert np.isnan(found.values[0, 1])
    assert 0 < found.shared[0, 1] < found.threshold


@pytest.mark.parametrize("name", list(TEXT_MEASURES))
def test_one_language_twice(name: str) -> None:
    with pytest.raises(LanguageError, match="are one language"):
        TEXT_MEASURES[name]((GERMAN, corpus("deu", ["haus"])))


def test_word_overlap_by_hand() -> None:
    assert between("word-overlap", GERMAN, DUTCH) == pytest.approx(1 - 2 * 1 / (4 + 4))
    assert between("word-overlap", GERMAN, RUSSIAN) == 1


def test_subword_overlap_by_hand() -> None:
    a = {"ha", "us", "hu", "nd", "wa", "ss", "er", "un", "d"}
    b = {"hu", "is", "ho", "nd", "wa", "te", "r", "un", "d"}
    assert between("subword-overlap", GERMAN, DUTCH) == pytest.approx(1 - 2 * len(a & b) / (len(a) + len(b)))


def test_fertility_by_hand() -> None:
    long, short = corpus("de", ["abcdefgh"]), corpus("nl", ["ab"])
    assert between("fertility", short, long) == pytest.approx(2)
    assert between("fertility", long, short) == pytest.approx(-2)


def test_type_token_ratio_by_hand() -> None:
    assert between("type-token-ratio", corpus("de", ["a", "b"]), corpus("nl", ["c"])) == pytest.approx(1)
    assert between("type-token-ratio", corpus("de", ["a"]), corpus("nl", ["b", "c"])) == pytest.approx(0.25)


def test_character_trigrams_against_scipy() -> None:
    from scipy.spatial.distance import jensenshannon

    def shares(text: Corpus, of: Sequence[str]) -> list[float]:
        found = [line[i : i + 3] for line in text.lines for i in range(len(line) - 2)]
        return [found.count(trigram) / len(found) for trigram in of]

    trigrams = sorted(
        {line[i : i + 3] for c in (GERMAN, DUTCH) for line in c.lines for i in range(len(line) - 2)}
    )
    expected = jensenshannon(shares(GERMAN, trigrams), shares(DUTCH, trigrams), base=2)
    assert between("character-trigrams", GERMAN, DUTCH) == pytest.approx(expected)


def test_script_by_hand() -> None:
    assert between("script", GERMAN, DUTCH) == 0
    assert between("script", GERMAN, RUSSIAN) == 1
    mixed = Corpus(resolve("sr"), ("abcd абвг",) * 400)
    assert between("script", mixed, GERMAN) == pytest.approx(0.5)


def test_words_keep_their_marks_and_lose_case_and_digits() -> None:
    assert Corpus(resolve("hi"), ("हिन्दी में 12 शब्द।",)).words == ("हिन्दी", "में", "शब्द")
    assert Corpus(resolve("de"), ("Straße, STRASSE 2",)).words == ("straße", "strasse")


def test_text_without_spaces_has_no_words_and_says_so() -> None:
    chinese = Corpus(resolve("zh"), ("我们在这里" * 400,) * 10)
    found = TEXT_MEASURES["word-overlap"]((GERMAN, chinese))
    assert np.isnan(found.values[0, 1])
    assert "cmn: word-overlap has nothing to count: its script (Hans) is written without" in found.notes[0]
    assert between("character-trigrams", GERMAN, chinese) == 1


def test_no_tokenizer_no_subwords() -> None:
    plain = Corpus(GERMAN.language, GERMAN.lines)
    found = TEXT_MEASURES["fertility"]((plain, DUTCH))
    assert np.isnan(found.values[0, 1])
    assert found.notes == ("deu: fertility has nothing to count: no tokenizer was given",)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"12 34\n---\n"])
def test_empty_corpus(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(DataError, match=r"(?s)the corpus is empty.*a.txt.*plain text in German"):
        Corpus.read(resolve("de"), tmp_path / "a.txt")


def test_unreadable_corpus(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the corpus cannot be read: No such file"):
        Corpus.read(resolve("de"), tmp_path / "nowhere.txt")
    (tmp_path / "utf16.txt").write_bytes("Haus".encode("utf-16-le"))
    with pytest.raises(
        DataError, match=r"(?s)the corpus is no text: it holds a NUL character.*utf16.txt, line 1"
    ):
        Corpus.read(resolve("de"), tmp_path / "utf16.txt")
    (tmp_path / "utf16.txt").write_bytes("Haus".encode("utf-16"))
    assert Corpus.read(resolve("de"), tmp_path / "utf16.txt").lines == ("Haus",)
    (tmp_path / "latin.txt").write_bytes("Häuser".encode("latin-1"))
    with pytest.raises(DataError, match=r"(?s)not UTF-8: byte 1.*latin.txt"):
        Corpus.read(resolve("de"), tmp_path / "latin.txt")


def test_subwords_of_a_tokenizer_folder() -> None:
    found = subwords_of(MINI, ["the dog", "the"])
    assert "".join(found).replace("##", "") == "thedogthe"
    assert not any(subword.startswith("[") for subword in found)


def test_no_tokenizer_and_a_broken_one(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"(?s)'tokenizer.json' is missing.*save_pretrained"):
        subwords_of(tmp_path, ["a"])
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(CheckpointError, match="the tokenizer cannot be read"):
        subwords_of(tmp_path, ["a"])


MINI = Path(isogloss.__file__).parent / "world" / "encoder"

LANGUAGES = resolve_all(["de", "nl", "zh"])


def states(*shape: int, seed: int = 0) -> dict:
    rng = np.random.default_rng(seed)
    return {language: rng.normal(size=shape) + 1 for language in LANGUAGES}


def test_cosine_by_layer_against_one_pair_at_a_time() -> None:
    given = states(3, 120, 8)
    matrices = cosine_by_layer(given, "an encoder")
    assert [matrix.metric for matrix in matrices] == ["cosine-layer-0", "cosine-layer-1", "cosine-layer-2"]
    for layer, matrix in enumerate(matrices):
        assert isinstance(matrix, DistanceMatrix)
        assert_array_equal(matrix.values, matrix.values.T)
        assert_array_equal(np.diag(matrix.values), 0)
        a, b = (given[language][layer].mean(axis=0) for language in LANGUAGES[:2])
        expected = math.acos(float(a @ b) / math.sqrt(float((a @ a) * (b @ b)))) / math.pi
        assert matrix.values[0, 1] == pytest.approx(expected)


def test_few_sentences_are_no_evidence() -> None:
    given = states(2, MIN_SENTENCES - 1, 4)
    found = cosine_by_layer(given)[0]
    assert np.isnan(found.values[0, 1])
    assert found.shared[0, 1] == MIN_SENTENCES - 1


def votes(given: dict, target: int, k: int = 5) -> np.ndarray:
    """Shares of the votes of one language that each of the others gets."""
    others = [array for number, array in enumerate(given.values()) if number != target]
    return vote_shares(given[LANGUAGES[target]], others, k=k)


def test_nearest_neighbours_vote_for_the_language_that_lies_near() -> None:
    rng = np.random.default_rng(0)
    centres = {"de": [1, 0, 0, 0], "nl": [0.9, 0.2, 0, 0], "zh": [0, 0, 1, 0]}
    given = {
        language: rng.normal(scale=0.05, size=(2, 150, 4)) + centres[language.input] for language in LANGUAGES
    }
    dutch, chinese = votes(given, 0)
    assert dutch > 0.99  # Dutch gets the votes of German
    assert chinese < 0.01
    assert dutch + chinese == pytest.approx(1)


def test_nearest_neighbours_against_a_loop() -> None:
    given = states(1, 130, 5, seed=3)
    for column, target in enumerate(LANGUAGES):
        counts = {language: 0 for language in LANGUAGES if language != target}
        for sentence in given[target][0]:
            near = [
                (float(sentence @ other) / float(np.linalg.norm(other)), language)
                for language in counts
                for other in given[language][0]
            ]
            for _, language in sorted(near, key=lambda pair: -pair[0])[:3]:
                counts[language] += 1
        assert_allclose(votes(given, column, k=3), [count / (130 * 3) for count in counts.values()])


def test_states_that_do_not_fit() -> None:
    given = states(2, 120, 4)
    given[LANGUAGES[1]] = np.ones((2, 120, 5))
    with pytest.raises(
        DataError, match=r"(?s)states of nld have the shape \(2, 120, 5\), those of deu \(2, 120, 4\)"
    ):
        cosine_by_layer(given)
    given[LANGUAGES[1]] = np.ones((2, 0, 4))
    with pytest.raises(DataError, match="no sentence of nld"):
        cosine_by_layer(given)
    given[LANGUAGES[1]] = np.full((2, 120, 4), np.nan)
    with pytest.raises(DataError, match="states of nld are not finite"):
        cosine_by_layer(given)
    with pytest.raises(DataError, match=r"\(layer, sentence, width\)"):
        cosine_by_layer(states(120, 4))


@pytest.mark.numerics
def test_states_of_an_encoder() -> None:
    from isogloss.inference.sentence_states import sentence_states
    from rounding import assert_same

    one, two = sentence_states("mini", [["the dog", "a", "the dog sleeps here"], ["der Hund"]])
    assert one.shape[1:] == (3, two.shape[2])
    assert two.shape[:2] == (len(one), 1)
    (alone,) = sentence_states("mini", [["a"]])
    width = one.shape[2]
    assert_same(one[:, 1], alone[:, 0], depth=6 * 2, terms=4 * width)  # padding does not leak
