"""Whatever runs the stages, and whatever is killed: the score table is the same, nothing is left behind."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from faulty_runs import Run, at_work, leftovers, orphans, run_here, started_after_finished, write_study
from slurm_cluster import SlurmCluster, is_installed

from commands import in_turn, isogloss
from isogloss.study.outputs.folder import StudyFolder

N_JOBS = 2


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Path:
    return write_study(tmp_path_factory.mktemp("study"), tiny_encoder, ["de"], ["en", "de", "es", "zh"])


@pytest.fixture(scope="module")
def whole(study: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The score table of a run that nothing disturbed, in one process."""
    out = tmp_path_factory.mktemp("whole") / "out"
    run_here(study, out)
    return (out / "scores.csv").read_bytes()


def check(out: Path, whole: bytes) -> None:
    assert (out / "scores.csv").read_bytes() == whole
    assert leftovers(out) == []
    assert orphans(out) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_worker_killed_on_the_way_is_replaced(
    number: signal.Signals, study: Path, whole: bytes, tmp_path: Path
) -> None:
    """The other job at work goes on, the run ends well, and says what happened."""
    run = Run(study, tmp_path / "out", "--executor", "processes", "--jobs", "2")
    run.start()
    run.wait_for_stages(1)
    victim = random.Random(5).choice(run.workers())
    os.kill(victim, number)
    code, errors = run.end()
    assert code == 0, errors
    assert "killed or crashed: tried again" in errors or not run.was_at_work(victim)
    check(tmp_path / "out", whole)


@pytest.mark.parametrize(
    ("executor", "number"),
    [
        ("processes", signal.SIGKILL),
        pytest.param("inline", signal.SIGKILL, marks=pytest.mark.slow),
        pytest.param("processes", signal.SIGTERM, marks=pytest.mark.slow),
    ],
)
def test_a_run_killed_at_a_random_moment_goes_on(
    executor: str, number: signal.Signals, study: Path, whole: bytes, tmp_path: Path
) -> None:
    rng = random.Random(f"{executor} {number}")
    out = tmp_path / "out"
    run = Run(study, out, "--executor", executor)
    run.start()
    run.wait_for_stages(rng.randrange(1, 5))
    time.sleep(rng.uniform(0, 0.3))
    before = run.finished()
    run.process.send_signal(number)
    run.end()
    if number != signal.SIGKILL:
        time.sleep(0.1)
        assert leftovers(out) == []
    run.finish()
    check(out, whole)
    assert started_after_finished(out, before) == []


