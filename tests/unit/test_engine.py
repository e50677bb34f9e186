"""What a run does when a job ends in each of the ways it can, without training anything."""

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import pytest
import yaml

import isogloss.study.execution.run as engine
from isogloss.errors import StoreError
from isogloss.study.execution.preparation import Prepared
from isogloss.study.execution.run import run_plan
from isogloss.study.executor import Executor, JobResult
from isogloss.study.file.yaml_text import read_study
from isogloss.study.jobs import Job, Outcome
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.maintenance import standing
from isogloss.study.outputs.status import status_of
from isogloss.study.outputs.store import Store
from isogloss.study.plan import make_plan

STUDY = {
    "name": "scripted",
    "source": {"task": "mini-paws", "language": "en", "examples": 8},
    "intermediate": {"task": "mini-pos", "languages": ["de", "fr"], "examples": 8, "baselines": []},
    "targets": {"languages": ["es", "zh"], "examples": 4},
    "encoder": "mini",
    "training": {"steps": 1, "precision": "fp32"},
    "selection": "none",
    "analysis": {"distances": "none"},
    "execution": {"jobs": 1},
}


class Scripted(Executor):
    """Ends jobs as told; what is not told is done at once."""

    script: ClassVar[dict[str, list[str]]] = {}
    jobs: ClassVar[list[Job]] = []

    def __init__(self, placement):
        super().__init__(placement)
        self.results = []

    def submit(self, jobs):
        for path in jobs:
            job = Job.model_validate_json(path.read_text(encoding="utf-8"))
            self.jobs.append(job)
            told = next((self.script[key] for key in self.script if key in job.stages[0].label), [])
            kind = told.pop(0) if told else "done"
            if kind in {"done", "busy"}:  # busy: as if another run had done it
                commit(Store(Path(job.store)), job)
            error = None if kind == "done" else f"it was {kind}"
            self.results.append(JobResult(path, Outcome(kind=kind, error=error)))

    def finished(self, timeout):
        results, self.results = self.results, []
        return results

    def cancel(self):
        pass


def commit(store, job):
    for stage in job.stages:
        with store.writing(stage.stage_id) as folder:
            if stage.kind == "finetune":
                (folder / "model").mkdir()
                (folder / "model" / "weights").write_text("x")
        store.forget(stage.stage_id)


class Watching:
    """Counts what it is told."""

    def __init__(self):
        self.told = Counter()
        self.warnings = []

    def warned(self, text):
        self.warnings.append(text)

    def __getattr__(self, name):
        return lambda *_: self.told.update([name])


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "EXECUTORS", {"processes": Scripted})
    monkeypatch.setattr(engine, "POLL_SECONDS", 0.0)
    path = tmp_path / "study.yaml"
    path.write_text(yaml.safe_dump(STUDY), encoding="utf-8")
    plan = make_plan(read_study(path, []))

    def go(choose=lambda status, store: status, de=()):
        Scripted.script, Scripted.jobs = {"mini-pos de": list(de)}, []
        folder = StudyFolder.claim(tmp_path / "out", plan, None)
        status = choose(status_of(plan, folder.store), folder.store)
        watching = Watching()
        prepared = Prepared(tmp_path / "out", None, plan, status)
        result = run_plan(prepared, folder, watching)
        return SimpleNamespace(result=result, folder=folder, jobs=list(Scripted.jobs), watching=watching)

    go.plan = plan
    return go


def n_done(folder):
    return sum(folder.store.is_done(stage) for stage in folder.manifest.stages)


def test_parents_come_first_and_models_go_when_nothing_needs_them(run):
    done = run()
    assert (done.result.n_run, done.result.failed, done.result.n_skipped) == (8, (), 0)
    kinds = [job.stages[0].kind for job in done.jobs]
    assert kinds == ["finetune", "finetune", "evaluate"] * 2  # depth first
    assert not any(done.folder.store.has_model(stage) for stage in done.folder.manifest.stages)
    assert not (done.folder.root / "jobs").exists()


