"""The languages nearest to one, in the terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import click
import numpy as np

from isogloss.cli.options import listed
from isogloss.cli.output.distances import Choice, print_aligned, print_notes, print_records, shown
from isogloss.display import counted
from isogloss.distances import PairMatrix, record
from isogloss.languages import Language, read_together, recorded
from isogloss.languages.together import Together

_CHUNK = 100
"""Languages compared at once with the first: all pairs of a chunk are computed."""

_RANKED_BY = {"expected": "best estimate of the distance over all features", "value": "value"}


@dataclass(frozen=True)
class _Neighbour:
    """One language seen from the first language of a matrix."""

    matrix: PairMatrix
    column: int
    key: float

    @property
    def language(self) -> Language:
        return self.matrix.languages[self.column]

    def record(self, rank: int) -> dict[str, Any]:
        """The record of the pair, and its place."""
        pair = self.matrix.on((self.matrix.languages[0], self.language))  # needs no interval of the others
        return {"rank": rank, **record(pair, 0, 1), "ranked_by": self.matrix.ranked_by}

    def notes(self) -> list[str]:
        """Notes on the data of the two languages, and of no other in the matrix."""
        others = {language.id for language in self.matrix.languages[1:]} - {self.language.id}
        return [note for note in self.matrix.notes if note.split(":")[0] not in others]


def nearest(code: str, to: str, top: int, choice: Choice, style: str) -> None:
    """Print the languages nearest to one, by each metric.

    Parameters
    ----------
    code : str
        The language to start from.
    to : str
        ``"all"``, or codes separated by commas.
    top : int
        Languages listed per metric.
    choice : Choice
    style : str
        ``"table"``, ``"json"`` or ``"csv"``.
    """
    found, others = _others(code, () if to == "all" else listed(to))
    start = found.languages[code]
    nearest_by: dict[str, list[_Neighbour]] = {}
    ties: list[str] = []
    for name, neighbours in _neighbours(start, others, choice).items():
        known = sorted((one for one in neighbours if not np.isnan(one.key)), key=lambda one: one.key)
        nearest_by[name] = known[:top]
        if n := sum(one.key == known[top - 1].key for one in known[top:]):
            ties.append(f"{name} distance: {counted(n, 'more language')} as near as the last one here")
        if style == "table":
            _print_ranking(name, start, known[:top], len(neighbours) - len(known))
    if style != "table":
        ranked = [each for kept in nearest_by.values() for each in enumerate(kept, start=1)]
        print_records(lambda: (one.record(rank) for rank, one in ranked), {}, style)
    print_notes([*ties, *(note for kept in nearest_by.values() for one in kept for note in one.notes())])
    found.check()


def _others(code: str, named: Sequence[str]) -> tuple[Together, list[Language]]:
    """Languages as read, and those whose distance is asked for: by default every one."""
    found = read_together((code, *named))
    if code not in found.languages or (named and len(found.languages) < 2):
        found.check()
    print_notes(found.notes)
    start = found.languages[code]
    targets = found.languages.values() if named else recorded()
    others = [language for language in targets if language.id != start.id]
    if not others:
        raise click.UsageError(f"--to names no language but {start.name}, from which the distances start")
    return found, others


def _neighbours(start: Language, others: Sequence[Language], choice: Choice) -> dict[str, list[_Neighbour]]:
    """Every language by every metric, with what it is ranked by."""
    catalog = choice.catalog
    found: dict[str, list[_Neighbour]] = {}
    with _warnings_held_back():  # of a few thousand languages; the notes of those listed say the same
        for first in range(0, len(others), _CHUNK):
            for matrix in choice.matrices(catalog, (start, *others[first : first + _CHUNK])):
                keys = matrix.values[0]
                interval = matrix.interval([0]) if matrix.ranked_by == "expected" else None
                if interval is not None:
                    keys = interval.expected[0]
                found.setdefault(matrix.metric, []).extend(
                    _Neighbour(matrix, column, float(keys[column]))
                    for column in range(1, len(matrix.languages))
                )
            if not choice.metrics and not choice.composite:
                choice = replace(choice, metrics=tuple(found))  # what is left out is said once
    return found


@contextmanager
def _warnings_held_back() -> Iterator[None]:
    logger = logging.getLogger("isogloss.distances")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _print_ranking(metric: str, start: Language, neighbours: Sequence[_Neighbour], n_unknown: int) -> None:
    left_out = f"{n_unknown:,} with too little on record" if n_unknown else ""
    if not neighbours:
        click.echo(f"{metric} distance from {start.name}: nothing is known; {left_out}")
        return
    matrix = neighbours[0].matrix
    title = (
        f"{metric} ({matrix.definition}) distance from {start.name}, by the {_RANKED_BY[matrix.ranked_by]}"
    )
    click.echo("; ".join(filter(None, (title, left_out))))

    def rows() -> Iterator[dict[str, str]]:
        for rank, neighbour in enumerate(neighbours, start=1):
            found = shown(neighbour.record(rank), matrix.unit)
            yield {
                "": found["rank"],
                "code": found["target"],
                "language": neighbour.language.name,
                "family": neighbour.language.top_family,
                **{name: found[name] for name in ("value", "low", "high", "features", "of")},
            }

    print_aligned(rows)
