"""Pretraining: text, vocabulary, masking, alignment, schedule, and a folder that stock transformers loads."""

import csv
import random
import time
from itertools import pairwise

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from transformers import AutoModel, AutoModelForMaskedLM, AutoTokenizer

from isogloss.errors import DataError
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.pretraining import pretrain as module
from isogloss.pretraining import world as pretrain_world
from isogloss.pretraining.alignment import choose_pivot, link_counts, translation_table
from isogloss.pretraining.corpora import PretrainingCorpus, read_corpus
from isogloss.pretraining.embeddings import aligned_embeddings
from isogloss.pretraining.masking import EncodedCorpus, Sampler, SubwordIds
from isogloss.pretraining.pretrain import pretrain
from isogloss.pretraining.settings import PretrainSettings
from isogloss.pretraining.vocabulary import learn_wordpieces
from rounding import rounding

pytestmark = pytest.mark.numerics

SMALL = {
    "precision": "fp32",
    "layers": 1,
    "width": 32,
    "heads": 2,
    "feed_forward": 64,
    "vocabulary": 300,
    "subwords_per_update": 512,
}
NOUNS = ("dog", "cat", "house", "river", "stone", "child", "bird", "tree")
VERBS = ("sees", "finds", "likes", "holds", "hears")


def english(n, seed=0):
    rng = random.Random(seed)
    return tuple(f"the {rng.choice(NOUNS)} {rng.choice(VERBS)} the {rng.choice(NOUNS)} ." for _ in range(n))


def cipher(text):
    """A language of the same structure in other letters; its verb stands last."""
    words = [
        word
        if word == "."
        else word.translate(str.maketrans("abcdefghijklmnopqrstuvwxyz", "бцдефгхийклмнопярстувшжызѧ"))
        for word in text.split()
    ]
    article, subject, verb, again, thing, stop = words
    return " ".join((article, subject, again, thing, verb, stop))


ENGLISH = english(400)
TEXTS = {"en": ENGLISH, "xx": tuple(cipher(text) for text in english(400, 1))}
PARALLEL = tuple({"en": text, "xx": cipher(text)} for text in english(300, 2))
CORPUS = PretrainingCorpus(texts=TEXTS, parallel=PARALLEL, origin=("made up for a test",))


def learn(texts=TEXTS, *, size=300):
    settings = PretrainSettings(steps=1, max_length=64, max_positions=64)
    return learn_wordpieces(texts, settings.model_copy(update={"vocabulary": size}))


@pytest.fixture(scope="module")
def tokenizer():
    return learn()


@pytest.fixture(scope="module")
def encoded(tokenizer):
    return EncodedCorpus.of(CORPUS, tokenizer, 64)


def sampler(encoded, tokenizer, *, share=0.2, **settings):
    settings = PretrainSettings(steps=1, mlm_probability=share, **settings)
    return Sampler(encoded, SubwordIds.of(tokenizer), settings, np.random.default_rng(0))


# Text


