"""Distance between the places of two languages on the globe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from isogloss.distances._records import check
from isogloss.distances.base import DistanceMatrix
from isogloss.languages import Language, _uriel

NAME = "geographic"

DEFINITIONS = ("shared", "uriel")


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    """Largest absolute difference between the distances of two languages to 299 fixed points.

    By the triangle inequality this is at most the great-circle distance as a fraction of half the
    circumference, and close to it with so many points. Every language with a place has all 299 distances, so
    the definitions ``"shared"`` and ``"uriel"`` agree.

    Parameters
    ----------
    languages : sequence of Language
    definition : str
        ``"shared"`` or ``"uriel"``.

    Raises
    ------
    LanguageError
        If a language occurs twice.
    RegistryError
        If the definition is unknown.
    """
    check(languages, definition, DEFINITIONS, NAME)
    places = [_uriel.geography(language.id) for language in languages]
    known = np.array([place is not None for place in places], dtype=bool)
    n_points = len(_uriel.labels("geocoord_features", "feats"))
    fractions = np.array([np.full(n_points, np.nan) if place is None else place for place in places])
    values = np.array([np.abs(fractions - place).max(axis=1) for place in fractions]).reshape(len(known), -1)
    np.fill_diagonal(values, 0.0)
    return DistanceMatrix(
        metric=NAME,
        definition=definition,
        languages=tuple(languages),
        values=values,
        shared=n_points * (known[:, None] & known[None]).astype(np.int64),
        union=n_points * (known[:, None] | known[None]).astype(np.int64),
        source=_uriel.source(),
        threshold=n_points,
        notes=tuple(
            f"{language.id}: no place on record"
            for language, is_known in zip(languages, known, strict=True)
            if not is_known
        ),
    )
