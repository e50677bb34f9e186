"""Effectiveness of transfer: named measures computed from the score table, as labelled matrices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from operator import attrgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from isogloss.display import counted
from isogloss.errors import AnalysisError, closest
from isogloss.languages import find
from isogloss.scores.table import LANGUAGE_ROLES, ScoreRow, ScoreTable

Margin = Literal["intermediate", "source"]

DECIMALS = 12
"""Of means over seeds: 0.7 - 0.6 and 0.6 - 0.5, two numbers to the machine, are one gain, and rank alike."""

PLAIN_AGGREGATOR = "last"
"""Aggregator that fused ones are compared with."""


@dataclass(frozen=True)
class Condition:
    """Everything that is the same in all cells of one matrix.

    Parameters
    ----------
    task, encoder, aggregator, source_task, split, metric : str
        `task` is the one that was scored, `source_task` the one that was trained last.
    intermediate_task : str or None
        None where no stage comes before the source language.
    source_language : str or None
        None where the source language varies by row.
    """

    task: str
    encoder: str
    aggregator: str
    intermediate_task: str | None
    source_task: str
    source_language: str | None
    split: str
    metric: str

    @property
    def margin(self) -> Margin:
        """Which language varies by row."""
        return "source" if self.intermediate_task is None else "intermediate"

    def __str__(self) -> str:
        trained = self.source_task if self.source_task != self.task else None
        stages = [self.intermediate_task, trained, self.source_language, self.task]
        # Without an encoder nobody named an aggregator: "last" is the default of a table from elsewhere.
        of_encoder = (self.encoder, self.aggregator) if self.encoder or self.aggregator != "last" else ()
        parts = (" -> ".join(stage for stage in stages if stage), *of_encoder, self.split)
        return ", ".join(part for part in parts if part)


def condition_keys(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Name each condition by as many fields as tell the conditions apart; empty for the only one."""
    found = [vars(condition) for condition in conditions]
    names: list[str] = []

    def n_told_apart(by: Sequence[str]) -> int:
        return len({tuple(fields[name] for name in by) for fields in found})

    for name in found[0] if found else ():
        if n_told_apart([*names, name]) > n_told_apart(names):
            names.append(name)
    return tuple(", ".join(str(fields[name] or "none") for name in names) for fields in found)


def condition_names(conditions: Iterable[Condition]) -> tuple[str, ...]:
    """Name each condition in full, or where two would be called alike, by what tells them apart."""
    found = tuple(conditions)
    names = tuple(map(str, found))
    return names if len(set(names)) == len(names) else condition_keys(found)


@dataclass(frozen=True)
class ExcludedCell:
    """A cell that no test uses, and why; `row` is the intermediate or the source language."""

    row: str
    column: str
    reason: str


@dataclass(frozen=True, eq=False)
class Effectiveness:
    """One measure in one condition.

    Parameters
    ----------
    measure : str
    condition : Condition
    rows : tuple of str
        Intermediate or source languages, in the benchmark's spelling.
    columns : tuple of str
        Target languages.
    seeds : tuple of int
    cube : ndarray, shape (seed, row, column)
        NaN where there is no usable cell.
    scores, chance : ndarray, shape (row, column)
        Score and chance level, means over seeds; NaN where `values` is.
    n_examples : ndarray, shape (row, column)
        Sentences scored; 0 where `values` is NaN.
    excluded : tuple of ExcludedCell
    """

    measure: str
    condition: Condition
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    seeds: tuple[int, ...]
    cube: NDArray[np.float64]
    scores: NDArray[np.float64]
    chance: NDArray[np.float64]
    n_examples: NDArray[np.int64]
    excluded: tuple[ExcludedCell, ...]

    @property
    def values(self) -> NDArray[np.float64]:
        """Mean over the seeds that a cell has, shape (row, column)."""
        return _mean(self.cube)

    @property
    def n_seeds(self) -> NDArray[np.int64]:
        """Seeds behind each mean, shape (row, column)."""
        return np.asarray(np.isfinite(self.cube).sum(axis=0), dtype=np.int64)


class _NoValueError(Exception):
    """A measure is not defined for a cell; the message is the reason."""


_Cells = Mapping[tuple[object, ...], ScoreRow]
"""Score rows by what identifies them, see `_cell`."""


def _beside(row: ScoreRow, cells: _Cells, reason: str, /, **changes: str | None) -> ScoreRow:
    """The cell that differs from `row` in `changes` alone, which name what is in `_CELL`."""
    key = list(_cell(row))
    for name, value in changes.items():
        key[_CELL.index(name)] = value
    found = cells.get(tuple(key))
    if found is None:
        raise _NoValueError(f"{reason} (seed {row.seed})")
    return found


