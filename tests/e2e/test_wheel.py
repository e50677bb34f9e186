"""The wheel in an environment of its own, which holds what it declares and nothing else."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """Built from a copy of the sources, so that nothing is left in the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "isogloss"
    ignore = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", copy / "src", ignore=ignore)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation")
    run(*pip, "--wheel-dir", folder, copy, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


def closure(requirements: list[str]) -> set[str]:
    """Distributions that these requirements bring along, extras of theirs included, by metadata alone."""
    found: set[str] = set()
    waiting = list(requirements)
    while waiting:
        name = re.match(r"[\w.-]+", waiting.pop())
        assert name is not None
        key = re.sub(r"[-_.]+", "-", name.group()).lower()
        if key in found:
            continue
        try:
            requires = distribution(key).requires or []
        except PackageNotFoundError:
            continue  # for another platform or Python
        found.add(key)
        wanted = "data" if key == "langcodes" else None
        waiting += [
            one
            for one in requires
            if "extra ==" not in one or (wanted is not None and re.search(rf"extra == .{wanted}.", one))
        ]
    return found


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory) -> Path:
    """A virtual environment with the wheel and the distributions that it declares, linked from this one."""
    import zipfile

    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith("METADATA"))
        lines = archive.read(metadata).decode().splitlines()
    declared = [
        line.removeprefix("Requires-Dist: ")
        for line in lines
        if line.startswith("Requires-Dist: ") and "extra ==" not in line
    ]
    root = tmp_path_factory.mktemp("environment") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", root, cwd=root.parent)
    packages = Path(
        sysconfig.get_path("purelib", vars={"base": str(root), "platbase": str(root)}, scheme="venv")
    )
    for name in closure(declared):
        files = distribution(name).files or []
        for top in {file.parts[0] for file in files if file.parts[0] not in ("..", "__pycache__")}:
            source = Path(str(distribution(name).locate_file(top)))
            if source.exists() and not (packages / top).exists():
                (packages / top).symlink_to(source)
    python = root / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index")
    run(*pip, wheel, cwd=root.parent)
    return root / "bin"


def test_the_wheel_declares_what_distance_and_correlate_need(environment, tmp_path):
    isogloss = environment / "isogloss"
    for module in ("torch", "matplotlib", "pyarrow"):
        found = run(
            environment / "python",
            "-c",
            f"import importlib.util as u; print(u.find_spec({module!r}))",
            cwd=tmp_path,
        )
        assert found == "None\n"
    (entry,) = (
        one
        for one in json.loads(run(isogloss, "distance", "de", "nl", "--format", "json", cwd=tmp_path))
        if one["metric"] == "syntactic"
    )
    assert 0 < entry["value"] < 1
    answer = run(isogloss, "correlate", "--published", "pawsx-mbert", "--brief", cwd=tmp_path)
    assert "score falls with" in answer


def test_the_wheel_states_the_version_of_the_package(wheel, environment, tmp_path):
    from isogloss import __version__

    assert wheel.name.startswith(f"isogloss-{__version__}-")
    assert run(environment / "isogloss", "--version", cwd=tmp_path).split()[-1] == __version__
    assert f"\nversion: {__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert re.search(rf"^## {re.escape(__version__)}\b", (ROOT / "CHANGELOG.md").read_text(), re.M)


@pytest.mark.network
def test_the_wheel_installs_into_an_empty_environment(wheel, tmp_path):
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    pip = (tmp_path / "venv/bin/pip", "install", "--quiet", "--constraint", ROOT / "constraints.txt")
    run(*pip, wheel, cwd=tmp_path)
    isogloss = tmp_path / "venv/bin/isogloss"
    assert "syntactic" in run(isogloss, "distance", "de", "nl", cwd=tmp_path)
    assert "distance" in run(isogloss, "correlate", "--published", "pawsx-mbert", "--brief", cwd=tmp_path)
