"""What is submitted to Slurm and what its answers mean, with a scheduler that is played by the test."""

import subprocess
from pathlib import Path

import pytest

from isogloss.errors import FieldError
from isogloss.study.execution.executors import slurm
from isogloss.study.execution.executors.slurm import Slurm
from isogloss.study.executor import Placement, SlurmSettings
from isogloss.study.jobs import Outcome, outcome_path


class Scheduler:
    """Answers as Slurm's commands do; states are set by the test."""

    def __init__(self):
        self.texts, self.states, self.calls, self.refusal = [], {}, [], None

    def __call__(self, command, text=None):
        self.calls.append(command)
        code, out, error = 0, "", ""
        if command[0] == "sinfo":
            out = "cpu\ngpu\n"
        elif command[0] == "scontrol":
            out = "MaxArraySize            = 4\n"
        elif command[0] == "sbatch" and self.refusal:
            code, error = 1, self.refusal
        elif command[0] == "sbatch":
            self.texts.append(text)
            out = f"{100 + len(self.texts)}\n"
        elif command[0] == "squeue":
            out = "".join(f"{number}|{place}|{state}\n" for (number, place), state in self.states.items())
        return subprocess.CompletedProcess(command, code, out, error)


@pytest.fixture
def scheduler(monkeypatch):
    played = Scheduler()
    monkeypatch.setattr(slurm, "_call", played)
    monkeypatch.setattr(slurm.shutil, "which", lambda name: f"/usr/bin/{name}")
    return played


def placed(folder: Path, **settings) -> Placement:
    return Placement("a-study", folder, threads=3, slurm=SlurmSettings(poll_seconds=1e-6, **settings))


def job_files(folder: Path, *names: str) -> list[Path]:
    files = [folder / "jobs" / f"{name}.json" for name in names]
    for file in files:
        file.parent.mkdir(exist_ok=True)
        file.write_text("{}")
    return files


def options_of(text: str) -> list[str]:
    return [line.removeprefix("#SBATCH ") for line in text.splitlines() if line.startswith("#SBATCH")]


def test_options_are_passed_through(scheduler, tmp_path):
    given = placed(
        tmp_path,
        partition="gpu",
        account="me",
        qos="long",
        gres="gpu:2",
        time="01:00:00",
        mem="8G",
        max_running=2,
        setup=["module load cuda", "source /x/bin/activate"],
        options="--exclude=n7",
    )
    Slurm(given).submit(job_files(tmp_path, "finetune-a", "finetune-b"))
    (text,) = scheduler.texts
    assert text.startswith("#!/bin/bash\n#SBATCH ")
    wanted = "--partition=gpu --account=me --qos=long --gres=gpu:2 --time=01:00:00 --mem=8G --exclude=n7"
    assert set(options_of(text)) >= {*wanted.split(), "--array=0-1%2", "--cpus-per-task=3", "--requeue"}
    lines = text.splitlines()
    assert lines.index("module load cuda") < lines.index("source /x/bin/activate")
    assert "pickle" not in text


@pytest.mark.parametrize("field", ["partition", "account", "gres"])
def test_a_setting_cannot_smuggle_in_lines(field):
    with pytest.raises(ValueError, match=field):
        SlurmSettings(**{field: "gpu\n#SBATCH --uid=0"})
    with pytest.raises(ValueError, match="options"):
        SlurmSettings(options=["--a\nrm"])