def test_what_is_lost_is_tried_again_twice_and_unchanged(run):
    done = run(de=["lost", "lost"])
    assert done.result.failed == ()
    assert n_done(done.folder) == 8
    assert len(done.watching.warnings) == 2
    assert {job.halvings for job in done.jobs} == {0}


def test_what_is_lost_a_third_time_fails_alone(run):
    done = run(de=["lost"] * 3)
    assert len(done.result.failed) == 1
    assert "it was lost" in done.result.failed[0]
    assert done.result.n_skipped == 3
    assert n_done(done.folder) == 4
    assert [failure["error"] for failure in done.folder.failures()] == ["it was lost"]


def test_out_of_memory_halves_the_micro_batch(run):
    done = run(de=["memory", "memory"])
    assert done.result.failed == ()
    assert [job.halvings for job in done.jobs][:3] == [0, 1, 2]
    assert [job.halvings for job in done.jobs][3:] == [0] * 5


def test_a_failure_is_not_tried_again_until_the_next_run(run):
    done = run(de=["failed"])
    assert len(done.result.failed) == 1
    assert n_done(done.folder) == 4
    again = run(lambda status, store: status.failed(store))
    assert again.result.n_run == 4
    assert n_done(again.folder) == 8
    assert again.folder.failures() == []


def test_only_failed_leaves_what_was_never_tried(run):
    done = run(lambda status, store: status.first(1), de=["failed"])
    assert (done.result.n_run, len(done.result.failed)) == (1, 1)
    again = run(lambda status, store: status.failed(store))
    assert all("mini-pos de" in job.stages[0].label for job in again.jobs)
    assert n_done(again.folder) == 4


def test_a_limited_run_keeps_the_models_that_the_rest_needs(run):
    done = run(lambda status, store: status.first(1))
    assert done.result.n_run == 1
    (kept,) = [stage for stage in done.folder.manifest.stages if done.folder.store.has_model(stage)]
    rest = run()
    assert kept not in {stage.stage_id for job in rest.jobs for stage in job.stages}
    assert n_done(rest.folder) == 8


def test_what_another_run_does_is_waited_for(run):
    done = run(de=["busy"])
    assert done.result.failed == ()
    assert n_done(done.folder) == 8
    assert sum("mini-pos de" in job.stages[0].label.split(" > ")[-1] for job in done.jobs) == 1


def test_weights_that_a_run_of_another_study_starts_from_are_kept(run):
    folder = run(lambda status, store: status.first(1)).folder
    (shared,) = [stage for stage in folder.manifest.stages if folder.store.has_model(stage)]
    with folder.store.leases.take("run-other", {"starts": {shared: ["0" * 32]}}):
        run()
    assert [stage for stage in folder.manifest.stages if folder.store.has_model(stage)] == [shared]


def test_the_status_of_a_study_leaves_out_what_others_do_in_its_store(run):
    folder = run(lambda status, store: status.first(1)).folder
    done, *left = folder.manifest.stages
    leases = folder.store.leases
    with leases.take("own", {"stages": [done, left[0]]}), leases.take("other", {"stages": ["0" * 32]}):
        found = standing(folder)
    assert [(job["name"], job["stages"]) for job in found.at_work] == [("own", 1)]


def test_a_damaged_training_is_redone_though_everything_that_starts_from_it_is_there(run):
    folder = run().folder
    (damaged,) = [
        stage.stage_id
        for stage in run.plan.stages.values()
        if stage.kind == "finetune" and stage.label.endswith("mini-pos de > mini-paws en")
    ]
    (folder.store.folder(damaged) / "checksums.json").write_text("{")
    again = run()
    assert damaged in {stage.stage_id for job in again.jobs for stage in job.stages}
    assert [job.stages[0].kind for job in again.jobs] == ["finetune", "finetune"]  # and what it starts from
    assert [text for text in again.watching.warnings if damaged in text and "is damaged" in text]
    assert n_done(folder) == 8
    assert folder.store.verify(damaged, with_model=True) is None
    assert not any(folder.store.has_model(stage) for stage in folder.manifest.stages)


def test_a_full_disk_ends_the_run(run):
    with pytest.raises(StoreError, match="it was disk"):
        run(de=["disk"])
