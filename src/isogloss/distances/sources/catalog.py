"""Where distances come from: the metrics of isogloss, the user's own files and CLDF folders, URIEL+."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.matrix import DISTANCES, DistanceMatrix, PairMatrix, independent
from isogloss.distances.sources.files import merged
from isogloss.errors import FieldError, RegistryError, closest
from isogloss.languages import Language

NAME = None


@dataclass(frozen=True)
class Given:
    """A distance of the user's own: over any languages, and the sorted values that it is ranked among."""

    origin: str
    on: Callable[[Sequence[Language]], PairMatrix]
    reference: Callable[[], NDArray[np.float64]]


@dataclass(frozen=True)
class Sources:
    """The metrics of isogloss beside those of the user.

    Parameters
    ----------
    given : mapping of str to Given
    """

    given: Mapping[str, Given]

    @classmethod
    def read(
        cls,
        distance_files: Iterable[Path | str] = (),
        cldf: Iterable[Path | str] = (),
        *,
        urielplus: bool = False,
        taken: Iterable[str] | None = None,
    ) -> Sources:
        """Read CSV files of distances, folders of CLDF data sets, and the vectors of URIEL+.

        Parameters
        ----------
        distance_files, cldf : iterable of path
        urielplus : bool
            Whether to read what the installed package urielplus holds; see
            `isogloss.distances.sources.urielplus`.
        taken : iterable of str, optional
            Metrics of isogloss that are used beside them; all by default.

        Raises
        ------
        DataError
            If one of them cannot be used.
        FieldError
            If two sources give one name, or one gives a name that is taken.
        """
        from isogloss.distances.metrics.composite import known_values

        found = [
            (name, Given(matrix.source, matrix.on, partial(known_values, matrix)))
            for name, matrix in merged(Path(path) for path in distance_files).items()
        ]
        for folder in cldf:
            from isogloss.distances.sources.cldf import Dataset

            data = Dataset.read(Path(folder))
            found.append((data.name, Given(str(folder), data.distance, partial(_reference, data.distance))))
        if urielplus:
            from isogloss.distances.sources.urielplus import Vectors

            vectors = Vectors.read()
            for name in vectors.metrics:
                on = partial(vectors.distance, name)
                found.append((name, Given(vectors.source, on, partial(_reference, on))))
        taken = tuple(DISTANCES if taken is None else taken)
        given: dict[str, Given] = {}
        for name, entry in found:
            if name in given or name in taken:
                other = given[name].origin if name in given else "a distance of isogloss"
                raise FieldError(
                    f"two distances are called '{name}'",
                    where=f"{entry.origin}; {other}",
                    hint="rename the file, or the metric in it",
                )
            given[name] = entry
        return cls(given)

    @property
    def names(self) -> tuple[str, ...]:
        """All metrics but those that restate others."""
        return (*independent(), *self.given)

    def matrix(self, name: str, languages: Sequence[Language], definition: str) -> DistanceMatrix:
        """One distance; `definition` is that of isogloss's metrics, the user's have one each.

        Raises
        ------
        RegistryError
            If there is no such metric, or it has no such definition.
        LanguageError
            If a language occurs twice.
        """
        if name in self.given:
            # A directed dissimilarity is used like a distance: from the language of the row to the other.
            return cast("DistanceMatrix", self.given[name].on(languages))
        if name not in DISTANCES:
            raise RegistryError(f"no distance '{name}'", allowed=closest(name, (*DISTANCES, *self.given)))
        return DISTANCES[name](languages, definition)

    def composite(
        self, members: Sequence[str], languages: Sequence[Language], definition: str
    ) -> DistanceMatrix:
        """Mean rank over any of the metrics; see `isogloss.distances.metrics.composite`."""
        from isogloss.distances.metrics.composite import mean_rank, reference

        ranks = mean_rank(
            {name: self.matrix(name, languages, definition) for name in members},
            {
                name: self.given[name].reference()
                if name in self.given
                else reference(DISTANCES[name], definition)
                for name in members
            },
        )
        return cast("DistanceMatrix", ranks)


def _reference(on: Callable[[Sequence[Language]], DistanceMatrix]) -> NDArray[np.float64]:
    """Known distances between the best-described languages, sorted."""
    from isogloss.distances.metrics.composite import known_values, reference_languages

    return known_values(on(reference_languages()))
