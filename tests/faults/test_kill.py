"""A run killed with SIGKILL and started again ends with byte-identical scores."""

import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from faulty_runs import run_here

DEMO = Path(__file__).resolve().parents[2] / "studies" / "mini.yaml"


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Path:
    return write_study(
        tmp_path_factory.mktemp("study"), tiny_encoder, ["de", "fr"], ["en", "de", "es", "it", "zh"]
    )


@pytest.fixture(scope="module")
def large_study(tmp_path_factory: pytest.TempPathFactory, tiny_encoder: Path) -> Path:
    folder = tmp_path_factory.mktemp("large-study")
    return write_study(folder, tiny_encoder, ["de", "fr", "it"], ["en", "de", "fr", "es", "zh"])


@pytest.fixture(scope="module")
def whole(study: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's folder after a run that nothing disturbed."""
    out = tmp_path_factory.mktemp("whole") / "out"
    finish(study, out)
    return out


def write_study(folder: Path, encoder: Path, intermediate: list[str], targets: list[str]) -> Path:
    path = folder / "killed.yaml"
    content: dict[str, Any] = {
        "name": "killed",
        "source": {"task": "mini-paws", "language": "en", "examples": 48},
        "intermediate": {"task": "mini-pos", "languages": intermediate, "examples": 32},
        "targets": {"languages": targets, "examples": 20},
        "encoder": str(encoder),
        "training": {
            "steps": 4,
            "batch_size": 16,
            "learning_rate": 1e-3,
            "precision": "fp32",
        },
        "selection": "none",
        "analysis": {"distances": ["genetic"], "n_permutations": 99},
        "execution": {"threads": 1, "jobs": 2},
    }
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def start(study: Path, out: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "isogloss", "run", str(study), "--out", str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(study: Path, out: Path) -> str:
    process = start(study, out)
    _, errors = process.communicate(timeout=1800)
    assert process.returncode == 0, errors
    return errors


def n_finished(out: Path) -> int:
    return len(list((out / "stages").glob("[!.]*/checksums.json")))


def kill_when(study: Path, out: Path, n_stages: int, delay: float) -> None:
    """Kill the run `delay` seconds after `n_stages` stages are finished; only the parent, not its workers."""
    process = start(study, out)
    try:
        deadline = time.monotonic() + 900
        while n_finished(out) < n_stages and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(delay)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def check_kills(
    study: Path,
    whole: Path,
    tmp_path: Path,
    moments: list[int],
    *,
    seed: int,
    longest_delay: float = 0.4,
) -> None:
    rng = random.Random(seed)
    killed = tmp_path / "killed-out"
    for n_stages in moments:
        kill_when(study, killed, n_stages, rng.uniform(0.0, longest_delay))
        assert not (killed / "scores.csv").exists()
    finish(study, killed)
    for name in ("scores.csv", "scores.parquet"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
    leftovers = [path.name for path in (killed / "stages").iterdir() if path.name.startswith(".tmp")]
    assert leftovers == []


@pytest.mark.slow
def test_killed_once_while_stages_are_in_flight(tmp_path: Path, study: Path, whole: Path) -> None:
    check_kills(study, whole, tmp_path, [3], seed=1)


@pytest.mark.slow
def test_killed_at_five_moments(tmp_path: Path, large_study: Path) -> None:
    whole = tmp_path / "whole"
    finish(large_study, whole)
    check_kills(large_study, whole, tmp_path, [0, 1, 6, 12, 20], seed=2)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [3])
def test_the_demo_killed_at_five_moments(tmp_path: Path, seed: int) -> None:
    moments = sorted(random.Random(seed).sample(range(70), 5))
    print(f"seed {seed}: killed when so many stages were finished: {moments}")
    whole = tmp_path / "whole"
    finish(DEMO, whole)
    check_kills(DEMO, whole, tmp_path, moments, seed=seed, longest_delay=15.0)


def test_damaged_stages_are_set_aside_named_and_redone(tmp_path: Path, study: Path) -> None:
    out = tmp_path / "out"
    run_here(study, out)
    before = (out / "scores.csv").read_bytes()
    records = sorted((out / "stages").glob("*/record.json"))
    evaluated = next(path for path in records if '"kind": "evaluate"' in path.read_text(encoding="utf-8"))
    evaluated.write_text("{", encoding="utf-8")
    missing = next(path for path in records if path != evaluated and '"evaluate"' in path.read_text())
    shutil.rmtree(missing.parent)
    errors = run_here(study, out)
    assert f"stage {evaluated.parent.name} is damaged (record.json has 1 bytes" in errors
    assert (out / "scores.csv").read_bytes() == before
    assert list((out / "stages").glob("damaged-*"))
