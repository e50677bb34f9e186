"""A study that cuts its validation rows from its training rows, from file to records."""

import pytest
import yaml

from isogloss.study.execution.preparation import Prepared
from isogloss.study.execution.run import run_plan
from isogloss.study.file.yaml_text import read_study
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.status import status_of
from isogloss.study.outputs.store import Store
from isogloss.study.plan import make_plan
from isogloss.study.stages import FinetuneStage


class Silent:
    def __getattr__(self, name):
        return lambda *arguments: None


def records_of(root, tiny_encoder, **changes):
    content = {
        "name": "cut",
        "source": {"task": "mini-paws", "language": "en", "examples": 400, "training": {"steps": 4}},
        "targets": {"languages": ["de"], "examples": 20},
        "encoder": str(tiny_encoder),
        "training": {"max_length": 64, "precision": "fp32"},
        "analysis": {"distances": "none"},
        "execution": {"executor": "inline"},
        **changes,
    }
    root.mkdir()
    (root / "study.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    plan = make_plan(read_study(root / "study.yaml"))
    status = status_of(plan, Store(root / "out" / "stages"))
    folder = StudyFolder.claim(root / "out", plan, None)
    result = run_plan(Prepared(root / "out", None, plan, status), folder, Silent())
    assert not result.failed, result.failed
    trained = [key for key, stage in plan.stages.items() if isinstance(stage, FinetuneStage)]
    return [folder.store.record(key) for key in trained]


def without_times(record):
    return record.training.model_copy(update={"seconds": 0.0, "subwords_per_s": 0.0})


def test_rows_are_cut_trained_on_and_recorded(tmp_path, tiny_encoder):
    cut = {"split": "train", "examples": 60, "evaluations": 2}
    (record,) = records_of(tmp_path / "a", tiny_encoder, validation=cut)
    (again,) = records_of(tmp_path / "b", tiny_encoder, validation=cut)
    train, validation = record.data
    assert (train.n_examples, validation.n_examples) == (340, 60)
    assert train.split == validation.split == "train"
    assert validation.notes[0].startswith("60 validation rows cut from the training rows: ")
    assert record.training.n_examples == 340
    assert [done for done, _ in record.training.validation] == [2, 4]
    assert record.training.n_validation_examples == 60
    assert without_times(record) == without_times(again)


def test_a_cut_without_a_number_follows_the_budget(tmp_path, tiny_encoder):
    (record,) = records_of(tmp_path / "a", tiny_encoder, validation={"split": "train"})
    # 4 updates of 32 rows afford 38 rows; a tenth of 400 is 40, all of which one evaluation looks at
    assert record.data[1].n_examples == 40
    assert [done for done, _ in record.training.validation] == [4]


def test_a_small_study_looks_at_validation_rows_once(tmp_path, tiny_encoder):
    (record,) = records_of(tmp_path / "a", tiny_encoder)
    assert record.data[1].split == "validation"
    assert len(record.training.validation) == 1
    assert record.training.n_validation_examples == 200


def test_the_oracle_looks_at_every_target(tmp_path, tiny_encoder):
    targets = {"languages": ["de", "fr"], "examples": 20}
    (record,) = records_of(tmp_path / "a", tiny_encoder, selection="oracle", targets=targets)
    assert {entry.language for entry in record.data[1:]} == {"de", "fr"}
    assert record.training.n_validation_examples == 200


def test_nothing_is_looked_at_without_a_selection(tmp_path, tiny_encoder):
    (record,) = records_of(tmp_path / "a", tiny_encoder, selection="none")
    assert len(record.data) == 1
    assert record.training.validation == ()
    assert record.training.kept_update == pytest.approx(4)
