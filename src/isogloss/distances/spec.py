"""The one way from names and options to distance matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, field_validator

from isogloss.distances.matrix import DISTANCES, PairMatrix, independent
from isogloss.distances.pairs import KEYS, records
from isogloss.distances.sources.files import read_distances
from isogloss.errors import FieldError, RegistryError, closest
from isogloss.identity import Frozen, OneOrMore, checked_by_caller, listed
from isogloss.languages import Language, resolve

if TYPE_CHECKING:
    import pandas as pd

Definition = Literal["shared", "uriel", "knn"]
ALL, NONE = "all", "none"
"""Instead of names of distances: every one that does not restate others, or none of isogloss's own."""


def _paths(value: Any) -> Any:
    """One path or several, as text."""
    return tuple(str(entry) if isinstance(entry, Path) else entry for entry in listed(value))


class Distances(dict[str, PairMatrix]):
    """Matrices by metric.

    Parameters
    ----------
    notes : sequence of str
        Which distances ``"all"`` did not include, and why.
    """

    def __init__(self, matrices: Iterable[tuple[str, PairMatrix]] = (), notes: Sequence[str] = ()) -> None:
        super().__init__(matrices)
        self.notes = tuple(notes)

    def to_frame(self) -> pd.DataFrame:
        """One row per pair and metric, with the columns of `isogloss.distances.pairs.record`."""
        import pandas as pd

        frame = pd.DataFrame(list(records(self.values())), columns=list(KEYS))
        return frame.astype(dict.fromkeys(("value", "expected", "low", "high"), float))

    def __str__(self) -> str:
        return self.to_frame().to_string(index=False)


class DistanceSpec(Frozen):
    """Which distances are computed, and from what.

    Parameters
    ----------
    distances : tuple of str
        Names in `DISTANCES` or of the user's own distances; ``"all"`` for every metric that has the
        definition and does not restate others, ``"none"`` for none of them.
    definition : {"shared", "uriel", "knn"}
        Of the metrics of isogloss; the user's own have one each.
    distance_files : tuple of str
        CSV files of distances, see `read_distances`; what they hold is added to `distances`.
    cldf : tuple of str
        Folders of CLDF data sets, each a further distance; see `isogloss.distances.sources.cldf`.
    urielplus : bool
        Whether to add the distances of URIEL+; see `isogloss.distances.sources.urielplus`.
    """

    distances: OneOrMore[Annotated[str, checked_by_caller("distance")]] = (ALL,)
    definition: Definition = "shared"
    distance_files: Annotated[tuple[str, ...], BeforeValidator(_paths)] = ()
    cldf: Annotated[tuple[str, ...], BeforeValidator(_paths)] = ()
    urielplus: bool = False

    @field_validator("distances")
    @classmethod
    def _none_alone(cls, distances: tuple[str, ...]) -> tuple[str, ...]:
        if NONE in distances and len(distances) > 1:
            raise ValueError(f"'{NONE}' stands alone, or other distances without it")
        return distances

    def names(self, own: Iterable[str] = ()) -> tuple[str, ...]:
        """Names of the distances, without shorthands; the user's `own` come last."""
        chosen: list[str] = []
        for entry in self.distances:
            if entry == ALL:
                chosen += [name for name in independent() if name not in _without(self.definition)]
            elif entry != NONE:
                chosen.append(entry)
        return tuple(dict.fromkeys((*chosen, *own)))

    def catalog(self) -> DistanceCatalog:
        """Read the files, folders and packages that are named here.

        Raises
        ------
        DataError, FieldError
            As `DistanceCatalog.read`.
        """
        taken = [name for name in self.names() if name in DISTANCES]
        return DistanceCatalog.read(self.distance_files, self.cldf, urielplus=self.urielplus, taken=taken)

    def matrices(self, languages: Sequence[Language]) -> Distances:
        """Compute or read every distance.

        Parameters
        ----------
        languages : sequence of Language
            Each once.

        Raises
        ------
        RegistryError
            If a distance is unknown, or named and without the definition.
        LanguageError
            If a language occurs twice.
        DataError, FieldError
            If a file or folder of the user's own cannot be used.
        """
        catalog = self.catalog()
        left_out = _without(self.definition) if ALL in self.distances else {}
        return Distances(
            ((name, catalog.matrix(name, languages, self.definition)) for name in self.names(catalog.given)),
            [f"{name} distance: {reason}" for name, reason in left_out.items()],
        )


