"""`precision: auto` is one precision for a whole study: timed once, recorded, and kept."""

from functools import partial

import pytest
import yaml
from test_estimate import SPEED

from isogloss.modeling import device
from isogloss.study.file.yaml_text import read_study
from isogloss.study.forecast import precision as module
from isogloss.study.forecast import speed as cache
from isogloss.study.forecast.estimate import Estimator
from isogloss.study.forecast.precision import choose_by_time
from isogloss.study.forecast.speed import Measurement
from isogloss.study.outputs.folder import StudyFolder, earlier_run
from isogloss.study.plan import make_plan
from isogloss.study.stages import PrecisionChoice

LONG = {"steps": 5000}


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(device, "has_cuda_device", lambda: False)


@pytest.fixture
def both(monkeypatch):
    monkeypatch.setattr(device, "processor_flags", lambda: frozenset({"avx512_bf16"}))


@pytest.fixture
def timings(monkeypatch):
    """Seconds of a subword by precision, in place of a measurement; says what was measured."""
    measured = []

    def set_to(**by_precision):
        def measure(self, workloads):
            for one in workloads:
                name = one.stage.training.precision
                measured.append(name)
                speed = SPEED.model_copy(update={"train_subword": by_precision[name]})
                cache.keep(one.key, Measurement(speed=speed))

        monkeypatch.setattr(Estimator, "measure", measure)
        return measured

    return set_to


def planned(tmp_path, *encoders, earlier=None, may_measure=True, **changes):
    content = {
        "source": {"task": "mini-paws", "language": "en", "examples": 64},
        "intermediate": {"task": "mini-pos", "languages": ["de"], "examples": 32},
        "targets": ["de", "fr"],
        "encoder": list(map(str, encoders)),
        "selection": "none",
        "training": LONG,
        "analysis": {"distances": "none"},
        **changes,
    }
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return make_plan(read_study(path), partial(choose_by_time, earlier=earlier, may_measure=may_measure))


def precisions(plan):
    return {getattr(stage, "training", stage).precision for stage in plan.stages.values()}


@pytest.mark.parametrize(
    ("fp32", "bf16", "chosen"),
    [(2e-3, 1e-3, "bf16"), (1e-3, 2e-3, "fp32"), (1e-3, 1e-3, "fp32"), (1e-3, 0.95e-3, "fp32")],
)
def test_the_faster_one_is_taken_and_fp32_where_it_is_a_matter_of_noise(
    tmp_path, tiny_encoder, both, timings, fp32, bf16, chosen
):
    assert timings(fp32=fp32, bf16=bf16) == []
    plan = planned(tmp_path, tiny_encoder)
    assert precisions(plan) == {chosen}
    assert plan.precision.precision == chosen
    assert plan.precision.seconds_per_1000_subwords == pytest.approx(
        {"fp32": 1000 * fp32, "bf16": 1000 * bf16}
    )
    assert f"fp32 {1000 * fp32:.3f} s, bf16 {1000 * bf16:.3f} s" in plan.precision.reason


def test_it_is_timed_once(tmp_path, tiny_encoder, both, timings):
    measured = timings(fp32=2e-3, bf16=1e-3)
    first = planned(tmp_path, tiny_encoder)
    again = planned(tmp_path, tiny_encoder)
    assert measured == ["fp32", "bf16"]
    assert first.stages.keys() == again.stages.keys()


def test_a_study_keeps_what_it_began_with(tmp_path, tiny_encoder, both, timings):
    timings(fp32=2e-3, bf16=1e-3)
    first = planned(tmp_path, tiny_encoder)
    folder = StudyFolder.claim(tmp_path / "out", first, None)
    assert earlier_run(tmp_path / "out").manifest.precision == folder.manifest.precision == first.precision
    measured = timings(fp32=1e-3, bf16=9e-3)
    (tmp_path / "cache").rename(tmp_path / "lost")
    resumed = planned(tmp_path, tiny_encoder, earlier=earlier_run(tmp_path / "out").manifest.precision)
    assert resumed.stages.keys() == first.stages.keys()
    assert measured == ["fp32", "bf16"]


def test_where_only_fp32_is_possible_nothing_is_timed(tmp_path, tiny_encoder, monkeypatch, timings):
    monkeypatch.setattr(device, "processor_flags", lambda: frozenset({"avx2"}))
    measured = timings(fp32=2e-3, bf16=1e-3)
    plan = planned(tmp_path, tiny_encoder)
    assert (precisions(plan), measured) == ({"fp32"}, [])
    assert plan.precision.reason == "the device computes in fp32 only"


def test_little_work_is_not_timed(tmp_path, tiny_encoder, both, timings):
    measured = timings(fp32=2e-3, bf16=1e-3)
    plan = planned(tmp_path, tiny_encoder, training={"steps": 3})
    assert (precisions(plan), measured) == ({"fp32"}, [])
    assert "too little work" in plan.precision.reason


def test_a_stated_precision_is_taken_as_it_is(tmp_path, tiny_encoder, both, timings):
    measured = timings(fp32=1e-3, bf16=2e-3)
    plan = planned(tmp_path, tiny_encoder, training=LONG | {"precision": "bf16"})
    assert (precisions(plan), plan.precision, measured) == ({"bf16"}, None, [])


def test_a_stage_that_states_none_takes_that_of_the_other(tmp_path, tiny_encoder, both, timings):
    measured = timings(fp32=1e-3, bf16=2e-3)
    source = {"task": "mini-paws", "language": "en", "training": {"precision": "bf16"}}
    plan = planned(tmp_path, tiny_encoder, source=source)
    assert (precisions(plan), measured) == ({"bf16"}, [])
    assert plan.precision.reason == "as stated for another stage"


def test_two_encoders_have_one_precision(tmp_path, tiny_encoder, both, timings):
    measured = timings(fp32=2e-3, bf16=1e-3)
    plan = planned(tmp_path, tiny_encoder, "bag-of-words")
    assert precisions(plan) == {"bf16"}
    assert sorted(measured) == ["bf16", "bf16", "fp32", "fp32"]
    assert plan.precision.seconds_per_1000_subwords == pytest.approx({"fp32": 4.0, "bf16": 2.0})


def test_a_dry_run_says_that_nothing_was_timed(tmp_path, tiny_encoder, both, timings):
    measured = timings(fp32=2e-3, bf16=1e-3)
    plan = planned(tmp_path, tiny_encoder, may_measure=False)
    assert (plan.precision.reason, measured) == (module.NOT_TIMED, [])


def test_a_failed_measurement_is_told_as_the_reason(tmp_path, tiny_encoder, both, monkeypatch):
    monkeypatch.setattr(Estimator, "measure", lambda self, workloads: "no room")
    plan = planned(tmp_path, tiny_encoder)
    assert plan.precision == PrecisionChoice(
        precision="bf16", reason="the precisions could not be timed: no room"
    )