def write_rows(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        csv.writer(handle, delimiter="\t").writerows(rows)


def test_plain_files_one_text_a_line_repeats_and_blanks_left_out(tmp_path):
    (tmp_path / "en.txt").write_text("a b\n\nc d\na b\n", encoding="utf-8")
    (tmp_path / "de.txt").write_text("e f\n", encoding="utf-8")
    found = read_corpus(tmp_path)
    assert found.texts == {"en": ("a b", "c d"), "de": ("e f",)}
    assert found.languages() == ("de", "en")


def test_parallel_plain_files_align_by_line(tmp_path):
    (tmp_path / "en.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    (tmp_path / "de.txt").write_text("eins\n\ndrei\n", encoding="utf-8")
    (tmp_path / "fr.txt").write_text("un\ndeux\ntrois\n", encoding="utf-8")
    found = read_corpus(None, tmp_path)
    assert found.parallel[1] == {"en": "two", "fr": "deux"}
    assert len(found.parallel) == 3 and found.texts == {}
    (tmp_path / "fr.txt").write_text("un\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"parallel files of different length: de 3, en 3, fr 1\n  where: "):
        read_corpus(None, tmp_path)


def test_lines_are_those_of_an_editor_and_files_those_of_languages(tmp_path):
    (tmp_path / "en.txt").write_text("one\u2028or two\nthree\n", encoding="utf-8")
    (tmp_path / "de.txt").write_text("eins\ndrei\u0085vier", encoding="utf-8")
    found = read_corpus(tmp_path, tmp_path)
    assert [row["de"][:4] for row in found.parallel] == ["eins", "drei"]
    assert found.parallel[1]["en"] == "three"
    (tmp_path / "README.txt").write_text("Not a language.\n", encoding="utf-8")
    (tmp_path / "fr.txt").write_text("\n", encoding="utf-8")
    found = read_corpus(tmp_path)
    assert found.languages() == ("de", "en")
    assert found.origin == (f"2 text files in {tmp_path.name}/, without README.txt: no language",)


def test_xtreme_layout_gives_train_and_dev_text_without_test_and_labels(tmp_path):
    for split in ("train", "dev", "test"):
        path = tmp_path / "udpos" / f"{split}-en.tsv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{split}\tNOUN\nbarks\tVERB\n\n", encoding="utf-8")
    (tmp_path / "udpos" / "dev-zh.tsv").write_text("你\tPRON\n好\tADJ\n\n", encoding="utf-8")
    write_rows(tmp_path / "pawsx" / "dev-en.tsv", [["a one", "a two", "1"], ["b one", "b two", "0"]])
    write_rows(tmp_path / "pawsx" / "dev-de.tsv", [["A eins", "A zwei", "1"], ["NS", "B zwei", "0"]])
    write_rows(tmp_path / "pawsx" / "test-en.tsv", [["secret", "secret", "1"]])
    found = read_corpus(tmp_path, tmp_path)
    assert found.texts == {
        "de": ("A eins", "A zwei"),
        "en": ("dev barks", "train barks", "a one", "a two", "b one", "b two"),
        "zh": ("你好",),
    }
    assert found.parallel == ({"de": "A eins", "en": "a one"}, {"de": "A zwei", "en": "a two"})
    assert found.origin[-1] == "parallel rows of 2 dev files of pawsx"


def test_the_real_files_are_read(xtreme):
    found = read_corpus(None, xtreme)
    assert len({language for row in found.parallel for language in row}) == 17
    assert all("NS" not in row.values() for row in found.parallel)
    rows_of_pawsx = [row for row in found.parallel if "ko" in row]
    assert 3500 < len(rows_of_pawsx) <= 4000
    assert max(len(row) for row in found.parallel) == 15


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda folder: None, "no text to pretrain on"),
        (
            lambda folder: (folder / "en.txt").write_bytes(b"ok\ncaf\xe9\n"),
            r"byte 0xe9 is not UTF-8\n  where: .*en\.txt, line 2",
        ),
    ],
)
def test_unreadable_text_is_refused(tmp_path, prepare, message):
    prepare(tmp_path)
    with pytest.raises(DataError, match=message):
        read_corpus(tmp_path)


def test_absent_folder_language_or_text_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"no folder '.*absent'"):
        read_corpus(tmp_path / "absent")
    with pytest.raises(DataError, match=r"no text in 'zz'\n  where:   made up for a test\n  allowed: en, xx"):
        CORPUS.only(["en", "zz"])
    origin = (*CORPUS.origin, "of that, only what is in en")
    for spelling in ("en", "eng", "English"):
        assert CORPUS.only([spelling]) == PretrainingCorpus(texts={"en": ENGLISH}, origin=origin)
    with pytest.raises(DataError, match="no text to pretrain on"):
        pretrain(PretrainingCorpus(), tmp_path / "out", PretrainSettings(steps=1))
    assert not (tmp_path / "out").exists()


# Vocabulary


def test_the_vocabulary_repeats_and_follows_the_seed():
    texts = {"en": [f"{a}{b} word" for a in "abcdefgh" for b in "ijklmnop"] * 3}
    learned = [learn(texts, size=120).backend_tokenizer.to_str() for _ in range(2)]
    assert learned[0] == learned[1]


