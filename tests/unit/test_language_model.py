"""Masked language models: what they predict, where, and among what."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from isogloss.modeling.encoding import Encoded, collate
from isogloss.pretraining.language_model import MaskedLanguageModel, new_model
from isogloss.pretraining.pretrain import _pieces_of
from isogloss.pretraining.settings import PretrainSettings
from isogloss.pretraining.vocabulary import learn_wordpieces
from rounding import assert_same, assert_same_gradients

pytestmark = pytest.mark.numerics

SIZES = {"layers": 2, "width": 32, "heads": 2, "feed_forward": 48, "max_positions": 50, "max_length": 50}
ROUNDING = {"depth": 40, "terms": 48}
"""Two layers and the head, there and back; no sum is longer than the inner width."""


@pytest.fixture(scope="module")
def tokenizer():
    texts = {"en": ("the dog sees the house .", "a bird finds a stone .") * 20}
    return learn_wordpieces(texts, PretrainSettings(steps=1, vocabulary=300))


def settings(architecture, **fields):
    return PretrainSettings(architecture=architecture, steps=1, **SIZES, **fields)


def batch_of(lengths, tokenizer):
    rng = np.random.default_rng(3)
    inputs = [
        Encoded(
            example=i,
            row=i,
            subwords=rng.integers(5, len(tokenizer), length),
            segments=np.repeat([0, 1], [4, length - 4]),
            positions=np.sort(rng.choice(length, 2 + i, replace=False)),
            units=np.arange(2 + i),
            labels=rng.integers(5, len(tokenizer), 2 + i),
        )
        for i, length in enumerate(lengths)
    ]
    return collate(inputs, tokenizer.pad_token_id, torch.device("cpu"))


def gradients_of(loss, model):
    model.zero_grad()
    loss.backward()
    return {name: of.grad for name, of in model.named_parameters()}


def test_positions_of_the_second_text_begin_again(tokenizer):
    segments = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 0], [0, 0, 1, 1, 1, 1, 1, 1]])
    for architecture, offset in (("modernbert", 0), ("roberta-prelayernorm", 1)):
        model = MaskedLanguageModel(new_model(settings(architecture), tokenizer), reset_positions=True)
        found = (model._positions(segments) - offset).tolist()
        assert found[0][:7] == [0, 1, 2, 3, 1, 2, 3]
        assert found[1] == [0, 1, 1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("reset_positions", [True, False])
@pytest.mark.parametrize("lengths", [(12, 12, 12), (12, 7, 9)])
@pytest.mark.parametrize("bf16", [False, True])
def test_a_last_layer_computed_where_it_is_read_is_the_library_s(tokenizer, reset_positions, lengths, bf16):
    library = new_model(settings("modernbert", initial_deviation=0.3), tokenizer)
    model = MaskedLanguageModel(library, reset_positions=reset_positions)
    batch = batch_of(lengths, tokenizer)

    def logits_and_gradients():
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            logits = model(batch).float()
        return logits, gradients_of(functional.cross_entropy(logits, batch.labels), model)

    found, gradients = logits_and_gradients()
    assert model.skips_unread
    model.skips_unread = False
    expected, expected_gradients = logits_and_gradients()
    rounding = {"depth": 40, "terms": 1, "dtype": torch.bfloat16} if bf16 else ROUNDING
    assert_same(found, expected, **rounding)
    assert_same_gradients(gradients, expected_gradients, **rounding)


@pytest.mark.parametrize("change", [{"layer_types": ["sliding_attention"] * 2}, {"attention_dropout": 0.1}])
def test_a_last_layer_of_another_kind_is_left_to_the_library(tokenizer, change):
    library = new_model(settings("modernbert"), tokenizer)
    for name, value in change.items():
        setattr(library.config, name, value)
    assert not MaskedLanguageModel(library, reset_positions=False).skips_unread


@pytest.mark.parametrize("architecture", ["modernbert", "bert", "roberta-prelayernorm"])
def test_predicting_among_some_pieces_leaves_the_others_out(tokenizer, architecture):
    model = MaskedLanguageModel(
        new_model(settings(architecture, initial_deviation=0.3), tokenizer), reset_positions=False
    )
    batch = batch_of((12, 7, 9), tokenizer)
    pieces, labels = _pieces_of(batch)
    assert set(pieces.tolist()) == {*batch.subword_ids.flatten().tolist(), *batch.labels.tolist()}
    assert len(pieces) < len(tokenizer) and torch.equal(pieces[labels], batch.labels)
    logits = model(batch)
    others = torch.ones(len(tokenizer), dtype=torch.bool)
    others[pieces] = False
    expected = functional.cross_entropy(logits.masked_fill(others, -torch.inf), batch.labels)
    expected_gradients = gradients_of(expected, model)
    found = functional.cross_entropy(model(batch, pieces), labels)
    assert_same(found, expected, **ROUNDING)
    assert_same_gradients(gradients_of(found, model), expected_gradients, **ROUNDING)
    assert_same(model(batch), logits, **ROUNDING)
