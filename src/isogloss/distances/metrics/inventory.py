"""Distance between the phoneme inventories of two languages."""

from __future__ import annotations

from collections.abc import Sequence

from isogloss.distances.matrix import DistanceMatrix, Fact
from isogloss.distances.metrics._typological import facts_of, typological
from isogloss.languages import Language

NAME = "inventory"

_PREFIXES = ("INV_",)

THRESHOLD = 90
"""Fewest shared features: with so many, hidden-data distances correlate .85 with full ones (docs/methods)."""


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    """Angular distance over URIEL's 158 features of phoneme inventories; see `_typological.typological`."""
    return typological(NAME, _PREFIXES, THRESHOLD, languages, definition)


def facts(a: Language, b: Language, definition: str = "shared") -> tuple[Fact, ...]:
    """Facts that the distance between `a` and `b` is computed from."""
    return facts_of(_PREFIXES, a, b, definition)
