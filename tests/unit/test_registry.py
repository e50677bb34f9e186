"""Names to files."""

import importlib
import sys
import uuid

import pytest

from isogloss.errors import RegistryError
from isogloss.registry import Registry


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Write an extension package under a name of its own; returns a function that adds a file."""
    name = f"extension_{uuid.uuid4().hex}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)

    def add(file: str, text: str) -> Registry:
        (folder / file).write_text(text)
        importlib.invalidate_caches()
        return Registry("colour", name, "COLOUR")

    yield add
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def provide(tmp_path, group: str, line: str) -> None:
    """Install a distribution with one entry point into a folder on the path."""
    info = tmp_path / "other_colours-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other-colours\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{line}\n")
    importlib.invalidate_caches()


def test_listing_imports_nothing(package):
    package("blue.py", 'NAME = "blue"\nraise RuntimeError("imported")\n')
    registry = package("red.py", 'NAME: str = "dark-red"\nraise RuntimeError("imported")\n')
    assert list(registry) == ["blue", "dark-red"]
    assert len(registry) == 2
    assert "dark-red" in registry
    assert "green" not in registry


def test_an_entry_is_imported_when_asked_for_and_once(package):
    registry = package("red.py", 'NAME = "red"\nCOLOUR = object()\n')
    assert registry["red"] is registry["red"]


def test_base_and_private_files_are_no_entries(package):
    package("base.py", "")
    package("_shared.py", "")
    registry = package("red.py", 'NAME = "red"\nCOLOUR = 1\n')
    assert dict(registry) == {"red": 1}


def test_unknown_name_suggests_the_closest(package):
    registry = package("red.py", 'NAME = "dark-red"\nCOLOUR = 1\n')
    with pytest.raises(RegistryError, match=r"no colour 'dark-rde'\n  allowed: did you mean 'dark-red'\?"):
        registry["dark-rde"]


def test_two_files_of_one_name_are_refused(package):
    package("blue.py", 'NAME = "red"\nCOLOUR = 1\n')
    registry = package("red.py", 'NAME = "red"\nCOLOUR = 2\n')
    with pytest.raises(RegistryError, match=r"(?s)two files provide the colour 'red'.*blue.*red.*rename one"):
        list(registry)


def test_file_without_a_name_is_refused(package):
    registry = package("red.py", "COLOUR = 1\n")
    with pytest.raises(RegistryError, match=r"(?s)does not state its name.*red\.py.*NAME = "):
        list(registry)


def test_file_without_its_entry_is_refused(package):
    registry = package("red.py", 'NAME = "red"\n')
    with pytest.raises(RegistryError, match=r"(?s)red has no 'COLOUR'.*define COLOUR"):
        registry["red"]


def test_missing_package_is_refused():
    with pytest.raises(RegistryError, match="no package isogloss_absent to find a colour in"):
        list(Registry("colour", "isogloss_absent", "COLOUR"))


def test_entry_point_of_another_distribution_is_an_entry(package, tmp_path):
    registry = package("red.py", 'NAME = "red"\nCOLOUR = 1\n')
    provide(tmp_path, f"isogloss.{registry.package}", "tau = math:tau")
    assert list(registry) == ["red", "tau"]
    assert registry["tau"] == pytest.approx(6.283185307179586)


def test_entry_point_cannot_take_the_name_of_a_file(package, tmp_path):
    registry = package("red.py", 'NAME = "red"\nCOLOUR = 1\n')
    provide(tmp_path, f"isogloss.{registry.package}", "red = math:tau")
    with pytest.raises(RegistryError, match="two files provide the colour 'red'"):
        list(registry)
