"""A study of several source tasks is planned as one study each, side by side."""

from pathlib import Path

import pytest

from isogloss.errors import StudyError
from isogloss.study.file.yaml_text import read_study
from isogloss.study.plan import make_plan

STUDY = """
source: {{task: {tasks}, language: en, examples: 20}}
targets: [de, fr, zh]
encoder: {encoder}
aggregator: [last, {{aif: {{layer: 1}}}}]
analysis: {{distances: none}}
"""


def plan(folder: Path, encoder: Path, tasks: str):
    path = folder / "study.yaml"
    path.write_text(STUDY.format(tasks=tasks, encoder=encoder), encoding="utf-8")
    return make_plan(read_study(path))


def test_stages_and_cells_are_those_of_the_single_studies(tiny_encoder, tmp_path):
    both = plan(tmp_path, tiny_encoder, "[mini-paws, mini-pos]")
    single = [plan(tmp_path, tiny_encoder, name) for name in ("mini-paws", "mini-pos")]
    assert list(both.stages) == [stage for one in single for stage in one.stages]
    assert both.cells == single[0].cells + single[1].cells
    assert set(both.resolved.tasks) == {"mini-paws", "mini-pos"}
    assert both.n_unshared == len(both.stages) == 2 * 2 * (1 + 3)


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ("[mini-paws, mini-paws]", "'mini-paws' is given twice"),
        ("[mini-pawz, mini-poz]", r"(?s)2 problems.*mini-pawz.*mini-paws.*mini-poz.*mini-pos"),
    ],
)
def test_problems_of_all_tasks_are_told_once(tiny_encoder, tmp_path, tasks, message):
    with pytest.raises(StudyError, match=message):
        plan(tmp_path, tiny_encoder, tasks)


def test_a_problem_of_every_task_is_told_once(tmp_path):
    with pytest.raises(StudyError) as caught:
        plan(tmp_path, tmp_path / "none", "[mini-paws, mini-pos]")
    assert len(caught.value.problems) == 1
