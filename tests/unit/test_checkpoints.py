"""Trainings that go on from a snapshot end with the same numbers."""

import contextlib
import json
import os
import signal

import pytest
from tiny_models import SENTENCE_CARD, save_encoder, sentence_examples

from isogloss.isolation import leave_as_told
from isogloss.study.execution.checkpoints import StoredCheckpoints
from isogloss.study.outputs.store import Store
from isogloss.training import loop
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


def test_a_smaller_micro_batch_holds_for_a_training_that_goes_on(encoder, tmp_path, monkeypatch):
    store, used = Store(tmp_path / "store"), []
    split = loop.split_by_budget

    def noting(inputs, budget, **options):
        used.append(budget)
        return split(inputs, budget, **options)

    monkeypatch.setattr(loop, "split_by_budget", noting)
    for budget, progress in ((256, Killed(5)), (64, Killed(7)), (256, None)):
        with pytest.raises(KilledError) if progress else contextlib.nullcontext():
            kept = StoredCheckpoints(store, "x", 0.0)
            train(
                encoder,
                tmp_path / "m",
                checkpoints=kept,
                max_subwords_per_batch=budget,
                progress=progress,
            )
    assert used == [256] * 5 + [64] * 6


@pytest.fixture
def heeded_sigterm():
    before = signal.signal(signal.SIGTERM, leave_as_told)
    yield
    signal.signal(signal.SIGTERM, before)


def told_to_end(after):
    """Progress during which the process gets a signal to end."""
    return lambda event: event.done == after and os.kill(os.getpid(), signal.SIGTERM)


def test_a_process_that_is_told_to_end_keeps_its_updates(encoder, tmp_path, monkeypatch, heeded_sigterm):
    monkeypatch.setattr("isogloss.study.execution.checkpoints.WORTH_SECONDS", 0.0)
    whole = train(encoder, tmp_path / "whole")
    store = Store(tmp_path / "store")
    checkpoints = StoredCheckpoints(store, "x", 600.0)
    with pytest.raises(SystemExit) as left, checkpoints.saved_before_the_end():
        train(encoder, tmp_path / "told", checkpoints=checkpoints, progress=told_to_end(5))
    assert left.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is leave_as_told
    resumed = train(encoder, tmp_path / "told", checkpoints=StoredCheckpoints(store, "x", 600.0))
    assert resumed.resumed_updates == (5,)
    assert resumed.losses == whole.losses


def test_a_process_ends_at_once_where_little_is_lost_or_when_told_twice(encoder, tmp_path, heeded_sigterm):
    store = Store(tmp_path / "store")
    little = StoredCheckpoints(store, "x", 600.0)
    with pytest.raises(SystemExit), little.saved_before_the_end():
        train(encoder, tmp_path / "told", checkpoints=little, progress=told_to_end(5))
    assert little.load() is None
    twice = StoredCheckpoints(store, "y", 600.0)
    twice._last -= 100
    with pytest.raises(SystemExit), twice.saved_before_the_end():
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the second signal was not heeded")


def test_a_training_that_is_over_is_kept_before_the_process_ends(tmp_path, heeded_sigterm):
    late = StoredCheckpoints(Store(tmp_path / "store"), "x", 600.0)
    late._last -= 100
    done = []
    with pytest.raises(SystemExit), late.saved_before_the_end():
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("committed")
    assert done == ["committed"]


def test_other_handlers_are_left_alone(tmp_path):
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with StoredCheckpoints(Store(tmp_path / "store"), "x", 600.0).saved_before_the_end():
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGTERM, before)


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
