"""Fine-tuning: what may change a number, what may not, and what must stop it."""

import json
import math
from itertools import pairwise

import numpy as np
import pytest
import torch
from tiny_models import (
    BACKWARD,
    FORWARD,
    SENTENCE_CARD,
    WORD_CARD,
    finetune_flat,
    save_encoder,
    sentence_examples,
    tokenizer,
    word_examples,
)

from isogloss.errors import CheckpointError, TrainingError, is_out_of_memory
from isogloss.inference.evaluation import evaluate
from isogloss.modeling.aggregators.base import make_aggregator
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoding import encode
from isogloss.modeling.model import TransferModel, load_model
from isogloss.training.batches import count_updates, dropout_keys, length_grouped_updates
from isogloss.training.finetune import loss_sum
from isogloss.training.loop import Loop, LoopReport, LoopSettings, adamw, learning_rate_share
from isogloss.training.settings import TrainingSettings, ValidationSettings
from rounding import assert_same_gradients, rounding

pytestmark = pytest.mark.numerics

SETTINGS = TrainingSettings(steps=12, batch_size=16, learning_rate=2e-3, max_length=40, precision="fp32")
ARCHITECTURES = ("bert", "modernbert")
FAMILIES = (*ARCHITECTURES, "xlm-roberta", "deberta-v2", "distilbert")


@pytest.fixture(scope="module")
def encoders(tmp_path_factory):
    return {name: save_encoder(tmp_path_factory.mktemp(name), name) for name in FAMILIES}


@pytest.fixture
def encoder(encoders):
    return encoders["bert"]


def train(encoder, output, **changes):
    options = {
        "encoder": str(encoder),
        "revision": None,
        "trust_remote_code": False,
        "parent": None,
        "aggregator": ("last", {}),
        "card": SENTENCE_CARD,
        "train": sentence_examples(60),
        "validation": (),
        "settings": SETTINGS,
        "seed": 1,
        "selection": "last",
        "output": output,
    }
    return finetune_flat(**(options | changes))


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def make_loop(
    encoder, *, max_subwords_per_batch, precision="fp32", card=SENTENCE_CARD, aggregator=("aif", {"layer": 1})
):
    torch.manual_seed(5)
    loaded = load_identified(identify(str(encoder)), dropout=0.2)
    model = TransferModel(loaded, make_aggregator(*aggregator), len(card.labels), dropout=0.2)
    where = LoopSettings("a stage", 1, 0, max_subwords_per_batch, precision, torch.device("cpu"))
    return Loop(model, lambda batch, keys: loss_sum(model, batch, keys), SETTINGS, where)


def one_update(card=SENTENCE_CARD):
    examples = sentence_examples(24) if card.head == "sentence" else word_examples(24)
    return encode(examples, tokenizer(), card.head, max_length=40, windows=False).inputs


