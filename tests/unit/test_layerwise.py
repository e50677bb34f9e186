"""What layers carry: retrieval, language identity, shares of layers."""

import numpy as np
import pytest
import torch
from tiny_models import FORWARD, WORD_CARD, save_encoder, word_examples

import isogloss
from isogloss.errors import DataError
from isogloss.inference.layer_shares import ShareCounter
from isogloss.inference.layers import layer_contents, layer_shares, parallel_sentences
from isogloss.inference.sentence_states import mean_states
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.statistics.retrieval import identity_accuracy, retrieval_accuracy
from isogloss.tasks.base import SentenceExample
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows
from rounding import assert_same

pytestmark = pytest.mark.numerics


def test_retrieval_is_that_of_a_loop_over_sentences():
    rng = np.random.default_rng(0)
    one = rng.standard_normal((40, 6))
    other = one + 0.8 * rng.standard_normal((40, 6))

    def nearest(query, candidates):
        return max(
            range(40),
            key=lambda j: query @ candidates[j] / np.linalg.norm(candidates[j]) / np.linalg.norm(query),
        )

    right = [nearest(one[i], other) == i for i in range(40)] + [
        nearest(other[i], one) == i for i in range(40)
    ]
    assert 0.2 < np.mean(right) < 1
    assert retrieval_accuracy(one, other) == pytest.approx(np.mean(right))


def test_vectors_without_information_retrieve_nothing():
    assert retrieval_accuracy(np.ones((5, 3)), np.ones((5, 3))) == 0
    assert retrieval_accuracy(np.eye(5), np.eye(5)) == 1


def test_language_identity_is_chance_without_a_cue_and_certain_with_one():
    rng = np.random.default_rng(1)
    content = np.broadcast_to(rng.standard_normal((200, 8)), (4, 200, 8))
    noise = 0.1 * rng.standard_normal((4, 200, 8))
    shift = np.eye(4, 8)[:, None] * 9
    assert identity_accuracy(content + noise, rng) == pytest.approx(0.25, abs=0.06)
    assert identity_accuracy(content + noise + shift, rng) == 1


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return save_encoder(tmp_path_factory.mktemp("layerwise") / "encoder")


def test_mean_states_are_means_over_real_subwords(encoder):
    loaded = load_identified(identify(str(encoder)))
    sentences = [SentenceExample(i, text, None, 0) for i, text in enumerate(("w1 w2 w3 w4", "w5", "w6 w7"))]
    found = mean_states(loaded, sentences)
    assert found.shape == (3, 3, 32)
    for i, sentence in enumerate(sentences):
        inputs = loaded.tokenizer(sentence.text_a, return_tensors="pt")
        with torch.no_grad():
            mask = inputs["attention_mask"].bool()
            states = loaded.module(inputs["input_ids"], mask, inputs["token_type_ids"]).hidden_states
        for layer, one in enumerate(states):
            assert_same(found[layer, i], one[0].mean(0), **FORWARD)


def test_the_same_text_in_two_languages_is_always_retrieved(encoder):
    texts = [f"w{i} w{i + 1}" for i in range(20)]
    same = {
        code: [SentenceExample(i, text, None, 0) for i, text in enumerate(texts)] for code in ("en", "de")
    }
    found = layer_contents(load_identified(identify(str(encoder))), same, "en")
    assert [one.layer for one in found] == [0, 1, 2]
    assert all(one.retrieval == {"de": 1.0} and one.identity == pytest.approx(0.5) for one in found)


def test_parallel_sentences_are_rows_that_all_have_with_each_text_once():
    def examples(rows):
        return [SentenceExample(row, text, "x", 1) for row, text in rows]

    data = {
        "en": examples([(0, "a"), (1, "a"), (2, "b"), (3, "c"), (5, "e")]),
        "de": examples([(0, "A"), (2, "B"), (3, "B"), (4, "D"), (5, "E")]),
    }
    found = parallel_sentences(data, 10)
    assert [one.text_a for one in found["en"]] == ["a", "b", "e"]
    assert [one.text_a for one in found["de"]] == ["A", "B", "E"]
    assert [one.row for one in parallel_sentences(data, 2)["en"]] == [0, 2]
    with pytest.raises(DataError, match="fewer than two are named"):
        parallel_sentences({"en": data["en"]}, 10)


@pytest.mark.parametrize(("aggregator", "options"), [("aif", {"layer": 1}), ("mean", {}), ("concat", {})])
def test_shares_are_means_of_what_the_aggregator_exposes(encoder, tmp_path, aggregator, options):
    finetune(
        StartingPoint(str(encoder)),
        TrainingRows(WORD_CARD, word_examples(20)),
        Recipe((aggregator, options), TrainingSettings(steps=2, max_length=40, precision="fp32")),
        tmp_path / "m",
    )
    model = isogloss.load(tmp_path / "m")
    shares = layer_shares(model, word_examples(15, 4))
    if aggregator == "concat":
        assert shares is None
        return
    by_part = np.array(shares.by_part)
    assert by_part.shape == (3, 4)
    for given in (by_part, np.array(shares.overall)):
        assert_same(given.sum(axis=0), np.ones(given.shape[1:]), depth=1, terms=3)
        if aggregator == "mean":
            assert_same(given, np.full(given.shape, 1 / 3), depth=1, terms=3)
    if aggregator == "aif":
        assert (by_part[0] == 0).all() and (by_part[1] > 0).all()


def test_shares_are_counted_by_quarter_as_a_loop_over_subwords_does():
    generator = torch.Generator().manual_seed(0)
    counter, seen = ShareCounter(), []
    for lengths in ([9, 3, 1], [6, 4, 2]):
        mask = torch.arange(max(lengths)) < torch.tensor(lengths).unsqueeze(1)
        weights = torch.rand(2, *mask.shape, generator=generator) * mask
        counter.add(weights, mask)
        seen += [
            (at * 4 // n, weights[:, row, at].tolist()) for row, n in enumerate(lengths) for at in range(n)
        ]
    found = counter.result()
    assert_same(found.overall, np.mean([share for _, share in seen], axis=0), depth=1, terms=1)
    for part in range(4):
        own = [share for at, share in seen if at == part]
        assert_same([layer[part] for layer in found.by_part], np.mean(own, axis=0), depth=1, terms=1)


def test_a_quarter_that_no_input_has_is_unknown_and_leaves_the_mean_as_it_is():
    counter = ShareCounter()
    counter.add(torch.full((2, 5, 3), 0.5), torch.ones(5, 3, dtype=torch.bool))
    assert counter.result().overall == (0.5, 0.5)
    for *known, last in counter.result().by_part:
        assert last is None and np.isfinite(known).all()