@cache
def _without(definition: str) -> Mapping[str, str]:
    """Metrics that do not have a definition, and what they say of it."""
    reasons = {}
    for name in independent():
        try:
            DISTANCES[name]((resolve("en"),), definition)
        except RegistryError as error:
            reasons[name] = error.what
    return reasons


@dataclass(frozen=True)
class ExternalDistance:
    """A distance of the user's own: over any languages, and the sorted values that it is ranked among."""

    origin: str
    on: Callable[[Sequence[Language]], PairMatrix]
    reference: Callable[[], NDArray[np.float64]]


@dataclass(frozen=True)
class DistanceCatalog:
    """The metrics of isogloss together with those of the user.

    Parameters
    ----------
    given : mapping of str to ExternalDistance
    """

    given: Mapping[str, ExternalDistance]

    @classmethod
    def read(
        cls,
        distance_files: Iterable[Path | str] = (),
        cldf: Iterable[Path | str] = (),
        *,
        urielplus: bool = False,
        taken: Iterable[str] | None = None,
    ) -> DistanceCatalog:
        """Read CSV files of distances, folders of CLDF data sets, and the vectors of URIEL+.

        Parameters
        ----------
        distance_files, cldf : iterable of path
        urielplus : bool
            Whether to read what the installed package urielplus holds; see
            `isogloss.distances.sources.urielplus`.
        taken : iterable of str, optional
            Metrics of isogloss that are used together with them; all by default.

        Raises
        ------
        DataError
            If one of them cannot be used.
        FieldError
            If two sources give one name, or one gives a name that is taken.
        """
        from isogloss.distances.metrics.composite import known_values, reference

        found = [
            (name, ExternalDistance(matrix.source, matrix.on, partial(known_values, matrix)))
            for path in distance_files
            for name, matrix in read_distances(Path(path)).items()
        ]
        for folder in cldf:
            from isogloss.distances.sources.cldf import Dataset

            data = Dataset.read(Path(folder))
            of_data = partial(reference, data.distance)
            found.append((data.name, ExternalDistance(str(folder), data.distance, of_data)))
        if urielplus:
            from isogloss.distances.sources.urielplus import Vectors

            vectors = Vectors.read()
            for name in vectors.metrics:
                on = partial(vectors.distance, name)
                found.append((name, ExternalDistance(vectors.source, on, partial(reference, on))))
        taken = tuple(DISTANCES if taken is None else taken)
        given: dict[str, ExternalDistance] = {}
        for name, entry in found:
            if name in given or name in taken:
                other = given[name].origin if name in given else "a distance of isogloss"
                raise FieldError(
                    f"two distances are called '{name}'",
                    where=f"{entry.origin}; {other}",
                    hint=f"rename the file, or the metric in it; or leave '{name}' of isogloss out with "
                    f"--distance (distances), '{NONE}' for all of them",
                )
            given[name] = entry
        return cls(given)

    @property
    def names(self) -> tuple[str, ...]:
        """All metrics but those that restate others."""
        return (*independent(), *self.given)

    def matrix(self, name: str, languages: Sequence[Language], definition: str) -> PairMatrix:
        """One distance; `definition` is that of isogloss's metrics, the user's have one each.

        A directed `DissimilarityMatrix` is used like a distance: from the language of the row to the other.

        Raises
        ------
        RegistryError
            If there is no such metric, or it has no such definition.
        LanguageError
            If a language occurs twice.
        """
        if name in self.given:
            return self.given[name].on(languages)
        if name not in DISTANCES:
            raise RegistryError(f"no distance '{name}'", allowed=closest(name, (*DISTANCES, *self.given)))
        return DISTANCES[name](languages, definition)

    def composite(self, members: Sequence[str], languages: Sequence[Language], definition: str) -> PairMatrix:
        """Mean rank over any of the metrics; see `isogloss.distances.metrics.composite`."""
        from isogloss.distances.metrics.composite import mean_rank, reference

        return mean_rank(
            {name: self.matrix(name, languages, definition) for name in members},
            {
                name: self.given[name].reference()
                if name in self.given
                else reference(partial(DISTANCES[name], definition=definition))
                for name in members
            },
        )
