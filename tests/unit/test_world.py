"""The generator of the built-in world: patterns, pairs, splits, corpora."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from itertools import pairwise, permutations, product

import pytest

from isogloss.errors import DataError
from isogloss.tasks._tags import UPOS
from isogloss.tasks.base import (
    SPLITS,
    TASKS,
    SentenceExample,
)
from isogloss.world.design import POOLS, neutral_partners, rows
from isogloss.world.generator import corpus, pairs, sentences
from isogloss.world.grammar import BIO, Grammar, Proposition, Sentence, Word
from isogloss.world.grammar_file import GRAMMARS
from isogloss.world.roster import FRAMES, HELD_OUT, REFERENTS, RELATED
from isogloss.world.task import WorldTask

LANGUAGES = sorted(GRAMMARS)
NAMES = (
    *("anna", "maria", "olga", "leo", "max", "emil", "hugo"),
    *("athens", "brussels", "tokyo", "oslo", "chicago", "rome", "new_york"),
)
WORLD_TASKS = sorted(name for name in TASKS if isinstance(TASKS[name], WorldTask))
STREAMS = ("pairs", "inference", "sentences")
every_language = pytest.mark.parametrize("language", LANGUAGES)

FUNCTION_TAGS = frozenset({"ADP", "AUX", "CCONJ", "DET", "PART", "PRON", "PUNCT", "SCONJ"})


def content(sentence: Sentence) -> Counter[str]:
    """Bag of words up to function words; a name counts as the same word in all its case forms."""
    return Counter(
        word.referent or word.text.lower() for word in sentence.words if word.upos not in FUNCTION_TAGS
    )


def test_languages_include_those_of_paws_x() -> None:
    assert {"de", "en", "es", "fr", "ja", "ko", "zh"} <= set(LANGUAGES)
    assert len(LANGUAGES) >= 16


@every_language
def test_file_name_registry_name_and_language_agree(language: str) -> None:
    assert GRAMMARS[language].language == language


@every_language
def test_role_swapped_sentence_has_the_same_words_and_says_otherwise(language: str) -> None:
    grammar = GRAMMARS[language]
    for pair in pairs(language, "train", 200, frames="all"):
        for pattern in grammar.realisations[pair.row.proposition.frame]:
            said = grammar.say(pair.row.proposition, pattern)
            swapped = grammar.say(pair.row.proposition.swapped(), pattern)
            assert content(said) == content(swapped)
            assert said.text != swapped.text


@every_language
def test_all_sentences_of_all_patterns_are_different(language: str) -> None:
    """Else a sentence would not determine its proposition, and a label could be wrong."""
    grammar = GRAMMARS[language]
    said: Counter[str] = Counter()
    for frame in FRAMES.values():
        kind = [id_ for id_ in NAMES if REFERENTS[id_].kind == frame.kind]
        for (a, b), pattern in product(permutations(kind, 2), grammar.realisations[frame.id]):
            proposition = Proposition(frame.id, a, b, "peter" if frame.protagonist else None, 1987)
            said[grammar.say(proposition, pattern).text] += 1
    assert max(said.values()) == 1


@every_language
def test_spelling_and_words_agree(language: str) -> None:
    grammar = GRAMMARS[language]
    for _, sentence in sentences(language, "test", 400, frames="all"):
        words = "".join(word.text for word in sentence.words)
        assert sentence.text.replace(" ", "") == words
        assert ("  " not in sentence.text) and (grammar.spaces or " " not in sentence.text)
        assert sentence.text[0] == sentence.text[0].upper()
        assert sentence.text[-1] in ".。।"


@every_language
def test_labels_are_valid(language: str) -> None:
    for _, sentence in sentences(language, "test", 400, frames="all"):
        before = "O"
        for word in sentence.words:
            assert word.upos in UPOS and word.bio in BIO
            assert word.bio[0] != "I" or before[2:] == word.bio[2:]
            assert (word.bio == "O") == (word.referent is None)
            before = word.bio
        spans = [word.bio for word in sentence.words if word.bio.startswith("B")]
        assert 2 <= len(spans) <= 3


def test_frames_have_two_roles_of_one_type() -> None:
    assert len(FRAMES) >= 12
    for row in rows("train", 1000, frames="all"):
        a, b, c = (REFERENTS.get(each or "") for each in _fillers(row.proposition))
        frame = FRAMES[row.proposition.frame]
        assert a and b and a != b
        assert a.kind == b.kind == frame.kind and a.gender == b.gender
        assert (c is not None and c.kind == "person") == frame.protagonist


def _fillers(proposition: Proposition) -> tuple[str, str, str | None]:
    return proposition.a, proposition.b, proposition.c


def test_labels_and_orders_are_balanced_in_every_block() -> None:
    for start in range(0, 400, 8):
        block = rows("test", 400)[start : start + 8]
        cells = Counter(
            (row.paraphrase, row.same_pattern_order, bool(HELD_OUT & set(_fillers(row.proposition))))
            for row in block
        )
        assert len(cells) == 8


@every_language
def test_neither_patterns_nor_order_of_names_tell_the_label(language: str) -> None:
    labels: dict[tuple[bool, bool], list[int]] = {}
    for pair in pairs(language, "train", 2000):
        first, second = (
            [word.referent for word in sentence.words if word.referent in _fillers(pair.row.proposition)[:2]]
            for sentence in (pair.first, pair.second)
        )
        same_names_order = first[0] == second[0]
        assert same_names_order == (pair.row.paraphrase == pair.row.same_pattern_order)
        key = (pair.row.same_pattern_order, same_names_order)
        labels.setdefault((True, same_names_order), []).append(pair.row.paraphrase)
        labels.setdefault((False, pair.row.same_pattern_order), []).append(pair.row.paraphrase)
        assert key in product((True, False), repeat=2)
    assert all(sum(values) * 2 == len(values) for values in labels.values())


@pytest.mark.parametrize("language", ["ar", "en", "fi", "hi", "pl", "zh"])
def test_bag_of_words_is_near_chance(language: str) -> None:
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    def bags(split: str, size: int) -> tuple[list[list[str]], list[bool]]:
        chosen = list(pairs(language, split, size))  # type: ignore[arg-type]
        words = [
            [f"a:{w.text}" for w in pair.first.words] + [f"b:{w.text}" for w in pair.second.words]
            for pair in chosen
        ]
        return words, [pair.row.paraphrase for pair in chosen]

    vectorizer = CountVectorizer(analyzer=lambda words: words)
    train, train_labels = bags("train", 1200)
    test, test_labels = bags("test", 1200)
    model = LogisticRegression(solver="liblinear").fit(vectorizer.fit_transform(train), train_labels)
    assert abs(model.score(vectorizer.transform(test), test_labels) - 0.5) < 0.05


def test_splits_share_no_proposition_and_rows_no_duplicate() -> None:
    seen: dict[frozenset[object], str] = {}
    for split in ("pretrain", *SPLITS):
        for stream in STREAMS:
            for frames in ("all",) if split == "pretrain" else ("seen", "unseen"):
                chosen = rows(split, 200, stream=stream, frames=frames)
                keys = [_unordered(row.proposition) for row in chosen]
                assert len(set(keys)) == len(keys)
                for key in (*keys, *(_unordered(row.other) for row in chosen)):
                    assert seen.setdefault(key, split) == split


def _unordered(proposition: Proposition) -> frozenset[object]:
    names = frozenset((proposition.a, proposition.b))
    return frozenset((proposition.frame, names, ("c", proposition.c), proposition.year))


@every_language
def test_splits_share_no_sentence(language: str) -> None:
    """Of any task, the test sets of unseen frames included."""
    texts: dict[str, set[str]] = {split: set() for split in SPLITS}
    for split, name in product(SPLITS, WORLD_TASKS):
        for example in TASKS[name].examples(language, split, 80):  # type: ignore[attr-defined]
            if isinstance(example, SentenceExample):
                texts[split] |= {example.text_a, str(example.text_b)}
            else:
                texts[split].add(GRAMMARS[language].spell(Word(text, "X") for text in example.words))
    texts["pretrain"] = {text for pair in corpus([language], size=600) for text in pair[:2]}
    for one, other in permutations(texts, 2):
        assert not texts[one] & texts[other]


def test_held_out_names_are_in_test_only() -> None:
    for split, stream in product(("train", "validation"), STREAMS):
        for row in rows(split, 200, stream=stream):
            assert not HELD_OUT & set(_fillers(row.proposition))
    for stream, frames in product(STREAMS, ("seen", "unseen")):
        chosen = rows("test", 384, stream=stream, frames=frames)
        assert sum(bool(HELD_OUT & set(_fillers(row.proposition))) for row in chosen) == 192


def test_frames_of_a_pool_are_used_and_no_others() -> None:
    assert set(POOLS["seen"]) | set(POOLS["unseen"]) == set(FRAMES)
    assert not set(POOLS["seen"]) & set(POOLS["unseen"]) and len(POOLS["unseen"]) == 3
    for split, frames in (("train", "seen"), ("validation", "seen"), ("test", "seen"), ("test", "unseen")):
        used = {row.proposition.frame for row in rows(split, 200, frames=frames)}
        assert used == set(POOLS[frames])


class TestInference:
    def test_every_block_holds_each_combination_equally_often(self) -> None:
        chosen = rows("test", 240, stream="inference")
        for start in range(0, 240, 24):
            cells = Counter(
                (row.relation, row.same_pattern_order, bool(HELD_OUT & set(_fillers(row.proposition))))
                for row in chosen[start : start + 24]
            )
            assert len(cells) == 12 and set(cells.values()) == {2}

    def test_second_propositions_are_what_the_relation_says(self) -> None:
        exchanged = Counter()
        for row in rows("train", 480, stream="inference"):
            first, other = row.proposition, row.other
            assert {first.a, first.b} == {other.a, other.b}
            assert (first.c, first.year) == (other.c, other.year)
            if row.relation == "neutral":
                exchanged[other.a == first.b] += 1
                assert other.frame != first.frame
                assert frozenset((other.frame, first.frame)) not in RELATED
            else:
                assert other == (first if row.relation == "entailment" else first.swapped())
        assert exchanged[True] == exchanged[False] == 80

    @pytest.mark.parametrize("pool", ["seen", "unseen", "all"])
    def test_each_frame_is_as_often_a_partner_as_it_has_one(self, pool: str) -> None:
        partners = neutral_partners(pool)  # type: ignore[arg-type]
        as_partner = Counter(other for others in partners.values() for other in others)
        assert as_partner == {frame: len(others) for frame, others in partners.items()}
        for one, others in partners.items():
            for other in others:
                assert FRAMES[one].kind == FRAMES[other].kind
                assert FRAMES[one].protagonist == FRAMES[other].protagonist
                assert frozenset((one, other)) not in RELATED and one != other

    def test_all_seen_frames_take_part_and_unseen_ones_that_have_a_partner(self) -> None:
        assert set(neutral_partners("seen")) == set(POOLS["seen"])
        assert set(neutral_partners("unseen")) == {"sale", "wealth"}

    @pytest.mark.parametrize("language", ["en", "ru", "ja"])
    def test_second_sentence_alone_does_not_tell_the_label(self, language: str) -> None:
        assert abs(_accuracy(language, "b", ("entailment", "neutral", "contradiction")) - 1 / 3) < 0.05

    @pytest.mark.parametrize("language", ["en", "ru", "ja"])
    def test_first_sentence_alone_does_not_tell_the_label(self, language: str) -> None:
        assert abs(_accuracy(language, "a", ("entailment", "neutral", "contradiction")) - 1 / 3) < 0.05

    @pytest.mark.parametrize("language", ["en", "ru", "ja"])
    def test_words_of_both_do_not_tell_entailment_from_contradiction(self, language: str) -> None:
        assert abs(_accuracy(language, "ab", ("entailment", "contradiction")) - 0.5) < 0.06


def _accuracy(language: str, read: str, relations: tuple[str, ...]) -> float:
    """Of a logistic regression on words and neighbours, trained on train rows, on validation rows."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    def bags(split: str) -> tuple[list[list[str]], list[str]]:
        chosen = [
            pair
            for pair in pairs(language, split, 1200, stream="inference")  # type: ignore[arg-type]
            if pair.row.relation in relations
        ]
        sides = {"a": [pair.first for pair in chosen], "b": [pair.second for pair in chosen]}
        words: list[list[str]] = [[] for _ in chosen]
        for side in read:
            for bag, sentence in zip(words, sides[side], strict=True):
                texts = ["", *(word.text for word in sentence.words)]
                bag += [f"{side}:{text}" for text in texts]
                bag += [f"{side}:{one} {other}" for one, other in pairwise(texts)]
        return words, [pair.row.relation for pair in chosen]

    vectorizer = CountVectorizer(analyzer=lambda words: words)
    train, train_labels = bags("train")
    test, test_labels = bags("validation")
    model = OneVsRestClassifier(LogisticRegression(solver="liblinear"))
    model.fit(vectorizer.fit_transform(train), train_labels)
    return float(model.score(vectorizer.transform(test), test_labels))