def test_unspaced_scripts_have_the_same_subwords_in_running_text_and_in_word_lists():
    texts = {"zh": ["今天天气很好。"] * 20, "th": ["วันนี้อากาศดี"] * 20, "ja": ["今日はがっこうへ"] * 20}
    tokenizer = learn(texts)
    for words in (("今天", "天气", "很", "好"), ("วันนี้", "อากาศ", "ดี"), ("今日", "は", "がっこう", "へ")):
        together = tokenizer("".join(words), add_special_tokens=False)["input_ids"]
        apart = tokenizer(list(words), is_split_into_words=True, add_special_tokens=False)["input_ids"]
        assert together == apart
        assert tokenizer.unk_token_id not in together


def test_ascii_is_never_unknown_and_digits_stand_alone(tokenizer):
    assert tokenizer.tokenize("2024 ?!") == ["2", "0", "2", "4", "?", "!"]


# Masking


def test_only_ordinary_subwords_are_masked_in_the_stated_share(encoded, tokenizer):
    """A share so large that the rule of at least one subword an input hardly matters."""
    ids = SubwordIds.of(tokenizer)
    n_chosen = n_ordinary = n_masked = n_kept = 0
    updates = sampler(encoded, tokenizer, share=0.6).updates(2048)
    for inputs in (next(updates) for _ in range(20)):
        for one in inputs:
            assert (one.labels >= ids.n_special).all()
            original = one.subwords.copy()
            original[one.positions] = one.labels
            assert original[0] == ids.cls and original[-1] == ids.sep
            assert ids.mask not in original
            n_chosen += len(one.labels)
            n_ordinary += int((original >= ids.n_special).sum())
            n_masked += int((one.subwords[one.positions] == ids.mask).sum())
            n_kept += int((one.subwords[one.positions] == one.labels).sum())
    assert n_chosen / n_ordinary == pytest.approx(0.6, abs=0.02)
    assert n_masked / n_chosen == pytest.approx(0.8, abs=0.02)
    assert n_kept / n_chosen == pytest.approx(0.1, abs=0.02)


def test_whole_words_are_masked_together_but_not_long_ones():
    texts = {"en": ["abcd efgh ijkl"] * 30 + ["qrstuvwxyz"]}
    tokenizer = learn(texts, size=160)  # room for single characters, and for few longer pieces
    ids = SubwordIds.of(tokenizer)
    encoded = EncodedCorpus.of(PretrainingCorpus(texts=texts), tokenizer, 64)
    chosen = sampler(encoded, tokenizer, share=0.5, whole_words=True)
    split_long = False
    for _ in range(200):
        subwords = chosen._draw()[0]
        hidden = chosen._chosen(subwords, np.zeros(len(subwords), dtype=np.int64))
        word = np.cumsum(ids.begins_word[subwords])
        for each in range(2, word.max()):
            inside = hidden[word == each]
            if len(inside) <= 4:
                assert inside.all() or not inside.any()
            else:
                split_long |= bool(inside.any() and not inside.all())
    assert split_long


def test_what_both_texts_of_a_pair_share_is_hidden_on_one_side(tokenizer):
    pairs = {"en": tuple(zip(ENGLISH, ENGLISH, strict=True))}
    encoded = EncodedCorpus.of(PretrainingCorpus(pairs=pairs), tokenizer, 64)
    draws = sampler(encoded, tokenizer, share=0.1, recall_share=0.8)
    shares = []
    for _ in range(300):
        subwords, segments = draws._draw()
        common = draws._common_of_one_side(subwords, segments)
        hidden = draws._chosen(subwords, draws._shares(segments, common))
        sides = [hidden[(segments == side) & (subwords >= 5)].mean() for side in (0, 1)]
        shares.append(sorted(sides))
    low, high = np.mean(shares, axis=0)
    assert (low, high) == (pytest.approx(0.05, abs=0.03), pytest.approx(0.8, abs=0.05))


