"""One analysed effectiveness measure beside each distance: results, dyads, matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis import Analysis, Record
from isogloss.distances.matrix import PairMatrix, aligned
from isogloss.identity import as_json
from isogloss.languages.base import Language
from isogloss.narrative.analysis import words
from isogloss.narrative.numbers import UNITS, display_unit
from isogloss.scores.effectiveness import MEASURES, Condition
from isogloss.statistics.effects import two_way_residuals


@dataclass(frozen=True)
class Dyad:
    """One cell: distance and effectiveness as measured, and without row and column effects."""

    row: str
    column: str
    distance: float
    effectiveness: float
    distance_adjusted: float
    effectiveness_adjusted: float

    @property
    def label(self) -> str:
        """For example ``"nl→ja"``."""
        return f"{self.row}→{self.column}"


@dataclass(frozen=True)
class LabelledMatrix:
    """A labelled matrix in display units, languages by family; None where there is nothing to show.

    `row_families` and `column_families` name the family of each row and column, empty where unknown.
    """

    title: str
    unit: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[tuple[float | None, ...], ...]
    digits: int
    diverging: bool
    row_families: tuple[str, ...] = ()
    column_families: tuple[str, ...] = ()

    @property
    def ends(self) -> tuple[float, float]:
        """Smallest and largest value."""
        known = [value for row in self.values for value in row if value is not None]
        return (min(known), max(known)) if known else (0.0, 0.0)


@dataclass(frozen=True)
class Relation:
    """One distance beside the effectiveness.

    `coverage` says in words how many features the pairs share; `record` is that of the primary analysis, its
    slope NaN where the effectiveness does not vary.
    """

    distance: str
    definition: str
    source: str
    coverage: str
    dyads: tuple[Dyad, ...]
    record: Record
    grid: LabelledMatrix

    @property
    def can_be_drawn(self) -> bool:
        """Whether there is a relation to show."""
        return bool(self.dyads) and math.isfinite(self.record.estimate)


@dataclass(frozen=True)
class Section:
    """One effectiveness measure of one encoder and aggregator.

    Parameters
    ----------
    title : str
    key : str
        What the section is about where one of several, else empty.
    condition : Condition
    encoder, aggregator, measure, meaning : str
    unit : str
        Of the effectiveness as displayed.
    scale : float
        Display unit per stored unit: 100 for points of a score in [0, 1].
    row_role, column_role : str
        ``"intermediate language"``, ``"target language"``.
    confidence : str
        Of the intervals, in percent.
    equivalent : tuple of str
        Measures that are multiples of this one and were not tested again.
    primary, sensitivity : tuple of Record
    effectiveness : LabelledMatrix
    relations : tuple of Relation
        In the order of `primary`.
    """

    title: str
    key: str
    condition: Condition
    encoder: str
    aggregator: str
    measure: str
    meaning: str
    unit: str
    scale: float
    row_role: str
    column_role: str
    confidence: str
    equivalent: tuple[str, ...]
    primary: tuple[Record, ...]
    sensitivity: tuple[Record, ...]
    effectiveness: LabelledMatrix
    relations: tuple[Relation, ...]

    @property
    def leading_relation(self) -> Relation:
        """The distance with the smallest family-wise p."""
        p_values = [math.inf if math.isnan(row.p_family) else row.p_family for row in self.primary]
        return self.relations[p_values.index(min(p_values))]

    @property
    def slope_unit(self) -> str:
        """Unit of a change of effectiveness: scores in percent change by points."""
        return "points" if self.unit == "percent" else self.unit

    @property
    def has_slopes(self) -> bool:
        """Whether any slope could be estimated."""
        return any(relation.can_be_drawn for relation in self.relations)


def sections(analysis: Analysis, distances: Sequence[PairMatrix], key: str = "") -> tuple[Section, ...]:
    """Make a section of every measure that was tested.

    Parameters
    ----------
    analysis : Analysis
    distances : sequence of PairMatrix
        Those that were tested.
    key : str
        Tells this analysis from others of the study.
    """
    matrices = {(matrix.metric, matrix.definition): matrix for matrix in distances}
    found = []
    for measure in dict.fromkeys(record.effectiveness for record in analysis.primary):
        unit, scale = display_unit(measure)
        title = ", ".join(part for part in (words(measure), key) if part)
        primary = tuple(record for record in analysis.primary if record.effectiveness == measure)
        sensitivity = tuple(record for record in analysis.sensitivity if record.effectiveness == measure)
        found.append(
            Section(
                title=title,
                key=key,
                condition=analysis.condition,
                encoder=analysis.encoder,
                aggregator=analysis.aggregator,
                measure=words(measure),
                meaning=MEASURES[measure].meaning,
                unit=unit,
                scale=scale,
                row_role=f"{analysis.condition.margin} language",
                column_role="target language",
                confidence=f"{100 * (1 - analysis.alpha):.4g}",
                equivalent=tuple(
                    f"{words(same.effectiveness)} = {same.factor:g} × {words(measure)}"
                    for same in analysis.equivalent
                    if same.tested_as == measure
                ),
                primary=primary,
                sensitivity=sensitivity,
                effectiveness=_grid(
                    title,
                    scale * analysis.values[measure],
                    analysis,
                    unit=unit,
                    digits=1 if scale > 1 else 2,
                    diverging=measure not in UNITS,
                ),
                relations=tuple(
                    _relate(analysis, record, matrices[record.distance, record.definition])
                    for record in primary
                ),
            )
        )
    return tuple(found)


_tested = attrgetter("effectiveness", "distance", "definition")
"""Fields that say what was tested against what."""


def _covered(analysis: Analysis, record: Record) -> NDArray[np.float64]:
    """Values of the cells that the test of `record` used: without the languages that the distance lacks."""
    values = analysis.values[record.effectiveness].copy()
    for entry in analysis.left_out:
        if _tested(entry) == _tested(record):
            values[[language.input in entry.languages for language in analysis.rows], :] = np.nan
            values[:, [language.input in entry.languages for language in analysis.columns]] = np.nan
    return values


def _grid(
    title: str,
    values: NDArray[np.float64],
    analysis: Analysis,
    *,
    unit: str = "",
    digits: int = 2,
    diverging: bool = False,
) -> LabelledMatrix:
    """Matrix of the languages of an analysis, rows and columns by family and then by code."""
    here = (analysis.rows, analysis.columns)
    rows, columns = (sorted(side, key=_by_family) for side in here)
    return LabelledMatrix(
        title=title,
        unit=unit,
        rows=tuple(language.code for language in rows),
        columns=tuple(language.code for language in columns),
        values=tuple(tuple(row) for row in as_json(aligned(values, here, (rows, columns)))),
        digits=digits,
        diverging=diverging,
        row_families=tuple(language.top_family for language in rows),
        column_families=tuple(language.top_family for language in columns),
    )


def _by_family(language: Language) -> tuple[bool, tuple[str, ...], str]:
    """Sort key: relatives stand together; languages without a family on record last."""
    return not language.family, language.family, language.code


def _relate(analysis: Analysis, record: Record, matrix: PairMatrix) -> Relation:
    """Set the dyads that the test of `record` used against its distance."""
    rows, columns = analysis.rows, analysis.columns
    values = _covered(analysis, record)
    distances = matrix.between(rows, columns, missing="nan")
    used = np.isfinite(values) & np.isfinite(distances)
    x, y = np.where(used, distances, np.nan), np.where(used, values, np.nan)
    arrays = (x, y, two_way_residuals(x), two_way_residuals(y))
    dyads = tuple(
        Dyad(rows[i].code, columns[j].code, *(float(array[i, j]) for array in arrays))
        for i, j in np.argwhere(used)
    )
    shown = np.where([[row != column for column in columns] for row in rows], distances, np.nan)
    grid = _grid(f"{matrix.metric} distance", shown, analysis)
    coverage = _coverage(matrix, rows, columns, used)
    return Relation(matrix.metric, matrix.definition, matrix.source, coverage, dyads, record, grid)


def _coverage(
    matrix: PairMatrix, rows: Sequence[Language], columns: Sequence[Language], used: NDArray[np.bool_]
) -> str:
    if not used.any():
        return "no pair on record"
    there = (matrix.languages, matrix.languages)
    shared = aligned(matrix.shared.astype(np.float64), there, (rows, columns))[used]
    fewest, most = int(shared.min()), int(shared.max())
    return f"{f'{fewest} to ' if fewest < most else ''}{most} features shared by a pair"
