"""Distance between the places of two languages on the globe."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.feature_records import check, of_whole_records, places
from isogloss.distances.matrix import DistanceMatrix, Fact
from isogloss.languages import Language, _uriel

NAME = "geographic"

DEFINITIONS = ("shared", "uriel")

_BLOCK = 256


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    """Great-circle distance as a fraction of half the circumference.

    URIEL records the distances of a language to 299 fixed points. By the triangle inequality the largest
    absolute difference between two languages' distances to a point falls short of their own distance, and
    reaches it where a point lies on their great circle. The angle between the places worked back from the
    same distances is the other estimate, blind to the flattening of the globe. The larger of the two is
    used. Every language with a place has all 299 distances, so both definitions agree.

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
    codes, notes = places(languages)
    fractions = _uriel.geography(codes)
    known = np.asarray(~np.isnan(fractions).any(axis=1), dtype=np.bool_)
    values = np.maximum(_largest_differences(fractions), angles(codes))
    return of_whole_records(
        NAME, definition, languages, values, known, what="place", notes=notes, threshold=fractions.shape[1]
    )


def facts(a: Language, b: Language, definition: str = "shared") -> tuple[Fact, ...]:
    """Where the two languages are placed."""
    check((a, b), definition, DEFINITIONS, NAME)
    codes, _ = places((a, b))
    found = [_uriel.coordinates(code) or (None, None) for code in codes]
    return tuple(
        Fact(name, *(None if place[axis] is None else f"{place[axis]:.2f}" for place in found))
        for axis, name in enumerate(("latitude", "longitude"))
    )


def _largest_differences(fractions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Largest absolute difference over the fixed points, in blocks that fit the processor's cache."""
    points = fractions.T.astype(np.float32)
    n = len(fractions)
    largest = np.zeros((n, n))
    for first in range(0, n, _BLOCK):
        for second in range(first, n, _BLOCK):
            rows, columns = slice(first, first + _BLOCK), slice(second, second + _BLOCK)
            block = np.zeros((len(fractions[rows]), len(fractions[columns])), dtype=np.float32)
            for point in points:
                np.maximum(block, np.abs(point[rows, None] - point[None, columns]), out=block)
            largest[rows, columns], largest[columns, rows] = block, block.T
    return largest


def angles(codes: Sequence[str]) -> NDArray[np.float64]:
    """Angle at the centre of the globe between the places of records, as a fraction of half a turn."""
    cosine = sum(np.multiply.outer(part, part) for part in _uriel.unit_vectors(codes).T)
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)) / np.pi)
