"""Trackers keep what the records say, cost nothing but themselves when they break, and are named early."""

import struct
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
import yaml
from tensorboardX.proto.event_pb2 import Event

from isogloss.errors import StudyError
from isogloss.extras import EXTRAS, MissingExtraError
from isogloss.study.execution.preparation import prepare
from isogloss.study.execution.run import run_plan
from isogloss.study.execution.trackers.tensorboard import TensorBoard
from isogloss.study.execution.tracking import Tracking
from isogloss.study.file.yaml_text import read_study
from isogloss.study.tracker import TRACKERS, Tracker

STUDY = {
    "name": "tracked",
    "source": {"task": "mini-paws", "language": "en", "examples": 16},
    "targets": {"languages": ["de", "zh"], "examples": 8},
    "encoder": "mini",
    "training": {"steps": 3, "batch_size": 8, "precision": "fp32"},
    "validation": {"split": "train"},
    "analysis": {"distances": "none"},
    "execution": {"executor": "inline", "threads": 1},
}


class Watching:
    """Keeps warnings."""

    def __init__(self):
        self.warnings = []

    def warned(self, text):
        self.warnings.append(text)

    def __getattr__(self, name):
        return lambda *_: None


class FakeRun:
    """What a run of Weights & Biases was told."""

    def __init__(self, **options):
        self.options, self.logged, self.summary, self.exit_code = options, [], {}, None

    def define_metric(self, name, step_metric):
        self.metric = (name, step_metric)

    def log(self, values):
        assert self.exit_code is None
        self.logged.append(values)

    def finish(self, exit_code):
        self.exit_code = exit_code


@pytest.fixture
def fake_wandb(monkeypatch):
    """A stand-in for the package, which is too large to be installed with the tests."""
    module = ModuleType("wandb")
    module.runs = []
    module.init = lambda **options: module.runs.append(FakeRun(**options)) or module.runs[-1]
    module.Settings = lambda **options: options
    monkeypatch.setitem(sys.modules, "wandb", module)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    monkeypatch.delenv("WANDB_PROJECT", raising=False)
    return module


@pytest.fixture
def tracked(tmp_path):
    def go(*names, out="out"):
        path = tmp_path / "study.yaml"
        path.write_text(yaml.safe_dump(STUDY), encoding="utf-8")
        file = read_study(path, [f"execution.track=[{', '.join(names)}]"])
        watching = Watching()
        prepared = prepare(file, tmp_path / out, None)
        with prepared.claimed() as folder:
            result = run_plan(prepared, folder, watching)
        assert result.failed == ()
        return SimpleNamespace(folder=folder, records=folder.records().values(), told=watching)

    return go


def events_in(folder: Path) -> list[Event]:
    """Events of a folder: each has its length and a checksum before it, and a checksum behind it."""
    found = []
    for path in folder.iterdir():
        content, at = path.read_bytes(), 0
        while at < len(content):
            (length,) = struct.unpack_from("<Q", content, at)
            found.append(Event.FromString(content[at + 12 : at + 12 + length]))
            at += length + 16
    return found


def scalars(events, tag):
    values = [(event.step, value) for event in events for value in event.summary.value if value.tag == tag]
    return [(step, value.simple_value) for step, value in values]


def in_single_precision(points):
    return [(at, struct.unpack("f", struct.pack("f", value))[0]) for at, value in points]


def test_tensorboard_gets_the_curves_and_scores_of_the_records(tracked):
    done = tracked("tensorboard")
    (trained,) = [record for record in done.records if record.kind == "finetune"]
    (folder,) = (done.folder.root / "tensorboard").iterdir()
    events = events_in(folder)
    assert scalars(events, "train/loss") == in_single_precision(trained.training.losses)
    assert scalars(events, "validation/score") == in_single_precision(trained.training.validation)
    assert len(trained.training.losses) == 3
    # A run looks at its jobs now and then, and may miss the last update.
    assert {step for step, _ in scalars(events, "live/loss")} <= {1, 2, 3}
    scored = {row.target_language: row.score for row in done.folder.scores()}
    assert set(scored) == {"de", "zh"}
    for language, score in scored.items():
        assert scalars(events, f"test/mini-paws/{language}") == in_single_precision([(0, score)])
    assert trained.stage_id in str(events)  # among the settings