_SETTING = ("task", "source_task", "encoder", "aggregator", "split", "metric")
_CELL = (*_SETTING, "seed", "intermediate_task", *LANGUAGE_ROLES)
_setting: Callable[[ScoreRow], tuple[str, ...]] = attrgetter(*_SETTING)
_first_of_cell: Callable[[ScoreRow], tuple[object, ...]] = attrgetter(*_CELL[:-3])


def _cell(row: ScoreRow) -> tuple[object, ...]:
    """Key of a cell: languages by id, since the tasks may spell them differently."""
    return (*_first_of_cell(row), *_languages(row))


def _languages(row: ScoreRow) -> tuple[str, str | None, str]:
    """Source, intermediate and target language."""
    source = row.source_id or row.source_language
    intermediate = row.intermediate_id or row.intermediate_language
    return source, intermediate, row.target_id or row.target_language


def _score(row: ScoreRow, cells: _Cells) -> float:
    return row.score


def _refuse_unstaged(row: ScoreRow) -> None:
    if row.intermediate_language is None:
        raise _NoValueError("there is no intermediate stage to gain from")


def _gain(row: ScoreRow, cells: _Cells) -> float:
    _refuse_unstaged(row)
    reason = f"no score of target '{row.target_language}' without the intermediate stage"
    return row.score - _beside(row, cells, reason, intermediate_task=None, intermediate=None).score


def _gain_equal_budget(row: ScoreRow, cells: _Cells) -> float:
    _refuse_unstaged(row)
    reason = (
        f"no score of target '{row.target_language}' with an intermediate stage in the source language "
        f"'{row.source_language}'"
    )
    return row.score - _beside(row, cells, reason, intermediate=_languages(row)[0]).score


def _at_source(row: ScoreRow, cells: _Cells) -> ScoreRow:
    reason = f"no score of the source language '{row.source_language}' as a target"
    return _beside(row, cells, reason, target=_languages(row)[0])


def _gap(row: ScoreRow, cells: _Cells) -> float:
    return _at_source(row, cells).score - row.score


def _relative(row: ScoreRow, cells: _Cells) -> float:
    source = _at_source(row, cells)
    if isnan(source.chance):
        raise _NoValueError(f"the chance level of {row.task} is unknown")
    if not source.score > source.chance:
        raise _NoValueError(f"the source language '{row.source_language}' does not score above chance")
    return (row.score - row.chance) / (source.score - source.chance)


def _fusion_gain(row: ScoreRow, cells: _Cells) -> float:
    reason = f"no score of aggregator '{PLAIN_AGGREGATOR}' for the cell of '{row.aggregator}'"
    return row.score - _beside(row, cells, reason, aggregator=PLAIN_AGGREGATOR).score


@dataclass(frozen=True)
class Measure:
    """A named measure.

    Parameters
    ----------
    name : str
    meaning : str
        In words.
    expected_sign : {-1, 0, 1}
        Sign of the slope on distance that "distance hinders transfer" predicts; 0 where it predicts none.
    compute : callable
        Value of one cell.
    needs_baseline : {"none", "source-language"} or None
        The baseline of the intermediate stage that it is computed from.
    needs_source_score : bool
        It is computed from the score on the source language.
    """

    name: str
    meaning: str
    expected_sign: Literal[-1, 0, 1]
    compute: Callable[[ScoreRow, _Cells], float]
    needs_baseline: Literal["none", "source-language"] | None = None
    needs_source_score: bool = False


MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure("score", "score on the target language", -1, _score),
        Measure("gain", "score less the score without the intermediate stage", -1, _gain, "none"),
        Measure(
            "gain_equal_budget",
            "score less the score after an equally large intermediate stage in the source language",
            -1,
            _gain_equal_budget,
            "source-language",
        ),
        Measure(
            "gap",
            "score on the source language less the score on the target language",
            1,
            _gap,
            needs_source_score=True,
        ),
        Measure(
            "relative",
            "(target score - chance) / (source score - chance), each with its own chance",
            -1,
            _relative,
            needs_source_score=True,
        ),
        Measure("fusion_gain", "score less the score of the last layer alone", 0, _fusion_gain),
    )
}


def conditions(table: ScoreTable) -> tuple[Condition, ...]:
    """Every condition that `table` holds a matrix of, sorted.

    Where an encoder and aggregator have cells with an intermediate stage, their cells without one are
    baselines and no condition of their own.
    """
    staged = {_setting(row) for row in table if row.intermediate_language is not None}
    found = dict.fromkeys(
        _matrix(row) for row in table if row.intermediate_language is not None or _setting(row) not in staged
    )
    in_order = sorted(found, key=lambda own: tuple(value or "" for value in own))
    return tuple(Condition(*own) for own in in_order)


_Matrix = tuple[str, str, str, str | None, str, str | None, str, str]
"""Fields of a `Condition`, in its order."""


def _matrix(row: ScoreRow) -> _Matrix:
    """Condition shared by all cells of one matrix."""
    staged = row.intermediate_language is not None
    task, source = (row.intermediate_task, row.source_language) if staged else (None, None)
    return (row.task, row.encoder, row.aggregator, task, row.source_task, source, row.split, row.metric)


