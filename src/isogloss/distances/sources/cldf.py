"""Distances over data sets in CLDF: WALS, Grambank, PHOIBLE, Glottolog, or the user's own."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.feature_records import pair_counts
from isogloss.distances.matrix import DistanceMatrix, check_distinct
from isogloss.distances.metrics.genetic import path_distances
from isogloss.distances.sources.cldf_tables import Values, codes_of, values_of
from isogloss.distances.sources.csvw import Metadata
from isogloss.distances.uncertainty import ShareEstimate
from isogloss.errors import DataError
from isogloss.languages import Language
from isogloss.languages.records import represented_macrolanguage

THRESHOLD = 45
"""Parameters known for both languages that are enough in a large data set: the standard error of a share of
one half is then .075, which is the error accepted for `syntactic`."""

ENOUGH = 0.5
"""Share of its parameters that is enough in a small one: of 40 parameters 20 have to be known for both."""

_CLASSIFICATION = "classification"


@dataclass(frozen=True)
class Dataset:
    """A CLDF data set.

    Parameters
    ----------
    name : str
        Identifier of the data set: ``"wals"``; the metric's name.
    source : str
        Title and version, or the folder.
    values : dict of str to dict
        Language of the data set to its values.
    codes : dict of str to tuple of str
        ISO 639-3 code, or Glottocode, to the languages of the data set that have it.
    ranges : dict of str to float
        Numeric parameter to the difference between its greatest and its least value.
    threshold : int
        Fewest parameters known for both languages with which a pair has a distance.
    remarks : tuple of str
        How the data set was read.
    """

    name: str
    source: str
    values: Mapping[str, Values]
    codes: Mapping[str, tuple[str, ...]] = field(repr=False)
    ranges: Mapping[str, float] = field(default_factory=dict)
    threshold: int = THRESHOLD
    remarks: tuple[str, ...] = ()

    @classmethod
    def read(cls, folder: Path, *, threshold: int | None = None) -> Dataset:
        """Read a data set, by its metadata or by the names ``values.csv`` and ``languages.csv``.

        What the metadata say of a column is followed: `null`, `separator` (a list of values), `datatype`,
        `default` and the dialect of the table; a parameter may state its own in `columnSpec`. Parameters
        whose data type is numeric and that have no codes are numeric. Codes that are named *unknown*, *not
        applicable* or the like count as unknown. Tables may be packed (``values.csv.zip``). Without a table
        of languages their identifiers have to be codes or names of languages.

        Parameters
        ----------
        folder : Path
            With the tables; or the metadata file.
        threshold : int, optional
            Fewest parameters known for both languages; `ENOUGH` of all by default, at most `THRESHOLD`.

        Raises
        ------
        DataError
            If there is no CLDF data set, a table is missing or malformed, or no value is on record.
        """
        data = Metadata.read(folder)
        values, ranges = values_of(data)
        codes, remarks = codes_of(data, values)
        if not codes:
            raise DataError(
                f"no value of a language with an ISO 639-3 code or a Glottocode; {len(values)} have values",
                where=str(folder),
                hint="the languages of the values table are looked up in the languages table by their ids",
            )
        home = data.folder.parent if data.folder.name == "cldf" else data.folder
        n_parameters = len({parameter for said in values.values() for parameter in said})
        return cls(
            name=data.text("rdf:ID")[:100] or home.name or data.folder.resolve().name,
            source=data.text("dc:title") or str(folder),
            values=values,
            codes=codes,
            ranges=ranges,
            threshold=min(THRESHOLD, math.ceil(ENOUGH * n_parameters)) if threshold is None else threshold,
            remarks=remarks,
        )

    def distance(self, languages: Sequence[Language]) -> DistanceMatrix:
        r"""Distances between languages over everything that the data set says.

        Of three kinds of data set each has its distance:

        - Parameters with values (WALS, Grambank): the share of the parameters known for both languages on
          which they differ. Where a parameter has several values, sets V of them are compared,
          :math:`1 - |V_a \cap V_b| / |V_a \cup V_b|`. A numeric parameter counts
          :math:`|v_a - v_b| / (max - min)`, with the greatest and least value of the data set (the mean of
          several values).
        - Lists of what is present, every parameter with one value only (segments of PHOIBLE):
          :math:`1 - |P_a \cap P_b| / |P_a \cup P_b|` for the sets P of what is present.
        - A classification (Glottolog): the path distance of `genetic`.

        Parameters
        ----------
        languages : sequence of Language
            A language that the data set lacks has no value.

        Raises
        ------
        LanguageError
            If a language occurs twice.
        """
        check_distinct(languages, self.name)
        found = [self._find(language) for language in languages]
        said = [{} if row is None else self.values[row] for row in found]
        estimate, size = None, 0
        if any(_CLASSIFICATION in of for of in self.values.values()):
            values, shared, union, threshold = _classified(said)
        elif all(len(frozenset().union(*values)) == 1 for values in self._by_parameter.values()):
            (values, shared, union), threshold = _over_pairs(said, _present), 1
        else:
            values, shared, union = _over_pairs(said, partial(_differing, self.ranges))
            threshold, size = self.threshold, len(self._disagreement)
            has = np.array([[parameter in of for parameter in self._disagreement] for of in said], dtype=bool)
            disagreement = np.array(list(self._disagreement.values()))
            estimate = ShareEstimate(has.reshape(len(said), size), disagreement, values.copy())
        values[shared < threshold] = np.nan
        np.fill_diagonal(values, 0.0)
        known = (values, shared, union, self.source, threshold)
        notes = tuple(self._notes(languages, found))
        return DistanceMatrix(
            self.name, "shared", tuple(languages), *known, notes=notes, inventory=size, estimate=estimate
        )

    @cached_property
    def _by_parameter(self) -> dict[str, Counter[frozenset[str]]]:
        """How many languages have which values of each parameter."""
        found: dict[str, Counter[frozenset[str]]] = defaultdict(Counter)
        for said in self.values.values():
            for parameter, values in said.items():
                found[parameter][values] += 1
        return found

    @cached_property
    def _disagreement(self) -> dict[str, float]:
        """Mean disagreement of the languages of the data set in each parameter, two at a time."""
        found = self._by_parameter.items()
        return {name: _mean_disagreement(values, self.ranges.get(name)) for name, values in found}

    def _find(self, language: Language) -> str | None:
        """The data set's own language with the most values; its codes come before the macrolanguage's."""
        macro = represented_macrolanguage(language.id)
        for code in (language.id, language.glottocode, macro):
            if code is not None and code in self.codes:
                return max(self.codes[code], key=lambda row: len(self.values[row]))
        return None

    def _notes(self, languages: Sequence[Language], found: Sequence[str | None]) -> Iterator[str]:
        yield from self.remarks
        for language, row in zip(languages, found, strict=True):
            macro = represented_macrolanguage(language.id)
            if row is None:
                yield f"{language.id}: not in {self.source}"
            elif language.id not in self.codes and language.glottocode not in self.codes:
                yield f"{language.id}: the record of the macrolanguage {macro} is used"
            elif len(self.codes.get(language.id, ())) > 1:
                n = len(self.codes[language.id])
                yield f"{language.id}: '{row}' has the most values of {n} varieties"


Counts = NDArray[np.int32]


def _over_pairs(
    said: Sequence[Values], compare: Callable[[Values, Values], tuple[float, int, int]]
) -> tuple[NDArray[np.float64], Counts, Counts]:
    """Distance, number of shared and number of all parameters of every two languages."""
    n = len(said)
    values, shared, union = np.empty((n, n)), *np.empty((2, n, n), dtype=np.int32)
    for a in range(n):
        for b in range(a, n):
            values[a, b], shared[a, b], union[a, b] = compare(said[a], said[b])
            values[b, a], shared[b, a], union[b, a] = values[a, b], shared[a, b], union[a, b]
    return values, shared, union


def _differing(ranges: Mapping[str, float], a: Values, b: Values) -> tuple[float, int, int]:
    both = a.keys() & b.keys()
    unlike = [_unlike(a[p], b[p], ranges.get(p)) for p in both]
    return sum(sorted(unlike)) / len(both) if both else math.nan, len(both), len(a.keys() | b.keys())


def _unlike(a: frozenset[str], b: frozenset[str], span: float | None) -> float:
    """Distance in one parameter, from 0 to 1; `span` of a numeric one."""
    if span is None:
        return 1 - len(a & b) / len(a | b)
    means = [math.fsum(map(float, texts)) / len(texts) for texts in (a, b)]
    return abs(means[0] - means[1]) / span if span else 0.0


def _mean_disagreement(found: Counter[frozenset[str]], span: float | None) -> float:
    """Mean of `_unlike` over all pairs of languages; one half where there is one language."""
    n = found.total()
    if n < 2:
        return 0.5
    listed = list(found.items())
    unlike = math.fsum(
        2 * n_a * n_b * _unlike(a, b, span)
        for number, (a, n_a) in enumerate(listed)
        for b, n_b in listed[number + 1 :]
    )
    return unlike / (n * (n - 1))


def _present(a: Values, b: Values) -> tuple[float, int, int]:
    """An inventory on record is whole: what it lacks is known to be absent."""
    either = len(a.keys() | b.keys())
    if not a or not b:
        return math.nan, 0, either
    return 1 - len(a.keys() & b.keys()) / either, either, either


def _classified(said: Sequence[Values]) -> tuple[NDArray[np.float64], Counts, Counts, int]:
    known = np.array([_CLASSIFICATION in values or "language" in values.get("level", ()) for values in said])
    # A language without a path is a family of its own.
    paths = [tuple(min(v[_CLASSIFICATION]).split("/")) if _CLASSIFICATION in v else () for v in said]
    return path_distances(paths), *pair_counts(known), 1
