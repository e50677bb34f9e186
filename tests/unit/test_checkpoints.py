"""Trainings that go on from a snapshot end with the same numbers."""

import json

import pytest
from tiny_models import SENTENCE_CARD, save_encoder, sentence_examples

from isogloss.study.execution.checkpoints import StoredCheckpoints
from isogloss.study.outputs.store import Store
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings, ValidationSettings
from isogloss.training.specs import Recipe, Running, StartingPoint, TrainingRows

pytestmark = pytest.mark.numerics

SETTINGS = TrainingSettings(
    steps=9, batch_size=8, learning_rate=2e-3, max_length=40, dropout=0.2, precision="fp32"
)


class KilledError(Exception):
    pass


class Killed:
    """Progress that ends the process, as far as training can tell."""

    def __init__(self, after):
        self.after = after

    def __call__(self, event):
        if event.done == self.after:
            raise KilledError


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return save_encoder(tmp_path_factory.mktemp("encoder"))


def train(encoder, output, *, selection="best", **running):
    return finetune(
        StartingPoint(str(encoder)),
        TrainingRows(SENTENCE_CARD, sentence_examples(60), sentence_examples(30, 7)),
        Recipe(
            ("aif", {"layer": 1}),
            SETTINGS,
            selection=selection,
            validation=ValidationSettings(examples=30, evaluations=3),
        ),
        output,
        Running(**running),
    )


@pytest.mark.parametrize("selection", ["last", "best"])
@pytest.mark.parametrize("moments", [(4,), (2, 7), (9,)])
def test_killed_and_resumed_trainings_end_with_the_same_bytes(encoder, tmp_path, selection, moments):
    whole = train(encoder, tmp_path / "whole", selection=selection)
    store = Store(tmp_path / "store")
    for moment in moments:
        with pytest.raises(KilledError):
            train(
                encoder,
                tmp_path / "killed",
                selection=selection,
                checkpoints=StoredCheckpoints(store, "x", 0.0),
                progress=Killed(moment),
            )
    resumed = train(
        encoder, tmp_path / "killed", selection=selection, checkpoints=StoredCheckpoints(store, "x", 0.0)
    )
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "killed")]
    assert weights[0] == weights[1]
    assert resumed.resumed_updates == tuple(moment - 1 for moment in moments)
    assert (resumed.losses, resumed.validation) == (whole.losses, whole.validation)
    assert (resumed.kept_update, resumed.n_subwords) == (whole.kept_update, whole.n_subwords)


def test_a_torn_snapshot_is_passed_over(encoder, tmp_path):
    store = Store(tmp_path / "store")
    with pytest.raises(KilledError):
        train(encoder, tmp_path / "m", checkpoints=StoredCheckpoints(store, "x", 0.0), progress=Killed(5))
    kept = StoredCheckpoints(store, "x", 0.0)
    assert kept.load().n_updates == 4
    for path in sorted(store.checkpoint("x").iterdir()):
        before = path.read_bytes()
        for place in (0, len(before) // 2, len(before) - 1):
            path.write_bytes(before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :])
            assert kept.load() is None, (path.name, place)
        path.write_bytes(before[: len(before) // 2])
        assert kept.load() is None
        path.write_bytes(before)
    state = json.loads(next(store.checkpoint("x").glob("*.json")).read_text())
    assert state["n_updates"] == 4


def test_a_short_training_leaves_no_snapshot(encoder, tmp_path):
    store = Store(tmp_path / "store")
    train(encoder, tmp_path / "m", checkpoints=StoredCheckpoints(store, "x", 600.0))
    assert not store.checkpoint("x").exists()
