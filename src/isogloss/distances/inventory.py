"""Distance between the phoneme inventories of two languages."""

from __future__ import annotations

from collections.abc import Sequence

from isogloss.distances._typological import typological
from isogloss.distances.base import DistanceMatrix
from isogloss.languages import Language

NAME = "inventory"

THRESHOLD = 90
"""Fewest shared features: with so many, hidden-data distances correlate .85 with full ones (docs/methods)."""


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    """Angular distance over URIEL's 158 features of phoneme inventories; see `_typological.typological`."""
    return typological(NAME, ("INV_",), THRESHOLD, languages, definition)