def test_fewer_rows_are_the_first_of_more() -> None:
    assert rows("validation", 50) == rows("validation", 80)[:50]
    assert rows("validation", 50) != rows("validation", 50, seed=1)


def test_rows_do_not_depend_on_process_or_order_of_calls() -> None:
    code = (
        "from isogloss.world.generator import pairs;"
        "print([(p.first.text, p.second.text) for p in pairs('tr', 'test', 20)])"
    )
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert told.stdout.strip() == str([(p.first.text, p.second.text) for p in pairs("tr", "test", 20)])


@pytest.mark.parametrize("size", [-1, 10_000_000])
def test_impossible_size(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("isogloss.world.design._MAX_REJECTED", 3)
    with pytest.raises(DataError, match=f"size {size} is"):
        rows("validation", size, seed=99)


def test_corpus_says_the_same_twice_in_one_language() -> None:
    chosen = list(corpus(["en", "ja"], size=400, seed=3))
    assert [pair.language for pair in chosen] == ["en", "ja"] * 200
    assert all(pair.text_a != pair.text_b for pair in chosen)
    assert chosen[:100] == list(corpus(["en", "ja"], size=100, seed=3))
    assert chosen != list(corpus(["en", "ja"], size=400, seed=4))


def test_corpus_pairs_are_paraphrases() -> None:
    """Each English text is parsed back through its patterns; both must yield one proposition."""
    grammar = GRAMMARS["en"]
    meanings: dict[str, Proposition] = {}
    chosen = list(corpus(["en"], size=300))
    texts = {text for pair in chosen for text in pair[:2]}
    years = {text: next(int(word.strip(".,")) for word in text.split() if word[:2] == "19") for text in texts}
    for year in set(years.values()):
        wanted = {text for text, own in years.items() if own == year}
        meanings |= _parse_all(grammar, wanted, year)
    assert set(meanings) == texts
    for pair in chosen:
        assert meanings[pair.text_a] == meanings[pair.text_b]


def _parse_all(grammar: Grammar, texts: set[str], year: int) -> dict[str, Proposition]:
    spelled = {id_: " ".join(grammar.declined[id_, ""]) for id_ in REFERENTS}
    found: dict[str, Proposition] = {}
    for text in texts:
        named = sorted(
            (id_ for id_ in REFERENTS if spelled[id_] in text), key=lambda id_: REFERENTS[id_].kind
        )
        for frame in FRAMES.values():
            for a, b in permutations([id_ for id_ in named if REFERENTS[id_].kind == frame.kind], 2):
                others = (
                    [id_ for id_ in named if REFERENTS[id_].kind == "person"] if frame.protagonist else [None]
                )
                for c, pattern in product(others, grammar.realisations[frame.id]):
                    proposition = Proposition(frame.id, a, b, c, year)
                    if grammar.say(proposition, pattern).text == text:
                        found[text] = proposition
    return found


def test_corpus_covers_all_names_and_frames_of_a_language() -> None:
    text = " ".join(" ".join(pair[:2]) for pair in corpus(["de"], size=2000))
    assert all(name.text in text for name in GRAMMARS["de"].names.values())


def test_corpus_without_language() -> None:
    with pytest.raises(DataError, match="no language"):
        list(corpus([], size=1))
