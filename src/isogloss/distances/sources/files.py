"""Distance matrices of the user's own, from CSV."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from isogloss.distances.matrix import DistanceMatrix
from isogloss.errors import DataError, LanguageError
from isogloss.languages import Language, resolve

NAME = None

_UNKNOWN = ("", "nan", "na", "null")


@dataclass(frozen=True)
class _Entry:
    """One number of the file and where it stands; `counts` are shared and union.

    `where_codes` are the places of the two codes.
    """

    a: str
    b: str
    value: float
    where: str
    where_codes: tuple[str, str]
    counts: tuple[int, int] | None = None


@dataclass
class _Table:
    """What a file says of one metric."""

    entries: list[_Entry] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)

    def add(self, entry: _Entry) -> None:
        """Keep an entry, and where each code is first named."""
        self.entries.append(entry)
        for code, where in zip((entry.a, entry.b), entry.where_codes, strict=True):
            self.codes.setdefault(code, where)


def read_distances(path: Path) -> dict[str, DistanceMatrix]:
    """Read the distances of a CSV file.

    Two layouts are told apart by the header. *Pairs*: columns ``a``, ``b``, ``value``, and where there are
    any ``metric``, ``shared``, ``union``; one row a pair, as ``isogloss distance --format csv`` writes.
    *Square*: the first column and the header name the languages; the metric is the name of the file. An empty
    field is an unknown distance, and so is a pair that no row names.

    Parameters
    ----------
    path : Path

    Returns
    -------
    dict of str to DistanceMatrix
        By metric, of the definition ``"given"``. Where the file has no counts, `shared` and `union` are 1 for
        a known pair and 0 for an unknown one.

    Raises
    ------
    DataError
        If the file is missing or no such table; a value is no number, negative or infinite; more facts are
        shared than there are; the two directions of a pair differ; a language is not at distance 0 from
        itself.
    LanguageError
        If a code denotes no language, or two codes denote one.
    """
    rows = _rows(path)
    header = [name.strip() for name in rows[0]]
    _check_header(header, path)
    tables = _pairs(path, rows) if {"a", "b"} <= set(header) else _square(path, rows)
    return {metric: _matrix(path, metric, table) for metric, table in tables.items()}


def _rows(path: Path) -> list[list[str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
    except OSError as error:
        raise DataError(
            f"the distance file cannot be read: {error.strerror}",
            where=str(path),
            hint="name a CSV file of distances",
        ) from None
    except UnicodeDecodeError as error:
        raise DataError(
            f"the distance file is not UTF-8: byte {error.start} cannot be read",
            where=str(path),
            hint="save it as UTF-8",
        ) from None
    if len([row for row in rows if any(row)]) < 2:
        raise DataError(
            "the distance file holds no distance",
            where=str(path),
            allowed="a square table with codes in the first row and column, or columns a, b, value",
        )
    return rows


def _check_header(header: Sequence[str], path: Path) -> None:
    """Refuse a header that makes the rows unreadable, before it is blamed on them."""
    where = f"{path}, line 1"
    parted = next((sign for sign in (";", "\t") if len(header) == 1 and sign in header[0]), None)
    if parted:
        raise DataError(
            f"the fields are parted by {parted!r}", where=where, allowed="commas", hint="save it as CSV"
        )
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        raise DataError(f"two columns are called '{twice[0]}'", where=where, hint="keep one of them")
    if {"a", "b"} <= set(header) and "value" not in header:
        raise DataError(
            f"pairs without a column 'value': {', '.join(header)}", where=where, allowed="columns a, b, value"
        )


def _pairs(path: Path, rows: Sequence[Sequence[str]]) -> dict[str, _Table]:
    columns = {name.strip(): number for number, name in enumerate(rows[0])}
    tables: dict[str, _Table] = {}
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        where = f"{path}, line {number}"
        _check_width(row, rows[0], where)
        text = {name: row[column].strip() for name, column in columns.items()}
        of_value, *of_codes = (f"{where}, column '{name}'" for name in ("value", "a", "b"))
        value, (a, b) = _number(text["value"], of_value), of_codes
        entry = _Entry(text["a"], text["b"], value, of_value, (a, b), _counts(text, where))
        metric = text.get("metric") or path.stem
        tables.setdefault(metric, _Table()).add(entry)
    return tables


def _square(path: Path, rows: Sequence[Sequence[str]]) -> dict[str, _Table]:
    columns = [name.strip() for name in rows[0][1:]]
    table = _Table()
    named = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(row):
            continue
        where = f"{path}, line {number}"
        _check_width(row, rows[0], where)
        named.append(row[0].strip())
        for column, text in zip(columns, row[1:], strict=True):
            place = f"{where}, column '{column}'"
            codes = (f"{where}, the first column", f"{path}, line 1")
            table.add(_Entry(named[-1], column, _number(text.strip(), place), place, codes))
    if sorted(named) != sorted(columns):
        odd = sorted(set(named) ^ set(columns)) or sorted(code for code in named if named.count(code) > 1)
        raise DataError(
            f"rows and columns name different languages: {', '.join(odd)}",
            where=str(path),
            allowed="a square table: the same codes in the first row and the first column, each once; "
            "or a table with the columns a, b, value",
        )
    return {path.stem: table}


def _check_width(row: Sequence[str], header: Sequence[str], where: str) -> None:
    if len(row) != len(header):
        raise DataError(f"{len(row)} fields, the header has {len(header)}", where=where)


def _number(text: str, where: str) -> float:
    if text.lower() in _UNKNOWN:
        return math.nan
    try:
        value = float(text) if text.isascii() and "_" not in text else math.inf
    except ValueError:
        value = math.inf
    if not 0 <= value < math.inf:
        raise DataError(
            f"'{text}' is no distance",
            where=where,
            allowed="a number from 0 up, with a decimal point; empty for unknown",
        )
    return value


def _counts(text: Mapping[str, str], where: str) -> tuple[int, int] | None:
    """Shared facts and all facts of a row, where it states both."""
    if not (text.get("shared") and text.get("union")):
        return None
    shared, union = (_count(text[name], where, name) for name in ("shared", "union"))
    if shared > union:
        raise DataError(
            f"{shared} shared facts of {union} in all",
            where=f"{where}, columns 'shared' and 'union'",
            allowed="at most as many shared as there are",
        )
    return shared, union


def _count(text: str, where: str, column: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise DataError(f"'{text}' is no count", where=f"{where}, column '{column}'", allowed="0, 1, 2, ...")
    return int(text)


def _matrix(path: Path, metric: str, table: _Table) -> DistanceMatrix:
    languages = _languages(table.codes)
    row = {code: number for number, code in enumerate(table.codes)}
    n = len(row)
    values, counts = np.full((n, n), np.nan), np.zeros((2, n, n), dtype=np.int32)
    stated: dict[frozenset[str], _Entry] = {}
    for entry in table.entries:
        _check_pair(entry, stated.setdefault(frozenset((entry.a, entry.b)), entry))
        known = int(not math.isnan(entry.value))
        for a, b in ((entry.a, entry.b), (entry.b, entry.a)):
            if known or math.isnan(values[row[a], row[b]]):
                values[row[a], row[b]] = entry.value
                counts[:, row[a], row[b]] = entry.counts or (known, known)
    np.fill_diagonal(values, 0.0)
    return DistanceMatrix(metric, "given", languages, values, counts[0], counts[1], source=str(path))


def _check_pair(entry: _Entry, first: _Entry) -> None:
    """Refuse a second value for a pair, and a distance of a language from itself."""
    if entry.a == entry.b and entry.value > 0:
        raise DataError(
            f"'{entry.a}' is at distance {entry.value:g} from itself", where=entry.where, allowed="0"
        )
    if abs(entry.value - first.value) > 1e-9:  # false where one of them is unknown
        raise DataError(
            f"two distances between '{entry.a}' and '{entry.b}': {first.value:g} and {entry.value:g}",
            where=f"{first.where}; {entry.where}",
            allowed="one value for both directions",
            hint="take their mean, or write one direction only",
        )


def _languages(codes: dict[str, str]) -> tuple[Language, ...]:
    """Resolve the codes of a file; `codes` says where each is first named."""
    found: dict[str, Language] = {}
    for code, where in codes.items():
        try:
            language = resolve(code)
        except LanguageError as error:
            raise LanguageError(error.what, where=where, allowed=error.allowed, hint=error.hint) from None
        if language.id in found:
            raise LanguageError(
                f"'{found[language.id].input}' and '{code}' are one language, "
                f"{language.name} ({language.id})",
                where=where,
                hint="keep one of them",
            )
        found[language.id] = language
    return tuple(found.values())


def merged(paths: Iterable[Path]) -> dict[str, DistanceMatrix]:
    """Read several files.

    Raises
    ------
    DataError
        If two of them give the same metric; and what `read_distances` raises.
    """
    found: dict[str, DistanceMatrix] = {}
    for path in paths:
        for metric, matrix in read_distances(path).items():
            if metric in found:
                raise DataError(
                    f"two files give the distance '{metric}'",
                    where=f"{found[metric].source}; {path}",
                    hint="rename one of them, or its column metric",
                )
            found[metric] = matrix
    return found
