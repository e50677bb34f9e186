"""Tables with metadata in JSON: CSV on the Web (CSVW), as CLDF uses it.

References
----------
Tennison et al. (2015), Model for Tabular Data and Metadata on the Web; Metadata Vocabulary for Tabular Data.
W3C recommendations. Forkel et al. (2018), Scientific Data 5: CLDF.
"""

from __future__ import annotations

import json
import math
import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from isogloss.distances.sources.text_files import Line, divided, read_text, same_width
from isogloss.errors import DataError

TERMS = "http://cldf.clld.org/v1.0/terms.rdf#"

_NUMERIC = frozenset(
    {
        *("number", "decimal", "double", "float", "integer", "int", "long", "short", "byte"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    }
)
_MOST_LISTED = 5
_LONGEST_NUMBER = 400
_PACKED = (".zip", ".gz", ".xz", ".bz2")

Cells = dict[str, tuple[str, ...]]
"""Fields of a row under the names of CLDF's terms: no element where a field is null, several in a list."""


@dataclass(frozen=True)
class Format:
    """How the fields of a column are read.

    Parameters
    ----------
    null : frozenset of str or None
        Texts that stand for nothing; None where the metadata do not say.
    separator : str or None
        Divides the elements of a list.
    base : str
        Data type: ``"string"``, ``"integer"``, ``"boolean"`` ...
    pattern : mapping of str to str, or str
        Format of the data type: signs of numbers, texts for true and false.
    low, high : float
        Least and greatest number allowed; infinite where not stated.
    default : str
        Stands for an empty field.
    """

    null: frozenset[str] | None = None
    separator: str | None = None
    base: str = "string"
    pattern: Mapping[str, str] | str = ""
    low: float = -math.inf
    high: float = math.inf
    default: str = ""

    @classmethod
    def of(cls, *levels: object) -> Format:
        """Read the properties of a column, and of what it inherits from; the first that has one decides."""
        found = _properties(*levels)
        null, separator, datatype = found.get("null"), found.get("separator"), found.get("datatype")
        if isinstance(null, str):
            null = [null]
        described = datatype if isinstance(datatype, dict) else {"base": datatype}
        pattern = described.get("format")
        if isinstance(pattern, dict):
            pattern = {str(key): str(sign) for key, sign in pattern.items()}
        return cls(
            null=None if not isinstance(null, list) else frozenset(str(text) for text in null),
            separator=separator if isinstance(separator, str) and separator else None,
            base=str(described.get("base") or "string"),
            pattern=pattern if isinstance(pattern, str | dict) else "",
            low=_bound(described, ("minimum", "minInclusive", "minExclusive"), -math.inf),
            high=_bound(described, ("maximum", "maxInclusive", "maxExclusive"), math.inf),
            default=str(found.get("default") or ""),
        )

    @property
    def is_numeric(self) -> bool:
        """Whether the elements are numbers."""
        return self.base in _NUMERIC

    def elements(self, text: str, unknown: frozenset[str]) -> tuple[str, ...]:
        """Elements of a field; `unknown` are the null texts where the metadata do not state any."""
        text = text or self.default
        parts = text.split(self.separator) if self.separator else [text]
        null = unknown if self.null is None else self.null | {""}
        found = (self._canonical(part.strip()) for part in parts if part.strip() not in null)
        return tuple(dict.fromkeys(found))

    def _canonical(self, text: str) -> str:
        if self.base == "boolean":
            true, _, false = self.pattern.partition("|") if isinstance(self.pattern, str) else ("", "", "")
            words = {true or "true": "true", false or "false": "false", "1": "true", "0": "false"}
            return words.get(text, text)
        return text

    def number(self, text: str) -> float | None:
        """A number in the column's own format; None where it is not a number, or out of bounds."""
        if isinstance(self.pattern, dict):
            group, point = self.pattern.get("groupChar", ","), self.pattern.get("decimalChar", ".")
            text = text.replace(group, "") if group != point else text
            text = text.replace(point, ".")
        text = text.removesuffix("%")
        if len(text) > _LONGEST_NUMBER or not re.fullmatch(
            r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", text, re.ASCII
        ):
            return None
        value = float(text)
        return value if math.isfinite(value) and self.low <= value <= self.high else None

    def numbers(self, texts: Sequence[str]) -> list[float] | None:
        """All texts as numbers; None where one of them is not a number."""
        found = [number for text in texts if (number := self.number(text)) is not None]
        return found if len(found) == len(texts) else None


def _properties(*levels: object) -> Mapping[str, Any]:
    """Properties of several descriptions; the first that states one decides."""
    return ChainMap(*(level for level in levels if isinstance(level, dict)))


def _bound(described: Mapping[str, Any], keys: Sequence[str], unbounded: float) -> float:
    """First bound that is stated as a number or text; `unbounded` where that is not a number."""
    stated = [described.get(key) for key in keys]
    usable = (each for each in stated if isinstance(each, int | float | str) and not isinstance(each, bool))
    try:
        return float(next(usable, unbounded))
    except (ValueError, OverflowError):
        return unbounded


@dataclass(frozen=True)
class CldfTable:
    """Rows of one table, and how its columns are read, under the names of CLDF's terms."""

    path: Path
    rows: list[tuple[int, Cells]]
    formats: Mapping[str, Format] = field(default_factory=dict)


class Metadata:
    """The description of a data set; empty for one without.

    Parameters
    ----------
    folder : Path
        Holds the tables.
    path : Path or None
        The file with the metadata.
    content : dict
    """

    def __init__(self, folder: Path, path: Path | None, content: dict[str, Any]) -> None:
        self.folder, self.path, self.content = folder, path, content
        self._tables: list[dict[str, Any]] = content.get("tables", [])

    @classmethod
    def read(cls, source: Path) -> Metadata:
        """Find the metadata of a folder, or read the file that is named.

        Raises
        ------
        DataError
            If there is no such folder or file, or the metadata are not a JSON object with a list of tables.
        """
        if source.is_file() and source.suffix == ".json":
            folder, candidates = source.parent, [source]
        elif source.is_dir():
            folder, candidates = source, sorted(source.glob("*-metadata.json"))
        else:
            raise DataError(
                f"no folder '{source}'",
                where="CLDF data set",
                hint="name the folder that holds its tables, or its metadata file",
            )
        found = [cls(folder, path, _json(path)) for path in candidates]
        described = [data for data in found if data.describes("ValueTable")]
        return next(iter(described or found), cls(folder, None, {}))

    def describes(self, term: str) -> bool:
        """Whether the metadata have a table of this term."""
        return any(True for _ in self._described(term))

    def text(self, key: str) -> str:
        """Text of a property of the data set; empty where it is not a text."""
        found = self.content.get(key)
        return " ".join(found.split()) if isinstance(found, str) and found.isprintable() else ""

    def tables(
        self,
        term: str,
        default: str,
        columns: Mapping[str, str],
        needed: Sequence[str] = ("id",),
        unknown: frozenset[str] = frozenset({""}),
    ) -> list[CldfTable]:
        """Read all tables of a term.

        Parameters
        ----------
        term : str
            ``"ValueTable"``.
        default : str
            Name of the table where the metadata do not describe it.
        columns : mapping of str to str
            CLDF's term of each column that is read, and its name where it is not described.
        needed : sequence of str
            Terms of the columns that have to be there.
        unknown : frozenset of str
            Null texts where the metadata do not state any.

        Returns
        -------
        list of CldfTable
            Empty if there is none.

        Raises
        ------
        DataError
            If a described table is missing, lies outside the folder, or cannot be read.
        """
        described = list(self._described(term))
        found = []
        for table in described or [{"url": default}]:
            path = self._path(table, default)
            if path is None and described:
                raise self.error(
                    f"the table '{table.get('url', default)}' of the metadata is not in the folder"
                )
            if path is not None:
                found.append(self._table(table, path, columns, needed, unknown))
        return found

    def error(self, what: str, hint: str = "restore the metadata, or remove them") -> DataError:
        """An error about the metadata."""
        return DataError(what, where=str(self.path or self.folder), hint=hint)

    def _described(self, term: str) -> Iterator[dict[str, Any]]:
        return (table for table in self._tables if table.get("dc:conformsTo") == TERMS + term)

    def _path(self, table: Mapping[str, Any], default: str) -> Path | None:
        """File of a table, or its packed form."""
        url = table.get("url", default)
        if not isinstance(url, str) or not url.isprintable() or len(url) > 255 or not url.strip():
            raise self.error("the CLDF metadata name a table by something that is not a file name")
        path = self.folder / unquote(url)
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not inside or "://" in url:
            raise self.error(
                f"the table '{url}' of the metadata lies outside the folder", "put the table into the folder"
            )
        return next(
            (known for known in (path, *(Path(f"{path}{suffix}") for suffix in _PACKED)) if known.is_file()),
            None,
        )

    def _columns(self, table: Mapping[str, Any], path: Path) -> list[dict[str, Any]]:
        schema = table.get("tableSchema", {})
        columns = schema.get("columns", []) if isinstance(schema, dict) else None
        if not isinstance(columns, list) or not all(isinstance(column, dict) for column in columns):
            raise self.error(f"the CLDF metadata have no list of columns for the table '{path.name}'")
        return [column for column in columns if not column.get("virtual")]

    def _table(
        self,
        table: Mapping[str, Any],
        path: Path,
        columns: Mapping[str, str],
        needed: Sequence[str],
        unknown: frozenset[str],
    ) -> CldfTable:
        described = self._columns(table, path)
        dialect = _properties(table.get("dialect"), self.content.get("dialect"))
        header, lines = _lines(path, dialect, [str(column.get("name")) for column in described])
        by_term = {str(c.get("propertyUrl", "")).removeprefix(TERMS): c for c in described}
        position: dict[str, int] = {}
        formats: dict[str, Format] = {}
        for term, default in columns.items():
            column = by_term.get(term, {"name": default})
            at = next((header.index(name) for name in _names(column) if name in header), None)
            if at is not None:
                position[term] = at
                formats[term] = Format.of(column, table.get("tableSchema"), table, self.content)
        missing = [
            by_term.get(term, {}).get("name", columns[term]) for term in needed if term not in position
        ]
        if missing:
            raise DataError(
                f"the table lacks the column '{missing[0]}'",
                where=str(path),
                allowed=f"columns: {', '.join(header[:30])}",
            )

        def cells(fields: Sequence[str]) -> Cells:
            found = {term: formats[term].elements(fields[at], unknown) for term, at in position.items()}
            return dict.fromkeys(columns, ()) | found

        return CldfTable(path, [(number, cells(fields)) for number, fields in lines], formats)


def _names(column: Mapping[str, Any]) -> list[str]:
    """Texts that may be the header of a column."""
    titles = column.get("titles")
    if isinstance(titles, dict):
        titles = [text for of in titles.values() for text in (of if isinstance(of, list) else [of])]
    listed = titles if isinstance(titles, list) else [titles]
    name = column.get("name")
    return [
        text
        for text in (name, unquote(name) if isinstance(name, str) else None, *listed)
        if isinstance(text, str)
    ]


def _lines(
    path: Path, dialect: Mapping[str, Any], names: Sequence[str]
) -> tuple[list[str], list[tuple[int, tuple[str, ...]]]]:
    """Header and rows of a table, in its own dialect."""
    rows = divided(
        read_text(path, "the table"),
        path,
        delimiter=_sign(dialect.get("delimiter")) or ",",
        quote=_sign(dialect.get("quoteChar", '"')),
        double_quote=dialect.get("doubleQuote") is not False,
    )
    skipped, comment = dialect.get("skipRows"), dialect.get("commentPrefix")
    rows = rows[skipped if isinstance(skipped, int) and 0 < skipped < len(rows) else 0 :]
    if isinstance(comment, str) and comment:
        rows = [row for row in rows if not row.fields[0].startswith(comment)]
    if dialect.get("header") is False:
        header = list(names)
    else:
        header = list(rows[0].fields) if rows else []
        rows = [*rows[1:]]
    same_width([Line(0, tuple(header)), *rows], path)
    return header, [(row.number, row.fields) for row in rows]


def _sign(stated: object) -> str | None:
    return stated if isinstance(stated, str) and len(stated) == 1 else None


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_text(path, "the CLDF metadata"))
    except (ValueError, RecursionError) as error:
        if isinstance(error, DataError):
            raise
        told = "nested too deeply" if isinstance(error, RecursionError) else error
        raise DataError(
            f"the CLDF metadata cannot be read: {told}",
            where=str(path),
            hint="download the data set again, or correct the file",
        ) from None
    tables = content.get("tables", []) if isinstance(content, dict) else None
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise DataError(
            "the CLDF metadata is not a JSON object with a list of tables",
            where=str(path),
            hint="restore it, or remove it: values.csv and languages.csv are then read by their names",
        )
    return dict(content)