def effectiveness(table: ScoreTable, measure: str, condition: Condition) -> Effectiveness:
    """Compute one measure for every cell of a condition.

    Only zero-shot cells enter. The row whose intermediate language is the source language is the baseline
    of equal budget: its gain over itself is zero by construction, and what it varies with is already the
    source language's distance to the targets. It takes no part as a row, in no measure, so that all
    measures are about the same cells.

    Parameters
    ----------
    table : ScoreTable
        All rows, baselines and other aggregators included.
    measure : str
        A name in `MEASURES`.
    condition : Condition

    Raises
    ------
    AnalysisError
        If the measure is unknown, or defined for none of the cells, for example because a baseline is
        missing.
    """
    if measure not in MEASURES:
        raise AnalysisError(f"no effectiveness measure '{measure}'", allowed=closest(measure, MEASURES))
    wanted = tuple(vars(condition).values())
    own = [row for row in table if _matrix(row) == wanted]
    if not own:
        raise AnalysisError(f"the score table has no cell of: {condition}")
    rows = _in_order(dict(map(_row_of, own)))
    columns = _in_order({row.target_language: row.target_id for row in own})
    seeds = tuple(sorted({row.seed for row in own}))
    position = [dict(zip(side, range(len(side)), strict=True)) for side in (seeds, rows, columns)]
    cells = dict(zip(map(_cell, table), table, strict=True))
    shape = (len(seeds), len(rows), len(columns))
    cube, scores, chance = np.full((3, *shape), np.nan)
    n_examples = np.zeros(shape, dtype=np.int64)
    reasons: dict[tuple[int, int], dict[str, None]] = defaultdict(dict)
    for row in own:
        side = (row.seed, _row_of(row)[0], row.target_language)
        at = tuple(of[name] for of, name in zip(position, side, strict=True))
        try:
            _refuse_not_zero_shot(row)
            cube[at] = MEASURES[measure].compute(row, cells)
        except _NoValueError as reason:
            reasons[at[1], at[2]][str(reason)] = None
        else:
            scores[at], chance[at], n_examples[at] = row.score, row.chance, row.n_examples
    values = _mean(cube)
    excluded = tuple(
        ExcludedCell(rows[i], columns[j], "; ".join(reasons[i, j]) or "no score in the table")
        for i, j in np.argwhere(np.isnan(values)).tolist()
    )
    if np.isnan(values).all():
        raise AnalysisError(
            f"'{measure}' is defined for none of the {len(excluded)} cells: {_reasons_of(excluded)}",
            where=str(condition),
            hint=f"add the scores that are missing, or leave '{measure}' out of the effectiveness measures",
        )
    return Effectiveness(
        measure,
        condition,
        rows,
        columns,
        seeds,
        cube,
        _mean(scores),
        _mean(chance),
        n_examples.max(axis=0),
        excluded,
    )


def _row_of(row: ScoreRow) -> tuple[str, str]:
    """Spelling and id of the language that varies by row."""
    if row.intermediate_language is None:
        return row.source_language, row.source_id
    return row.intermediate_language, row.intermediate_id


def _in_order(ids: Mapping[str, str]) -> tuple[str, ...]:
    """Spellings by the tag of their language.

    Permutations draw languages by their position: ordered by spelling, another spelling would draw others.
    """

    def rank(spelled: str) -> tuple[str, str]:
        language = find(ids[spelled]) if ids[spelled] else None
        return (language.tag if language else spelled, spelled)

    return tuple(sorted(ids, key=rank))


def _refuse_not_zero_shot(row: ScoreRow) -> None:
    source, intermediate, target = _languages(row)
    if intermediate is not None and intermediate == source:
        raise _NoValueError("baseline of equal budget: the intermediate language is the source language")
    if target == source:
        raise _NoValueError("not zero-shot: the target is the source language")
    if target == intermediate:
        raise _NoValueError("not zero-shot: the target is the intermediate language")
    if not row.zero_shot:
        raise _NoValueError("marked as not zero-shot in the table")
    if not np.isfinite(row.score):
        raise _NoValueError(f"the score is {row.score}")


def _reasons_of(excluded: tuple[ExcludedCell, ...]) -> str:
    """Why cells are kept out, the most frequent reason first; of several, with the number of cells."""
    found = Counter(cell.reason for cell in excluded).most_common()
    if len(found) == 1:
        return found[0][0]
    return "; ".join(f"{counted(n, 'cell')}: {reason}" for reason, n in found)


def _mean(cube: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean over the first axis without NaN; NaN where there is nothing."""
    there = np.isfinite(cube)
    n = there.sum(axis=0)
    mean = np.where(there, cube, 0.0).sum(axis=0) / np.maximum(n, 1)
    return np.where(n > 0, np.round(mean, DECIMALS), np.nan)