def test_parallel_rows_make_up_the_stated_share_of_subwords(encoded, tokenizer):
    updates = sampler(encoded, tokenizer, parallel_share=0.3).updates(2048)
    n_parallel = n_all = 0
    for inputs in (next(updates) for _ in range(400)):
        for one in inputs:
            n_all += len(one)
            n_parallel += len(one) if one.segments.any() else 0
    assert n_parallel / n_all == pytest.approx(0.3, abs=0.03)


def test_updates_keep_to_their_size_and_pad_little(encoded, tokenizer):
    updates = sampler(encoded, tokenizer).updates(1024)
    for inputs in (next(updates) for _ in range(20)):
        lengths = [len(one) for one in inputs]
        assert max(lengths) * len(lengths) <= 1024
        assert sum(lengths) >= 0.8 * max(lengths) * len(lengths)


def test_small_languages_are_drawn_more_often_than_their_size(tokenizer):
    texts = {"en": ENGLISH, "xx": TEXTS["xx"][:4]}
    draws = sampler(EncodedCorpus.of(PretrainingCorpus(texts=texts), tokenizer, 64), tokenizer)
    shares = dict(zip(map(len, draws._sources), draws._weights, strict=True))
    assert shares[4] == pytest.approx(1 / 11)


def test_long_texts_are_cut_into_pieces_and_pairs_at_their_ends(tokenizer):
    long = " ".join(ENGLISH[:30])
    corpus = PretrainingCorpus(texts={"en": (long,)}, pairs={"en": ((long, long),)})
    found = EncodedCorpus.of(corpus, tokenizer, 32)
    whole = tokenizer(long, add_special_tokens=False)["input_ids"]
    assert np.concatenate(found.texts["en"]).tolist() == whole
    assert max(map(len, found.texts["en"])) == 30
    assert [len(side) for side in found.pairs["en"][0]] == [14, 14]


# Alignment and embeddings


def naive_links(rows, n_ids):
    """IBM model 1 in both directions, four iterations, link by link."""

    def posterior(pairs):
        table = {(a, b): 1.0 for x, y in pairs for a in x for b in y}
        for _ in range(4):
            counts, totals = dict.fromkeys(table, 0.0), {}
            for x, y in pairs:
                for b in y:
                    norm = sum(table[a, b] for a in x)
                    for a in x:
                        counts[a, b] += table[a, b] / norm
                        totals[a] = totals.get(a, 0.0) + table[a, b] / norm
            table = {(a, b): counts[a, b] / totals[a] for a, b in table}
        return [[[table[a, b] / sum(table[c, b] for c in x) for b in y] for a in x] for x, y in pairs]

    pairs = [(row["a"].tolist(), row["b"].tolist()) for row in rows]
    forward = posterior(pairs)
    backward = posterior([(y, x) for x, y in pairs])
    links = np.zeros((n_ids, n_ids))
    for number, (x, y) in enumerate(pairs):
        for i, a in enumerate(x):
            for j, b in enumerate(y):
                links[a, b] += forward[number][i][j] * backward[number][j][i]
    return links


def test_alignment_equals_a_naive_one():
    rng = np.random.default_rng(0)
    rows = [
        {"a": rng.integers(6, size=rng.integers(1, 5)), "b": rng.integers(7, size=rng.integers(1, 6))}
        for _ in range(12)
    ]
    np.testing.assert_allclose(link_counts(rows, "a", "b", 8).toarray(), naive_links(rows, 8), atol=1e-10)


def test_alignment_finds_the_dictionary_of_a_cipher(encoded, tokenizer):
    n = len(tokenizer)
    table = translation_table(link_counts(encoded.parallel, "xx", "en", n), 3.0)
    right = 0
    for word in (*NOUNS, *VERBS):
        theirs = tokenizer(cipher(f"the {word} sees the cat ."), add_special_tokens=False)["input_ids"]
        ours = tokenizer(word, add_special_tokens=False)["input_ids"]
        translations = {int(table[[piece]].toarray().argmax()) for piece in theirs}
        right += bool(translations & set(ours))
    assert right >= 12