@pytest.mark.slow
def test_two_runs_share_one_folder(study: Path, whole: bytes, tmp_path: Path) -> None:
    out = tmp_path / "out"
    runs = [Run(study, out, "--executor", "processes", "--jobs", "1") for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        code, errors = run.end()
        assert code == 0, errors
    check(out, whole)


@pytest.mark.slow
def test_a_limited_run_leaves_the_rest_and_only_failed_takes_what_failed(
    study: Path, whole: bytes, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    Run(study, out, "--max-stages", "3").finish()
    folder = StudyFolder.open(out)
    assert sum(folder.store.is_done(stage) for stage in folder.manifest.stages) == 3
    failed = next(stage for stage in folder.manifest.stages if not folder.store.is_done(stage))
    folder.store.note_failure(failed, {"stage_id": failed, "label": "x", "error": "boom"})
    done = isogloss("status", out)
    assert done.returncode == 0, done.stderr
    assert "3 done, 1 failed, 0 at work" in done.stdout
    assert "failed: x: boom" in done.stdout
    Run(study, out, "--only-failed").finish()
    assert folder.store.is_done(failed)
    assert folder.failures() == []
    Run(study, out).finish()
    check(out, whole)


def test_torn_files_are_found_set_aside_said_and_redone(study: Path, whole: bytes, tmp_path: Path) -> None:
    """Each file of an evaluation and of a training with a byte flipped, or its second half lost.

    The trainings too are redone, although everything that started from them is finished.
    """
    out = tmp_path / "out"
    run_here(study, out)
    rng = random.Random(7)
    scored = [path.parent for path in sorted((out / "stages").glob("*/predictions.parquet"))]
    trained = [path.parent for path in sorted((out / "stages").glob("*/record.json"))]
    trained = [stage for stage in trained if stage not in scored]
    faults = [
        (name, flip)
        for name in ("record.json", "config.json", "checksums.json", "predictions.parquet")
        for flip in (True, False)
    ]
    torn_stages = [*zip(scored, faults, strict=False), *zip(trained, faults[:-2], strict=False)]
    for torn, (name, flip) in torn_stages:
        content = (torn / name).read_bytes()
        place = rng.randrange(len(content))
        flipped = content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :]
        (torn / name).write_bytes(flipped if flip else content[: len(content) // 2])
    n_scored = sum(stage in scored for stage, _ in torn_stages)
    for command, n_read in (("scores", n_scored), ("report", len(torn_stages))):
        told = isogloss(command, out)
        assert told.returncode == 1
        assert f"{n_read} finished stages were changed or damaged" in told.stderr
        assert told.stdout == ""
    errors = run_here(study, out)
    for torn, _ in torn_stages:
        assert f"stage {torn.name} is damaged" in errors
    assert not list((out / "stages").glob("[!.]*/model"))
    assert (out / "scores.csv").read_bytes() == whole


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_ray_gives_the_same_table_with_one_of_two_nodes_killed(
    study: Path, whole: bytes, tmp_path: Path
) -> None:
    pytest.importorskip("ray")
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    second = cluster.add_node(num_cpus=1)
    out = tmp_path / "out"
    run = Run(study, out, "--executor", "ray", "--address", cluster.address)
    try:
        run.start()
        run.wait_for_stages(2)
        cluster.remove_node(second, allow_graceful=False)
        code, errors = run.end(900)
        assert code == 0, errors
    finally:
        cluster.shutdown()
    check(out, whole)


def n_attempts(out: Path) -> int:
    """Tasks of Slurm that were begun again."""
    return sum(not path.name.endswith("-attempt0.log") for path in (out / "logs").glob("*-attempt*.log"))


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not is_installed(), reason="Slurm is not installed")
def test_slurm_gives_the_same_table_with_tasks_cancelled_requeued_and_timed_out(
    study: Path, whole: bytes, tmp_path: Path
) -> None:
    (tmp_path / "slurm").mkdir()
    out = tmp_path / "out"
    with SlurmCluster(tmp_path / "slurm") as cluster:
        run = Run(
            study,
            out,
            *("--executor", "slurm", "--set", "slurm.poll_seconds=1"),
            *("--set", "slurm.time=00:02:00", "--set", "slurm.requeues=20"),
            environment=cluster.environment,
        )
        run.start()
        cluster.wait(lambda: "RUNNING" in cluster.call("squeue", "--noheader", "--format=%T"), 120)
        first = cluster.call("squeue", "--noheader", "--states=RUNNING", "--array", "--format=%F_%K").split()[
            0
        ]
        cluster.call("scontrol", "requeue", first)
        cluster.wait(lambda: n_attempts(out) >= 1, 240)
        # A task that hangs reaches its time limit, however soon the others are over.
        cluster.wait(lambda: bool(at_work(out)), 120)
        os.kill(at_work(out)[0], signal.SIGSTOP)
        n_before = n_attempts(out)
        cluster.wait(lambda: n_attempts(out) > n_before, 300)
        run.wait_for_stages(3, 240)
        pending = cluster.call(
            "squeue", "--noheader", "--states=PENDING,RUNNING", "--array", "--format=%F_%K"
        )
        cluster.call("scancel", pending.split()[-1])
        code, errors = run.end(600)
        assert code in {0, 3}, errors
        assert code == 0 or "was cancelled in Slurm" in errors
        run.finish()
        refused = Run(
            study,
            tmp_path / "other",
            *("--executor", "slurm", "--set", "slurm.partition=shrt"),
            environment=cluster.environment,
        )
        refused.start()
        code, errors = refused.end()
        assert code == 1
        assert "no partition 'shrt'" in errors
        assert "did you mean 'short'" in errors
    check(out, whole)


def test_a_cluster_that_is_not_there_is_one_clear_error(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ray")
    refused = {
        "slurm": "Slurm is not installed on this machine",
        "ray --address 127.0.0.1:9": "no Ray cluster answers at '127.0.0.1:9'",
        "ray --address nowhere": "no Ray cluster answers at 'nowhere'",
        "rai": "did you mean 'ray'?",
    }
    monkeypatch.setenv("PATH", str(tmp_path))
    run = ("run", str(study), "--out", str(tmp_path / "out"), "--executor")
    done, _ = in_turn([((*run, *executor.split()), tmp_path) for executor in refused])
    for (executor, told), one in zip(refused.items(), done, strict=True):
        assert one.returncode == 1, executor
        assert one.stderr.count("isogloss: error:") == 1, one.stderr
        assert told in one.stderr
        assert "Traceback" not in one.stderr
