"""Distances in the terminal: what was asked for, the matrices, and their tables."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from isogloss.cli.output.tables import print_csv, print_json, terminal
from isogloss.distances import (
    DISTANCES,
    FACTS,
    DissimilarityMatrix,
    DistanceCatalog,
    PairMatrix,
    independent,
    pairs,
    record,
    records,
)
from isogloss.distances.matrix import Fact
from isogloss.distances.metrics import composite
from isogloss.distances.states import cosine_by_layer
from isogloss.distances.text import TEXT_MEASURES, Corpus
from isogloss.errors import RegistryError, closest
from isogloss.languages import Language, recorded, resolve_all, two_readings

T = TypeVar("T")

_STATES = "cosine"
"""Metric over an encoder's states, a matrix a layer."""

_CHUNK = 100
"""Languages compared at once with the one that `--to` starts from: all pairs of a chunk are computed."""


@dataclass(frozen=True)
class Request:
    """The options of the command."""

    codes: tuple[str, ...]
    metrics: tuple[str, ...] = ()
    definition: str = "shared"
    to: str | None = None
    top: int | None = None
    matrix: bool = False
    composite: str | None = None
    explain: bool = False
    files: tuple[Path, ...] = ()
    cldf: tuple[Path, ...] = ()
    urielplus: bool = False
    corpus_a: Path | None = None
    corpus_b: Path | None = None
    tokenizer: Path | None = None
    encoder: str | None = None
    trust_remote_code: bool = False


def compare(request: Request, style: str) -> None:
    """Print the distances between all languages asked for."""
    languages = resolve_all(request.codes)
    _print_notes(two_readings(languages))
    matrices = _computed(request, _sources(request), languages)
    matrices += _of_text(request, languages)
    if style == "json":
        print_json(records(matrices))
    elif style == "csv" and request.matrix:
        _print_square_csv(matrices)
    elif style == "csv":
        print_csv(records(matrices))
    elif request.matrix:
        for matrix in matrices:
            _print_square(matrix)
    else:
        terminal().print(_pairs(matrices))
    _print_notes(note for matrix in matrices for note in matrix.notes)


def nearest(request: Request, style: str) -> None:
    """Print the languages nearest to one, by each metric."""
    named = () if request.to == "all" else [code for code in (request.to or "").split(",") if code.strip()]
    start, *listed_after = resolve_all((*request.codes, *named))
    _print_notes(two_readings((start, *listed_after)))
    sources = _sources(request)
    targets = recorded() if request.to == "all" else listed_after
    others = [language for language in targets if language.id != start.id]
    if not others:
        raise click.UsageError(f"--to names no language but {start.name}, from which the distances start")
    found: dict[str, list[_Neighbour]] = {}
    with _warnings_held_back():  # of a few thousand languages; the notes of those listed say the same
        for first in range(0, len(others), _CHUNK):
            for matrix in _computed(request, sources, (start, *others[first : first + _CHUNK])):
                found.setdefault(matrix.metric, []).extend(
                    _Neighbour(matrix, column) for column in range(1, len(matrix.languages))
                )
            if not request.metrics and not request.composite:
                request = replace(request, metrics=tuple(found))  # what is left out is said once
    listed: list[_Neighbour] = []
    for neighbours in found.values():
        known = sorted((n for n in neighbours if not math.isnan(n.value)), key=lambda n: n.value)
        kept = known[: request.top]
        if style == "table":
            _print_ranking(start, kept, n_unknown=len(neighbours) - len(known))
        listed += kept
    if style == "json":
        print_json([neighbour.record() for neighbour in listed])
    elif style == "csv":
        print_csv([neighbour.record() for neighbour in listed])
    _print_notes(note for neighbour in listed for note in neighbour.notes())


@contextmanager
def _warnings_held_back() -> Iterator[None]:
    logger = logging.getLogger("isogloss.distances")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def explain(request: Request, style: str) -> None:
    """Print what the distances between two languages are made of."""
    a, b = resolve_all(request.codes)
    _print_notes(two_readings((a, b)))
    explained = [name for name in FACTS if name != composite.NAME]  # which is made of other distances
    for name in request.metrics:
        if name not in explained:
            raise click.UsageError(f"--explain has nothing on '{name}': {closest(name, explained)}")
    facts = _of_those_defined(request, independent(), lambda name: FACTS[name](a, b, request.definition))
    _print_notes(note for name in facts for note in DISTANCES[name]((a, b), request.definition).notes)
    if style == "table":
        for name, found in facts.items():
            _explain(name, a, b, found)
        return
    rows = [
        {"a": a.input, "b": b.input, "metric": name, "fact": fact.name, "value_a": fact.a, "value_b": fact.b}
        for name, found in facts.items()
        for fact in found
    ]
    print_json(rows) if style == "json" else print_csv(rows)


