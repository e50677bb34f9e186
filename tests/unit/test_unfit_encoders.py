"""Encoders that cannot be right here are refused before anything is trained, each with its reason."""

import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tiny_models import save_encoder, tokenizer
from tiny_tokenizers import trained
from transformers import PreTrainedTokenizerFast

from isogloss.errors import CheckpointError
from isogloss.modeling.encoders.base import EncoderOutput
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoders.identify.checks import check_layers
from isogloss.modeling.encoders.identify.probe import check_loaded


@pytest.fixture
def encoder(tmp_path):
    return save_encoder(tmp_path / "encoder")


def set_config(folder, **fields):
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


def add_tokens(folder, count):
    larger = tokenizer()
    larger.add_tokens([f"new{i}" for i in range(count)])
    larger.save_pretrained(folder)
    return len(larger)


def test_a_tokenizer_larger_than_the_embeddings_is_refused_without_torch(encoder):
    rows = len(tokenizer())
    entries = add_tokens(encoder, 3)
    with pytest.raises(
        CheckpointError,
        match=rf"has {entries} entries and the encoder {rows} embeddings\n(.*\n)+.*resize_token_embeddings",
    ):
        identify(str(encoder))


def test_tokens_that_only_the_configuration_adds_count(encoder):
    path = encoder / "tokenizer_config.json"
    config = json.loads(path.read_text())
    config["added_tokens_decoder"] = {"500": {"content": "<new>", "special": True}}
    path.write_text(json.dumps(config))
    with pytest.raises(CheckpointError, match="tokenizer has 501 entries"):
        identify(str(encoder))


def test_a_vocabulary_file_counts_too(encoder):
    entries = len(tokenizer()) + 1
    (encoder / "tokenizer.json").unlink()
    (encoder / "vocab.txt").write_text("\n".join(f"piece{i}" for i in range(entries)) + "\n")
    with pytest.raises(CheckpointError, match=f"tokenizer has {entries} entries"):
        identify(str(encoder))


def test_embeddings_of_another_size_than_stated_are_refused(encoder):
    rows = len(tokenizer())
    set_config(encoder, vocab_size=rows + 8)
    with pytest.raises(CheckpointError, match=f"vocab_size {rows + 8}, the weights hold {rows} embeddings"):
        identify(str(encoder))


@pytest.mark.parametrize("architecture", ["bert", "distilbert", "modernbert", "eurobert", "gte", "xlm"])
def test_half_the_layers_are_named(tmp_path, architecture):
    folder = save_encoder(tmp_path, architecture)
    set_config(folder, **{"n_layers" if architecture in ("distilbert", "xlm") else "num_hidden_layers": 4})
    expected = r"states 4 layers, the weights hold 2 \(missing: layer 2, 3\)"
    with pytest.raises(CheckpointError, match=r"tensors missing.*2" if architecture == "xlm" else expected):
        load_identified(identify(str(folder)))


def test_layers_that_would_be_dropped_are_named(tmp_path):
    folder = save_encoder(tmp_path, layers=3)
    set_config(folder, num_hidden_layers=2)
    with pytest.raises(CheckpointError, match=r"the weights hold 3 \(not in the configuration: layer 2\)"):
        identify(str(folder))


def test_a_layer_in_the_middle_is_missed():
    names = {f"encoder.layer.{layer}.{part}": (1,) for layer in (0, 1, 3, 5) for part in "ab"}
    with pytest.raises(CheckpointError, match=r"the weights hold 4 \(missing: layer 2, 4"):
        check_layers(names, 6, where="x")


@pytest.mark.parametrize("n_layers", [2, 3, 4, 12])
def test_layers_of_two_kinds_are_no_torn_ones(n_layers):
    """Every second layer may have experts instead of one feed-forward block."""
    names = {
        f"layers.{layer}.{part}": (1,)
        for layer in range(n_layers)
        for part in ("attention", "experts" if layer % 2 else "mlp")
    }
    check_layers(names, n_layers, where="x")
    if n_layers > 3:
        del names[f"layers.{n_layers - 1}.attention"]
        with pytest.raises(CheckpointError, match=rf"layer {n_layers - 1}: attention"):
            check_layers(names, n_layers, where="x")


@pytest.mark.parametrize("architecture", ["gpt2", "llama", "qwen2"])
def test_decoders_are_refused_without_torch(tmp_path, architecture):
    with pytest.raises(CheckpointError, match=rf"'{architecture}' is a decoder: its states see only"):
        identify(str(save_encoder(tmp_path, architecture, dropout=None)))


def test_an_encoder_set_to_decode_is_refused(encoder):
    set_config(encoder, is_decoder=True)
    with pytest.raises(CheckpointError, match="'bert' is a decoder"):
        identify(str(encoder))


def test_a_decoder_of_an_unknown_family_is_found_by_running_it(tmp_path):
    identity = identify(str(save_encoder(tmp_path, "olmo", dropout=None)))
    with pytest.raises(CheckpointError, match="'olmo' is a decoder"):
        load_identified(identity)


def test_a_causal_head_is_no_reason_where_attention_runs_both_ways(encoder):
    set_config(encoder, architectures=["BertForCausalLM"], is_causal=False)
    assert load_identified(identify(str(encoder))).n_layers == 2
    set_config(encoder, is_causal=None)
    with pytest.raises(CheckpointError, match="'bert' is a decoder"):
        identify(str(encoder))


def test_canine_is_refused_with_the_reason(tmp_path):
    folder = save_encoder(tmp_path, "canine", layers=3)
    with pytest.raises(CheckpointError, match="'canine' has 8 hidden states for 3 layers"):
        identify(str(folder))


