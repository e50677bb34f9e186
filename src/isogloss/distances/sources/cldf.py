"""Distances over data sets in CLDF: WALS, Grambank, PHOIBLE, Glottolog, or the user's own."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.feature_records import pair_counts
from isogloss.distances.matrix import DistanceMatrix, check_distinct
from isogloss.distances.metrics.genetic import nodes_in_common
from isogloss.distances.sources.csvw import CldfTable, Format, Metadata
from isogloss.distances.uncertainty import ShareEstimate
from isogloss.errors import DataError
from isogloss.languages import Language, read_together
from isogloss.languages.records import represented_macrolanguage

NAME = None

THRESHOLD = 45
"""Parameters known for both languages that are enough in a large data set: the standard error of a share of
one half is then .075, which is the error accepted for `syntactic`."""

ENOUGH = 0.5
"""Share of its parameters that is enough in a small one: of 40 parameters 20 have to be known for both."""

_UNKNOWN = frozenset({"", "?", "NA"})
"""Values that stand for nothing where the metadata do not say which do."""

_NO_VALUE = frozenset(
    {
        *("?", "na", "n/a", "no data", "not applicable", "inapplicable", "not known", "unknown", "missing"),
        *(
            "missing data",
            "not available",
            "no information",
            "undetermined",
            "insufficient data",
            "not coded",
        ),
    }
)
"""Names of codes, in lower case, that say that there is no value."""

_CLASSIFICATION = "classification"

_VALUE_COLUMNS = {
    "languageReference": "Language_ID",
    "parameterReference": "Parameter_ID",
    "value": "Value",
    "codeReference": "Code_ID",
}
_LANGUAGE_COLUMNS = {"id": "ID", "glottocode": "Glottocode", "iso639P3code": "ISO639P3code", "name": "Name"}
_CODE_COLUMNS = {"id": "ID", "parameterReference": "Parameter_ID", "name": "Name"}
_PARAMETER_COLUMNS = {"id": "ID", "columnSpec": "ColumnSpec"}

Values = dict[str, frozenset[str]]
"""Values of one language in a data set, by parameter."""


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
        codings = _codings(data)
        values, ranges = _values(data, codings)
        codes, remarks = _codes(data, values)
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
        estimate, n_parameters = None, 0
        if self._is_classification:
            values, shared, union, threshold = _classified(said)
        elif self._is_inventory:
            values, shared, union, threshold = _present(said)
        else:
            values, shared, union = _differing(said, self.ranges)
            threshold, n_parameters = self.threshold, len(self._disagreement)
            known = np.array(
                [[parameter in of for parameter in self._disagreement] for of in said], dtype=bool
            )
            disagreement = np.array(list(self._disagreement.values()))
            estimate = ShareEstimate(known.reshape(len(said), n_parameters), disagreement, values.copy())
        values[shared < threshold] = np.nan
        np.fill_diagonal(values, 0.0)
        return DistanceMatrix(
            metric=self.name,
            definition="shared",
            languages=tuple(languages),
            values=values,
            shared=shared,
            union=union,
            source=self.source,
            threshold=threshold,
            notes=tuple(self._notes(languages, found)),
            inventory=n_parameters,
            estimate=estimate,
        )

    @cached_property
    def _disagreement(self) -> dict[str, float]:
        """Mean disagreement of the languages of the data set in each parameter, two at a time."""
        by_parameter: dict[str, Counter[frozenset[str]]] = defaultdict(Counter)
        for said in self.values.values():
            for parameter, values in said.items():
                by_parameter[parameter][values] += 1
        return {
            name: _mean_disagreement(found, self.ranges.get(name)) for name, found in by_parameter.items()
        }

    @property
    def _is_classification(self) -> bool:
        return any(_CLASSIFICATION in said for said in self.values.values())

    @property
    def _is_inventory(self) -> bool:
        seen: dict[str, set[str]] = defaultdict(set)
        for said in self.values.values():
            for parameter, values in said.items():
                seen[parameter] |= values
        return all(len(values) == 1 for values in seen.values())

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


def _differing(
    said: Sequence[Values], ranges: Mapping[str, float]
) -> tuple[NDArray[np.float64], Counts, Counts]:
    n = len(said)
    values, shared, union = np.full((n, n), np.nan), *np.zeros((2, n, n), dtype=np.int32)
    for a in range(n):
        for b in range(a, n):
            both = said[a].keys() & said[b].keys()
            shared[a, b] = shared[b, a] = len(both)
            union[a, b] = union[b, a] = len(said[a].keys() | said[b].keys())
            if both:
                unlike = [_unlike(said[a][p], said[b][p], ranges.get(p)) for p in both]
                values[a, b] = values[b, a] = sum(sorted(unlike)) / len(both)
    return values, shared, union


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


def _present(said: Sequence[Values]) -> tuple[NDArray[np.float64], Counts, Counts, int]:
    """An inventory on record is whole: what it lacks is known to be absent."""
    n = len(said)
    values, shared, union = np.full((n, n), np.nan), *np.zeros((2, n, n), dtype=np.int32)
    for a in range(n):
        for b in range(a, n):
            either = len(said[a].keys() | said[b].keys())
            union[a, b] = union[b, a] = either
            if said[a] and said[b]:
                shared[a, b] = shared[b, a] = either
                values[a, b] = values[b, a] = 1 - len(said[a].keys() & said[b].keys()) / either
    return values, shared, union, 1


def _classified(said: Sequence[Values]) -> tuple[NDArray[np.float64], Counts, Counts, int]:
    known = np.array([_CLASSIFICATION in values or "language" in values.get("level", ()) for values in said])
    # A language without a path is a family of its own.
    paths = [tuple(min(v[_CLASSIFICATION]).split("/")) if _CLASSIFICATION in v else () for v in said]
    depth = np.array([len(path) for path in paths])
    values = 1 - 2 * nodes_in_common(paths) / (depth[:, None] + depth[None] + 2)
    return values, *pair_counts(known), 1


@dataclass(frozen=True)
class _Coding:
    """Facts from the tables of codes and parameters: codes without a value, and formats of parameters."""

    no_value: frozenset[str]
    coded: frozenset[str]
    formats: Mapping[str, Format]


def _codings(data: Metadata) -> _Coding:
    no_value: set[str] = set()
    coded: set[str] = set()
    for table in data.tables("CodeTable", "codes.csv", _CODE_COLUMNS, ("id",), frozenset({""})):
        for _, row in table.rows:
            coded.update(row["parameterReference"])
            if any(name.strip().casefold() in _NO_VALUE for name in row["name"]):
                no_value.update(row["id"])
    formats = {}
    for table in data.tables(
        "ParameterTable", "parameters.csv", _PARAMETER_COLUMNS, ("id",), frozenset({""})
    ):
        for _, row in table.rows:
            if row["id"] and row["columnSpec"]:
                formats[row["id"][0]] = _column_spec(row["columnSpec"][0], table)
    return _Coding(frozenset(no_value), frozenset(coded), formats)


def _column_spec(text: str, table: CldfTable) -> Format:
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        spec = None
    if not isinstance(spec, dict):
        raise DataError("the columnSpec of a parameter is not a JSON object", where=str(table.path))
    return Format.of(spec)


def _values(data: Metadata, coding: _Coding) -> tuple[dict[str, Values], dict[str, float]]:
    """Values by language and parameter, and the ranges of numeric parameters."""
    tables = data.tables("ValueTable", "values.csv", _VALUE_COLUMNS, tuple(_VALUE_COLUMNS)[:3], _UNKNOWN)
    if not tables:
        raise _no_table(data)
    said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    numeric: dict[str, list[float]] = defaultdict(list)
    by_code = _fully_coded(tables)
    wrong: list[str] = []
    for table in tables:
        for line, row in table.rows:
            if not (row["languageReference"] and row["parameterReference"] and row["value"]):
                continue
            if coding.no_value.intersection(row["codeReference"]):
                continue
            language, parameter = row["languageReference"][0], row["parameterReference"][0]
            values = row["codeReference"] if parameter in by_code else row["value"]
            form = table.formats["value"]
            if parameter in coding.formats:
                form = coding.formats[parameter]
                values = tuple(part for text in values for part in form.elements(text, _UNKNOWN))
            if form.is_numeric and parameter not in coding.coded:
                numbers = [number for text in values if (number := form.number(text)) is not None]
                if len(numbers) < len(values):
                    wrong.append(f"{table.path}, line {line}")
                    continue
                numeric[parameter] += numbers
                values = tuple(map(repr, numbers))
            if values:
                said[language][parameter].update(values)
    if wrong:
        raise DataError(
            f"{len(wrong)} values are not numbers of the data type that the metadata state",
            where="; ".join(wrong[:5]),
            hint="correct them, or the datatype of the parameter or column",
        )
    frozen = {
        language: {parameter: frozenset(found) for parameter, found in of.items()}
        for language, of in said.items()
    }
    return frozen, {parameter: max(found) - min(found) for parameter, found in numeric.items() if found}


def _fully_coded(tables: Sequence[CldfTable]) -> frozenset[str]:
    """Parameters of which every value has a code: codes are compared, values say the same in words."""
    coded: set[str] = set()
    uncoded: set[str] = set()
    for table in tables:
        for _, row in table.rows:
            if row["value"]:
                (coded if row["codeReference"] else uncoded).update(row["parameterReference"])
    return frozenset(coded - uncoded)


def _no_table(data: Metadata) -> DataError:
    wordlist = data.describes("FormTable") or (data.folder / "forms.csv").is_file()
    kind = "is a list of words: it has forms" if wordlist else "has no values table"
    return DataError(
        f"the CLDF folder {kind}" + (", no values of parameters" if wordlist else ""),
        where=str(data.folder / ("forms.csv" if wordlist else "values.csv")),
        allowed="a structure data set with values.csv"
        + (", or a table of the term ValueTable in its metadata" if data.path else ""),
        hint="compute distances of words elsewhere and give them with --distance-file"
        if wordlist
        else "name the folder 'cldf' of the data set's release",
    )


def _codes(
    data: Metadata, values: Mapping[str, Values]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Languages of the data set by ISO 639-3 code and Glottocode, and notes."""
    tables = data.tables("LanguageTable", "languages.csv", _LANGUAGE_COLUMNS, ("id",), frozenset({""}))
    codes: dict[str, list[str]] = defaultdict(list)
    uncoded: dict[str, str] = {}
    for table in tables:
        for _, row in table.rows:
            if not row["id"] or row["id"][0] not in values:
                continue
            stated = (*row["iso639P3code"], *row["glottocode"])
            for code in dict.fromkeys(stated):
                codes[code].append(row["id"][0])
            if not stated and row["name"]:
                uncoded[row["id"][0]] = row["name"][0]
    if not tables:
        uncoded = {language: language for language in values}
    by_name = read_together(uncoded.values()).languages
    named = {language: by_name[name] for language, name in uncoded.items() if name in by_name}
    for identifier, found in named.items():
        codes[found.id].append(identifier)
    remarks: tuple[str, ...] = ()
    if named:
        listed = ", ".join(f"{uncoded[key]} ({found.id})" for key, found in list(named.items())[:10])
        more = f" and {len(named) - 10} more" if len(named) > 10 else ""
        where = "identifiers" if not tables else "names, since they have no codes"
        remarks = (f"{data.folder}: languages are found by their {where}: {listed}{more}",)
    return {code: tuple(rows) for code, rows in codes.items()}, remarks
