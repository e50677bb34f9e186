"""Distances over URIEL's typological features, in three definitions."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from isogloss.distances import feature_records as _records
from isogloss.distances.matrix import DistanceMatrix, Fact
from isogloss.distances.metrics._angular import angular
from isogloss.distances.uncertainty import AngularEstimate, Calibration, Group, prevalence
from isogloss.errors import some_of
from isogloss.languages import Language, _uriel
from isogloss.languages._uriel import UNKNOWN

DEFINITIONS = ("shared", "uriel", "knn")

_LEFT_OUT = ("S_VOX", "S_XVO", "S_XOV", "S_OXV", "S_OVX")
"""Orders of object, oblique and verb, not in URIEL's published distances and in no definition here."""

_ALWAYS_ABSENT = "P_UVULARS"
"""Counts as absent everywhere in URIEL's published distances."""

CALIBRATION = {
    "S_": Calibration(15.0, 0.8),
    "P_": Calibration(13.0, 1.5),
    "INV_": Calibration(16.0, 0.5),
}
"""Chosen by ``bench/distance_intervals.py`` on one half of the well-known languages.

Of an inventory URIEL has all features or none: its inflation comes from features hidden at random.
"""


def typological(
    metric: str,
    prefixes: tuple[str, ...],
    threshold: int,
    languages: Sequence[Language],
    definition: str = "shared",
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
    used = columns(prefixes)
    facts, vectors, notes = _vectors(languages, used, definition)
    least = {"shared": threshold, "uriel": 0, "knn": 1}[definition]
    values, shared, union = angular(facts, facts != UNKNOWN, least)
    if definition != "shared":
        values, _, _ = angular(vectors, vectors != UNKNOWN)
        values[shared < least] = np.nan
    if definition == "uriel":
        _warn_of_ones(metric, languages, vectors)
    np.fill_diagonal(values, 0.0)
    estimate = AngularEstimate(facts, _prevalence(prefixes), groups(prefixes))
    known = (values, shared, union, _uriel.source(), least, threshold)
    n_features = int(used.sum())
    return DistanceMatrix(
        metric, definition, tuple(languages), *known, notes=notes, inventory=n_features, estimate=estimate
    )


@cache
def groups(prefixes: tuple[str, ...]) -> tuple[Group, ...]:
    """Syntax, phonology and inventory: in each of them two languages differ to a degree of its own."""
    of_metric = columns(prefixes)
    return tuple(Group(columns((prefix,))[of_metric], CALIBRATION[prefix]) for prefix in prefixes)


@cache
def _prevalence(prefixes: tuple[str, ...]) -> NDArray[np.float64]:
    """Share of URIEL's languages that have each feature of a metric."""
    return prevalence(_uriel.condensed("features")[:, columns(prefixes)])


def _vectors(
    languages: Sequence[Language], used: NDArray[np.bool_], definition: str
) -> tuple[NDArray[np.int8], NDArray[np.int8], tuple[str, ...]]:
    """Known facts, the vectors that are compared, and notes."""
    if definition == "uriel":
        facts, notes = _records.chosen(languages, used)
        vectors, more = _as_published(languages, facts, used)
    else:
        facts, notes = _records.filled(languages, used)
        vectors, more = _imputed(languages, facts, used) if definition == "knn" else (facts, ())
    return facts, vectors, notes + more


def facts_of(
    prefixes: tuple[str, ...], a: Language, b: Language, definition: str = "shared"
) -> tuple[Fact, ...]:
    """Every feature of two languages as the definition compares it; see `typological`.

    Raises
    ------
    LanguageError
        If both are one language.
    RegistryError
        If the definition is unknown.
    """
    _records.check((a, b), definition, DEFINITIONS, "typological")
    used = columns(prefixes)
    facts, vectors, _ = _vectors((a, b), used, definition)
    names = np.array(_uriel.labels("features", "feats"))[used]
    said = [
        [_said(fact, value) for fact, value in zip(*row, strict=True)]
        for row in zip(facts, vectors, strict=True)
    ]
    return tuple(Fact(str(name), *values) for name, *values in zip(names, *said, strict=True))


def _said(fact: int, value: int) -> str | None:
    """A feature in words; what the definition puts where nothing is known is marked."""
    if value == UNKNOWN:
        return None
    text = "yes" if value else "no"
    return f"{text}*" if fact == UNKNOWN else text


def _warn_of_ones(metric: str, languages: Sequence[Language], vectors: NDArray[np.int8]) -> None:
    ones = [language.id for language, vector in zip(languages, vectors, strict=True) if vector.all()]
    if ones:
        logging.getLogger(__name__).warning(
            "warning: %s: nothing is on record of %s; as in URIEL a vector of ones stands in: "
            "its distances say nothing, and two such languages come out as identical",
            metric,
            some_of(ones, 5),
        )


def columns(prefixes: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which of URIEL's 289 features a metric uses."""
    names = _uriel.labels("features", "feats")
    return np.array([name.startswith(prefixes) and name not in _LEFT_OUT for name in names])


def _as_published(
    languages: Sequence[Language], facts: NDArray[np.int8], used: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Unknown is 0; a vector without a single present feature is all ones."""
    always_absent = np.array([name == _ALWAYS_ABSENT for name in _uriel.labels("features", "feats")])[used]
    vectors = np.where((facts == UNKNOWN) | always_absent, 0, facts).astype(np.int8)
    n_present = vectors.sum(axis=1)
    vectors[n_present == 0] = 1
    notes = tuple(
        f"{language.id}: no feature on record as present; as in URIEL a vector of ones stands in"
        for language, n in zip(languages, n_present, strict=True)
        if n == 0
    )
    return vectors, notes


def _imputed(
    languages: Sequence[Language], facts: NDArray[np.int8], used: NDArray[np.bool_]
) -> tuple[NDArray[np.int8], tuple[str, ...]]:
    """Unknown is what URIEL's nearest-neighbour imputation predicts."""
    predicted = _uriel.typology("feature_predictions", [language.id for language in languages])[:, used]
    unknown = facts == UNKNOWN
    notes = tuple(
        f"{language.id}: {n} of {facts.shape[1]} features are imputed"
        for language, n in zip(languages, unknown.sum(axis=1), strict=True)
        if n
    )
    return np.where(unknown, predicted, facts), notes
