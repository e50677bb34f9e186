"""Distances between languages, each with how much is known: one file per metric."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from isogloss.distances.base import DistanceMatrix
from isogloss.languages import Language
from isogloss.registry import Registry

__all__ = ["DISTANCES", "Distance", "DistanceMatrix", "distances"]


class Distance(Protocol):
    """What a file of this folder defines under the name ``distance``."""

    def __call__(self, languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
        """Distances between all pairs of `languages`."""
        ...


DISTANCES: Registry[Distance] = Registry("distance", "isogloss.distances", "distance")


def distances(
    languages: Sequence[Language], metrics: Sequence[str], definition: str = "shared"
) -> dict[str, DistanceMatrix]:
    """Several distances over the same languages.

    Parameters
    ----------
    languages : sequence of Language
        Each once.
    metrics : sequence of str
        Names in `DISTANCES`.
    definition : str
        ``"shared"``, ``"uriel"`` or ``"knn"`` (typological metrics only).

    Returns
    -------
    dict of str to DistanceMatrix
        In the order of `metrics`.

    Raises
    ------
    RegistryError
        If a metric is unknown or has no such definition.
    LanguageError
        If a language occurs twice after resolution.
    """
    return {metric: DISTANCES[metric](languages, definition) for metric in metrics}
