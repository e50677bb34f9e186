"""What makes training and inference quick changes no number: embeddings, attention, packed weights."""

import numpy as np
import pytest
import torch
from tiny_models import SENTENCE_CARD, WORD_CARD, save_encoder, sentence_examples, tokenizer, word_examples
from torch.nn import functional

from isogloss.modeling.aggregators.base import make_aggregator
from isogloss.modeling.attention import NAME, attend, by_products
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoding import collate, encode
from isogloss.modeling.first_subword import last_layer_at_first_subword
from isogloss.modeling.model import TransferModel
from isogloss.modeling.packed import PackedWeights
from isogloss.training.compact import CompactEmbedding, compact_embedding, expand_embedding
from isogloss.training.loop import Loop, LoopSettings, learning_rate_share
from isogloss.training.settings import TrainingSettings

pytestmark = pytest.mark.numerics

ARCHITECTURES = ("bert", "xlm-roberta", "modernbert", "deberta-v2", "distilbert")
CPU = torch.device("cpu")
SETTINGS = TrainingSettings(
    steps=6, batch_size=16, learning_rate=2e-3, weight_decay=0.5, max_length=40, precision="fp32"
)
FP32 = 2.0**-24
"""Relative rounding error of one operation in single precision."""


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    """Encoders with a vocabulary much larger than what the examples hold."""
    return {name: save_encoder(tmp_path_factory.mktemp(name), name, subwords=600) for name in ARCHITECTURES}


def make_model(folder, card, aggregator=("last", {}), dropout=0.2):
    torch.manual_seed(5)
    loaded = load_identified(identify(str(folder)), dropout=dropout)
    return TransferModel(loaded, make_aggregator(*aggregator), len(card.labels), dropout=dropout)


def inputs_of(card):
    examples = sentence_examples(24) if card.head == "sentence" else word_examples(24)
    return encode(examples, tokenizer(), card.head, max_length=40, windows=False).inputs


def train(model, inputs, n_updates=6):
    def loss_sum(batch, keys):
        return functional.cross_entropy(model(batch, keys), batch.labels, reduction="sum")

    loop = Loop(model, loss_sum, SETTINGS, LoopSettings("a stage", 1, 0, 10_000, "fp32", CPU))
    rng = np.random.default_rng(3)
    updates = [[inputs[at] for at in rng.permutation(len(inputs))[:16]] for _ in range(n_updates)]
    return loop.run(updates, n_updates)


def compacted(model, inputs):
    read = {0}.union(*(one.subwords.tolist() for one in inputs))
    return compact_embedding(model, model.encoder.backbone, read)


@pytest.mark.parametrize("card", [SENTENCE_CARD, WORD_CARD], ids=lambda card: card.head)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_compact_embedding_trains_to_the_weights_of_the_whole_one(encoders, architecture, card):
    inputs = inputs_of(card)
    whole, compact = (make_model(encoders[architecture], card).double() for _ in range(2))
    assert compacted(compact, inputs) is not None
    reports = train(whole, inputs), train(compact, inputs)
    expand_embedding(compact)
    assert reports[0].losses == pytest.approx(reports[1].losses, rel=1e-12)
    expected, found = whole.state_dict(), compact.state_dict()
    assert expected.keys() == found.keys()
    for name, weights in expected.items():
        torch.testing.assert_close(found[name], weights, rtol=1e-10, atol=1e-12, msg=name)


def test_in_single_precision_it_stays_within_rounding_of_double(encoders):
    inputs = inputs_of(SENTENCE_CARD)
    reference = make_model(encoders["bert"], SENTENCE_CARD).double()
    model = make_model(encoders["bert"], SENTENCE_CARD)
    compacted(model, inputs)
    losses = [train(one, inputs).losses for one in (reference, model)]
    # Some hundred operations one after another in a pass, and AdamW divides by roots of small numbers.
    assert losses[0] == pytest.approx(losses[1], rel=2000 * FP32)


def test_rows_that_do_not_occur_only_decay(encoders):
    model = make_model(encoders["xlm-roberta"], SENTENCE_CARD)
    inputs = inputs_of(SENTENCE_CARD)
    table = model.encoder.backbone.get_input_embeddings()
    before = table.weight.detach().clone()
    absent = sorted(set(range(len(before))) - {0}.union(*(one.subwords.tolist() for one in inputs)))
    compacted(model, inputs)
    train(model, inputs)
    expand_embedding(model)
    assert model.encoder.backbone.get_input_embeddings() is table
    rates = [SETTINGS.learning_rate * learning_rate_share(i, 6, SETTINGS.warmup_ratio) for i in range(6)]
    factor = np.prod([1 - rate * SETTINGS.weight_decay for rate in rates])
    torch.testing.assert_close(
        table.weight[absent].double(), before[absent].double() * factor, rtol=4 * FP32, atol=0
    )
    assert not torch.allclose(table.weight[4:40], before[4:40] * factor)