def test_tables_are_probabilities_and_rare_links_give_none():
    counts = link_counts([{"a": np.array([1]), "b": np.array([2])}] * 4, "a", "b", 4)
    assert translation_table(counts, 3.0).toarray()[1].tolist() == [0, 0, 1, 0]
    assert translation_table(counts, 5.0).toarray().sum() == 0
    assert link_counts([{"a": np.array([1])}], "a", "b", 4).toarray().sum() == 0


def test_the_pivot_stands_in_most_rows():
    assert choose_pivot([{"de": 1, "en": 1}, {"en": 1, "fr": 1}]) == "en"
    assert choose_pivot([{"fr": 1, "de": 1}]) == "de"


def test_aligned_embeddings_make_translations_neighbours(encoded, tokenizer):
    settings = PretrainSettings(steps=1, width=16, heads=2)
    vectors = aligned_embeddings(encoded, SubwordIds.of(tokenizer), settings)
    lengths = np.linalg.norm(vectors, axis=1)
    assert ((lengths < 1e-6) | (np.abs(lengths - 1) < 1e-4)).all()
    table = translation_table(link_counts(encoded.parallel, "xx", "en", len(tokenizer)), 3.0).toarray()
    linked = np.flatnonzero(table.max(axis=1) > 0.9)
    translation = table[linked].argmax(axis=1)
    similarity = (vectors[linked] * vectors[translation]).sum(axis=1).mean()
    chance = (vectors[linked] * vectors[np.roll(translation, 3)]).sum(axis=1).mean()
    assert len(linked) > 10
    assert similarity > chance + 0.3


# The whole


@pytest.mark.parametrize("architecture", ["modernbert", "bert", "roberta-prelayernorm"])
def test_the_encoder_is_loaded_by_stock_transformers(tmp_path, architecture):
    events = []
    settings = PretrainSettings(architecture=architecture, steps=5, max_positions=100, max_length=64, **SMALL)
    report = pretrain(CORPUS, tmp_path, settings, progress=events.append)
    tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    model, info = AutoModel.from_pretrained(tmp_path, output_loading_info=True)
    assert not [name for name in info["missing_keys"] if "pooler" not in name]
    longest = tokenizer(" ".join(ENGLISH), truncation=True, max_length=100, return_tensors="pt")
    assert model(**longest).last_hidden_state.shape == (1, 100, 32)
    identity = identify(str(tmp_path))
    assert (identity.n_layers, identity.width, identity.max_positions) == (1, 32, 100)
    assert load_identified(identity).n_layers == 1
    _, head = AutoModelForMaskedLM.from_pretrained(tmp_path, output_loading_info=True)
    assert not head["missing_keys"]
    assert ("token_type_ids" in longest) == (architecture != "modernbert")
    assert (report.n_updates, report.languages, events[-1].done) == (5, ("en", "xx"), 5)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "made up for a test" in card and "| 5 |" in card and '"steps": 5' in card
    assert f"\n1 layer of width 32, {len(tokenizer)} word pieces." in card  # fewer than the settings allow
    assert len(tokenizer) < SMALL["vocabulary"]


@pytest.mark.parametrize(("among", "steps"), [("vocabulary", 150), ("batch", 400)])
def test_the_model_learns_more_than_frequencies(tmp_path, among, steps):
    report = pretrain(CORPUS, tmp_path, PretrainSettings(steps=steps, predict_among=among, **SMALL))
    assert report.final_loss < report.unigram_loss - 0.3
    assert report.padding_share < 0.05
    assert report.unknown_share == 0


def test_the_loss_of_the_report_is_over_the_vocabulary_whatever_was_trained_on(tmp_path, monkeypatch):
    fresh = []
    loss_on = module._loss_on
    monkeypatch.setattr(module, "_loss_on", lambda updates, *rest: loss_on(kept(updates, fresh), *rest))
    settings = PretrainSettings(steps=300, predict_among="batch", reset_positions=False, **SMALL)
    report = pretrain(CORPUS, tmp_path, settings)
    model = AutoModelForMaskedLM.from_pretrained(tmp_path)
    losses = [
        -torch.log_softmax(model(input_ids=torch.from_numpy(one.subwords)[None]).logits[0, place], -1)[label]
        for inputs in fresh
        for one in inputs
        for place, label in zip(one.positions, one.labels, strict=True)
    ]
    assert len(fresh) == 3
    assert report.final_loss == pytest.approx(
        torch.stack(losses).double().mean().item(), rel=rounding(depth=10, terms=SMALL["vocabulary"])
    )


