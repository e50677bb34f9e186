"""Distances over data sets in CLDF: WALS, Grambank, PHOIBLE, Glottolog, or the user's own."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.matrix import DistanceMatrix, check_distinct
from isogloss.distances.metrics.genetic import nodes_in_common
from isogloss.errors import DataError
from isogloss.languages import Language
from isogloss.languages.resolution import represented_macrolanguage

NAME = None

THRESHOLD = 45
"""Fewest parameters known for both languages: the standard error of a share of one half is then .075, which
is the error accepted for `syntactic`."""

_TERMS = "http://cldf.clld.org/v1.0/terms.rdf#"
_UNKNOWN = frozenset({"", "?", "NA"})
_CLASSIFICATION = "classification"

_VALUE_COLUMNS = {"languageReference": "Language_ID", "parameterReference": "Parameter_ID", "value": "Value"}
_LANGUAGE_COLUMNS = {"id": "ID", "glottocode": "Glottocode", "iso639P3code": "ISO639P3code"}

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
        ISO 639-3 code, or Glottocode, to the languages of the data set that bear it.
    """

    name: str
    source: str
    values: Mapping[str, Values]
    codes: Mapping[str, tuple[str, ...]] = field(repr=False)

    @classmethod
    def read(cls, folder: Path) -> Dataset:
        """Read a folder with CLDF metadata, or with ``values.csv`` and ``languages.csv`` alone.

        Raises
        ------
        DataError
            If the folder holds no CLDF data set, a table is missing or malformed, or no value is on record.
        """
        description = _metadata(folder)
        tables = _tables(folder, description)
        values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for row in tables["ValueTable"]:
            if row["value"] not in _UNKNOWN:
                values[row["languageReference"]][row["parameterReference"]].add(row["value"])
        codes: dict[str, list[str]] = defaultdict(list)
        for row in tables["LanguageTable"]:
            for code in dict.fromkeys((row["iso639P3code"], row["glottocode"])):
                if code and row["id"] in values:
                    codes[code].append(row["id"])
        if not codes:
            raise DataError(
                f"no value of a language with an ISO 639-3 code or a Glottocode; {len(values)} have values",
                where=str(folder),
                hint="the languages of the values table are looked up in the languages table by their ids",
            )
        name = description.get("rdf:ID") or (folder.parent if folder.name == "cldf" else folder).name
        return cls(
            name=str(name),
            source=" ".join(str(description.get("dc:title") or folder).split()),
            values={
                language: {parameter: frozenset(found) for parameter, found in said.items()}
                for language, said in values.items()
            },
            codes={code: tuple(rows) for code, rows in codes.items()},
        )

    def distance(self, languages: Sequence[Language]) -> DistanceMatrix:
        r"""Distances between languages over everything that the data set says.

        Of three kinds of data set each has its distance:

        - Parameters with values (WALS, Grambank): the share of the parameters known for both languages on
          which they differ. Where a parameter has several values, sets V of them are compared,
          :math:`1 - |V_a \cap V_b| / |V_a \cup V_b|`.
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
        if self._is_classification:
            values, shared, union, threshold = _classified(said)
        elif self._is_inventory:
            values, shared, union, threshold = _present(said)
        else:
            values, shared, union, threshold = _differing(said)
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
            advised=threshold,
            notes=tuple(self._notes(languages, found)),
        )

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


def _differing(said: Sequence[Values]) -> tuple[NDArray[np.float64], Counts, Counts, int]:
    n = len(said)
    values, shared, union = np.full((n, n), np.nan), *np.zeros((2, n, n), dtype=np.int32)
    for a in range(n):
        for b in range(a, n):
            both = said[a].keys() & said[b].keys()
            shared[a, b] = shared[b, a] = len(both)
            union[a, b] = union[b, a] = len(said[a].keys() | said[b].keys())
            if both:
                unlike = [1 - len(said[a][p] & said[b][p]) / len(said[a][p] | said[b][p]) for p in both]
                values[a, b] = values[b, a] = sum(sorted(unlike)) / len(both)
    return values, shared, union, THRESHOLD


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
    both = known[:, None] & known[None]
    return values, both.astype(np.int32), (known[:, None] | known[None]).astype(np.int32), 1


def _metadata(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise DataError(
            f"no folder '{folder}'", where="CLDF data set", hint="name the folder that holds its tables"
        )
    found = sorted(folder.glob("*-metadata.json"))
    if not found:
        return {}
    try:
        description = json.loads(found[0].read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"the CLDF metadata cannot be read: {error}", where=str(found[0])) from None
    tables = description.get("tables", []) if isinstance(description, dict) else None
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise DataError(
            "the CLDF metadata is not a JSON object with a list of tables",
            where=str(found[0]),
            hint="restore it, or remove it: values.csv and languages.csv are then read by their names",
        )
    return dict(description)


def _tables(folder: Path, description: Mapping[str, Any]) -> dict[str, list[dict[str, str]]]:
    """Rows of both tables under the names of CLDF's terms."""
    wanted = {
        "ValueTable": ("values.csv", _VALUE_COLUMNS),
        "LanguageTable": ("languages.csv", _LANGUAGE_COLUMNS),
    }
    described = {str(table.get("dc:conformsTo", "")): table for table in description.get("tables", [])}
    found = {}
    for term, (default, columns) in wanted.items():
        table = described.get(_TERMS + term, {})
        path = folder / str(table.get("url", default))
        if not path.is_file():
            kind = "values" if term == "ValueTable" else "languages"
            raise DataError(
                f"the CLDF folder has no {kind} table",
                where=str(path),
                allowed=f"a structure data set with {default}"
                + (", or a table of the term " + term + " in its metadata" if description else ""),
                hint="unpack the table if it is zipped; name the folder 'cldf' of the data set's release",
            )
        named = _named(table)
        found[term] = _rows(path, {name: named.get(name, default) for name, default in columns.items()})
    return found


def _named(table: Mapping[str, Any]) -> dict[str, str]:
    """Column of each of CLDF's terms; one that is not described has its usual name."""
    schema = table.get("tableSchema")
    columns = schema.get("columns", []) if isinstance(schema, dict) else []
    return {
        str(column.get("propertyUrl", "")).removeprefix(_TERMS): str(column.get("name"))
        for column in columns
        if isinstance(column, dict)
    }


def _rows(path: Path, columns: Mapping[str, str]) -> list[dict[str, str]]:
    """Rows of a table under the names of CLDF's terms; a column that need not be there is empty."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file)
            header = next(reader, [])
            _check_columns(header, columns, path)
            position = {name: header.index(c) for name, c in columns.items() if c in header}
            rows = []
            for row in reader:
                if row and len(row) != len(header):
                    raise DataError(
                        f"{len(row)} fields, the header has {len(header)}",
                        where=f"{path}, line {reader.line_num}",
                    )
                if row:
                    said = {name: row[column].strip() for name, column in position.items()}
                    rows.append(dict.fromkeys(columns, "") | said)
            return rows
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"the table cannot be read: {error}", where=str(path)) from None


def _check_columns(header: Sequence[str], columns: Mapping[str, str], path: Path) -> None:
    needed = [column for name, column in columns.items() if name not in ("glottocode", "iso639P3code")]
    missing = [column for column in needed if column not in header]
    if missing:
        raise DataError(
            f"the table lacks the column '{missing[0]}'",
            where=str(path),
            allowed=f"columns: {', '.join(header)}",
        )
