"""Who and what the world is about: persons, places, years and frames, the same in every language.

They are stated in ``roster.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import yaml

Kind = Literal["person", "place"]
Gender = Literal["f", "m"]


@dataclass(frozen=True)
class Referent:
    """One person or place, whatever a language calls it.

    Parameters
    ----------
    id : str
        ``"anna"``, ``"new_york"``.
    kind : {"person", "place"}
    gender : {"f", "m"} or None
        None for places.
    held_out : bool
        True for a name that occurs in no train or validation row of any task.
    """

    id: str
    kind: Kind
    gender: Gender | None
    held_out: bool


@dataclass(frozen=True)
class Frame:
    """One kind of event or state with two roles of the same type, `a` and `b`.

    Parameters
    ----------
    id : str
    kind : {"person", "place"}
        Type of the roles `a` and `b`.
    gloss : str
        The proposition in words.
    protagonist : bool
        Whether there is a third role `c`, a person.
    held_out : bool
        True for a frame that occurs in no train or validation row of any task.
    """

    id: str
    kind: Kind
    gloss: str
    protagonist: bool = False
    held_out: bool = False


YEARS = range(1950, 2000)

_GROUPS: tuple[tuple[str, Kind, Gender | None], ...] = (
    ("women", "person", "f"),
    ("men", "person", "m"),
    ("places", "place", None),
)

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The safe loader; written in C, where PyYAML has it, it is ten times as fast."""

_STATED = yaml.load(Path(__file__).with_name("roster.yaml").read_text(encoding="utf-8"), LOADER)

PERSONS: Mapping[str, str] = MappingProxyType(_STATED["women"] | _STATED["men"])
"""Persons as they spell themselves."""

PLACES: Mapping[str, str] = MappingProxyType(_STATED["places"])
"""Places by their English names."""

HELD_OUT = frozenset(_STATED["held_out"])
"""Names that only test rows (and the pretraining text, so that an encoder has subwords for them) use."""

REFERENTS: Mapping[str, Referent] = MappingProxyType(
    {
        id_: Referent(id_, kind, gender, id_ in HELD_OUT)
        for group, kind, gender in _GROUPS
        for id_ in _STATED[group]
    }
)

FRAMES: Mapping[str, Frame] = MappingProxyType(
    {id_: Frame(id_, **stated) for id_, stated in _STATED["frames"].items()}
)
"""Every frame also has a year."""

RELATED = frozenset(frozenset(pair) for pair in _STATED["related"])
"""Frames with equal roles of which one may tell something about the other; the reasons are in the file."""