def test_kept_weights_go_with_their_own_decay(encoders):
    model = make_model(encoders["bert"], SENTENCE_CARD)
    embedding = compacted(model, inputs_of(SENTENCE_CARD))
    embedding.decay_absent_rows(0.5)
    kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    embedding.decay_absent_rows(0.5)
    model.load_state_dict(kept)
    assert float(embedding.decay) == 0.5


def test_a_tied_frozen_or_well_used_table_is_left_whole(encoders):
    def given(change, read=range(50)):
        model = make_model(encoders["bert"], SENTENCE_CARD)
        change(model)
        return compact_embedding(model, model.encoder.backbone, read)

    def tie(model):
        model.decoder = torch.nn.Linear(32, 600, bias=False)
        model.decoder.weight = model.encoder.backbone.get_input_embeddings().weight

    def limit_norm(model):
        model.encoder.backbone.get_input_embeddings().max_norm = 1.0

    assert isinstance(given(lambda model: None), CompactEmbedding)
    assert given(tie) is None
    assert given(limit_norm) is None
    assert given(lambda model: model.requires_grad_(False)) is None
    assert given(lambda model: None, read=range(400)) is None
    assert compact_embedding(torch.nn.Linear(2, 2), None, [1]) is None


def test_an_id_without_a_row_is_an_error():
    embedding = CompactEmbedding(torch.nn.Embedding(9, 4), torch.tensor([0, 3]))
    with pytest.raises(IndexError):
        embedding(torch.tensor([[3, 5]]))


@pytest.mark.parametrize("mask", [None, "bool", "float"])
@pytest.mark.parametrize("key_heads", [4, 2])
@pytest.mark.parametrize("n", [7, 16, 37])
def test_attention_as_products_is_that_of_the_fused_kernel(mask, key_heads, n):
    torch.manual_seed(0)
    query = torch.randn(3, 4, n, 8, dtype=torch.float64, requires_grad=True)
    key, value = (torch.randn(3, key_heads, n, 8, dtype=torch.float64, requires_grad=True) for _ in range(2))
    given = None
    if mask is not None:
        given = (torch.arange(n) < torch.tensor([n, 4, 2])[:, None])[:, None, None, :].expand(3, 1, n, n)
    if mask == "float":
        given = torch.zeros_like(given, dtype=torch.float64).masked_fill_(~given, -1e9)
    found = by_products(query * 8**-0.5, key, value, given).transpose(1, 2)
    expected = functional.scaled_dot_product_attention(query, key, value, given, enable_gqa=True)
    torch.testing.assert_close(found, expected.transpose(1, 2))
    upstream = torch.randn_like(found)
    ours = torch.autograd.grad((found * upstream).sum(), (query, key, value))
    theirs = torch.autograd.grad((expected.transpose(1, 2) * upstream).sum(), (query, key, value))
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize(("kind", "products"), [(torch.bfloat16, 2), (torch.float32, 0)])
def test_products_are_for_bf16(monkeypatch, kind, products):
    calls = []
    monkeypatch.setattr(
        "isogloss.modeling.attention.by_products", lambda *given: calls.append(1) or by_products(*given)
    )
    states = torch.randn(2, 4, 5, 8).to(kind).requires_grad_()
    attend(torch.nn.Module(), states, states, states, None)
    attend(torch.nn.Module(), states, states, states, None, dropout=0.5)
    with torch.no_grad():
        attend(torch.nn.Module(), states, states, states, None)
    assert len(calls) == products


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_encoders_with_the_library_s_attention_are_trained_with_products(encoders, architecture):
    backbone = load_identified(identify(str(encoders[architecture]))).module.backbone
    assert (backbone.config._attn_implementation == NAME) == (architecture != "deberta-v2")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_last_layer_at_the_first_subword_is_the_library_s(encoders, architecture, monkeypatch):
    model = make_model(encoders[architecture], SENTENCE_CARD).double()
    batch = collate(inputs_of(SENTENCE_CARD), 0, CPU)
    keys = torch.arange(len(batch.inputs)) * 7919 + 1

    def run(*, whole):
        with monkeypatch.context() as patch:
            if whole:
                patch.setattr(model, "_reads_last", False)
            model.train().zero_grad()
            logits = model(batch, keys)
            logits.square().sum().backward()
        return logits, {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}

    (cut, cut_gradients), (logits, gradients) = run(whole=False), run(whole=True)
    torch.testing.assert_close(cut, logits, rtol=1e-11, atol=1e-12)
    for name, gradient in gradients.items():
        torch.testing.assert_close(cut_gradients[name], gradient, rtol=1e-9, atol=1e-11, msg=name)


