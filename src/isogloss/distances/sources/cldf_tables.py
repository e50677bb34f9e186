"""Values, languages and codes of a CLDF data set, from its tables."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from isogloss.distances.sources.csvw import Cells, CldfTable, Format, Metadata
from isogloss.errors import DataError, some_of
from isogloss.languages import Language, read_together

_UNKNOWN = frozenset({"", "?", "NA"})
"""Values that stand for nothing where the metadata do not say which do."""

_NO_VALUE = frozenset(
    {
        *("?", "na", "n/a", "no data", "not applicable", "inapplicable", "not known", "unknown", "missing"),
        *("missing data", "not available", "no information", "undetermined", "insufficient data"),
        "not coded",
    }
)
"""Names of codes, in lower case, that say that there is no value."""

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
class Coding:
    """Facts from the tables of codes and parameters: codes without a value, and formats of parameters."""

    no_value: frozenset[str]
    coded: frozenset[str]
    formats: Mapping[str, Format]

    def is_unknown(self, row: Cells) -> bool:
        """Whether a row of the table of values lacks a value, or has a code that stands for none."""
        needed = (row["languageReference"], row["parameterReference"], row["value"])
        return not all(needed) or not self.no_value.isdisjoint(row["codeReference"])


def _coding_of(data: Metadata) -> Coding:
    """Read the tables of codes and parameters, where the data set has them.

    Raises
    ------
    DataError
        If a table or the format of a parameter cannot be read.
    """
    no_value: set[str] = set()
    coded: set[str] = set()
    for table in data.tables("CodeTable", "codes.csv", _CODE_COLUMNS):
        for _, row in table.rows:
            coded.update(row["parameterReference"])
            if any(name.strip().casefold() in _NO_VALUE for name in row["name"]):
                no_value.update(row["id"])
    formats = {}
    for table in data.tables("ParameterTable", "parameters.csv", _PARAMETER_COLUMNS):
        for _, row in table.rows:
            if row["id"] and row["columnSpec"]:
                formats[row["id"][0]] = _column_spec(row["columnSpec"][0], table)
    return Coding(frozenset(no_value), frozenset(coded), formats)


def _column_spec(text: str, table: CldfTable) -> Format:
    try:
        spec = json.loads(text)
    except (ValueError, RecursionError):
        spec = None
    if not isinstance(spec, dict):
        raise DataError(
            "the columnSpec of a parameter is not a JSON object",
            where=str(table.path),
            hint="write it as {...}, or empty the field",
        )
    return Format.of(spec)


def values_of(data: Metadata) -> tuple[dict[str, Values], dict[str, float]]:
    """Values by language and parameter, and the ranges of numeric parameters.

    Raises
    ------
    DataError
        If there is no table of values, or a value is not a number where the metadata state one.
    """
    coding = _coding_of(data)
    tables = data.tables("ValueTable", "values.csv", _VALUE_COLUMNS, tuple(_VALUE_COLUMNS)[:3], _UNKNOWN)
    if not tables:
        raise _no_table(data)
    said: dict[str, Values] = defaultdict(dict)
    numeric: dict[str, list[float]] = defaultdict(list)
    by_code = _fully_coded(tables)
    wrong: list[str] = []
    for table in tables:
        for line, row in table.rows:
            if coding.is_unknown(row):
                continue
            language, parameter = row["languageReference"][0], row["parameterReference"][0]
            values = row["codeReference"] if parameter in by_code else row["value"]
            form = coding.formats.get(parameter, table.formats["value"])
            if parameter in coding.formats:
                values = tuple(part for text in values for part in form.elements(text, _UNKNOWN))
            if not values:
                continue
            if form.is_numeric and parameter not in coding.coded:
                numbers = form.numbers(values)
                if numbers is None:
                    wrong.append(f"{table.path}, line {line}")
                    continue
                numeric[parameter] += numbers
                values = tuple(map(repr, numbers))
            said[language][parameter] = said[language].get(parameter, frozenset()).union(values)
    if wrong:
        raise DataError(
            f"{len(wrong)} values are not numbers of the data type that the metadata state",
            where="; ".join(wrong[:5]),
            hint="correct them, or the datatype of the parameter or column",
        )
    return dict(said), {parameter: max(found) - min(found) for parameter, found in numeric.items()}


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


def codes_of(
    data: Metadata, values: Mapping[str, Values]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Languages of the data set by ISO 639-3 code and Glottocode, and notes.

    Raises
    ------
    DataError
        If the table of languages cannot be read.
    """
    tables = data.tables("LanguageTable", "languages.csv", _LANGUAGE_COLUMNS)
    codes: dict[str, list[str]] = defaultdict(list)
    uncoded = {} if tables else {language: language for language in values}
    for table in tables:
        for _, row in table.rows:
            if not row["id"] or row["id"][0] not in values:
                continue
            language = row["id"][0]
            stated = (*row["iso639P3code"], *row["glottocode"])
            for code in dict.fromkeys(stated):
                codes[code].append(language)
            if not stated and row["name"]:
                uncoded[language] = row["name"][0]
    by_name = read_together(uncoded.values()).languages
    named = {language: by_name[name] for language, name in uncoded.items() if name in by_name}
    for identifier, found in named.items():
        codes[found.id].append(identifier)
    by = "names, since they have no codes" if tables else "identifiers"
    remarks = _remarks(f"{data.folder}: languages are found by their {by}", uncoded, named)
    return {code: tuple(rows) for code, rows in codes.items()}, remarks


def _remarks(what: str, texts: Mapping[str, str], found: Mapping[str, Language]) -> tuple[str, ...]:
    """Say what was found, if anything, with the texts that told it."""
    told = [f"{texts[key]} ({language.id})" for key, language in found.items()]
    return (f"{what}: {some_of(told, 10)}",) if told else ()