@dataclass(frozen=True)
class _Neighbour:
    """One language seen from the first language of a matrix."""

    matrix: PairMatrix
    column: int

    @property
    def value(self) -> float:
        return float(self.matrix.values[0, self.column])

    @property
    def language(self) -> Language:
        return self.matrix.languages[self.column]

    def record(self) -> dict[str, Any]:
        return record(self.matrix, 0, self.column)

    def notes(self) -> list[str]:
        """What was done to the data of the two languages, and of no other in the matrix."""
        others = {language.id for language in self.matrix.languages[1:]} - {self.language.id}
        return [note for note in self.matrix.notes if note.split(":")[0] not in others]


def _sources(request: Request) -> DistanceCatalog:
    return DistanceCatalog.read(request.files, request.cldf, urielplus=request.urielplus)


def _of_those_defined(request: Request, names: Iterable[str], compute: Callable[[str], T]) -> dict[str, T]:
    """Something of every metric asked for; of all `names`, those that have the definition."""
    found: dict[str, T] = {}
    for name in request.metrics or names:
        try:
            found[name] = compute(name)
        except RegistryError as error:
            if request.metrics:
                raise
            click.echo(f"left out: {error.what}", err=True)
    return found


def _computed(request: Request, sources: DistanceCatalog, languages: Sequence[Language]) -> list[PairMatrix]:
    """Matrices of the metrics asked for; of all, those that have the definition."""
    asked = replace(request, metrics=tuple(m for m in request.metrics if not _needs_text(m)))
    names = [*sources.names, *(name for name in DISTANCES if name not in sources.names)]
    matrices: list[PairMatrix] = []
    if asked.metrics or not (request.metrics or request.composite):
        matrices += _of_those_defined(
            asked, names, lambda name: sources.matrix(name, languages, request.definition)
        ).values()
    if request.composite:
        members = [name.strip() for name in request.composite.split(",")]
        matrices.append(sources.composite(members, languages, request.definition))
    return matrices


def _of_text(request: Request, languages: Sequence[Language]) -> list[PairMatrix]:
    """Measures over the two corpora; none where none was given."""
    if request.corpus_a is None or request.corpus_b is None:
        return []
    wanted = [name for name in request.metrics if name in TEXT_MEASURES]
    corpora = [
        Corpus.read(language, path)
        for language, path in zip(languages, (request.corpus_a, request.corpus_b), strict=True)
    ]
    if request.tokenizer is not None:
        from isogloss.modeling.tokenizer_file import subwords_of

        corpora = [
            replace(corpus, subwords=subwords_of(request.tokenizer, corpus.lines)) for corpus in corpora
        ]
    names = wanted if request.metrics else list(TEXT_MEASURES)
    matrices = [TEXT_MEASURES[name](corpora) for name in names]
    if request.encoder is not None and (not request.metrics or _STATES in request.metrics):
        from isogloss.inference.sentence_states import sentence_states

        states = {
            corpus.language: array
            for corpus, array in zip(
                corpora,
                sentence_states(
                    request.encoder,
                    [c.lines for c in corpora],
                    trust_remote_code=request.trust_remote_code,
                ),
                strict=True,
            )
        }
        matrices += cosine_by_layer(states, source=request.encoder)
    return matrices


def _needs_text(metric: str) -> bool:
    return metric in TEXT_MEASURES or metric == _STATES


def check_text_options(request: Request) -> None:
    """Refuse a measure over text without a text, or over states without an encoder."""
    over_text = [name for name in request.metrics if _needs_text(name)]
    if over_text and request.corpus_a is None:
        raise click.UsageError(f"{over_text[0]} is computed from text: give --corpus-a and --corpus-b")
    if _STATES in request.metrics and request.encoder is None:
        raise click.UsageError(f"{_STATES} compares an encoder's states: give --encoder")