def gradients(loop, inputs):
    loop.model.train()
    loop._gradients(0, inputs, torch.from_numpy(dropout_keys(1, 0, len(inputs))))
    return {name: p.grad.clone() for name, p in loop.model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize("architecture", FAMILIES)
@pytest.mark.parametrize("card", [SENTENCE_CARD, WORD_CARD], ids=lambda card: card.head)
@pytest.mark.parametrize("budget", [1, 50])
def test_micro_batches_change_the_gradient_by_rounding_only(encoders, architecture, card, budget):
    """With dropout on: masks belong to examples, not to micro-batches."""
    inputs = one_update(card)
    whole = gradients(make_loop(encoders[architecture], max_subwords_per_batch=10_000, card=card), inputs)
    split = gradients(make_loop(encoders[architecture], max_subwords_per_batch=budget, card=card), inputs)
    assert_same_gradients(split, whole, **BACKWARD)


def test_dropout_was_on_in_that_comparison(encoder):
    inputs = one_update()
    first = make_loop(encoder, max_subwords_per_batch=10_000)
    first.model.train()
    losses = {
        first._gradients(0, inputs, torch.from_numpy(dropout_keys(1, n, len(inputs)))) for n in range(3)
    }
    assert len(losses) == 3


def test_the_loss_is_the_mean_over_the_units_of_the_update(encoder):
    inputs = one_update(WORD_CARD)
    loop = make_loop(encoder, max_subwords_per_batch=60, card=WORD_CARD)
    loop.model.eval()
    loss = loop._accumulate(0, inputs, torch.zeros(len(inputs), dtype=torch.int64))
    values = []
    from isogloss.modeling.encoding import collate

    for one in inputs:
        batch = collate([one], 0, torch.device("cpu"))
        values.extend(
            torch.nn.functional.cross_entropy(loop.model(batch), batch.labels, reduction="none").tolist()
        )
    assert loss == pytest.approx(np.mean(values), rel=rounding(**FORWARD))


@pytest.mark.parametrize("aggregator", [("last", {}), ("aif", {"layer": 1})], ids=lambda a: a[0])
def test_same_seed_same_bytes_and_another_seed_others(encoder, tmp_path, aggregator):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        train(encoder, tmp_path / name, aggregator=aggregator, seed=seed)
    assert weights(tmp_path / "a") == weights(tmp_path / "b") != weights(tmp_path / "c")


def test_the_state_of_the_global_generator_is_irrelevant(encoder, tmp_path):
    torch.manual_seed(11)
    train(encoder, tmp_path / "a")
    torch.manual_seed(12)
    np.random.seed(3)
    train(encoder, tmp_path / "b")
    assert weights(tmp_path / "a") == weights(tmp_path / "b")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("card", [SENTENCE_CARD, WORD_CARD], ids=lambda card: card.head)
def test_a_model_folder_comes_back_bit_for_bit(encoders, tmp_path, architecture, card):
    examples = sentence_examples(40) if card.head == "sentence" else word_examples(40)
    aggregator = ("aif", {"layer": 1, "norm": "batch"})
    train(encoders[architecture], tmp_path, card=card, train=examples, aggregator=aggregator)
    first, _, meta = load_model(tmp_path)
    again, _, _ = load_model(tmp_path)
    assert (meta.task, meta.labels, meta.head) == (card.name, card.labels, card.head)
    assert meta.aggregator_options == {
        "layer": 1,
        "reduction": 4,
        "norm": "batch",
        "convolutions": "separate",
        "doubled": False,
    }
    assert meta.encoder["fingerprint"] == identify(str(encoders[architecture])).fingerprint
    assert all(
        torch.equal(a, b)
        for a, b in zip(first.state_dict().values(), again.state_dict().values(), strict=True)
    )
    scores = [
        list(
            evaluate(
                tmp_path, [(card, "x", examples)], max_length=40, max_subwords_per_batch=300, precision="fp32"
            )
        )
        for _ in range(2)
    ]
    assert scores[0] == scores[1]


def test_rotary_frequencies_survive_the_reload(encoders, tmp_path):
    """Buffers that no checkpoint holds must be rebuilt, not left empty."""
    train(encoders["modernbert"], tmp_path)
    fresh = load_identified(identify(str(encoders["modernbert"]))).module
    ours = load_model(tmp_path)[0].encoder
    found = {name: b for name, b in ours.named_buffers() if "inv_freq" in name}
    assert found
    for name, buffer in fresh.named_buffers():
        assert torch.equal(found[name], buffer), name


def test_training_learns(encoder, tmp_path):
    settings = SETTINGS.model_copy(update={"steps": 120})
    report = train(encoder, tmp_path, train=sentence_examples(300), settings=settings)
    (result,) = evaluate(
        tmp_path,
        [(SENTENCE_CARD, "x", sentence_examples(100, 9))],
        max_length=40,
        max_subwords_per_batch=999,
        precision="fp32",
    )
    assert result.score >= 0.95 > 0.7 > result.chance
    assert report.losses[-1][1] < 0.2 < report.losses[0][1]
    assert report.padding_share < 0.05


def test_the_last_updates_follow_the_schedule():
    shares = [learning_rate_share(i, 20, 0.1) for i in range(20)]
    assert shares[:3] == [0.5, 1.0, 1.0]
    assert shares[-1] == pytest.approx(1 / 18)
    assert all(a > b for a, b in pairwise(shares[2:]))
    assert [learning_rate_share(i, 3, 0.0) for i in range(3)] == [
        1.0,
        pytest.approx(2 / 3),
        pytest.approx(1 / 3),
    ]


def test_weight_decay_spares_biases_and_norms(encoder):
    model = load_identified(identify(str(encoder))).module
    decayed, spared = adamw(model, SETTINGS, (0.9, 0.999)).param_groups
    assert (decayed["weight_decay"], spared["weight_decay"]) == (0.01, 0.0)
    assert len(decayed["params"]) + len(spared["params"]) == len(list(model.parameters()))
    assert all(p.ndim == 1 for p in spared["params"]) and all(p.ndim == 2 for p in decayed["params"])


def test_the_update_count_of_epochs_and_steps():
    assert count_updates(100, TrainingSettings(epochs=3, batch_size=32), 5) == math.ceil(300 / 32)
    assert count_updates(100, TrainingSettings(steps=7), 5) == 7
    assert count_updates(100, TrainingSettings(batch_size=32), 5) == math.ceil(500 / 32)
    assert count_updates(1, TrainingSettings(batch_size=32), 1) == 1


def test_epochs_visit_every_example_equally_often_and_group_lengths():
    lengths = np.random.default_rng(0).integers(5, 100, size=640)
    updates = list(length_grouped_updates(lengths, n_updates=100, batch_size=32, seed=1))
    assert {len(update) for update in updates} == {32}
    assert np.bincount(np.concatenate(updates), minlength=640).tolist() == [5] * 640
    spread = [np.ptp(lengths[update]) for update in updates]
    assert np.median(spread) <= 5
    means = [lengths[update].mean() for update in updates]
    assert abs(np.corrcoef(means, range(100))[0, 1]) < 0.4
    assert updates != list(length_grouped_updates(lengths, n_updates=100, batch_size=32, seed=2))


def test_best_weights_are_kept(encoder, tmp_path):
    """A rate this high spoils what was learned, so that the last weights are not the best."""
    settings = SETTINGS.model_copy(update={"steps": 60, "learning_rate": 1e-2})
    options = {"train": sentence_examples(200), "settings": settings, "seed": 3}
    options["validation_settings"] = ValidationSettings(evaluations=10)
    report = train(
        encoder, tmp_path / "best", validation=sentence_examples(50, 7), selection="best", **options
    )
    scores = dict(report.validation)
    assert report.n_validation_examples == 50
    assert list(scores) == [6 * i for i in range(1, 11)]
    assert scores[report.kept_update] == max(scores.values())
    assert report.kept_update == min(u for u, score in scores.items() if score == max(scores.values()))
    (kept,) = evaluate(
        tmp_path / "best",
        [(SENTENCE_CARD, "x", sentence_examples(50, 7))],
        max_length=40,
        max_subwords_per_batch=4096,  # that of the validation: the same batches, the same bits
        precision="fp32",
    )
    assert kept.score == max(scores.values())


def test_selection_does_not_disturb_training(encoder, tmp_path):
    train(encoder, tmp_path / "last")
    report = train(encoder, tmp_path / "best", selection="best", validation=sentence_examples(10, 4))
    if report.kept_update == report.n_updates:
        assert weights(tmp_path / "last") == weights(tmp_path / "best")
    assert report.losses == train(encoder, tmp_path / "again").losses


@pytest.mark.parametrize("aggregator", [("aif", {"layer": 0}), ("concat", {"layers": [0, 1]})])
def test_a_second_stage_begins_with_the_first_ones_encoder_and_aggregator_and_a_new_head(
    encoder, tmp_path, aggregator
):
    train(encoder, tmp_path / "first", card=WORD_CARD, train=word_examples(40), aggregator=aggregator)
    still = SETTINGS.model_copy(update={"steps": 1, "learning_rate": 1e-12, "weight_decay": 0.0})
    train(encoder, tmp_path / "second", parent=tmp_path / "first", settings=still, aggregator=aggregator)
    first, second = (load_model(tmp_path / name)[0].state_dict() for name in ("first", "second"))
    body = [name for name in first if not name.startswith("head.")]
    assert len(body) > 10
    for name in body:
        torch.testing.assert_close(second[name], first[name], rtol=0, atol=1e-9)
    assert first["head.classifier.weight"].shape != second["head.classifier.weight"].shape


def test_the_head_is_new_also_where_the_task_is_the_same(encoder, tmp_path):
    train(encoder, tmp_path / "first")
    still = SETTINGS.model_copy(update={"steps": 1, "learning_rate": 1e-12})
    train(encoder, tmp_path / "second", parent=tmp_path / "first", settings=still, seed=2)
    first, second = (load_model(tmp_path / name)[0].head.classifier.weight for name in ("first", "second"))
    assert not torch.allclose(first, second, atol=1e-3)


def test_a_parent_of_another_encoder_or_aggregator_is_refused(encoders, tmp_path):
    train(encoders["bert"], tmp_path / "first")
    with pytest.raises(CheckpointError, match=r"the earlier stage has aggregator last \{\}, this one aif"):
        train(encoders["bert"], tmp_path / "x", parent=tmp_path / "first", aggregator=("aif", {"layer": 1}))
    with pytest.raises(CheckpointError, match=r"trained from encoder '.*' with other weights"):
        train(encoders["modernbert"], tmp_path / "x", parent=tmp_path / "first")
    assert not (tmp_path / "x").exists()


def test_a_loss_that_is_not_finite_stops_the_stage_and_names_the_batch(encoder, tmp_path):
    settings = SETTINGS.model_copy(update={"learning_rate": 1e30, "max_grad_norm": 1e30, "warmup_ratio": 0.0})
    with pytest.raises(
        TrainingError, match=r"(loss|gradient) is (nan|inf)\n  where:   stage pawsx de, update \d+, rows \d+"
    ):
        train(encoder, tmp_path / "x", settings=settings, stage="pawsx de")
    assert not (tmp_path / "x").exists()


def test_rows_of_the_offending_micro_batch_are_named(encoder):
    loop = make_loop(encoder, max_subwords_per_batch=10_000)
    inputs = one_update()[:3]
    loop.loss_sum = lambda batch, keys: torch.tensor(float("nan"))
    with pytest.raises(TrainingError, match=r"loss is nan\n  where:   stage a stage, update 8, rows \d+"):
        loop.update(7, inputs, 1.0)


def out_of_memory_above(limit):
    """A device that holds `limit` subwords."""

    def loss(model):
        def compute(batch, keys):
            if batch.mask.numel() > limit:
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
            return loss_sum(model, batch, keys)

        return compute

    return loss


def test_out_of_memory_halves_the_micro_batch_says_so_and_changes_only_rounding(encoder):
    inputs = one_update()
    roomy, tight = (make_loop(encoder, max_subwords_per_batch=10_000) for _ in range(2))
    tight.loss_sum = out_of_memory_above(100)(tight.model)
    for loop in (roomy, tight):
        for number in range(3):
            loop.update(number, inputs, 1.0)
    assert tight.report.max_subwords_per_batch <= 100
    assert all(
        "out of memory at update 1: micro-batch halved to" in warning for warning in tight.report.warnings
    )
    assert 1 <= len(tight.report.warnings) <= 4
    assert tight.report.losses == pytest.approx(roomy.report.losses, rel=3 * rounding(**BACKWARD))
    assert tight.report.n_subwords == roomy.report.n_subwords


def test_one_input_that_does_not_fit_is_an_error(encoder):
    loop = make_loop(encoder, max_subwords_per_batch=10_000)
    loop.loss_sum = out_of_memory_above(5)(loop.model)
    with pytest.raises(
        TrainingError, match=r"out of memory on a single input of \d+ subwords\n.*update 1\n.*max_length"
    ):
        loop.update(0, one_update(), 1.0)


def test_other_errors_are_not_taken_for_lack_of_memory(encoder):
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes")
    )
    loop = make_loop(encoder, max_subwords_per_batch=10_000)

    def broken(batch, keys):
        raise RuntimeError("shape mismatch")

    loop.loss_sum = broken
    with pytest.raises(RuntimeError, match="shape mismatch"):
        loop.update(0, one_update(), 1.0)


