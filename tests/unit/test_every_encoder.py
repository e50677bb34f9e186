"""One conformance test over architectures and kinds of tokenizers: tiny checkpoints with random weights."""

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
import torch
from tiny_models import SENTENCE_CARD, WORD_CARD, finetune_flat, save_encoder
from tiny_tokenizers import KINDS, LINES, WORDS, trained

from isogloss.inference.classifier import load
from isogloss.inference.evaluation import predict
from isogloss.inference.prediction import predict_stream
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoders.identify.probe import PADDING_TOLERANCE
from isogloss.modeling.encoding import collate, encode
from isogloss.tasks.base import SentenceExample, WordExample
from isogloss.training.settings import TrainingSettings

ARCHITECTURES = (
    "bert",
    "xlm-roberta",
    "deberta",
    "deberta-v2",
    "rembert",
    "modernbert",
    "eurobert",
    "gte",
    "nomic_bert",
    "jina_embeddings_v3",
    "distilbert",
    "electra",
    "albert",
    "xlm",
    "mpnet",
    "camembert",
    "roberta-prelayernorm",
    "xlm-roberta-xl",
)
USUAL = {
    "bert": "WordPiece",
    "distilbert": "WordPiece",
    "electra": "WordPiece",
    "mpnet": "WordPiece",
    "nomic_bert": "WordPiece",
    "modernbert": "byte-level BPE",
    "roberta-prelayernorm": "byte-level BPE",
    "deberta": "byte-level BPE",
    "eurobert": "byte-level BPE, split",
}
"""Kind of tokenizer that an architecture comes with where it is not Unigram."""
PAIRS = [(one, USUAL.get(one, "Unigram")) for one in ARCHITECTURES]
PAIRS += [("modernbert", "Metaspace BPE")]
PAIRS += [(one, kind) for one in ("bert", "gte") for kind in KINDS if kind != USUAL.get(one, "Unigram")]

SENTENCES = [tuple(line.split(" ")) for line in LINES] + [words for words in WORDS if len(words) > 2]
WORD_EXAMPLES = [
    WordExample(row, words, tuple(len(word) % 3 for word in words)) for row, words in enumerate(SENTENCES)
]
PAIR_EXAMPLES = [
    SentenceExample(row, one, other, row % 2)
    for row, (one, other) in enumerate(zip(LINES, LINES[1:] + LINES[:1], strict=True))
]


@pytest.fixture(scope="module")
def encoder_of(tmp_path_factory):
    """A folder per architecture and kind of tokenizer, written once."""

    @cache
    def write(architecture, kind):
        folder = tmp_path_factory.mktemp("encoder")
        tokenizer = trained(kind)
        return save_encoder(folder, architecture, own=tokenizer, positions=340)

    return write


@pytest.mark.parametrize(("architecture", "kind"), PAIRS)
def test_loading_finds_one_hidden_state_per_layer(encoder_of, architecture, kind):
    folder = encoder_of(architecture, kind)
    identity = identify(str(folder))
    encoder = load_identified(identity)  # refuses what does not conform, see test_unfit_encoders
    assert (identity.n_layers, identity.width, identity.architecture) == (2, 32, architecture)
    assert identity.tokenizer == kind.removesuffix(", split")
    assert identity.n_embeddings == len(encoder.tokenizer) + 3
    assert identity.n_parameters == sum(one.numel() for one in encoder.module.parameters())
    found = encoder.tokenizer(list(LINES), padding=True, return_tensors="pt")
    with torch.no_grad():
        states = encoder.module.eval()(found["input_ids"], found["attention_mask"].bool()).hidden_states
    assert [tuple(one.shape) for one in states] == [(*found["input_ids"].shape, 32)] * 3
    assert all(not torch.equal(one, other) for one, other in pairwise(states))


@pytest.mark.parametrize(("architecture", "kind"), PAIRS)
def test_words_get_the_subwords_of_the_running_text(encoder_of, architecture, kind):
    tokenizer = load_identified(identify(str(encoder_of(architecture, kind)))).tokenizer
    for example, one in zip(
        WORD_EXAMPLES,
        encode(WORD_EXAMPLES, tokenizer, "word", max_length=300, windows=True).inputs,
        strict=True,
    ):
        assert one.subwords.tolist() == trained(kind)(" ".join(example.words))["input_ids"]
        assert len(one.positions) == len(example.words)


@pytest.mark.parametrize(("architecture", "kind"), PAIRS)
def test_two_stages_train_and_predict_whatever_is_padded(encoder_of, tmp_path, architecture, kind):
    """A stage on words, then one on pairs that begins with its weights; fp32 throughout."""
    folder = encoder_of(architecture, kind)
    settings = TrainingSettings(steps=3, batch_size=8, max_length=128, learning_rate=1e-3, precision="fp32")
    common = {
        "encoder": str(folder),
        "revision": None,
        "trust_remote_code": False,
        "aggregator": ("scalar_mix", {}),
        "validation": (),
        "settings": settings,
        "seed": 1,
        "selection": "last",
    }
    words, pairs = tmp_path / "words", tmp_path / "pairs"
    finetune_flat(**common, parent=None, card=WORD_CARD, train=WORD_EXAMPLES, output=words)
    finetune_flat(**common, parent=words, card=SENTENCE_CARD, train=PAIR_EXAMPLES, output=pairs)
    fresh = load_identified(identify(str(folder))).tokenizer
    for output, examples, head in ((words, WORD_EXAMPLES, "word"), (pairs, PAIR_EXAMPLES, "sentence")):
        model = load(output)
        assert list(model.tokenizer.model_input_names) == list(fresh.model_input_names)
        assert model.tokenizer.special_tokens_map == fresh.special_tokens_map
        assert all(parameter.isfinite().all() for parameter in model.parameters())
        encoded = encode(examples, model.tokenizer, head, max_length=300, windows=True)
        original = encode(examples, trained(kind), head, max_length=300, windows=True)
        for mine, first in zip(encoded.inputs, original.inputs, strict=True):
            assert np.array_equal(mine.subwords, first.subwords)
        padding = model.tokenizer.pad_token_id
        device = torch.device("cpu")
        with torch.inference_mode():
            alone = torch.cat([model(collate([one], padding, device)) for one in encoded.inputs])
            together = model(collate(encoded.inputs, padding, device))
        torch.testing.assert_close(together, alone, rtol=PADDING_TOLERANCE, atol=PADDING_TOLERANCE)
        counts = [len(one.words) if head == "word" else 1 for one in examples]
        found = predict(model, encoded.inputs, max_subwords_per_batch=200, precision="fp32")
        expected = alone.split(counts)
        for mine, own in zip(found, expected, strict=True):
            np.testing.assert_allclose(mine, own.numpy(), rtol=PADDING_TOLERANCE, atol=PADDING_TOLERANCE)
        assert len(list(predict_stream(model, iter(examples), precision="fp32"))) == len(examples)
    before, after = load(words).state_dict(), load(pairs).state_dict()
    assert before.keys() == after.keys()