def kept(items, where):
    for item in items:
        where.append(item)
        yield item


def test_a_run_by_steps_repeats_byte_for_byte(tmp_path):
    for name in ("a", "b"):
        pretrain(CORPUS, tmp_path / name, PretrainSettings(steps=4, **SMALL))
    for file in ("model.safetensors", "tokenizer.json", "config.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


class SlowClock:
    """A clock by which every look at it takes a fiftieth of a second."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        self.now += 0.02
        return self.now


def test_a_time_limit_ends_the_run_with_the_rate_at_zero(tmp_path, monkeypatch):
    from isogloss.pretraining import clock as module
    from isogloss.training import loop

    rates = []
    update = loop.Loop.update
    monkeypatch.setattr(
        loop.Loop, "update", lambda self, n, x, rate: (rates.append(rate), update(self, n, x, rate))[1]
    )
    clock = SlowClock()
    monkeypatch.setattr(module, "time", clock)
    report = pretrain(CORPUS, tmp_path, PretrainSettings(minutes=0.05, warmup_ratio=0.2, **SMALL))
    assert clock.now == pytest.approx(3.0, abs=0.2)
    assert report.n_updates == len(rates) > 20
    peak = int(np.argmax(rates))
    assert 0.1 * len(rates) < peak < 0.3 * len(rates)
    assert rates[peak] > 0.9 and rates[0] < 0.2 and rates[-1] < 0.1
    assert all(a < b for a, b in pairwise(rates[: peak + 1])) and all(
        a > b for a, b in pairwise(rates[peak:])
    )


def test_a_real_time_limit_is_kept(tmp_path):
    began = time.perf_counter()
    report = pretrain(CORPUS, tmp_path, PretrainSettings(minutes=0.02, steps=10**6, **SMALL))
    assert report.n_updates < 10**6
    assert time.perf_counter() - began < 60


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "give minutes or steps"),
        ({"steps": 1, "width": 100, "heads": 3}, "heads 3 does not divide width 100"),
        ({"steps": 1, "max_length": 600}, "max_length 600 is more than max_positions 512"),
        ({"steps": 1, "architecture": "gpt"}, "modernbert"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        PretrainSettings(**settings)


def test_the_rounds_of_the_built_in_encoder_follow_each_other(tmp_path, monkeypatch):
    rounds = tuple(
        one.model_copy(update={**SMALL, "vocabulary": 600, "steps": n})
        for one, n in zip(pretrain_world.WORLD_ROUNDS, (4, 3, 2), strict=True)
    )
    write = pretrain_world.world_corpus
    monkeypatch.setattr(pretrain_world, "WORLD_ROUNDS", rounds)
    monkeypatch.setattr(pretrain_world, "world_corpus", lambda n, seed: write(n, 2, seed=seed))
    events = []
    report = pretrain_world.pretrain_world(tmp_path / "encoder", progress=events.append)
    assert [(event.done, event.total) for event in events] == [(n, 9) for n in range(1, 10)]
    assert events[-1].seconds_left == 0 < events[3].seconds_left
    assert report.n_updates == 9
    assert report.seconds > sum(512 / event.subwords_per_s for event in events)
    assert [path.name for path in tmp_path.iterdir()] == ["encoder"]
    card = (tmp_path / "encoder" / "README.md").read_text(encoding="utf-8")
    assert "draw 3: 60 paraphrase pairs" in next(line for line in card.splitlines() if line.startswith("- "))
    assert "before that, 3 updates" in card and "before that, 4 updates" in card
    AutoModel.from_pretrained(tmp_path / "encoder", use_safetensors=True)