def test_bf16_is_close_to_fp32_and_keeps_fp32_weights(encoder):
    losses = {}
    for precision in ("fp32", "bf16"):
        loop = make_loop(encoder, max_subwords_per_batch=10_000, precision=precision)
        losses[precision] = [loop.update(number, one_update(), 1.0) for number in range(3)]
        assert {p.dtype for p in loop.model.parameters()} == {torch.float32}
    assert losses["bf16"] == pytest.approx(losses["fp32"], rel=0.03)
    assert losses["bf16"] != losses["fp32"]


def test_progress_and_report(encoder, tmp_path):
    events = []
    report = train(encoder, tmp_path, progress=events.append, train=(*sentence_examples(60), LONG))
    assert [event.done for event in events] == list(range(1, 13))
    assert {event.total for event in events} == {12}
    assert events[-1].seconds_left == 0 and events[0].seconds_left > 0
    assert events[-1].subwords_per_s > 0
    assert (report.n_updates, report.n_examples, report.n_truncated) == (12, 61, 1)
    assert report.warnings == ("1 of 61 training examples truncated to 40 subwords",)
    assert json.loads(report.model_dump_json())["precision"] == report.precision


LONG = sentence_examples(1)[0].__class__(99, " ".join(["w3"] * 60), "w4", 0)


