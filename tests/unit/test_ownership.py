"""Leases and temporary names: what a process that is gone leaves is found, what a living one has is not."""

import errno
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from commands import in_turn
from isogloss.study.outputs import ownership
from isogloss.study.outputs.ownership import Leases
from isogloss.writing import Owner, is_left, owner_of, temporary_name, this_process


def owner_of_a_process_that_is_gone() -> Owner:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return Owner(this_process().machine, process.pid, "1")


def leave_lease(root: Path, name: str, owner: Owner | str) -> Path:
    path = root / f".work-{name}"
    path.write_text(json.dumps({"owner": str(owner)}), encoding="utf-8")
    return path


def test_an_owner_survives_its_text():
    assert Owner.parse(str(this_process())) == this_process()
    assert this_process().is_alive()
    assert Owner.parse("a~b") is None
    assert not owner_of_a_process_that_is_gone().is_alive()


def test_a_number_that_is_used_again_is_another_process():
    own = this_process()
    assert Owner(own.machine, own.process, "1").is_alive() is False


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not say in what state a process is")
def test_a_process_that_has_ended_and_that_nobody_waited_for_is_gone():
    told = "from isogloss.writing import this_process; print(this_process(), flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", told], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        owner = Owner.parse(process.stdout.readline().strip())
        assert owner is not None
        assert owner.is_alive()
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it keeps its number
        assert owner.is_alive() is False


@pytest.mark.parametrize("name", ["scores.csv", "a~b", "x" * 300])
def test_temporary_names_say_whose_they_are(tmp_path: Path, name: str):
    path = tmp_path / temporary_name(name)
    path.write_text("")
    assert owner_of(path) == this_process()
    assert not is_left(path)
    gone = path.with_name(path.name.replace(str(this_process()), str(owner_of_a_process_that_is_gone())))
    assert is_left(gone)


@pytest.mark.parametrize("number", [None, errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS])
def test_one_of_two_gets_a_lease(number: int | None, tmp_path: Path, monkeypatch):
    if number is not None:  # a file system without links

        def refuse(*_: object) -> None:
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "link", refuse)
    first, second = Leases(tmp_path), Leases(tmp_path)
    lease = first.take("x", {"label": "a stage"})
    assert lease is not None
    assert second.take("x") is None
    assert [held["label"] for held in second.held()] == ["a stage"]
    lease.release()
    with second.take("x") as again:
        assert again is not None
    assert list(tmp_path.iterdir()) == []


def test_the_lease_of_a_process_that_is_gone_is_taken_at_once(tmp_path: Path):
    path = leave_lease(tmp_path, "x", owner_of_a_process_that_is_gone())
    leases = Leases(tmp_path)
    assert not leases.is_held("x")
    lease = leases.take("x")
    assert lease is not None
    lease.release()
    assert not path.exists()


def test_the_lease_of_another_machine_ends_when_it_shows_no_life(tmp_path: Path, monkeypatch):
    now = time.monotonic()
    monkeypatch.setattr(ownership.time, "monotonic", lambda: now)
    path = leave_lease(tmp_path, "x", Owner("elsewhere", 1, "1"))
    leases = Leases(tmp_path)
    assert leases.is_held("x")
    now += ownership.EXPIRY_SECONDS - 1
    assert leases.is_held("x")
    os.utime(path, ns=(1, 1))  # a sign of life, by a clock that is decades behind
    now += ownership.EXPIRY_SECONDS - 1
    assert leases.is_held("x")
    now += ownership.EXPIRY_SECONDS + 1
    assert not leases.is_held("x")
    assert leases.take("x") is not None


def test_a_lease_that_was_taken_over_is_left_alone(tmp_path: Path):
    lease = Leases(tmp_path).take("x")
    leave_lease(tmp_path, "x", Owner("elsewhere", 1, "1"))
    lease.release()
    assert (tmp_path / ".work-x").exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"owner": 3}'])
def test_a_lease_that_cannot_be_read_counts_as_held_for_a_while(tmp_path: Path, content: str):
    (tmp_path / ".work-x").write_text(content)
    assert Leases(tmp_path).is_held("x")


WITHOUT_UNIX = """
import os, signal, sys
import numpy, pandas, pyarrow, scipy  # what they need of the system is their own affair
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
del signal.SIGHUP, os.sysconf
"""


def test_distances_and_statistics_need_nothing_of_unix(tmp_path: Path):
    lines = [
        "distance de fr",
        "correlate --published pawsx-mbert --distance syntactic --permutations 99 --json x.json",
        "status .",
        "run --help",
    ]
    done, _ = in_turn([(line.split(), tmp_path) for line in lines], first=WITHOUT_UNIX)
    for line, run in zip(lines, done, strict=True):
        assert "Traceback" not in run.stderr, line
        assert run.returncode == (1 if line == "status ." else 0), run.stderr