def _value(matrix: PairMatrix, a: int, b: int) -> str:
    value = float(matrix.values[a, b])
    if math.isnan(value):
        return "-"
    return f"{value:,.0f} {matrix.unit}" if matrix.unit else f"{value:.4f}"


def _pairs(matrices: Sequence[PairMatrix]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("from", "to", "metric", "definition"):
        table.add_column(column, no_wrap=True)
    for column in ("value", "shared", "union"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("coverage")
    for matrix, a, b in pairs(matrices):
        table.add_row(
            matrix.labels[a],
            matrix.labels[b],
            matrix.metric,
            matrix.definition,
            _value(matrix, a, b),
            str(matrix.shared[a, b]),
            str(matrix.union[a, b]),
            matrix.coverage(a, b),
        )
    return table


def _print_square(matrix: PairMatrix) -> None:
    kind = (
        "dissimilarity, from the row to the column" if isinstance(matrix, DissimilarityMatrix) else "distance"
    )
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for label in matrix.labels:
        table.add_column(label, justify="right", no_wrap=True)
    for a, label in enumerate(matrix.labels):
        table.add_row(label, *(_value(matrix, a, b) for b in range(len(matrix.labels))))
    console = terminal()
    console.print(f"{matrix.metric} ({matrix.definition}), {kind}; - is too little on record", markup=False)
    console.print(table)


def _print_square_csv(matrices: Sequence[PairMatrix]) -> None:
    if len(matrices) != 1:
        raise click.UsageError("a CSV matrix holds one metric: choose it with --metric")
    (matrix,) = matrices
    print_csv(
        [
            {"": row}
            | {
                column: None if math.isnan(value) else float(value)
                for column, value in zip(matrix.labels, values, strict=True)
            }
            for row, values in zip(matrix.labels, matrix.values, strict=True)
        ]
    )


def _print_ranking(start: Language, neighbours: Sequence[_Neighbour], *, n_unknown: int) -> None:
    first = neighbours[0].matrix if neighbours else None
    title = f"{first.metric} ({first.definition}) distance from {start.name}" if first else "nothing is known"
    if n_unknown:
        title += f"; {n_unknown:,} with too little on record"
    console = terminal()
    console.print(title, markup=False)
    table = Table(box=None, pad_edge=False)
    for name in ("", "code", "language", "family"):
        table.add_column(name, no_wrap=name in ("", "code"))
    for name in ("value", "shared", "union"):
        table.add_column(name, justify="right", no_wrap=True)
    for rank, neighbour in enumerate(neighbours, start=1):
        matrix, column = neighbour.matrix, neighbour.column
        family = neighbour.language.family
        table.add_row(
            str(rank),
            matrix.labels[column],
            neighbour.language.name,
            family[0] if family else "",
            _value(matrix, 0, column),
            str(matrix.shared[0, column]),
            str(matrix.union[0, column]),
        )
    console.print(table)


def _explain(name: str, a: Language, b: Language, facts: Sequence[Fact]) -> None:
    known = [fact for fact in facts if fact.a is not None and fact.b is not None]
    differ = [fact for fact in known if fact.a != fact.b]
    table = Table(box=None, pad_edge=False)
    table.add_column("fact")
    table.add_column(a.input)
    table.add_column(b.input)
    for fact in differ:
        table.add_row(fact.name, fact.a, fact.b)
    console = terminal()
    console.print(f"{name}: {len(known) - len(differ)} facts agree, {len(differ)} differ", markup=False)
    if differ:
        console.print(table)
    for label, names in (
        (f"unknown for {a.input}", [f.name for f in facts if f.a is None and f.b is not None]),
        (f"unknown for {b.input}", [f.name for f in facts if f.b is None and f.a is not None]),
        ("unknown for both", [f.name for f in facts if f.a is None and f.b is None]),
    ):
        if names:
            console.print(f"{label} ({len(names)}): {', '.join(names)}", markup=False)
    if any((fact.a or "").endswith("*") or (fact.b or "").endswith("*") for fact in facts):
        console.print("* not on record: what the definition puts in its place", markup=False)
    console.print()


def _print_notes(notes: Iterable[str]) -> None:
    for note in dict.fromkeys(notes):
        click.echo(note, err=True)