def test_a_training_that_ends_where_guessing_begins_is_said_to_have_hardly_learnt(encoder, tmp_path):
    examples = sentence_examples(60)
    shares = [sum(one.label == label for one in examples) / 60 for label in (0, 1)]
    idle = SETTINGS.model_copy(update={"learning_rate": 1e-9})
    report = train(encoder, tmp_path / "a", train=examples, settings=idle)
    assert report.guessing_loss == pytest.approx(-sum(share * math.log(share) for share in shares))
    assert report.unlearnt.startswith("hardly learnt: the loss of the last updates is 0.6")
    assert f"by their shares {report.guessing_loss:.2f};" in report.unlearnt
    learnt = SETTINGS.model_copy(update={"steps": 90, "learning_rate": 5e-3})
    report = train(encoder, tmp_path / "b", train=examples, settings=learnt)
    assert report.losses[-1][1] < 0.5 and report.unlearnt == ""


def test_one_label_alone_and_a_record_of_before_are_said_nothing_of(encoder, tmp_path):
    same = [one for one in sentence_examples(60) if one.label == 0]
    assert train(encoder, tmp_path, train=same).unlearnt == ""
    older = train(encoder, tmp_path).model_copy(update={"guessing_loss": None, "losses": ((1, 9.0),)})
    assert older.unlearnt == ""


