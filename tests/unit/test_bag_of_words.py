"""The bag-of-words encoder: blind to order, and not to words."""

import random

import pytest
import torch
from tiny_models import SENTENCE_CARD

from isogloss.errors import CheckpointError, FieldError
from isogloss.inference.evaluation import evaluate
from isogloss.modeling.aggregators.base import make_aggregator
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoding import collate, encode
from isogloss.modeling.model import load_model
from isogloss.tasks.base import TASKS, SentenceExample
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows
from rounding import assert_same

pytestmark = pytest.mark.numerics

BAG = "bag-of-words"
SETTINGS = TrainingSettings(steps=200, learning_rate=2e-3, dropout=0.0, max_length=96, precision="fp32")


def train(folder, card, examples, settings=SETTINGS):
    finetune(
        StartingPoint(BAG),
        TrainingRows(card, examples),
        Recipe(("last", {}), settings),
        folder,
    )


def score(folder, card, examples):
    (result,) = evaluate(
        folder, [(card, "en", examples)], max_length=96, max_subwords_per_batch=4096, precision="fp32"
    )
    return result.score


def states(encoder, text_a, text_b):
    encoded = encode(
        [SentenceExample(0, text_a, text_b, 0)], encoder.tokenizer, "sentence", max_length=96, windows=True
    )
    batch = collate(encoded.inputs, encoder.tokenizer.pad_token_id, torch.device("cpu"))
    with torch.no_grad():
        return encoder.module.eval()(batch.subword_ids, batch.mask, batch.segment_ids).hidden_states[-1][0]


def test_order_within_a_sentence_changes_nothing_and_everything_else_does():
    encoder = load_identified(identify(BAG))
    first = states(encoder, "Anna wrote a letter to Eva.", "Eva visited Anna.")[0]
    shuffled = states(encoder, "a to Eva. Anna letter wrote", "visited . Anna Eva")[0]
    assert_same(first, shuffled, depth=6, terms=len(first))
    for other in (("Anna wrote a letter to Eva.", "Eva visited Maria."), ("Eva visited Anna.", "Anna wrote")):
        assert not torch.allclose(first, states(encoder, *other)[0], atol=1e-3)


def test_identity_denotes_the_first_weights():
    identity = identify(BAG)
    one, other = (load_identified(identity).module.state_dict() for _ in range(2))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert identity.n_parameters == sum(tensor.numel() for tensor in one.values())
    assert (identity.n_layers, identity.kind) == (1, "built-in")
    with pytest.raises(CheckpointError, match="revision 'main' of the built-in encoder 'bag-of-words'"):
        identify(BAG, "main")


def test_a_layer_that_it_does_not_have_is_refused():
    identity = identify(BAG)
    with pytest.raises(FieldError, match=r"aif layer 2 of an encoder with 1(.|\n)*allowed: 0 to 0"):
        make_aggregator("aif", {"layer": 2}).validate_for(identity.n_layers, identity.width)


def test_it_learns_what_words_tell(tmp_path):
    """Synthetic task: do both sentences name the same place? Order is random and says nothing."""
    places = ("Berlin", "Paris", "London", "Rome", "Madrid", "Tokyo")
    rng = random.Random(0)

    def example(row):
        label = rng.randrange(2)
        first, other = rng.sample(places, 2)
        sides = [["Anna", "visited", place, "in", "1987"] for place in (first, first if label else other)]
        for words in sides:
            rng.shuffle(words)
        return SentenceExample(row, *(" ".join(words) for words in sides), label)

    examples = [example(row) for row in range(1400)]
    train(tmp_path, SENTENCE_CARD, examples[:1000])
    assert score(tmp_path, SENTENCE_CARD, examples[1000:]) >= 0.95


def test_a_trained_model_comes_back_bit_for_bit(tmp_path):
    task = TASKS["mini-paws"]
    examples = task.examples("en", "train", 64)
    settings = SETTINGS.model_copy(update={"steps": 3})
    train(tmp_path / "one", task.card, examples, settings)
    train(tmp_path / "two", task.card, examples, settings)
    first, second = (load_model(tmp_path / name)[0].state_dict() for name in ("one", "two"))
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.slow
def test_it_is_near_chance_on_mini_paws_with_the_budget_of_the_demo(tmp_path):
    task = TASKS["mini-paws"]
    settings = SETTINGS.model_copy(update={"steps": 450, "learning_rate": 5e-4})
    train(tmp_path, task.card, task.examples("en", "train", 4000), settings)
    assert score(tmp_path, task.card, task.examples("en", "test", 2000)) <= 0.55


def test_it_is_near_chance_on_mini_paws_with_a_small_budget(tmp_path):
    task = TASKS["mini-paws"]
    train(tmp_path, task.card, task.examples("en", "train", 1000))
    assert score(tmp_path, task.card, task.examples("en", "test", 1000)) <= 0.55
