"""Names to files: how a new file becomes a task, an encoder, an aggregator, a distance or a command.

An extension package is a folder in which every module that does not start with an underscore, other than
``base``, is one entry. The module states its name in a line of its own, ``NAME = "pan-x"``, and
holds its object under the attribute that its registry names; ``NAME = None`` states that it is not an entry.
Where a registry can read data files, every ``.yaml`` file of the folder is an entry too, named like the file.
Names are read from the text of the files, so that listing them imports nothing. Other distributions add
entries through entry points of the group ``isogloss.<package's last word>``.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from isogloss.errors import RegistryError, closest

T = TypeVar("T")
Origin = str | Path | EntryPoint
"""Where an entry comes from: a module by its dotted name, a data file, or an entry point."""

_NAME_LINE = re.compile(r'^NAME(?:\s*:[^=]+)?\s*=\s*(?:None\b|"([^"]+)")', re.MULTILINE)


@dataclass(frozen=True)
class Registry(Mapping[str, T], Generic[T]):
    """A lazy mapping from registry names to the objects that files define.

    Parameters
    ----------
    kind : str
        What an entry is, for messages: ``"aggregator"``.
    package : str or tuple of str
        Dotted names of the folders: ``"isogloss.modeling.aggregators"``.
    attribute : str
        The module attribute that holds the entry.
    group : str, optional
        Entry points of the group ``isogloss.<group>`` are entries too; by default the last word of
        the first package.
    read : callable, optional
        Turns the path of a data file into an entry.
    """

    kind: str
    package: str | tuple[str, ...]
    attribute: str
    group: str | None = None
    read: Callable[[Path], T] | None = None
    _loaded: dict[str, T] = field(default_factory=dict, repr=False, compare=False)

    def __getitem__(self, name: str) -> T:
        """Import the file that states `name` and return its entry.

        Raises
        ------
        RegistryError
            If no file states that name.
        """
        if name not in self:
            raise RegistryError(f"no {self.kind} '{name}'", allowed=closest(str(name), self._modules))
        if name not in self._loaded:
            self._loaded[name] = self._load(self._modules[name])
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._modules))

    def __len__(self) -> int:
        return len(self._modules)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._modules

    def _load(self, origin: Origin) -> T:
        if isinstance(origin, Path):
            assert self.read is not None  # only then are data files listed
            return self.read(origin)
        if isinstance(origin, EntryPoint):
            return cast(T, origin.load())
        module = importlib.import_module(origin)
        if not hasattr(module, self.attribute):
            raise RegistryError(
                f"{self.kind} file {origin} has no '{self.attribute}'",
                hint=f"define {self.attribute} in it, or start the file's name with an underscore",
            )
        return cast(T, getattr(module, self.attribute))

    @cached_property
    def _modules(self) -> dict[str, Origin]:
        found: dict[str, Origin] = {}
        packages = (self.package,) if isinstance(self.package, str) else self.package
        for package in packages:
            for path in sorted(self._folder(package).glob("*.py")):
                if path.stem.startswith("_") or path.stem == "base":
                    continue
                stated = _NAME_LINE.search(path.read_text(encoding="utf-8"))
                if stated is None:
                    raise RegistryError(
                        f"{self.kind} file does not state its name",
                        where=str(path),
                        hint='add a line NAME = "..." at the top level',
                    )
                if stated[1] is not None:
                    self._add(found, stated[1], f"{package}.{path.stem}")
            for path in sorted(self._folder(package).glob("*.yaml")) if self.read else ():
                self._add(found, path.stem, path)
        for point in entry_points(group=f"isogloss.{self.group or packages[0].rsplit('.', 1)[-1]}"):
            self._add(found, point.name, point)
        return found

    def _add(self, found: dict[str, Origin], name: str, origin: Origin) -> None:
        if name in found:
            raise RegistryError(
                f"two files provide the {self.kind} '{name}': {found[name]} and {origin}",
                hint="rename one of them",
            )
        found[name] = origin

    def _folder(self, package: str) -> Path:
        spec = importlib.util.find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise RegistryError(f"no package {package} to find a {self.kind} in")
        return Path(spec.submodule_search_locations[0])


RENDERERS: Registry[Callable[[Any], list[str]]] = Registry("renderer", "isogloss.narrative", "in_words")
"""Turn a result into sentences. Entries are files of a room above, so that results can show themselves in
words without importing it."""