def test_curves_are_means_over_stretches():
    curve = LoopReport([float(i) for i in range(100)]).curve
    assert len(curve) == 50 and curve[0] == (2, 0.5) and curve[-1] == (100, 98.5)
    assert LoopReport().curve == ()
    assert LoopReport([1.0, 2.0]).curve == ((1, 1.0), (2, 2.0))


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"train": ()}, TrainingError, "no training examples for same-start"),
        ({"selection": "best"}, TrainingError, "no validation examples for same-start, by which to choose"),
        (
            {"settings": SETTINGS.model_copy(update={"max_length": 81})},
            CheckpointError,
            r"max_length 81 is more than the 80 positions of encoder.*\n.*training\.max_length\n.*at most 80",
        ),
    ],
)
def test_what_cannot_be_trained_is_refused(encoder, tmp_path, changes, error, message):
    with pytest.raises(error, match=message):
        train(encoder, tmp_path / "x", **changes)
    assert not (tmp_path / "x").exists()


def test_a_model_folder_is_no_encoder_and_an_encoder_no_model(encoder, tmp_path):
    train(encoder, tmp_path)
    with pytest.raises(CheckpointError, match="a fine-tuned model of isogloss, not an encoder"):
        identify(str(tmp_path))
    with pytest.raises(CheckpointError, match=r"config\.json is not that of a model of isogloss"):
        load_model(encoder)
    with pytest.raises(CheckpointError, match=r"no model folder: config\.json is absent"):
        load_model(tmp_path / "absent")


def test_a_torn_model_is_refused(encoder, tmp_path):
    train(encoder, tmp_path)
    path = tmp_path / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(
        CheckpointError, match=r"the model's weights cannot be read: .*\n  where: .*model\.safetensors"
    ):
        load_model(tmp_path)