def test_the_loss_of_an_update_is_passed_on_once_while_it_trains(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(TensorBoard, "log", lambda _, *told: seen.append(told))
    study = SimpleNamespace(name="live", execution=SimpleNamespace(track=("tensorboard",)))
    plan = SimpleNamespace(resolved=SimpleNamespace(study=study))
    tracking = Tracking(plan, SimpleNamespace(store=None, root=tmp_path), print)
    for done, loss in ((1, 0.5), (1, 0.5), (2, 0.25), (3, None)):
        progress = {"done": done, "loss": loss, "subwords_per_s": 9.0}
        tracking.progressed(SimpleNamespace(name="job"), progress)
    assert seen == [
        ("job", done, {"live/loss": loss, "live/subwords_per_s": 9.0}) for done, loss in ((1, 0.5), (2, 0.25))
    ]


def test_two_jobs_of_a_model_that_begin_within_a_second_keep_their_events(tmp_path, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_000_000_000.5)
    tracker = TensorBoard("s", tmp_path)
    for job, tag in (("finetune-12345678", "train/loss"), ("evaluate-12345678", "test/score")):
        tracker.begin(job, "paws en", {})
        tracker.log(job, 1, {tag: 0.5})
        tracker.end(job, None)
    (folder,) = (tmp_path / "tensorboard").iterdir()
    events = events_in(folder)
    assert scalars(events, "train/loss") == scalars(events, "test/score") == [(1, 0.5)]


def of_trackers(done):
    """Warnings apart from that of the few updates here, which teach nothing."""
    return [text for text in done.told.warnings if "hardly learnt" not in text]


def test_wandb_gets_a_run_for_each_job_and_stays_offline(tracked, fake_wandb):
    done = tracked("wandb", "tensorboard")
    training, scoring = fake_wandb.runs
    assert [run.options["job_type"] for run in fake_wandb.runs] == ["finetune", "evaluate"]
    for run in fake_wandb.runs:
        assert (run.options["project"], run.options["group"]) == ("isogloss", "tracked")
        assert (run.options["mode"], run.options["dir"]) == ("offline", str(done.folder.root))
        assert run.options["config"]["model"]["train"]["language"] == "en"
        assert run.metric == ("*", "update")
        assert run.exit_code == 0
    (trained,) = [record for record in done.records if record.kind == "finetune"]
    curve = [(each["update"], each["train/loss"]) for each in training.logged if "train/loss" in each]
    assert curve == list(trained.training.losses)
    scored = {row.target_language: row.score for row in done.folder.scores()}
    assert scoring.logged == [
        {"update": 0, f"test/mini-paws/{language}": score} for language, score in scored.items()
    ]
    assert of_trackers(done) == []


def test_a_study_that_is_tracked_has_the_same_stages_and_scores(tracked):
    with_it, without = tracked("tensorboard", out="with"), tracked(out="without")
    assert with_it.folder.manifest.stages == without.folder.manifest.stages
    assert list(with_it.folder.scores()) == list(without.folder.scores())
    assert not (without.folder.root / "tensorboard").exists()


@pytest.mark.parametrize("method", ["__init__", "begin", "log", "end", "close"])
def test_a_tracker_that_breaks_is_given_up_with_one_warning(method, tracked, monkeypatch):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(TensorBoard, method, fail)
    done = tracked("tensorboard")
    assert of_trackers(done) == ["tensorboard keeps nothing more of this run: OSError: no space left"]
    assert len(list(done.folder.scores())) == 2


def test_a_job_that_failed_is_marked(fake_wandb, tmp_path):
    from isogloss.study.execution.trackers.wandb import WeightsAndBiases

    tracker = WeightsAndBiases("study", tmp_path)
    tracker.begin("finetune-1", "one", {})
    tracker.begin("finetune-2", "two", {})
    tracker.begin("finetune-3", "three", {})
    tracker.begin("finetune-3", "three", {})  # tried again
    tracker.end("finetune-1", "out of memory")
    tracker.end("finetune-2", None)
    tracker.end("finetune-2", None)
    tracker.close()
    assert [run.exit_code for run in fake_wandb.runs] == [1, 0, 0, 1]
    assert fake_wandb.runs[0].summary == {"error": "out of memory"}


@pytest.mark.parametrize("name", TRACKERS)
def test_every_tracker_names_the_extra_of_its_package(name):
    assert issubclass(TRACKERS[name], Tracker)
    assert TRACKERS[name].extra in EXTRAS


def test_an_unknown_tracker_is_a_problem_of_the_study_file(tracked, tmp_path):
    with pytest.raises(StudyError, match="unknown tracker 'tensorbord'") as told:
        tracked("tensorbord")
    assert "execution.track[0]" in str(told.value)
    assert "did you mean 'tensorboard'?" in str(told.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("name", "module"), [("tensorboard", "tensorboardX"), ("wandb", "wandb")])
def test_a_tracker_that_is_not_installed_is_one_error_before_anything(
    name, module, tracked, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=f"tracking with {name} needs the package {module}") as told:
        tracked(name)
    assert f"pip install 'isogloss[{name}]'" in str(told.value)
    assert not (tmp_path / "out").exists()
