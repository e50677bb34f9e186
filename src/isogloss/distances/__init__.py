"""Distances between languages, each with how much is known: one file per metric."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from isogloss.distances.matrix import (
    DISTANCES,
    FACTS,
    DissimilarityMatrix,
    Distance,
    DistanceMatrix,
    PairMatrix,
    independent,
)
from isogloss.distances.sources.catalog import Sources
from isogloss.distances.sources.files import read_distances
from isogloss.languages import Language, resolve

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "DISTANCES",
    "FACTS",
    "DissimilarityMatrix",
    "Distance",
    "DistanceMatrix",
    "Distances",
    "PairMatrix",
    "Sources",
    "distance",
    "distances",
    "independent",
    "pairs",
    "read_distances",
    "record",
    "records",
]


_KEYS = ("a", "b", "metric", "definition", "value", "shared", "union")


class Distances(dict[str, DistanceMatrix]):
    """Matrices by metric."""

    def to_frame(self) -> pd.DataFrame:
        """One row per pair and metric: a, b, metric, definition, value, shared, union; NaN where unknown."""
        import pandas as pd

        frame = pd.DataFrame(records(self.values()), columns=list(_KEYS))
        return frame.assign(value=frame["value"].astype(float))


def records(matrices: Iterable[PairMatrix]) -> list[dict[str, Any]]:
    """Pairs as flat records, in the order of the languages; of a dissimilarity both directions.

    Returns
    -------
    list of dict
        With the keys a, b (codes as the user typed them), metric, definition, value (None where unknown),
        shared, union.
    """
    return [record(*pair) for pair in pairs(matrices)]


def pairs(matrices: Iterable[PairMatrix]) -> Iterator[tuple[PairMatrix, int, int]]:
    """Matrix, row and column of every pair that differs, all matrices of a pair in a row."""
    matrices = list(matrices)
    n = len(matrices[0].languages) if matrices else 0
    for a in range(n):
        for b in range(n):
            for matrix in matrices:
                if a < b or (a != b and isinstance(matrix, DissimilarityMatrix)):
                    yield matrix, a, b


def record(matrix: PairMatrix, a: int, b: int) -> dict[str, Any]:
    """One entry of a matrix as a flat record; see `records`."""
    value = float(matrix.values[a, b])
    return {
        "a": matrix.labels[a],
        "b": matrix.labels[b],
        "metric": matrix.metric,
        "definition": matrix.definition,
        "value": None if math.isnan(value) else value,
        "shared": int(matrix.shared[a, b]),
        "union": int(matrix.union[a, b]),
    }


def distances(
    languages: Iterable[Language | str],
    metrics: Iterable[str] | None = None,
    definition: str = "shared",
    *,
    composite: Iterable[str] = (),
    distance_files: Iterable[Path | str] = (),
    cldf: Iterable[Path | str] = (),
    urielplus: bool = False,
) -> Distances:
    """Several distances over the same languages.

    Parameters
    ----------
    languages : iterable of Language or str
        Each once, under any code or name that `resolve` knows.
    metrics : iterable of str, optional
        Names in `DISTANCES`, and those that `distance_files`, `cldf` and `urielplus` add. All of these by
        default, without `RESTATEMENTS`.
    definition : str
        ``"shared"``, ``"uriel"`` or ``"knn"`` (typological metrics only).
    composite : iterable of str
        Metrics of which the mean rank is added, as ``"composite"``; see
        `isogloss.distances.metrics.composite`.
    distance_files : iterable of path
        CSV files of distances; see `read_distances`.
    cldf : iterable of path
        Folders of CLDF data sets; see `isogloss.distances.sources.cldf`.
    urielplus : bool
        Whether to add the distances of URIEL+; see `isogloss.distances.sources.urielplus`.

    Returns
    -------
    Distances
        A dict of `DistanceMatrix` by metric, in the order of `metrics`.

    Raises
    ------
    RegistryError
        If a metric is unknown or has no such definition.
    LanguageError
        If a language is unknown, or occurs twice after resolution.
    DataError
        If a file or folder cannot be used.
    """
    resolved = tuple(resolve(entry) if isinstance(entry, str) else entry for entry in _listed(languages))
    sources = Sources.read(_listed(distance_files), _listed(cldf), urielplus=urielplus)
    chosen = sources.names if metrics is None else tuple(dict.fromkeys(_listed(metrics)))
    found = Distances((name, sources.matrix(name, resolved, definition)) for name in chosen)
    members = tuple(_listed(composite))
    if members:
        found["composite"] = sources.composite(members, resolved, definition)
    return found


def _listed(value: Any) -> Iterable[Any]:
    """Read one name or path as a list of one; a string is no list of its letters."""
    return value if isinstance(value, Iterable) and not isinstance(value, str) else (value,)


def distance(
    a: Language | str, b: Language | str, metric: str = "syntactic", definition: str = "shared"
) -> float:
    """One distance; NaN where too little is on record. `distances` also returns the counts.

    Parameters
    ----------
    a, b : Language or str
    metric : str
        Name in `DISTANCES`.
    definition : str

    Raises
    ------
    RegistryError, LanguageError
        As `distances`.
    """
    return float(distances((a, b), (metric,), definition)[metric].values[0, 1])
