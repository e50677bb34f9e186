"""Mean of several distances on a common rank scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import cast

import numpy as np
from numpy.typing import NDArray

from isogloss.distances import feature_records as _records
from isogloss.distances.matrix import DissimilarityMatrix, DistanceMatrix, PairMatrix
from isogloss.distances.metrics import genetic, geographic, inventory, phonological, syntactic
from isogloss.distances.uncertainty import CONFIDENCE, Interval, Positions
from isogloss.errors import FieldError
from isogloss.languages import Language, _uriel
from isogloss.languages.records import recorded_codes, recorded_language

NAME = "composite"

DEFINITIONS = ("shared", "uriel")

_MEMBERS = {module.NAME: module for module in (genetic, geographic, inventory, phonological, syntactic)}

REFERENCE_COVERAGE = 0.9
"""Share of URIEL's typological features that a language of the reference has on record."""


def distance(languages: Sequence[Language], definition: str = "shared") -> DistanceMatrix:
    r"""Mean rank of a pair over the genetic, geographic, inventory, phonological and syntactic distance.

    A distance is replaced by the share of reference pairs that lie closer, equals counted half, so that every
    member runs evenly from 0 to 1 and counts the same. The reference are all pairs of the best-described
    languages, not the languages asked for: the value of a pair does not depend on which others are asked for.

    Parameters
    ----------
    languages : sequence of Language
    definition : str
        ``"shared"`` or ``"uriel"``, of all members.

    Returns
    -------
    DistanceMatrix
        `shared` counts the members with a value; a pair that lacks one is NaN.

    Raises
    ------
    LanguageError
        If a language occurs twice.
    RegistryError
        If the definition is unknown.
    """
    _records.check(languages, definition, DEFINITIONS, NAME)
    members = {name: module.distance(languages, definition) for name, module in _MEMBERS.items()}
    references = {
        name: reference(partial(module.distance, definition=definition)) for name, module in _MEMBERS.items()
    }
    return cast("DistanceMatrix", mean_rank(members, references))  # of distances alone


def mean_rank(members: Mapping[str, PairMatrix], references: Mapping[str, NDArray[np.float64]]) -> PairMatrix:
    """Mean of any distances over the same languages, each as its rank among reference values.

    Parameters
    ----------
    members : mapping of str to PairMatrix
        One or more.
    references : mapping of str to ndarray of float, shape (pair,)
        Sorted known distances that a value is ranked among, for each member.

    Raises
    ------
    FieldError
        If there is no member, one has no reference value, or their languages differ.
    """
    if len({matrix.ids for matrix in members.values()}) != 1:
        raise FieldError(
            f"a composite of {len(members)} distances over different languages, or of none",
            hint="compute all its members over the same languages",
        )
    empty = [name for name in members if not len(references[name])]
    if empty:
        raise FieldError(f"'{empty[0]}' has no known distance to rank among", hint="leave it out")
    ranks = np.stack([_ranked(matrix.values, references[name]) for name, matrix in members.items()])
    shared = (~np.isnan(ranks)).sum(axis=0, dtype=np.int32)
    values = ranks.mean(axis=0)
    np.fill_diagonal(values, 0.0)
    first = next(iter(members.values()))
    estimate = MeanRankEstimate(members, references)
    is_directed = any(isinstance(member, DissimilarityMatrix) for member in members.values())
    n = len(members)
    notes = dict.fromkeys(note for member in members.values() for note in member.notes)
    return (DissimilarityMatrix if is_directed else DistanceMatrix)(
        NAME,
        first.definition,
        first.languages,
        *(values, shared, np.full_like(shared, n), first.source, n),
        notes=(f"mean rank over: {', '.join(members)}", *notes),
        inventory=n,
        estimate=estimate if estimate.n_uncertain else None,
    )


@dataclass(frozen=True, eq=False)
class MeanRankEstimate:
    """Intervals of a mean rank, from those of its members, whose errors are taken as independent.

    Parameters
    ----------
    members : mapping of str to PairMatrix
    references : mapping of str to ndarray of float, shape (pair,)
        Sorted.
    """

    members: Mapping[str, PairMatrix] = field(repr=False)
    references: Mapping[str, NDArray[np.float64]] = field(repr=False)

    @property
    def n_uncertain(self) -> int:
        """Members that have intervals."""
        return sum(matrix.estimate is not None for matrix in self.members.values())

    @property
    def unknown_width(self) -> float:
        """Width where nothing is on record: of such a member 90% of the ranks lie within the interval."""
        return CONFIDENCE * math.sqrt(self.n_uncertain) / len(self.members)

    def __call__(self, rows: Positions, columns: Positions) -> Interval:
        """Intervals of the languages at `rows` and `columns`."""
        shape = (len(rows), len(columns))
        total, below, above = np.zeros((3, *shape))
        for name, matrix in self.members.items():
            found = matrix.interval(rows, columns)
            if found is None:
                total += _ranked(matrix.values[np.ix_(rows, columns)], self.references[name])
                continue
            middle, low, high = (_ranked(side, self.references[name]) for side in found)
            total += middle
            below += (middle - low) ** 2
            above += (high - middle) ** 2
        n = len(self.members)
        expected = total / n
        return Interval(expected, expected - np.sqrt(below) / n, expected + np.sqrt(above) / n)


def _ranked(values: NDArray[np.float64], reference: NDArray[np.float64]) -> NDArray[np.float64]:
    below = np.searchsorted(reference, values, side="left")
    not_above = np.searchsorted(reference, values, side="right")
    ranks: NDArray[np.float64] = (below + not_above) / (2 * len(reference))
    return np.where(np.isnan(values), np.nan, ranks)


def reference(on: Callable[[Sequence[Language]], PairMatrix]) -> NDArray[np.float64]:
    """Known distances between the best-described languages, sorted."""
    return known_values(on(reference_languages()))


def known_values(matrix: PairMatrix) -> NDArray[np.float64]:
    """Every known distance of a matrix once, sorted."""
    n = len(matrix.languages)
    is_directed = isinstance(matrix, DissimilarityMatrix)
    values = matrix.values[~np.eye(n, dtype=bool) if is_directed else np.triu_indices(n, 1)]
    return np.sort(values[~np.isnan(values)])


@cache
def reference_languages() -> tuple[Language, ...]:
    """Languages with nearly everything on record, from all macro-areas."""
    codes = recorded_codes()
    known = _uriel.typology("features", codes) != _uriel.UNKNOWN
    rows = np.flatnonzero(known.mean(axis=1) >= REFERENCE_COVERAGE)
    return tuple(recorded_language(codes[row]) for row in rows)
