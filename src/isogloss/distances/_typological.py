"""Distances over URIEL's typological features, in three definitions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.distances import _records
from isogloss.distances._angular import angular
from isogloss.distances._records import UNKNOWN
from isogloss.distances.base import DistanceMatrix
from isogloss.languages import Language, _uriel

DEFINITIONS = ("shared", "uriel", "knn")

_LEFT_OUT = ("S_VOX", "S_XVO", "S_XOV", "S_OXV", "S_OVX")
"""Orders of object, oblique and verb, not in URIEL's published distances and in no definition here."""

_ALWAYS_ABSENT = "P_UVULARS"
"""Counts as absent everywhere in URIEL's published distances."""


def typological(
    metric: str, prefixes: tuple[str, ...], threshold: int, languages: Sequence[Language], definition: str
) -> DistanceMatrix:
    """Angular distance over the features whose names start with one of `prefixes`.

    Parameters
    ----------
    metric : str
        Registry name.
    prefixes : tuple of str
        ``"S_"`` syntax, ``"P_"`` phonology, ``"INV_"`` phoneme inventory.
    threshold : int
        In the definition ``"shared"`` a pair with fewer shared features is NaN.
    languages : sequence of Language
    definition : str
        ``"shared"``, ``"uriel"`` or ``"knn"``.

    Raises
    ------
    LanguageError
        If a language occurs twice.
    RegistryError
        If the definition is unknown.
    """
    _records.check(languages, definition, DEFINITIONS, metric)
    names = _uriel.labels("features", "feats")
    columns = np.array([name.startswith(prefixes) and name not in _LEFT_OUT for name in names])
    if definition == "uriel":
        facts, notes = _records.chosen(languages, columns)
        absent = np.array([name == _ALWAYS_ABSENT for name in names])[columns]
        vectors, more = _as_published(languages, facts, absent)
        notes += more
    else:
        facts, notes = _records.filled(languages, columns)
        vectors = facts
    known = facts != UNKNOWN
    if definition == "knn":
        predicted = _records.predictions([language.id for language in languages])[:, columns]
        vectors = np.where(known, facts, predicted)
        notes += _imputed(languages, known)
    values, shared, union = angular(facts, known)
    if definition == "shared":
        values = np.where(shared >= threshold, values, np.nan)
    else:
        values, _, _ = angular(vectors, vectors != UNKNOWN)
    np.fill_diagonal(values, 0.0)
    return DistanceMatrix(
        metric=metric,
        definition=definition,
        languages=tuple(languages),
        values=values,
        shared=shared,
        union=union,
        source=_uriel.source(),
        threshold=threshold if definition == "shared" else 0,
        notes=notes,
    )


def _as_published(
    languages: Sequence[Language], facts: NDArray[np.int8], absent: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Unknown is 0; a vector without a single present feature is all ones."""
    vectors = np.where(facts == UNKNOWN, 0, facts)
    vectors[:, absent] = 0
    empty = np.logical_not(vectors.any(axis=1))
    vectors[empty] = 1
    notes = tuple(
        f"{language.id}: no feature on record as present; as in URIEL a vector of ones stands in"
        for language, is_empty in zip(languages, empty, strict=True)
        if is_empty
    )
    return vectors, notes


def _imputed(languages: Sequence[Language], known: NDArray[np.bool_]) -> tuple[str, ...]:
    n_features = known.shape[1]
    return tuple(
        f"{language.id}: {n_features - n} of {n_features} features are imputed"
        for language, n in zip(languages, known.sum(axis=1), strict=True)
        if n < n_features
    )
