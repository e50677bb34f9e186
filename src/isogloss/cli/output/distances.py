"""Distances in the terminal: which are asked for, and their tables."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import click

from isogloss.cli.options import listed
from isogloss.cli.output.tables import print_csv
from isogloss.distances import (
    DISTANCES,
    DissimilarityMatrix,
    DistanceCatalog,
    PairMatrix,
    records,
)
from isogloss.distances.metrics import composite
from isogloss.errors import RegistryError
from isogloss.identity import as_json
from isogloss.languages import Language, read_together

T = TypeVar("T")
Record = Mapping[str, Any]

_RIGHT = frozenset({"", "value", "low", "high", "features", "of"})
"""Columns that are aligned to the right."""
_DIGITS = 4
"""Most decimals of a fraction, and those of one without interval."""
UNKNOWN = "-"
USUAL = "shared"
"""Definition that a table does not repeat in every row."""

_LINES_AT_ONCE = 2000


@dataclass(frozen=True)
class Choice:
    """Which distances are asked for."""

    metrics: tuple[str, ...] = ()
    definition: str = USUAL
    composite: str | None = None
    distance_files: tuple[Path, ...] = ()
    cldf: tuple[Path, ...] = ()
    urielplus: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Choice:
        """Options of the command; a metric counts once, also a composite that is named and made."""
        stated = options["composite"]
        if stated is not None and not stated.strip(", "):
            raise click.UsageError("--composite is empty: name the metrics that it is made of")
        named = [
            name for name in dict.fromkeys(options["metrics"]) if not (stated and name == composite.NAME)
        ]
        return cls(**{**options, "metrics": tuple(named)})

    @property
    def catalog(self) -> DistanceCatalog:
        """Read the user's own distances."""
        return DistanceCatalog.read(self.distance_files, self.cldf, urielplus=self.urielplus)

    def matrices(self, catalog: DistanceCatalog, languages: Sequence[Language]) -> list[PairMatrix]:
        """Matrices of the metrics asked for; of all, those that have the definition."""
        names = [*catalog.names, *(name for name in DISTANCES if name not in catalog.names)]
        found: list[PairMatrix] = []
        if self.metrics or not self.composite:
            found += of_those_defined(
                self.metrics, names, lambda name: catalog.matrix(name, languages, self.definition)
            ).values()
        if self.composite:
            found.append(catalog.composite(listed(self.composite), languages, self.definition))
        return found


def of_those_defined(asked: Sequence[str], names: Iterable[str], compute: Callable[[str], T]) -> dict[str, T]:
    """Something of every metric asked for; of all `names`, those that have the definition."""
    found: dict[str, T] = {}
    for name in asked or names:
        try:
            found[name] = compute(name)
        except RegistryError as error:
            if asked:
                raise
            click.echo(f"left out: {error.what}", err=True)
    return found


def compare(codes: Sequence[str], choice: Choice, style: str, *, square: bool) -> None:
    """Print the distances between all languages; codes that denote none are refused after the others."""
    found = read_together(codes)
    if len(found.languages) < 2:
        found.check()
    print_notes(found.notes)
    languages = tuple(found.languages[code] for code in codes if code in found.languages)
    matrices = choice.matrices(choice.catalog, languages)
    print_matrices(matrices, style, square=square)
    found.check()


def print_matrices(matrices: Sequence[PairMatrix], style: str, *, square: bool = False) -> None:
    """Print matrices as pairs or squares, and their notes."""
    if style == "csv" and square:
        _print_square_csv(matrices)
    elif square and style == "table":
        for matrix in matrices:
            _print_square(matrix)
    else:
        usual = all(matrix.definition == USUAL for matrix in matrices)
        units = {matrix.metric: matrix.unit for matrix in matrices}
        print_records(lambda: records(matrices), units, style, hidden=("definition",) if usual else ())
    print_notes(note for matrix in matrices for note in matrix.notes)


