"""Kilometres between the places of two languages along the surface of the globe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isogloss.distances.feature_records import check, of_whole_records, places
from isogloss.distances.matrix import DistanceMatrix, Fact
from isogloss.distances.metrics.geographic import angles
from isogloss.distances.metrics.geographic import facts as places_of
from isogloss.languages import Language

NAME = "great-circle"

DEFINITIONS = ("shared", "uriel")

EARTH_RADIUS = 6371.0088
"""Mean radius of the Earth in kilometres (IUGG)."""


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    r"""Kilometres along the great circle, :math:`R \arccos(x_a \cdot x_b)` for unit vectors x of the places.

    The places are worked back from URIEL's distances to fixed points and are good to about half a
    degree, some 50 km. `geographic` is the same distance as a fraction of half the circumference.

    Parameters
    ----------
    languages : sequence of Language
    definition : str
        ``"shared"`` or ``"uriel"``, which agree.

    Returns
    -------
    DistanceMatrix
        In km. `shared` is 1 where both languages have a place, else 0 and the value NaN.

    Raises
    ------
    LanguageError
        If a language occurs twice.
    RegistryError
        If the definition is unknown.
    """
    check(languages, definition, DEFINITIONS, NAME)
    codes, notes = places(languages)
    kilometres = EARTH_RADIUS * np.pi * angles(codes)
    known = ~np.isnan(kilometres.diagonal())
    return of_whole_records(
        NAME, definition, languages, kilometres, known, what="place", notes=notes, unit="km"
    )


def facts(a: Language, b: Language, definition: str = "shared") -> tuple[Fact, ...]:
    """Where the two languages are placed."""
    check((a, b), definition, DEFINITIONS, NAME)
    return places_of(a, b)
