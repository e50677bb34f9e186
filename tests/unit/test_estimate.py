"""Estimates: what is predicted from a measurement, in which order jobs end, and how jobs correct it."""

import json

import pytest
import yaml

from isogloss.study.file.yaml_text import read_study
from isogloss.study.forecast import speed as cache
from isogloss.study.forecast.estimate import Estimator, TimeLeft, makespan
from isogloss.study.forecast.speed import Measurement, Speed
from isogloss.study.outputs.status import StageGroup
from isogloss.study.plan import make_plan

SPEED = Speed(
    start=3.0,
    read_row=0.0,
    train_overhead=2.0,
    encode_subword=0.0,
    train_subword=1e-3,
    evaluate_overhead=1.0,
    evaluate_subword=2e-4,
    target_overhead=0.5,
    characters_per_subword=3.0,
    processor_share=1.0,
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def estimator(tmp_path, encoder, **changes):
    content = {
        "name": "timed",
        "source": {"task": "mini-paws", "language": "en", "examples": 400, "training": {"epochs": 2}},
        "targets": {"languages": ["de", "fr"], "examples": 100},
        "encoder": str(encoder),
        "selection": "none",
        "training": {"max_length": 64, "precision": "fp32"},
        "analysis": {"distances": "none"},
        **changes,
    }
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    plan = make_plan(read_study(path))
    return Estimator(plan, plan.stages)


def remember(estimator, speed=SPEED):
    for group in estimator.groups:
        cache.keep(estimator._workload(group).key, Measurement(speed=speed))


def lengths(encoder, language, split, n):
    """Mean subwords of a pair, as training itself encodes it."""
    from transformers import AutoTokenizer

    from isogloss.modeling.encoding import encode
    from isogloss.tasks.base import TASKS

    examples = TASKS["mini-paws"].load(None, language, split).examples[:n]
    tokenizer = AutoTokenizer.from_pretrained(str(encoder))
    inputs = encode(examples, tokenizer, "sentence", max_length=64, windows=False).inputs
    return sum(map(len, inputs)) / len(examples)


def test_nothing_is_predicted_before_something_was_measured(tmp_path, tiny_encoder):
    one = estimator(tmp_path, tiny_encoder)
    assert not one.is_measured
    with pytest.raises(KeyError):
        one.total()


def test_seconds_are_overheads_and_subwords_of_the_encoders_own_tokenizer(tmp_path, tiny_encoder):
    one = estimator(tmp_path, tiny_encoder)
    remember(one)
    trained, scored = (one.seconds(group) for group in one.groups)
    subwords = 25 * 32 * lengths(tiny_encoder, "en", "train", 2000)
    assert trained == pytest.approx(2.0 + 1e-3 * subwords, rel=0.05)
    per_row = sum(lengths(tiny_encoder, language, "test", 1000) for language in ("de", "fr"))
    assert scored == pytest.approx(1.0 + 2 * 0.5 + 2e-4 * 100 * per_row, rel=0.05)
    assert one.total() == pytest.approx(3.0 + trained + scored)


def test_evaluations_of_validation_are_counted(tmp_path, tiny_encoder):
    plain = estimator(tmp_path, tiny_encoder)
    remember(plain)
    chosen = estimator(
        tmp_path, tiny_encoder, selection="source-validation", validation={"examples": 300, "evaluations": 4}
    )
    remember(chosen)
    more = chosen.seconds(chosen.groups[0]) - plain.seconds(plain.groups[0])
    assert more == pytest.approx(2e-4 * 4 * 300 * lengths(tiny_encoder, "en", "validation", 1000), rel=0.05)


def test_rows_that_are_cut_are_not_trained_on(tmp_path, tiny_encoder):
    plain = estimator(tmp_path, tiny_encoder)
    remember(plain)
    cut = estimator(
        tmp_path,
        tiny_encoder,
        selection="source-validation",
        validation={"split": "train", "examples": 200, "evaluations": 1},
    )
    remember(cut)
    trained = plain.seconds(plain.groups[0]) - SPEED.train_overhead
    scored = 2e-4 * 200 * lengths(tiny_encoder, "en", "train", 1000)
    found = cut.seconds(cut.groups[0]) - SPEED.train_overhead
    assert found == pytest.approx(trained * 13 / 25 + scored, rel=0.05)  # 13 updates of 200 rows, twice


def test_what_was_measured_is_there_the_next_time(tmp_path, tiny_encoder):
    remember(estimator(tmp_path, tiny_encoder))
    first, second = (estimator(tmp_path, tiny_encoder).total() for _ in range(2))
    assert first == second


def test_what_a_busy_machine_measured_holds_for_this_run_only(tmp_path, tiny_encoder, monkeypatch):
    busy = SPEED.model_copy(update={"processor_share": 0.4})
    remember(estimator(tmp_path, tiny_encoder), busy)
    this_run = estimator(tmp_path, tiny_encoder)
    assert this_run.is_measured
    assert this_run.was_disturbed
    monkeypatch.setattr(cache, "_measured_here", set())  # as in a new process
    assert not estimator(tmp_path, tiny_encoder).is_measured


@pytest.mark.parametrize("text", ["", "{", "[]", json.dumps({"speed": {"start": -1}})])
def test_a_damaged_cache_is_measured_again(tmp_path, tiny_encoder, text):
    one = estimator(tmp_path, tiny_encoder)
    remember(one)
    for path in (tmp_path / "cache" / "isogloss" / "speed").iterdir():
        path.write_text(text, encoding="utf-8")
    assert not estimator(tmp_path, tiny_encoder).is_measured


def test_other_threads_precision_and_length_are_measured_apart(tmp_path, tiny_encoder):
    changes = [
        {},
        {"execution": {"threads": 7}},
        {"execution": {"jobs": 3}},
        {"training": {"precision": "bf16"}},
        {"training": {"precision": "fp32", "max_length": 16}},
        {"training": {"precision": "fp32", "batch_size": 8}},
    ]
    made = (estimator(tmp_path, tiny_encoder, **one) for one in changes)
    keys = [one._workload(one.groups[0]).key for one in made]
    assert len(set(keys)) == len(keys)


def groups(*names):
    """Jobs `a`, and `b` after `a`, from names such as ``a`` and ``b<a``."""
    made = []
    for name in names:
        own, _, parent = name.partition("<")
        made.append(StageGroup(f"finetune-{own}", (), parent or None))
    return made


def seconds(**by_name):
    return {f"finetune-{name}": value for name, value in by_name.items()}


def test_jobs_of_several_workers_end_when_the_last_one_does():
    assert makespan(groups("a", "b", "c"), seconds(a=4, b=3, c=2), 1) == 9
    assert makespan(groups("a", "b", "c"), seconds(a=4, b=3, c=2), 2) == 5
    assert makespan(groups("a", "b", "c"), seconds(a=4, b=3, c=2), 9) == 4


def test_a_job_waits_for_the_one_it_starts_from():
    assert makespan(groups("a", "b<a", "c<b"), seconds(a=1, b=2, c=3), 4) == 6
    assert makespan(groups("b<gone"), seconds(b=2), 1) == 2


def test_running_jobs_count_with_what_is_left_of_them():
    left = {"finetune-a": 1.0}
    assert makespan(groups("a", "b<a"), seconds(a=10, b=5), 1, left) == 6
    assert makespan(groups("a", "b"), seconds(a=10, b=5), 2, left) == 5


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def timed(tmp_path, encoder, **changes):
    one = estimator(tmp_path, encoder, **changes)
    remember(one)
    clock = Clock()
    return one, TimeLeft(one, clock), clock


def test_time_left_shrinks_with_the_clock_and_reaches_zero(tmp_path, tiny_encoder):
    one, left, clock = timed(tmp_path, tiny_encoder)
    training, scoring = one.groups
    expected = one.seconds(training), one.seconds(scoring)
    assert left.seconds() == pytest.approx(sum(expected))
    left.started(training)
    clock.now += SPEED.start + expected[0] / 2
    left.progressed(training, {"done": 50, "total": 100})
    assert left.seconds() == pytest.approx(expected[0] / 2 + expected[1])
    clock.now += expected[0] / 2
    left.ended(training, None)
    assert left.seconds() == pytest.approx(expected[1])
    left.started(scoring)
    clock.now += 10 * expected[1]
    assert left.seconds() == 0.0
    left.ended(scoring, None)
    assert left.seconds() == 0.0


def test_a_slow_machine_is_noticed_while_a_job_runs(tmp_path, tiny_encoder):
    one, left, clock = timed(tmp_path, tiny_encoder, seed=[1, 2, 3])
    before = left.seconds()
    left.started(one.groups[0])
    clock.now += SPEED.start + 3 * one.seconds(one.groups[0]) * 0.9
    left.progressed(one.groups[0], {"done": 90, "total": 100})
    assert left.seconds() > 1.5 * (before - one.seconds(one.groups[0]))


def test_finished_jobs_correct_the_rest_and_the_next_run(tmp_path, tiny_encoder):
    one, left, clock = timed(tmp_path, tiny_encoder, seed=[1, 2])
    trainings = [group for group in one.groups if group.kind == "finetune"]
    expected = one.seconds(trainings[0])
    left.started(trainings[0])
    clock.now += SPEED.start + 2 * expected
    left.ended(trainings[0], None)
    assert one.seconds(trainings[1]) == pytest.approx(2 * expected)
    again = estimator(tmp_path, tiny_encoder, seed=[1, 2])
    assert again.seconds(again.groups[0]) == pytest.approx(2 * expected)
    # Scoring has a correction of its own.
    scorings = [group for group in again.groups if group.kind == "evaluate"]
    assert again.seconds(scorings[0]) == pytest.approx(one.seconds(scorings[0]))


def test_jobs_that_failed_or_cannot_run_teach_nothing(tmp_path, tiny_encoder):
    one, left, clock = timed(tmp_path, tiny_encoder)
    expected = one.seconds(one.groups[0])
    left.started(one.groups[0])
    clock.now += 100 * expected
    left.ended(one.groups[0], "out of memory")
    left.skipped(one.groups[1])
    assert one.seconds(one.groups[0]) == pytest.approx(expected)
    assert left.seconds() == 0.0


def test_little_work_is_not_worth_a_measurement(tmp_path, tiny_encoder):
    assert estimator(tmp_path, tiny_encoder).is_small()
    large = estimator(tmp_path, tiny_encoder, training={"steps": 5000}, source=SOURCE)
    assert not large.is_small()
    assert set(large.lengths.sizes) == {("mini-paws", "en", "train")}  # the targets need not be read to tell


SOURCE = {"task": "mini-paws", "language": "en", "examples": 400}
