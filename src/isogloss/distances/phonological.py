"""Distance between the sound systems of two languages."""

from __future__ import annotations

from collections.abc import Sequence

from isogloss.distances._typological import typological
from isogloss.distances.base import DistanceMatrix
from isogloss.languages import Language

NAME = "phonological"

THRESHOLD = 17
"""Fewest shared features: with so many, hidden-data distances correlate .85 with full ones (docs/methods)."""


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    """Angular distance over URIEL's 28 features of phonology; see `_typological.typological`."""
    return typological(NAME, ("P_",), THRESHOLD, languages, definition)
