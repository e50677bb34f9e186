"""Validation settings of a study: what cannot work is refused with its place and a way out."""

import pytest
import yaml

from isogloss.errors import StudyError
from isogloss.study.file.yaml_text import read_study


def error_of(tmp_path, **changes):
    content = {
        "source": {"task": "mini-paws", "language": "en"},
        "targets": "de",
        "encoder": "mini",
        **changes,
    }
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        read_study(path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"examples": 0}, "0: a whole number above 0 is needed, or 'auto' or 'all'"),
        ({"examples": "few"}, "a whole number above 0 is needed, or 'auto' or 'all'"),
        ({"examples": True}, "true: a whole number above 0"),
        ({"examples": 1.5}, "1.5: a whole number above 0"),
        ({"evaluations": "all"}, "a whole number above 0 is needed, or 'auto'"),
        ({"evaluations": [3]}, "[3]: a whole number above 0"),
        ({"patience": 0}, "allowed: a number above 0"),
        ({"split": "test"}, "'test' is not a valid value"),
        ({"patiense": 3}, "did you mean 'patience'?"),
        ({"split": "train", "examples": "all"}, "leaves no row to train on"),
        ({"patience": 5, "evaluations": 5}, "patience 5 can never stop training with 5 evaluations"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path, settings, words):
    message = error_of(tmp_path, validation=settings)
    assert words in message
    assert "study.yaml, line" in message
    assert "field validation" in message


def test_settings_without_a_selection_are_not_ignored(tmp_path):
    message = error_of(tmp_path, selection="none", validation={"examples": 100})
    assert "selection none keeps the last weights" in message


def test_the_targets_own_validation_data_is_not_cut_from_training_rows(tmp_path):
    message = error_of(tmp_path, selection="oracle", validation={"split": "train"})
    assert "selection oracle looks at the targets' own validation data" in message


def test_a_stage_does_not_choose_on_the_rows_it_is_trained_on(tmp_path):
    message = error_of(tmp_path, source={"task": "mini-paws", "language": "en", "split": "validation"})
    assert "trained on its validation split" in message
    assert "set validation.split to train" in message
