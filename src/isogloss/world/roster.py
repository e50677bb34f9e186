"""Who and what the world is about: persons, places, years and frames, the same in every language.

They are stated in ``roster.yaml``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from isogloss.tasks.sources import LOADER

Kind = Literal["person", "place"]
Gender = Literal["f", "m"]


@dataclass(frozen=True)
class Name:
    """A person or place as it is called: here in English, in a grammar as the language does.

    Parameters
    ----------
    id : str
        ``"anna"``, ``"new_york"``.
    text : str
        Citation form; its words are separated by spaces.
    kind : {"person", "place"}
    gender : {"f", "m"} or None
        None for places.
    held_out : bool
        True for a name that occurs in no train or validation row of any task.
    """

    id: str
    text: str
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

_STATED = yaml.load(Path(__file__).with_name("roster.yaml").read_text(encoding="utf-8"), LOADER)

PERSONS: Mapping[str, str] = _STATED["women"] | _STATED["men"]
"""Persons as they spell themselves."""

PLACES: Mapping[str, str] = _STATED["places"]
"""Places by their English names."""

HELD_OUT = frozenset(_STATED["held_out"])
"""Names that only test rows (and the pretraining text, so that an encoder has subwords for them) use."""

REFERENTS: Mapping[str, Name] = {
    id_: Name(id_, text, kind, gender, id_ in HELD_OUT)
    for group, kind, gender in _GROUPS
    for id_, text in _STATED[group].items()
}

FRAMES: Mapping[str, Frame] = {id_: Frame(id_, **stated) for id_, stated in _STATED["frames"].items()}
"""Every frame also has a year."""

RELATED = frozenset(frozenset(pair) for pair in _STATED["related"])
"""Frames with equal roles of which one may tell something about the other; the reasons are in the file."""