def print_records(
    rows: Callable[[], Iterator[Record]], units: Mapping[str, str], style: str, *, hidden: Sequence[str] = ()
) -> None:
    """Print records one by one; some hundred languages give half a million.

    Parameters
    ----------
    rows : callable
        Yields the records; a table calls it twice, for its widths and for its lines.
    units : mapping of str to str
        Of each metric.
    style : str
        ``"table"``, ``"json"`` or ``"csv"``.
    hidden : sequence of str
        Columns that a table does without.
    """
    if style == "csv":
        print_csv(list(rows()))
    elif style == "json":
        _echo(_json_lines(rows()))
    else:
        print_aligned(lambda: (shown(row, units.get(row["metric"], ""), hidden) for row in rows()))


def _json_lines(rows: Iterator[Record]) -> Iterator[str]:
    """A list with a record per line, written as it is made."""
    last = ""
    yield "["
    for row in rows:
        if last:
            yield f"{last},"
        last = json.dumps(row, ensure_ascii=False, allow_nan=False)
    yield f"{last}]"


def _echo(lines: Iterator[str]) -> None:
    """Print lines, many at a time."""
    while part := list(islice(lines, _LINES_AT_ONCE)):
        click.echo("\n".join(part))


def print_aligned(rows: Callable[[], Iterator[Mapping[str, str]]], right: frozenset[str] = _RIGHT) -> None:
    """Print rows of text in columns, those named in `right` aligned there; of no row nothing."""
    widths: dict[str, int] = {}
    for row in rows():
        for name, text in row.items():
            widths[name] = max(widths.get(name, len(name)), len(text))
    if widths:
        head = {name: name for name in widths}
        _echo(_line(row, widths, right) for row in chain([head], rows()))


def _line(row: Mapping[str, str], widths: Mapping[str, int], right: frozenset[str]) -> str:
    cells = (
        text.rjust(widths[name]) if name in right else text.ljust(widths[name]) for name, text in row.items()
    )
    return "  ".join(cells).rstrip()


def shown(row: Record, unit: str, hidden: Sequence[str] = ()) -> dict[str, str]:
    """A record as a table shows it: with the digits that its interval leaves, without the best estimate."""
    digits = decimals(row["low"], row["high"])
    found = {name: str(cell) for name, cell in row.items() if name not in ("expected", "ranked_by", *hidden)}
    for name in ("value", "low", "high"):
        found[name] = number(row[name], digits, unit)
    return found


def decimals(low: float | None, high: float | None) -> int:
    """Decimals of a value: two digits of the half width of its interval, from 2 to `_DIGITS` decimals."""
    if low is None or high is None or not high > low:
        return _DIGITS
    return min(_DIGITS, max(2, 1 - math.floor(math.log10((high - low) / 2))))


def number(value: float | None, digits: int, unit: str) -> str:
    """A value in the terminal."""
    if value is None or math.isnan(value):
        return UNKNOWN
    return f"{value:,.0f} {unit}" if unit else f"{value:.{digits}f}"


def _print_square(matrix: PairMatrix) -> None:
    directed = isinstance(matrix, DissimilarityMatrix)
    kind = "dissimilarity, from the row to the column" if directed else "distance"
    click.echo(f"{matrix.metric} ({matrix.definition}), {kind}; {UNKNOWN} is too little on record")
    low, high, values = matrix.low, matrix.high, matrix.values

    def rows() -> Iterator[dict[str, str]]:
        for a, label in enumerate(matrix.labels):
            digits = [decimals(*ends) for ends in zip(low[a], high[a], strict=True)]
            cells = [number(value, n, matrix.unit) for value, n in zip(values[a], digits, strict=True)]
            yield {"": label, **dict(zip(matrix.labels, cells, strict=True))}

    print_aligned(rows, right=frozenset(matrix.labels))


def _print_square_csv(matrices: Sequence[PairMatrix]) -> None:
    if len(matrices) != 1:
        raise click.UsageError("a CSV matrix holds one metric: choose it with --metric")
    (matrix,) = matrices
    print_csv(
        [
            {"": row, **dict(zip(matrix.labels, values, strict=True))}
            for row, values in zip(matrix.labels, as_json(matrix.values), strict=True)
        ]
    )


def print_notes(notes: Iterable[str]) -> None:
    """Print every note once, on standard error."""
    for note in dict.fromkeys(notes):
        click.echo(note, err=True)
