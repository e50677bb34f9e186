"""Examples that stand in another split are left out where the study says so, and counted."""

import json

import pytest

from isogloss.study.execution.reading import read_examples
from isogloss.study.file.yaml_text import read_study
from isogloss.study.jobs import Job
from isogloss.study.plan import make_plan
from isogloss.tasks.base import GeneratedExamples, SentenceExample, TaskData, WordExample, without_overlap


def data(split, examples, **more):
    return TaskData("t", "en", split, tuple(examples), **more)


def test_text_counts_and_not_the_label_and_each_example_is_counted_once():
    test = data(
        "test",
        [WordExample(0, ("a", "b"), (0, 0)), WordExample(1, ("a",), (0,)), WordExample(2, ("c",), (1,))],
        dropped={"other": 3},
    )
    train = data("train", [WordExample(9, ("a", "b"), (1, 1))])
    validation = data("validation", [WordExample(8, ("a", "b"), (0, 0)), WordExample(7, ("c",), (0,))])
    found = without_overlap(test, {"train": train, "validation": validation})
    assert [example.row for example in found.examples] == [1]
    assert found.dropped == {"other": 3, "stand in train too": 1, "stand in validation too": 1}
    assert without_overlap(test, {}) == test


def test_where_nothing_is_left_out_no_example_is_made():
    def make(row):
        raise AssertionError(f"row {row} was made")

    generated = TaskData("t", "en", "train", GeneratedExamples(10, make))
    assert without_overlap(generated, {}) is generated


def test_the_order_of_a_pair_is_part_of_its_text():
    test = data("test", [SentenceExample(0, "a", "b", 0), SentenceExample(1, "b", "a", 0)])
    train = data("train", [SentenceExample(5, "b", "a", 1)])
    assert [one.row for one in without_overlap(test, {"train": train}).examples] == [0]


STUDY = """
source: {{task: own, language: en}}
targets: {{languages: [de, en], drop_overlap: {drop}}}
encoder: {encoder}
selection: none
tasks:
  - name: own
    path: "{{split}}-{{language}}.jsonl"
    columns: {{text_a: text, label: label}}
    labels: [x, y]
analysis: {{distances: none}}
"""


@pytest.fixture
def folder(tmp_path):
    rows = {"train-en": "abc", "test-en": "cde", "train-de": "pq", "test-de": "pqrs"}
    for name, texts in rows.items():
        lines = [json.dumps({"text": text, "label": "x"}) for text in texts]
        (tmp_path / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def targets(folder, encoder, drop):
    (folder / "study.yaml").write_text(STUDY.format(drop=drop, encoder=encoder), encoding="utf-8")
    plan = make_plan(read_study(folder / "study.yaml"))
    return plan, [stage for stage in plan.stages.values() if stage.kind == "evaluate"]


def test_a_study_drops_them_and_records_how_many(folder, tiny_encoder):
    plan, stages = targets(folder, tiny_encoder, "true")
    job = Job(
        stages=tuple(stages),
        store="",
        data_dir=None,
        tasks=plan.resolved.study.tasks,
        tasks_dir=str(folder),
        threads=1,
        max_subwords_per_batch=100,
    )
    for stage, kept, n_dropped in zip(stages, ("rs", "de"), (2, 1), strict=True):
        examples, record = read_examples(job, stage.data, 0)
        assert [example.text_a for example in examples] == list(kept)
        assert sum(record.dropped.values()) == n_dropped
        assert set(record.dropped) <= {"stand in train too", "stand in validation too"}


def test_the_identity_follows_what_is_dropped(folder, tiny_encoder):
    before, plain = targets(folder, tiny_encoder, "true")[1], targets(folder, tiny_encoder, "false")[1]
    (folder / "train-de.jsonl").write_text(json.dumps({"text": "r", "label": "x"}), encoding="utf-8")
    after = targets(folder, tiny_encoder, "true")[1]
    assert [one.stage_id == other.stage_id for one, other in zip(before, after, strict=True)] == [False, True]
    unchanged = targets(folder, tiny_encoder, "false")[1]
    assert [one.stage_id for one in plain] == [one.stage_id for one in unchanged]
