"""Screening by probes: the encoder is left as it is and runs once, and joint equals alone."""

import pytest
import torch
from tiny_models import FORWARD, SENTENCE_CARD, WORD_CARD, save_encoder, sentence_examples, word_examples

import isogloss
from isogloss.errors import StudyError
from isogloss.inference.evaluation import Scorer
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoding import collate, encode
from isogloss.modeling.frozen import FrozenEncoder
from isogloss.study.file.yaml_text import read_study
from isogloss.study.outputs.status import group_stages, status_of
from isogloss.study.outputs.store import Store
from isogloss.study.plan import make_plan
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, StartingPoint, TrainingRows
from rounding import assert_same

pytestmark = pytest.mark.numerics

SETTINGS = TrainingSettings(steps=12, batch_size=8, learning_rate=3e-3, max_length=40, precision="fp32")
AGGREGATORS = (("last", {}), ("aif", {"layer": 1}), ("scalar_mix", {}), ("concat", {}))
N_TRAIN, N_VALIDATION = 40, 20


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return save_encoder(tmp_path_factory.mktemp("probe") / "encoder")


def frozen_encoder(folder, **options):
    return FrozenEncoder(load_identified(identify(str(folder))), **options)


def probe(encoder, frozen, aggregator, output, card=WORD_CARD, examples=word_examples):
    return finetune(
        StartingPoint(str(encoder), frozen=frozen),
        TrainingRows(card, examples(N_TRAIN), examples(N_VALIDATION, 7)),
        Recipe(aggregator, SETTINGS, selection="best"),
        output,
    )


@pytest.mark.parametrize("cache_gib", [1.0, 0.0])
def test_states_are_the_encoders_and_each_input_runs_once(encoder, cache_gib):
    plain, frozen = load_identified(identify(str(encoder))), frozen_encoder(encoder, cache_gib=cache_gib)
    plain.module.eval()
    inputs = encode(word_examples(10), plain.tokenizer, "word", max_length=40, windows=True).inputs
    for chosen in (inputs[:6], inputs[3:], inputs):
        batch = collate(chosen, 0, torch.device("cpu"))
        with torch.no_grad():
            expected = plain.module(batch.subword_ids, batch.mask, batch.segment_ids).hidden_states
        found = frozen.module(batch.subword_ids, batch.mask, batch.segment_ids).hidden_states
        assert len(found) == len(expected) == 3
        for mine, reference in zip(found, expected, strict=True):
            assert_same(mine[batch.mask], reference[batch.mask], **FORWARD)
            assert mine[~batch.mask].abs().sum() == 0
    assert frozen.n_runs == (len(inputs) if cache_gib else 6 + 7 + 10)
    frozen.forget()
    frozen.module(batch.subword_ids, batch.mask, batch.segment_ids)
    assert frozen.n_runs == (2 * len(inputs) if cache_gib else 33)


def test_joint_probes_equal_probes_alone_and_leave_the_encoder_as_it_is(encoder, tmp_path):
    """To the last bit: with one seed, inputs are new to the encoder in the same batches."""
    together = frozen_encoder(encoder)
    before = {name: tensor.clone() for name, tensor in together.inner.state_dict().items()}
    for name, options in AGGREGATORS:
        joint = probe(encoder, together, (name, options), tmp_path / "joint" / name)
        alone = probe(encoder, frozen_encoder(encoder), (name, options), tmp_path / "alone" / name)
        curves = [[loss for _, loss in report.losses] for report in (joint, alone)]
        assert curves[0] == curves[1]
        assert min(curves[0]) < curves[0][0]
        models = [isogloss.load(tmp_path / kind / name) for kind in ("joint", "alone")]
        weights = [model.state_dict() for model in models]
        for key in weights[0]:
            assert torch.equal(weights[0][key], weights[1][key]), key
        for key, tensor in before.items():
            assert torch.equal(weights[0][f"encoder.{key}"], tensor), key
    texts = {example.words for example in (*word_examples(N_TRAIN), *word_examples(N_VALIDATION, 7))}
    assert together.n_runs == len(texts)


def test_a_probes_folder_scores_as_the_probe_does(encoder, tmp_path):
    frozen = frozen_encoder(encoder)
    probe(encoder, frozen, ("aif", {"layer": 1}), tmp_path / "m", SENTENCE_CARD, sentence_examples)
    results = []
    for use_cache in (True, False):
        model = isogloss.load(tmp_path / "m")
        if use_cache:
            model.encoder = frozen
        target = (SENTENCE_CARD, "xx", sentence_examples(30, 5))
        results += Scorer(model.tokenizer, [target], max_length=40, precision="fp32").score(model)
    assert results[0].predictions["predicted"] == results[1].predictions["predicted"]
    assert_same(*(result.predictions["probability"] for result in results), **FORWARD)


STUDY = """
source: {{task: mini-paws, language: en, examples: 20}}
targets: [de, fr, zh]
encoder: {encoder}
aggregator: [last, mlp_last, {{aif: {{layer: 1}}}}]
seed: [1, 2]
training: {{precision: fp32}}
{more}
analysis: {{distances: none}}
"""


def plan(folder, encoder, more):
    path = folder / "study.yaml"
    path.write_text(STUDY.format(encoder=encoder, more=more), encoding="utf-8")
    return make_plan(read_study(path))


def test_probes_of_one_seed_are_one_job_with_their_evaluations(encoder, tmp_path):
    probes, tuned = (plan(tmp_path, encoder, f"mode: {mode}") for mode in ("probe", "finetune"))
    groups = group_stages(status_of(probes, Store(tmp_path / "none")).pending)
    assert [len(group.stages) for group in groups] == [3 + 9, 3 + 9]
    for group in groups:
        assert [stage.kind for stage in group.stages] == ["finetune"] * 3 + ["evaluate"] * 9
        assert group.parent is None
    assert not set(probes.stages) & set(tuned.stages)
    assert set(plan(tmp_path, encoder, "").stages) == set(tuned.stages)


def test_a_probe_has_no_intermediate_stage(encoder, tmp_path):
    more = "mode: probe\nintermediate: {task: mini-pos, languages: [de]}"
    with pytest.raises(StudyError, match="an intermediate stage would change nothing"):
        plan(tmp_path, encoder, more)