def test_elsewhere_the_cut_layer_gives_zeros(encoders):
    model = make_model(encoders["bert"], SENTENCE_CARD).eval()
    batch = collate(inputs_of(SENTENCE_CARD), 0, CPU)
    with torch.no_grad(), last_layer_at_first_subword(model.encoder.backbone):
        states = model.encoder(batch.subword_ids, batch.mask, batch.segment_ids).hidden_states
    assert (states[-1][:, 1:] == 0).all() and (states[-1][:, 0] != 0).any()
    assert (states[-2][:, 1:] != 0).any()


def test_words_and_fusion_read_the_whole_last_layer(encoders):
    for card, aggregator in ((WORD_CARD, ("last", {})), (SENTENCE_CARD, ("aif", {"layer": 1}))):
        model = make_model(encoders["bert"], card, aggregator).eval()
        batch = collate(inputs_of(card), 0, CPU)
        seen = {}
        model.encoder.register_forward_hook(
            lambda *given, seen=seen: seen.update(last=given[2].hidden_states[-1])
        )
        with torch.no_grad():
            model(batch)
        assert (seen["last"][:, 1][batch.mask[:, 1]] != 0).any(), card.head


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize(("precision", "rounding"), [(torch.float32, FP32), (torch.bfloat16, 2.0**-8)])
def test_packed_weights_give_the_library_s_states(encoders, architecture, precision, rounding):
    model = make_model(encoders[architecture], WORD_CARD).eval()
    batch = collate(inputs_of(WORD_CARD), 0, CPU)

    def states():
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=precision == torch.bfloat16):
            return model.encoder(batch.subword_ids, batch.mask, batch.segment_ids).hidden_states[-1].float()

    plain = states()
    with PackedWeights(model, precision).used():
        packed = states()
    assert torch.isfinite(packed).all()
    error = (packed - plain)[batch.mask].abs().max() / plain[batch.mask].abs().max()
    assert error < 30 * rounding  # operations in a row
    assert torch.equal(states(), plain)  # afterwards the weights themselves are used again


def test_each_layer_is_packed_once_with_the_activation_behind_it(encoders, monkeypatch):
    packed = []
    monkeypatch.setattr("isogloss.modeling.packed._can_pack", lambda *given: True)
    monkeypatch.setattr("isogloss.modeling.packed._forward", lambda *given: packed.append(given))
    model = make_model(encoders["bert"], WORD_CARD)
    PackedWeights(model)
    n_layers = model.encoder.n_layers
    activations = [activation for _, activation, _ in packed]
    assert activations.count("gelu") == n_layers and activations.count("none") == 5 * n_layers + 1
    assert len({layer for layer, _, _ in packed}) == len(packed)


def test_contexts_that_overlap_leave_the_layers_as_they_were():
    layer, states = torch.nn.Linear(8, 3), torch.randn(2, 8)
    with torch.no_grad():
        first, second = PackedWeights(layer).used(), PackedWeights(layer).used()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        torch.testing.assert_close(
            layer(states), torch.nn.functional.linear(states, layer.weight, layer.bias)
        )
        second.__exit__(None, None, None)
    assert "forward" not in vars(layer)


@pytest.mark.parametrize("shape", [(0, 8), (8,), (2, 0, 8), (2, 3, 8)])
def test_packed_weights_take_states_of_any_shape(shape):
    layer, states = torch.nn.Linear(8, 3), torch.randn(shape)
    with torch.no_grad():
        plain = layer(states)
        with PackedWeights(layer).used():
            torch.testing.assert_close(layer(states), plain, rtol=16 * FP32, atol=16 * FP32)


def test_what_cannot_be_packed_stays_as_it_is(monkeypatch):
    double, elsewhere = torch.nn.Linear(8, 3).double(), torch.nn.Linear(8, 3, device="meta")
    for layer in (double, elsewhere):
        with PackedWeights(layer).used():
            assert "forward" not in vars(layer)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    layer = torch.nn.Linear(8, 3)
    with PackedWeights(layer).used():
        assert "forward" not in vars(layer)
