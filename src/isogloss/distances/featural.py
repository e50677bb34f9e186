"""Distance between syntax, sound systems and phoneme inventories together of two languages."""

from __future__ import annotations

from collections.abc import Sequence

from isogloss.distances._typological import typological
from isogloss.distances.base import DistanceMatrix
from isogloss.languages import Language

NAME = "featural"

THRESHOLD = 120
"""Fewest shared features: with so many, hidden-data distances correlate .85 with full ones (docs/methods)."""


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    """Angular distance over URIEL's 284 typological features; see `_typological.typological`."""
    return typological(NAME, ("S_", "P_", "INV_"), THRESHOLD, languages, definition)
