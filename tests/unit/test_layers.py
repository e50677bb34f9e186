"""What stands without torch imports without torch; a subprocess looks at sys.modules.

import-linter (``make check``) holds the order of the packages; it reads the text of the imports. This test
sees what an import really loads, third-party packages included.
"""

import json
import pkgutil
import subprocess
import sys

import pytest

import isogloss

TORCH_PACKAGES = (
    "isogloss.modeling",
    "isogloss.inference",
    "isogloss.pretraining",
    "isogloss.training",
    "isogloss.study.execution.measuring",
    "isogloss.study.execution.checkpoints",
    "isogloss.study.execution.describing",
    "isogloss.study.execution.worker",
)
AGGREGATORS = "isogloss.modeling.aggregators"
"""Their files hold the settings that a plan reads; only `build` imports torch."""

HEAVY = ("torch", "transformers")

PROBE = """
import importlib, json, sys
loaded = {}
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
    for heavy in json.loads(sys.argv[2]):
        if heavy in sys.modules and heavy not in loaded:
            loaded[heavy] = name
print(json.dumps(loaded))
"""


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def torch_free_modules() -> list[str]:
    """Every module of the package that has to import without torch, found by walking the folders."""
    names = []
    folders = [("isogloss", isogloss.__path__)]
    while folders:
        package, path = folders.pop()
        for info in pkgutil.iter_modules(path, prefix=f"{package}."):
            names.append(info.name)
            if info.ispkg:
                folders.append((info.name, [f"{folder}/{info.name.rsplit('.', 1)[1]}" for folder in path]))
    return sorted(
        name
        for name in names
        if not within(name, TORCH_PACKAGES)
        or (within(name, (AGGREGATORS,)) and not name.rsplit(".", 1)[1].startswith("_"))
    )


def first_importers(modules: list[str], heavy: tuple[str, ...]) -> dict[str, str]:
    """Import `modules` in a fresh interpreter; which of them first brought each of `heavy`."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE, json.dumps(modules), json.dumps(heavy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_probe_sees_torch():
    assert first_importers(["torch"], HEAVY) == {"torch": "torch"}


@pytest.mark.parametrize(
    "name",
    [
        "isogloss.analysis",
        "isogloss.cli.main",
        "isogloss.distances.matrix",
        "isogloss.modeling.aggregators",
        "isogloss.report",
        "isogloss.scores.table",
        "isogloss.study.plan",
        "isogloss.study.outputs.store",
        "isogloss.tasks.base",
    ],
)
def test_the_walk_finds_the_rooms(name):
    assert name in torch_free_modules()


def test_torch_free_modules_do_not_load_torch():
    assert first_importers(torch_free_modules(), HEAVY) == {}


def test_registries_list_their_names_without_torch():
    code = """
import importlib, json, pkgutil, sys
from isogloss.registry import Registry
names = {}
for module in json.loads(sys.argv[1]):
    for value in vars(importlib.import_module(module)).values():
        if isinstance(value, Registry):
            names[value.kind] = list(value)
print(json.dumps([names, [heavy for heavy in json.loads(sys.argv[2]) if heavy in sys.modules]]))
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, json.dumps(torch_free_modules()), json.dumps(HEAVY)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names, loaded = json.loads(done.stdout)
    assert loaded == []
    assert {"aif", "last"} <= set(names["aggregator"])
    assert {"panx", "pawsx", "udpos"} <= set(names["task"])


def test_help_loads_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "isogloss", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "run" in done.stdout
    imported = {
        line.rsplit("|", 1)[1].strip() for line in done.stderr.splitlines() if line.startswith("import time")
    }
    assert "isogloss.cli.main" in imported
    assert imported.isdisjoint({*HEAVY, "matplotlib", "pandas", "scipy"})
