"""Results in JSON, nested as people nest them, as records of one table."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from isogloss.errors import DataError
from isogloss.scores.importing.grid import Grid, as_text, empty
from isogloss.scores.importing.labels import are_languages

RESULTS = ("results", "scores", "test", "metrics", "data")
"""Names of the part of a file that holds the results, the first that is there."""

ONE_RECORD = "write one record per score"
"""Advice for a file of another form."""

_ROWS = ("index", "columns", "data")
"""Parts of a data frame that pandas writes with ``orient="split"``."""

Record = dict[str, Any]


def grid_of_json(name: str, loaded: Any) -> Grid:
    """Make a table of a list of records, of columns, or of mappings in each other, whose keys become labels.

    Parameters
    ----------
    name : str
        File, for messages.
    loaded : object
        What the file holds. A field of a record may be a record itself. A list of lists begins with the names
        of the columns. Of a mapping with a part called ``results`` (or `RESULTS`) this part is read, and the
        facts next to it are columns.

    Raises
    ------
    DataError
        If it holds no records, columns of several lengths, or is nested too deeply.
    """
    notes: list[str] = []
    try:
        records = list(_records(_unpacked(name, loaded), {}, (), notes))
    except RecursionError as error:
        raise DataError("the file is nested too deeply", where=name, hint=ONE_RECORD) from error
    if not records or not any(records):
        if isinstance(loaded, Mapping | list) and not loaded:
            raise empty(name)
        raise DataError(
            "the file does not hold records",
            where=name,
            allowed='a list of records such as {"source": "en", "target": "de", "score": 0.8}',
        )
    columns = dict.fromkeys(key for record in records for key in record)
    rows = [list(_short(columns)), *([_text(record.get(key)) for key in columns] for record in records)]
    return Grid.of(name, rows, range(len(rows)), unit="row", n_header=1, notes=tuple(notes))


def _unpacked(name: str, loaded: Any) -> Any:
    """Columns as records, where the file holds a data frame column by column or row by row.

    Raises
    ------
    DataError
        If columns have several lengths.
    """
    is_split = isinstance(loaded, Mapping) and {"columns", "data"} <= set(loaded) <= set(_ROWS)
    if is_split and isinstance(loaded["data"], list):
        loaded = [loaded["columns"], *loaded["data"]]
    if _is_list_of(list, loaded):
        _refuse_several_lengths(name, loaded, "rows")
        header = list(map(_text, loaded[0]))
        return [dict(zip(header, row, strict=True)) for row in loaded[1:]]
    return _of_columns(name, loaded) if isinstance(loaded, Mapping) and loaded else loaded


def _of_columns(name: str, loaded: Mapping[str, Any]) -> Any:
    """Columns that are lists, or mappings from the numbers of rows, as records; else what is given."""
    values = list(loaded.values())
    if all(isinstance(value, list) and not _is_part(value) for value in values):
        _refuse_several_lengths(name, values, "columns")
        return [dict(zip(loaded, row, strict=True)) for row in zip(*values, strict=True)]
    if _is_list_of(Mapping, values):
        numbers = dict.fromkeys(chain(*values))
        if numbers and all(map(str.isdecimal, numbers)):
            return [{key: value.get(number) for key, value in loaded.items()} for number in numbers]
    return loaded


def _refuse_several_lengths(name: str, lists: Iterable[Sequence[Any]], what: str) -> None:
    if len(set(map(len, lists))) > 1:
        raise DataError(f"the {what} are not of one length", where=name, hint=ONE_RECORD)


def _records(node: Any, facts: Record, labels: tuple[str, ...], notes: list[str]) -> Iterator[Record]:
    """Records below a part of the file, each with the facts and labels that stand above it."""
    if _is_list_of(Mapping, node):
        yield from (_labelled(labels, facts | _flat(one)) for one in node)
    if not isinstance(node, Mapping):
        return
    parts = {key: value for key, value in node.items() if _is_part(value)}
    own = {key: value for key, value in node.items() if key not in parts}
    part = next(filter(parts.__contains__, RESULTS), None)
    if part is not None and not labels:
        results = parts.pop(part)
        if parts:
            notes.append(f"the part '{part}' of the file is read; not read: {', '.join(parts)[:200]}")
        yield from _records(results, facts | own, labels, notes)
    elif _are_rows(parts) or (len(parts) == 1 and not own):
        for key, value in parts.items():
            yield from _records(value, facts | own, (*labels, str(key)), notes)
    else:
        yield _labelled(labels, facts | _flat(node))


def _is_part(value: Any) -> bool:
    """Several records, or a mapping that may hold them."""
    return isinstance(value, Mapping) or _is_list_of(Mapping, value)


def _is_list_of(kind: type, value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, kind) for one in value)


def _are_rows(parts: Mapping[str, Any]) -> bool:
    """Say whether keys are labels of rows, not names of fields: what they hold has keys in common."""
    counts = Counter(key for part in parts.values() if isinstance(part, Mapping) for key in set(part))
    if any(isinstance(part, list) for part in parts.values()):
        return True
    return bool(parts) and (max(counts.values(), default=0) > 1 or are_languages(parts))


def _labelled(labels: tuple[str, ...], record: Record) -> Record:
    names = ("",) if len(labels) == 1 else tuple(f"level {i}" for i in range(1, len(labels) + 1))
    return {**dict(zip(names, labels, strict=True)), **record}


def _flat(record: Mapping[Any, Any], above: str = "") -> Record:
    """Fields of a record and of the records in it: ``{"config.source": "en"}``."""
    found: Record = {}
    for key, value in record.items():
        if isinstance(value, Mapping) and value:
            found |= _flat(value, f"{above}{key}.")
        else:
            found[f"{above}{key}"] = value
    return found


def _short(columns: Mapping[str, Any]) -> list[str]:
    """Names of columns by their last part, where no two are called so."""
    last = {name: name.rpartition(".")[2] for name in columns}
    counts = Counter(last.values())
    return [last[name] if counts[last[name]] == 1 and last[name].strip() else name for name in columns]


def _text(value: Any) -> str:
    """Text of a value; of a list that holds one value, of this."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, Mapping | list):
        return json.dumps(value)[:200]
    try:
        return as_text(value)
    except ValueError:  # an integer of thousands of digits
        return "a very long integer"
