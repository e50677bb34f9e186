"""The matrices that are tested: one measure on the languages that have a cell of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.results import Equivalent
from isogloss.distances.matrix import aligned
from isogloss.errors import AnalysisError
from isogloss.languages import resolve
from isogloss.languages.base import Language
from isogloss.scores.effectiveness import Condition, ExcludedCell, effectiveness
from isogloss.scores.table import ScoreTable
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.floor import Information, flags, information
from isogloss.statistics.reference import observed_cells

FEWEST_LANGUAGES = 3
"""On one side at least: fewer have too few orders to permute."""


@dataclass(frozen=True, eq=False)
class DyadMatrix:
    """One measure on the languages that have a cell of it.

    Parameters
    ----------
    measure : str
    values : ndarray, shape (row, column)
        Means over seeds; NaN where a cell is not tested.
    rows, columns : tuple of Language
    runs : ndarray, shape (seed, row, column)
    scores : ndarray, shape (row, column)
        The scores behind the values.
    flagged : ndarray of bool, shape (row, column)
        Cells at chance or at the ceiling.
    """

    measure: str
    values: NDArray[np.float64]
    rows: tuple[Language, ...]
    columns: tuple[Language, ...]
    runs: NDArray[np.float64]
    scores: NDArray[np.float64]
    flagged: NDArray[np.bool_]

    @property
    def row_ids(self) -> tuple[str, ...]:
        """ISO 639-3 codes of the rows."""
        return tuple(language.id for language in self.rows)

    @property
    def column_ids(self) -> tuple[str, ...]:
        """ISO 639-3 codes of the columns."""
        return tuple(language.id for language in self.columns)

    @property
    def star(self) -> bool:
        """One side has a single language."""
        return min(len(self.rows), len(self.columns)) == 1

    def without(self, ids: Sequence[str]) -> DyadMatrix:
        """Leave out languages from both margins, and then those that have no cell left."""
        values = self.values.copy()
        values[[row in ids for row in self.row_ids], :] = np.nan
        values[:, [column in ids for column in self.column_ids]] = np.nan
        there = np.isfinite(values)
        keep_rows, keep_columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
        at = np.ix_(keep_rows, keep_columns)
        return replace(
            self,
            values=values[at],
            runs=self.runs[:, keep_rows][:, :, keep_columns],
            scores=self.scores[at],
            flagged=self.flagged[at],
            rows=tuple(self.rows[i] for i in keep_rows),
            columns=tuple(self.columns[j] for j in keep_columns),
        )

    @property
    def residuals(self) -> NDArray[np.float64]:
        """Values without row and column effects; 0 where there is no cell."""
        return AdditiveEffects.two_way(np.isfinite(self.values)).residuals(self.values)


@dataclass(frozen=True)
class Selection:
    """The cells of one condition that an analysis uses.

    Parameters
    ----------
    condition : Condition
    dyads : tuple of DyadMatrix
        One per measure that is defined.
    excluded : tuple of ExcludedCell
        Cells that a measure does without.
    information : Information
        What the scores of the first measure can tell.
    undefined : mapping of str to str
        Measures that are defined for no cell, or for too few, with the reason: `relative` has no value where
        the source language is at chance, and that must not silence the others.
    tested : tuple of DyadMatrix
        Those of `dyads` that are not a multiple of an earlier one beyond row and column effects.
    equivalent : tuple of Equivalent
        The others.
    """

    condition: Condition
    dyads: tuple[DyadMatrix, ...]
    excluded: tuple[ExcludedCell, ...]
    information: Information
    undefined: Mapping[str, str]
    tested: tuple[DyadMatrix, ...]
    equivalent: tuple[Equivalent, ...]

    @property
    def rows(self) -> tuple[Language, ...]:
        """Row languages of all measures, each once."""
        return tuple({row.id: row for one in self.dyads for row in one.rows}.values())

    @property
    def columns(self) -> tuple[Language, ...]:
        """Column languages of all measures, each once."""
        return tuple({column.id: column for one in self.dyads for column in one.columns}.values())

    @property
    def values(self) -> dict[str, NDArray[np.float64]]:
        """Each measure on these languages, shape (row, column)."""
        there = (self.rows, self.columns)
        return {one.measure: aligned(one.values, (one.rows, one.columns), there) for one in self.dyads}


def select(table: ScoreTable, measures: Sequence[str], condition: Condition) -> Selection:
    """Compute every measure on its languages, and set aside the cells that are not tested.

    Raises
    ------
    AnalysisError
        If no measure can be computed on enough languages, or two codes denote one language.
    LanguageError
        If the table names an unknown language.
    """
    dyads: list[DyadMatrix] = []
    undefined: dict[str, AnalysisError] = {}
    excluded: dict[ExcludedCell, None] = {}
    for measure in dict.fromkeys(measures):
        try:
            matrix = effectiveness(table, measure, condition)
        except AnalysisError as error:
            undefined[measure] = error
            continue
        rows, columns = _resolved(matrix.rows, condition), _resolved(matrix.columns, condition)
        apart, used = observed_cells(matrix.values, [r.id for r in rows], [c.id for c in columns])
        excluded |= dict.fromkeys(matrix.excluded)
        excluded |= {
            ExcludedCell(
                rows[i].input, columns[j].input, f"not zero-shot: both codes are '{rows[i].id}'"
            ): None
            for i, j in np.argwhere(~apart & np.isfinite(matrix.values))
        }
        if not dyads:
            informed = information(matrix.scores[used], matrix.chance[used], matrix.n_examples[used])
        at_chance, at_ceiling, _ = flags(
            np.where(used, matrix.scores, 0.0), np.where(used, matrix.chance, np.nan), matrix.n_examples
        )
        values, runs, scores = (
            np.where(used, whole, np.nan) for whole in (matrix.values, matrix.cube, matrix.scores)
        )
        flagged = used & (at_chance | at_ceiling)
        one = DyadMatrix(measure, values, rows, columns, runs, scores, flagged).without(())
        try:
            _refuse_too_small(one, condition)
        except AnalysisError as error:
            undefined[measure] = error
        else:
            dyads.append(one)
    if not dyads:
        raise next(iter(undefined.values()))
    tested, equivalent = _distinct(dyads)
    reasons = {name: error.what for name, error in undefined.items()}
    return Selection(condition, tuple(dyads), tuple(excluded), informed, reasons, tested, equivalent)


def _resolved(codes: Sequence[str], condition: Condition) -> tuple[Language, ...]:
    languages = tuple(resolve(code) for code in codes)
    by_id: dict[str, str] = {}
    for code, language in zip(codes, languages, strict=True):
        if language.id in by_id:
            raise AnalysisError(
                f"'{by_id[language.id]}' and '{code}' both denote {language.name} ('{language.id}')",
                where=str(condition),
                hint="leave one out, or make them replicates of one code with different seeds",
            )
        by_id[language.id] = code
    return languages


def _refuse_too_small(dyads: DyadMatrix, condition: Condition) -> None:
    sides = dyads.rows, dyads.columns
    if max(map(len, sides)) < FEWEST_LANGUAGES:
        names = [", ".join(language.input for language in side) or "none" for side in sides]
        raise AnalysisError(
            f"too few languages to test '{dyads.measure}': {condition.margin} {names[0]}; target {names[1]}",
            where=str(condition),
            allowed=f"{FEWEST_LANGUAGES} languages or more on one side, in cells whose target is not "
            "trained on",
            hint="add scores of further languages",
        )


def _distinct(dyads: Sequence[DyadMatrix]) -> tuple[tuple[DyadMatrix, ...], tuple[Equivalent, ...]]:
    """Set aside measures that are a multiple of an earlier one beyond row and column effects."""
    tested: list[DyadMatrix] = []
    equivalent: list[Equivalent] = []
    for one in dyads:
        for other in tested:
            factor = _factor(one, other)
            if factor is not None:
                equivalent.append(Equivalent(one.measure, other.measure, factor))
                break
        else:
            tested.append(one)
    return tuple(tested), tuple(equivalent)


def _factor(one: DyadMatrix, other: DyadMatrix) -> float | None:
    if one.rows != other.rows or one.columns != other.columns:
        return None
    mask = np.isfinite(one.values)
    if not np.array_equal(mask, np.isfinite(other.values)):
        return None
    a, b = one.residuals, other.residuals
    if is_constant(other.values, b):
        return 1.0 if is_constant(one.values, a) else None
    factor = float(np.sum(a * b) / np.sum(b * b))
    close = float(np.abs(a - factor * b).max()) <= 1e-9 * max(float(np.abs(a).max()), 1e-3)
    return round(factor, 9) if close and factor != 0 else None