@pytest.mark.parametrize("architecture", ["fnet", "convbert", "yoso"])
def test_an_architecture_that_lets_padding_leak_is_refused(tmp_path, architecture):
    identity = identify(str(save_encoder(tmp_path, architecture)))
    with pytest.raises(CheckpointError, match=r"padding changes hidden state [12] of a sentence by"):
        load_identified(identity)


@pytest.mark.parametrize(
    "architecture", ["luke", "mpnet", "camembert", "xlm-roberta-xl", "deberta", "gte", "rembert"]
)
def test_the_longest_input_that_is_stated_can_be_read(tmp_path, architecture):
    folder = save_encoder(tmp_path, architecture, positions=40)
    identity = identify(str(folder))
    module = load_identified(identity).module.eval()
    longest = identity.max_positions
    with torch.no_grad():
        module(torch.full((1, longest), 7), torch.ones(1, longest, dtype=torch.bool))
        if architecture != "gte":  # rotary
            with pytest.raises((IndexError, RuntimeError)):
                module(torch.full((1, longest + 1), 7), torch.ones(1, longest + 1, dtype=torch.bool))


@dataclass
class Spoilt:
    """A good encoder with one thing changed."""

    good: Any
    change: Any
    layers: int = 2

    def __getattr__(self, name):
        return getattr(self.good, name)

    @property
    def n_layers(self):
        return self.layers

    @property
    def module(self):
        inner, change = self.good.module, self.change

        class Module(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.inner = inner

            def forward(self, ids, mask, segments=None):
                return EncoderOutput(change(self.inner, ids, mask))

        return Module()


def states(module, ids, mask):
    return module(ids, mask, None).hidden_states


def with_nan(module, ids, mask):
    first, *others = states(module, ids, mask)
    return (first, *(one / 0 for one in others))


def left_to_right(module, ids, mask):
    """The states of each subword are those of a sentence that ends with it."""
    ends = range(1, ids.shape[1] + 1)
    parts = [[one[:, -1:] for one in states(module, ids[:, :end], mask[:, :end])] for end in ends]
    return tuple(torch.cat(layer, dim=1) for layer in zip(*parts, strict=True))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m, i, k: states(m, i, k) * 2, "6 hidden states for 2 layers"),
        (lambda m, i, k: states(m, i, k)[:2], "2 hidden states for 2 layers"),
        (lambda m, i, k: tuple(s[:, 1:] for s in states(m, i, k)), "hidden state 0 has the shape"),
        (lambda m, i, k: tuple(s[..., 1:] for s in states(m, i, k)), "hidden state 0 has the shape"),
        (lambda m, i, k: states(m, i, torch.ones_like(k)), "padding changes hidden state 1"),
        (with_nan, "hidden state 1 is not finite"),
        (left_to_right, "'bert' is a decoder"),
        (lambda m, i, k: m(ids=i), "does not run on a sentence with its mask: .*unexpected keyword"),
    ],
)
def test_what_does_not_conform_when_it_runs_is_refused(encoder, change, message):
    identity = identify(str(encoder))
    good = load_identified(identity)
    with pytest.raises(CheckpointError, match=message):
        check_loaded(Spoilt(good, change), identity)


def test_the_outcome_of_every_check_is_told(encoder):
    identity = identify(str(encoder))
    loaded = load_identified(identity)
    loaded.module.train()
    random = torch.get_rng_state()
    found = check_loaded(loaded, identity)
    assert list(found) == ["subwords", "tokenizer", "hidden states", "attention", "padding"]
    assert found["hidden states"] == "3 hidden states for 2 layers, of width 32"
    assert loaded.module.training and torch.equal(random, torch.get_rng_state())


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_weights_that_are_not_finite_are_named(encoder, value):
    path = encoder / "model.safetensors"
    weights = load_file(path)
    weights["encoder.layer.1.output.dense.bias"][0] = value
    save_file(weights, path, metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"not a number: \S*encoder\.layer\.1\.output\.dense\.bias\n"):
        load_identified(identify(str(encoder)))


def test_few_positions_are_enough_for_the_checks(tmp_path):
    folder = save_encoder(tmp_path, positions=5)
    assert load_identified(identify(str(folder))).n_layers == 2


def test_a_tokenizer_without_padding_is_refused(encoder):
    bare = PreTrainedTokenizerFast(tokenizer_object=tokenizer().backend_tokenizer, unk_token="[UNK]")
    bare.save_pretrained(encoder)
    with pytest.raises(CheckpointError, match="names no padding subword"):
        load_identified(identify(str(encoder)))


def test_a_tokenizer_without_a_vocabulary_is_refused(encoder):
    from tokenizers import Tokenizer, models

    names = ("[PAD]", "[UNK]")
    empty = Tokenizer(models.WordPiece({name: i for i, name in enumerate(names)}, unk_token="[UNK]"))
    PreTrainedTokenizerFast(tokenizer_object=empty, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(
        encoder
    )
    with pytest.raises(CheckpointError, match="knows no subwords but 2 special ones"):
        load_identified(identify(str(encoder)))


@pytest.mark.parametrize("text", ["{", "[]", '{"model": {"vocab": 3}}', '{"model": {}}'])
def test_a_broken_tokenizer_is_refused_without_torch(encoder, text):
    (encoder / "tokenizer.json").write_text(text)
    with pytest.raises(
        CheckpointError, match=r"the tokenizer cannot be read: .*\n  where: .*tokenizer\.json"
    ):
        identify(str(encoder))


def test_the_kind_of_tokenizer_is_known_without_torch(tmp_path):
    folder = save_encoder(tmp_path, own=trained("Metaspace BPE"))
    code = (
        "import sys; from isogloss.modeling.encoders.identify import identify; "
        f"print(identify({str(folder)!r}).tokenizer, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "Metaspace BPE False"
