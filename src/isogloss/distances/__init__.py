"""Distances between languages, each with how much is known: one file per metric."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from isogloss.distances.matrix import (
    DISTANCES,
    FACTS,
    DissimilarityMatrix,
    Distance,
    DistanceMatrix,
    PairMatrix,
    independent,
)
from isogloss.distances.pairs import record, records
from isogloss.distances.sources.files import read_distances
from isogloss.distances.spec import ALL, NONE, DistanceCatalog, Distances, DistanceSpec
from isogloss.identity import settings_of
from isogloss.languages import Language, resolve_all

__all__ = [
    "ALL", "DISTANCES", "FACTS", "NONE", "DissimilarityMatrix", "Distance", "DistanceCatalog",
    "DistanceMatrix", "DistanceSpec", "Distances", "PairMatrix", "distance", "distance_matrices",
    "independent", "read_distances", "record", "records",
]  # fmt: skip


def distance_matrices(
    languages: Iterable[Language | str],
    metrics: Iterable[str] | str | None = None,
    definition: str = "shared",
    *,
    composite: Iterable[str] | str = (),
    distance_files: Iterable[Path | str] | Path | str = (),
    cldf: Iterable[Path | str] | Path | str = (),
    urielplus: bool = False,
) -> Distances:
    """Compute several distances over the same languages.

    Parameters
    ----------
    languages : iterable of Language or str
        Each once, under any code or name that `resolve` knows.
    metrics : iterable of str, optional
        Names in `DISTANCES`, or ``"all"``, which is the default: every one that has the definition, without
        `RESTATEMENTS`. What `distance_files`, `cldf` and `urielplus` hold is added.
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
        A dict of `PairMatrix` by metric, in the order of `metrics`; its `notes` say which metrics
        ``"all"`` leaves out.

    Raises
    ------
    FieldError
        If an option has a value that is not allowed.
    RegistryError
        If a metric is unknown or has no such definition.
    LanguageError
        If a language is unknown, or occurs twice after resolution.
    DataError
        If a file or folder cannot be used.

    Examples
    --------
    >>> import isogloss as ig
    >>> found = ig.distance_matrices(["en", "de", "zh"], ["syntactic", "genetic"])
    >>> list(found)
    ['syntactic', 'genetic']
    """
    resolved = resolve_all(_listed(languages))
    wanted = [] if metrics is None else list(_listed(metrics))
    chosen = tuple(name for at, name in enumerate(wanted) if name not in wanted[:at]) or (
        ALL if metrics is None else NONE,
    )
    files = {"distance_files": tuple(_listed(distance_files)), "cldf": tuple(_listed(cldf))}
    named = {"distances": chosen, "definition": definition, "urielplus": urielplus}
    spec = settings_of(DistanceSpec, {**named, **files})
    found = spec.matrices(resolved)
    members = tuple(_listed(composite))
    if members:
        found["composite"] = spec.catalog().composite(members, resolved, definition)
    return found


def _listed(value: Any) -> Iterable[Any]:
    """Read one name or path as a list of one; a string is not a list of its letters."""
    return value if isinstance(value, Iterable) and not isinstance(value, str) else (value,)


def distance(
    a: Language | str, b: Language | str, metric: str = "syntactic", definition: str = "shared"
) -> float:
    """One distance; NaN where too little is on record, 0 of a language to itself.

    `distance_matrices` also returns the counts.

    Parameters
    ----------
    a, b : Language or str
    metric : str
        Name in `DISTANCES`.
    definition : str

    Raises
    ------
    RegistryError, LanguageError
        As `distance_matrices`.
    """
    languages = dict.fromkeys(resolve_all((a, b)))
    return float(distance_matrices(languages, (metric,), definition)[metric].values[0, -1])
