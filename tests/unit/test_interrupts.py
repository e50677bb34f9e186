"""Ctrl-C ends a run also where a library turned it into an error of its own, or lost it."""

import errno
import os
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from isogloss.cli.main import COMMANDS, cli
from isogloss.study.execution.run import _noting_interrupts, _Run
from isogloss.study.executor import JobResult
from isogloss.study.jobs import Outcome
from isogloss.study.outputs.ownership import Leases
from isogloss.study.outputs.status import StageGroup


@pytest.fixture(autouse=True)
def heeded_sigint():
    """Tests that run in the background of a shell have SIGINT ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def swallow_an_interrupt():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(5)
    except KeyboardInterrupt:
        return "ValueError: could not determine the shape"
    raise AssertionError("no interrupt came")


def test_an_interrupt_is_noted_and_the_handler_put_back():
    with _noting_interrupts() as noted:
        assert not noted.is_set()
        swallow_an_interrupt()
        assert noted.is_set()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("kind", ["failed", "done"])
@pytest.mark.parametrize("where", ["in the job", "before the job"])
def test_an_interrupt_that_a_library_kept_ends_the_run(tmp_path, monkeypatch, kind, where):
    submitted = []

    class Swallowing:
        by_level, capacity = False, 1

        def submit(self, jobs):
            submitted.extend(jobs)
            self.result = JobResult(jobs[0], Outcome(kind=kind, error=swallow_an_interrupt()))

        def finished(self, timeout):
            return [self.result]

    def write_job(self, group):
        if where == "before the job":
            swallow_an_interrupt()
        return Path(tmp_path / "job.json")

    run = object.__new__(_Run)
    group = StageGroup("finetune-x", (), None)
    run.groups, run.clock, run.broken = {group.name: group}, None, set()
    run.ready, run.in_flight, run.elsewhere = [], {}, {}
    run.leases = Leases(tmp_path)
    run.watchers = [SimpleNamespace(started=lambda group: None)]
    monkeypatch.setattr(_Run, "_parents", lambda self, group: set())
    monkeypatch.setattr(_Run, "_is_over", lambda self, group: False)
    monkeypatch.setattr(_Run, "_write_job", write_job)
    monkeypatch.setattr(_Run, "_report_progress", lambda self, jobs: None)
    with pytest.raises(KeyboardInterrupt), _noting_interrupts() as run._interrupted:
        run._work_through(Swallowing())
    assert len(submitted) == (where == "in the job")


def test_an_interrupt_ends_every_command_with_the_code_that_the_help_states(monkeypatch):
    monkeypatch.setattr(COMMANDS["language"], "callback", lambda **_: os.kill(os.getpid(), signal.SIGINT))
    told = CliRunner().invoke(cli, ["language", "de"])
    assert told.exit_code == 130
    assert told.output == "isogloss: stopped\n"


@pytest.mark.parametrize(("typed", "said"), [("run x.yaml", "stopped, because"), ("language de", "")])
def test_work_that_a_closed_output_ends_is_said_to_be(monkeypatch, typed, said):
    def close(**_):
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(COMMANDS[typed.split()[0]], "callback", close)
    told = CliRunner().invoke(cli, typed.split())
    assert (told.exit_code, said in told.stderr, bool(told.stderr)) == (1, True, bool(said))
