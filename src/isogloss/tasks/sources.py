"""Where the benchmarks are published, under which licence, and in which languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import yaml

from isogloss.tasks.base import FROM_FILES, TaskCard

NAME = None
"""No task."""


class Source(NamedTuple):
    """Provenance of a benchmark as ``sources.yaml`` states it.

    Parameters
    ----------
    home, fetch : str
        Home page, and what to fetch there; the repository on the hub is on the card.
    card : mapping of str to str
        Title, data set, licence and citation of its `TaskCard`.
    languages : str
        The data set's own codes, separated by spaces.
    """

    home: str
    fetch: str
    card: Mapping[str, Any]
    languages: str


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader; written in C, where PyYAML has it, it is ten times as fast."""

_STATED = yaml.load(Path(__file__).with_name("sources.yaml").read_text(encoding="utf-8"), LOADER)
SOURCES: Mapping[str, Source] = {name: Source(**stated) for name, stated in _STATED.items()}


def card_of(name: str, tags: Mapping[str, str] = MappingProxyType({}), **parts: Any) -> TaskCard:
    """Complete the card of a published benchmark with what `SOURCES` states of it.

    Parameters
    ----------
    name : str
    tags : mapping of str to str
        Canonical tags of languages, where they are not the data set's code.
    **parts
        The other fields of `TaskCard`: labels, head, metric, and what is not its default.
    """
    source = SOURCES[name]
    languages = {tags.get(code, code): code for code in source.languages.split()}
    return TaskCard(name=name, revision=FROM_FILES, languages=languages, **source.card, **parts)