def test_the_text_is_valid_shell(scheduler, tmp_path):
    folder = tmp_path / "a folder with 'quotes' and $HOME"
    text = slurm.script(placed(folder), folder / "array", 3)
    done = subprocess.run(["bash", "-n"], input=text, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_large_arrays_are_split_and_evaluations_share_tasks(scheduler, tmp_path):
    trained = [f"finetune-{i}" for i in range(7)]
    scored = [f"evaluate-{i}" for i in range(5)]
    Slurm(placed(tmp_path, evaluations_per_task=2)).submit(job_files(tmp_path, *trained, *scored))
    arrays = [option for text in scheduler.texts for option in options_of(text) if "--array" in option]
    assert arrays == ["--array=0-2", "--array=0-2", "--array=0-2", "--array=0-0"]  # 7 + 3 tasks
    listed = [path.read_text().split() for path in sorted((tmp_path / "jobs").glob("array-*/*.jobs"))]
    assert sorted(len(jobs) for jobs in listed) == [1] * 7 + [1, 2, 2]
    names = [Path(job).stem for jobs in listed for job in jobs]
    assert sorted(names) == sorted([*trained, *scored])


@pytest.mark.parametrize(
    ("state", "code", "kind"),
    [
        ("NODE_FAIL", None, "lost"),
        ("PREEMPTED", None, "lost"),
        ("", None, "lost"),
        ("COMPLETED", None, "lost"),
        ("FAILED", 137, "lost"),
        ("FAILED", 1, "failed"),
        ("TIMEOUT", None, "failed"),
        ("CANCELLED", None, "failed"),
        ("OUT_OF_MEMORY", None, "memory"),
    ],
)
def test_a_task_that_ends_without_an_outcome(scheduler, tmp_path, state, code, kind):
    executor = Slurm(placed(tmp_path))
    (job,) = job_files(tmp_path, "finetune-a")
    executor.submit([job])
    if state:
        scheduler.states["101", 0] = state
    if code is not None:
        (tmp_path / "jobs" / "array-1" / "0.exit").write_text(f"{code}\n")
    (tmp_path / "logs" / "101_0-attempt0.log").write_text("module: not found\n")
    found = [result for _ in range(6) for result in executor.finished(0.0)]
    assert [(result.job, result.outcome.kind) for result in found] == [(job, kind)]
    assert "module: not found" in found[0].outcome.error


@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "REQUEUED", "COMPLETING", "SUSPENDED"])
def test_a_task_that_is_not_over_is_waited_for(scheduler, tmp_path, state):
    executor = Slurm(placed(tmp_path))
    (job,) = job_files(tmp_path, "finetune-a")
    executor.submit([job])
    scheduler.states["101", 0] = state
    assert [result for _ in range(6) for result in executor.finished(0.0)] == []
    outcome_path(job).write_text(Outcome(kind="failed", error="no data").model_dump_json())
    assert [result.outcome.error for result in executor.finished(0.0)] == ["no data"]


def test_an_unknown_partition_is_named_with_the_closest(scheduler, tmp_path):
    with pytest.raises(FieldError, match="no partition 'gpuu'") as caught:
        Slurm(placed(tmp_path, partition="gpuu"))
    assert caught.value.where == "slurm.partition"
    assert "did you mean 'gpu'" in str(caught.value)


def test_what_slurm_refuses_is_told_with_its_field(scheduler, tmp_path):
    scheduler.refusal = (
        "sbatch: error: Batch job submission failed: Invalid account or account/partition combination\n"
    )
    with pytest.raises(FieldError, match="Invalid account") as caught:
        Slurm(placed(tmp_path, account="us")).submit(job_files(tmp_path, "finetune-a"))
    assert "account us" in str(caught.value)


def test_what_is_not_over_is_cancelled(scheduler, tmp_path):
    executor = Slurm(placed(tmp_path))
    executor.submit(job_files(tmp_path, "finetune-a"))
    executor.cancel()
    assert ["scancel", "101"] in scheduler.calls


def test_a_preview_has_a_text_for_each_level_and_hours(scheduler, tmp_path):
    jobs = {
        "finetune-a": None,
        "finetune-b": "finetune-a",
        "finetune-c": "finetune-x",
        "evaluate-b": "finetune-b",
    }
    text = Slurm.preview(placed(tmp_path, gres="gpu:a100:2", time="2:00:00"), jobs, 3600.0)
    assert text.count("#!/bin/bash") == 3
    assert "# level 1: 2 jobs in 2 tasks" in text
    assert text.endswith(
        "# 4 tasks; about 2.0 GPU hours at the speed of this machine; "
        "at most 16.0 GPU hours an attempt by slurm.time"
    )


@pytest.mark.parametrize(
    ("limit", "seconds"),
    [("30", 1800), ("10:30", 630), ("1:00:00", 3600), ("2-0", 172800), ("1-2:30", 95400), ("x", None)],
)
def test_limits_are_read_as_slurm_does(limit, seconds):
    assert slurm._seconds(limit) == seconds


@pytest.mark.parametrize(
    ("gres", "n_gpus"),
    [("gpu", 1), ("gpu:2", 2), ("gpu:a100:4", 4), ("gpu:a100", 1), ("license:3", 0), (None, 0)],
)
def test_accelerators_are_counted(gres, n_gpus):
    assert slurm._gpus(gres) == n_gpus


def test_without_slurm_the_error_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(slurm.shutil, "which", lambda name: None)
    with pytest.raises(FieldError, match="there is no command sbatch"):
        Slurm(placed(tmp_path))
