"""Tiny encoders and tasks that tests of training build for themselves."""

import random
from functools import cache
from pathlib import Path

import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import AutoConfig, AutoModel, PreTrainedTokenizerFast

from isogloss.tasks.base import SentenceExample, TaskCard, WordExample
from isogloss.training.finetune import finetune
from isogloss.training.specs import Recipe, Running, StartingPoint, TrainingRows

WORDS = tuple(f"w{i}" for i in range(40))
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
FORWARD = {"depth": 16, "terms": 64}
"""For `rounding`: six products in each of two layers, the aggregator and the head; the inner width."""
BACKWARD = {"depth": 32, "terms": 128}
"""There and back; gradients of weights are sums over the subwords of an update."""
ARCHITECTURES = ("bert", "xlm-roberta", "roberta-prelayernorm", "modernbert", "deberta-v2", "distilbert")


def tokenizer(*, framed=True):
    """Known words are one subword, other letters and digits one each; `framed` by special ones."""
    characters = "abcdefghijklmnopqrstuvwxyz0123456789"
    pieces = [*SPECIAL, *WORDS, *characters, *(f"##{c}" for c in characters)]
    vocabulary = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    built = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    built.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    if framed:
        built.post_processor = processors.TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[("[CLS]", 2), ("[SEP]", 3)],
        )
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    return PreTrainedTokenizerFast(
        tokenizer_object=built,
        model_input_names=["input_ids", "token_type_ids", "attention_mask"],
        **dict(zip(names, SPECIAL, strict=True)),
    )


OWN_SIZES = {
    "distilbert": {"n_layers": 2, "dim": 32, "n_heads": 2, "hidden_dim": 64},
    "xlm": {"n_layers": 2, "emb_dim": 32, "n_heads": 2},
    "xlm-roberta": {"type_vocab_size": 1},
    "deberta": {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "type_vocab_size": 0},
    "deberta-v2": {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "type_vocab_size": 0}
    | {"position_buckets": 16},
    "rembert": {"input_embedding_size": 16, "output_embedding_size": 16},
    "modernbert": {"cls_token_id": 2, "sep_token_id": 3, "local_attention": 8},
    "eurobert": {"num_key_value_heads": 2},
    "electra": {"embedding_size": 16},
    "albert": {"embedding_size": 16},
    "canine": {"downsampling_rate": 2, "local_transformer_stride": 16, "num_hash_buckets": 64},
    "gpt2": {"n_layer": 2, "n_embd": 32, "n_head": 2},
}
"""What an architecture calls its sizes, where that is not as in BERT, and what makes it small."""
DROPOUT = {
    "modernbert": ("embedding_dropout", "mlp_dropout"),
    "distilbert": ("dropout",),
    "xlm": ("dropout",),
}


def config(
    architecture="bert", *, dropout: float | None = 0.1, layers=2, width=32, positions=80, subwords=None
):
    settings = {"num_hidden_layers": layers, "hidden_size": width, "num_attention_heads": 2}
    if architecture in ("distilbert", "xlm", "gpt2"):
        settings = {}
        assert (layers, width) == (2, 32)
    else:
        settings["intermediate_size"] = 2 * width
    settings |= {"pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3}
    settings["vocab_size"] = subwords or len(tokenizer())
    settings |= OWN_SIZES.get(architecture, {})
    if dropout is not None and architecture != "eurobert":
        settings |= dict.fromkeys(DROPOUT.get(architecture, ("hidden_dropout_prob",)), dropout)
    return AutoConfig.for_model(architecture, max_position_embeddings=positions, **settings)


def save_encoder(folder: Path, architecture="bert", *, own=None, **sizes) -> Path:
    """Write an encoder with random weights in the hub's layout, with the tokenizer of this file or its `own`.

    With a tokenizer of its own there are three embeddings more than subwords, as real tables are padded.
    """
    torch.manual_seed(0)
    if own is not None:
        sizes["subwords"] = len(own) + 3
    AutoModel.from_config(config(architecture, **sizes)).save_pretrained(folder)
    (own or tokenizer()).save_pretrained(folder)
    return folder


SENTENCE_CARD = TaskCard(
    "same-start",
    "Same start",
    "made up",
    "1",
    "MIT",
    "none",
    ("no", "yes"),
    "sentence",
    "accuracy",
    {"en": "en"},
)
WORD_CARD = TaskCard(
    "parity",
    "Parity",
    "made up",
    "1",
    "MIT",
    "none",
    ("even", "odd", "other"),
    "word",
    "word_accuracy",
    {"en": "en"},
)


@cache
def sentence_examples(n, seed=0):
    """Label 1 if the first sentence begins with w1."""
    rng = random.Random(seed)
    examples = []
    for row in range(n):
        words = [rng.choice(WORDS[2:]) for _ in range(rng.randint(2, 9))]
        label = rng.randrange(2)
        words[0] = "w1" if label else words[0]
        examples.append(SentenceExample(row, " ".join(words), " ".join(words[1:]), label))
    return tuple(examples)


@cache
def word_examples(n, seed=0, longest=9):
    """Label a word by the parity of its number."""
    rng = random.Random(seed)
    examples = []
    for row in range(n):
        words = tuple(rng.choice([*WORDS, "zq"]) for _ in range(rng.randint(1, longest)))
        labels = tuple(2 if word == "zq" else int(word[1:]) % 2 for word in words)
        examples.append(WordExample(row, words, labels))
    return tuple(examples)


def finetune_flat(*, encoder, card, train, aggregator, settings, output, **rest):
    """`finetune` with all of its options side by side, for tests that change one at a time."""
    take = lambda *names: {name: rest.pop(name) for name in names if name in rest}  # noqa: E731
    start = StartingPoint(encoder, **take("revision", "trust_remote_code", "parent", "frozen"))
    rows = TrainingRows(card, train, **take("validation"))
    recipe = take("seed", "selection")
    if "validation_settings" in rest:
        recipe["validation"] = rest.pop("validation_settings")
    return finetune(start, rows, Recipe(aggregator, settings, **recipe), output, Running(**rest))
