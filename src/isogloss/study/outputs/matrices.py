"""Scores as matrices: intermediate (or source) language by target language, over seeds."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal

import numpy as np

from isogloss.languages import resolve
from isogloss.scores.table import ScoreRow, ScoreTable
from isogloss.statistics.floor import information, wilson_interval

NO_INTERMEDIATE = "no intermediate stage"

CONFIDENCE = 0.95
"""Of the interval of a score."""

SHARES = ("accuracy", "word_accuracy")
"""Metrics that are a share of what they count, for which an interval of a share holds."""

COUNTED = {"accuracy": "sentences", "word_accuracy": "words", "entity_f1": "gold entities"}

Path = tuple[str | None, str | None]
"""Intermediate task and intermediate language of a cell."""


@dataclass(frozen=True)
class MeanScore:
    """Scores of one row and target, over seeds.

    Parameters
    ----------
    mean : float or None
        None where nothing was scored.
    spread : float or None
        Standard deviation over seeds (n - 1); None with fewer than two.
    n_seeds : int
    zero_shot : bool
        The target is neither the source nor the intermediate language.
    flag : {"", "chance", "ceiling"}
        Whether the mean is within sampling error of chance, or at the ceiling.
    ci_low, ci_high : float or None
        Wilson's 95% interval of the mean for other sentences of the language; None where the metric is not
        a share, or the number of sentences is unknown.
    """

    mean: float | None
    spread: float | None
    n_seeds: int
    zero_shot: bool
    flag: Literal["", "chance", "ceiling"]
    ci_low: float | None = None
    ci_high: float | None = None


@dataclass(frozen=True)
class MatrixRow:
    """One trained path: its label, what it is, and its cells in the order of the columns.

    `mean_zero_shot` is the mean over zero-shot cells; `seeds` their number, or the range of it.
    """

    label: str
    is_baseline: bool
    note: str
    cells: tuple[MeanScore, ...]
    mean_zero_shot: float | None
    seeds: str


@dataclass(frozen=True)
class ScoreMatrix:
    """All scores of one trained and one scored task, encoder, aggregator, source, split and metric.

    Parameters
    ----------
    title : str
    task, source_task, encoder, aggregator, split, metric : str
    source_language : str or None
        None where the rows are source languages.
    intermediate_tasks : tuple of str
        Empty where the rows are source languages.
    row_role : str
        ``"intermediate language"`` or ``"source language"``.
    columns : tuple of str
        Target languages, the easiest first.
    families : tuple of str
        Family of each target; empty where unknown.
    rows : tuple of MatrixRow
        Baselines first, then languages, the highest zero-shot mean first.
    chance : tuple of float
        Score of the best constant prediction per target.
    n_units : tuple of int
        What the metric counts, per target.
    n_marked : int
        Cells that are not zero-shot.
    unlearnt : tuple of str
        Labels of rows whose model is at chance in the language that it was trained in.
    """

    title: str
    task: str
    source_task: str
    encoder: str
    aggregator: str
    split: str
    metric: str
    source_language: str | None
    intermediate_tasks: tuple[str, ...]
    row_role: str
    columns: tuple[str, ...]
    families: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    chance: tuple[float, ...]
    n_units: tuple[int, ...]
    n_marked: int
    unlearnt: tuple[str, ...]

    @property
    def warning(self) -> str:
        """What is wrong with rows whose model did not learn; empty where all did."""
        if not self.unlearnt:
            return ""
        rows = f"{len(self.unlearnt)} of {len(self.rows)} rows ({self.row_role} {', '.join(self.unlearnt)})"
        return f"{rows}: the model did not leave chance in the language that it learnt from."

    @property
    def flags(self) -> tuple[str, ...]:
        """Targets with cells near the floor or the ceiling, in words."""
        kinds = {"chance": "within sampling error of chance", "ceiling": "at the ceiling"}
        found = []
        for kind, meaning in kinds.items():
            for j, column in enumerate(self.columns):
                n = sum(row.cells[j].flag == kind for row in self.rows)
                if n:
                    n_scored = sum(row.cells[j].n_seeds > 0 for row in self.rows)
                    found.append(f"target {column}: {n} of {n_scored} cells {meaning}")
        return tuple(found)

    @property
    def has_spread(self) -> bool:
        """Whether any cell is a mean over several seeds."""
        return any(cell.spread is not None for row in self.rows for cell in row.cells)

    @property
    def unit_word(self) -> str:
        """Unit that the metric counts."""
        return COUNTED.get(self.metric, "units")


def score_matrices(table: ScoreTable) -> tuple[ScoreMatrix, ...]:
    """Arrange a score table as matrices, in the order of the table."""
    groups: dict[tuple[str | None, ...], list[ScoreRow]] = defaultdict(list)
    model = attrgetter("task", "encoder", "aggregator", "source_task")
    with_intermediate = {model(row) for row in table if row.intermediate_language is not None}
    for row in table:
        source = row.source_language if model(row) in with_intermediate else None
        key = (row.task, row.encoder, row.aggregator, row.split, row.metric, source, row.source_task)
        groups[key].append(row)
    several = {place for place in range(7) if len({key[place] for key in groups}) > 1}
    return tuple(_matrix(key, rows, several) for key, rows in groups.items())


def _matrix(key: tuple[str | None, ...], rows: Sequence[ScoreRow], several: set[int]) -> ScoreMatrix:
    task, encoder, aggregator, split, metric, source, source_task = key
    by_target: dict[str, list[ScoreRow]] = defaultdict(list)
    for row in rows:
        by_target[row.target_language].append(row)
    means = {target: statistics.fmean(row.score for row in own) for target, own in by_target.items()}
    columns = tuple(sorted(means, key=lambda target: (-means[target], target)))
    arranged = _arranged(rows, columns, source)
    is_own_task = source_task == task
    trained = "" if is_own_task or 6 not in several else f"trained on {source_task}"
    words = {0: task, 6: trained, 1: encoder, 2: aggregator, 3: split, 4: metric, 5: f"source {source}"}
    return ScoreMatrix(
        title=", ".join(str(word) for place, word in words.items() if place in several and word)
        or f"{task}, {metric}",
        task=str(task),
        source_task=str(source_task),
        encoder=str(encoder),
        aggregator=str(aggregator),
        split=str(split),
        metric=str(metric),
        source_language=source,
        intermediate_tasks=tuple(sorted({row.intermediate_task for row in rows if row.intermediate_task})),
        row_role="intermediate language" if source else "source language",
        columns=columns,
        families=tuple(resolve(column).top_family for column in columns),
        rows=tuple(arranged),
        chance=tuple(by_target[column][-1].chance for column in columns),
        n_units=tuple(by_target[column][-1].n_units for column in columns),
        n_marked=_marked(arranged),
        unlearnt=_unlearnt(arranged, columns, source) if is_own_task else (),
    )


def _marked(rows: Sequence[MatrixRow]) -> int:
    """Cells with scores that are not zero-shot."""
    return sum(cell.n_seeds > 0 and not cell.zero_shot for row in rows for cell in row.cells)


def _arranged(rows: Sequence[ScoreRow], columns: Sequence[str], source: str | None) -> list[MatrixRow]:
    """One row per trained path: baselines first, then the highest mean."""
    by_path: dict[Path, dict[str, list[ScoreRow]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        path = (row.intermediate_task, row.intermediate_language) if source else (None, row.source_language)
        by_path[path][row.target_language].append(row)
    tasks = {path[0] for path in by_path if path[0] is not None}
    arranged = [_row(path, cells, columns, source, len(tasks) > 1) for path, cells in by_path.items()]
    return sorted(arranged, key=lambda row: (not row.is_baseline, -(row.mean_zero_shot or 0.0), row.label))


def _unlearnt(rows: Sequence[MatrixRow], columns: Sequence[str], source: str | None) -> tuple[str, ...]:
    return tuple(
        row.label
        for row in rows
        for column, cell in zip(columns, row.cells, strict=True)
        if column == (source or row.label) and cell.flag == "chance"
    )


def _row(
    path: Path,
    by_target: Mapping[str, Sequence[ScoreRow]],
    columns: Sequence[str],
    source: str | None,
    several_tasks: bool,
) -> MatrixRow:
    task, language = path
    cells = tuple(_cell(by_target.get(column, ())) for column in columns)
    zero_shot = [cell.mean for cell in cells if cell.mean is not None and cell.zero_shot]
    n_seeds = sorted({cell.n_seeds for cell in cells})
    is_equal_budget = source is not None and language == source
    return MatrixRow(
        label=f"{language} ({task})" if several_tasks and task is not None else (language or NO_INTERMEDIATE),
        is_baseline=is_equal_budget or language is None,
        note="source language, equal budget" if is_equal_budget else "",
        cells=cells,
        mean_zero_shot=statistics.fmean(zero_shot) if zero_shot else None,
        seeds=str(n_seeds[0]) if len(n_seeds) == 1 else f"{n_seeds[0]}–{n_seeds[-1]}",
    )


def _cell(rows: Sequence[ScoreRow]) -> MeanScore:
    if not rows:
        return MeanScore(None, None, 0, True, "")
    scores = [row.score for row in rows]
    mean = statistics.fmean(scores)
    low, high = _interval(rows, mean)
    return MeanScore(
        mean=mean,
        spread=statistics.stdev(scores) if len(scores) > 1 else None,
        n_seeds=len(scores),
        zero_shot=all(row.zero_shot for row in rows),
        flag=_flag(rows),
        ci_low=low,
        ci_high=high,
    )


def _interval(rows: Sequence[ScoreRow], mean: float) -> tuple[float | None, float | None]:
    """Interval over sentences, also where words are counted: the words of a sentence are not independent."""
    n = min(row.n_examples for row in rows)
    if rows[0].metric not in SHARES or n < 1:
        return None, None
    low, high = wilson_interval(np.array([mean]), np.array([float(n)]), confidence=CONFIDENCE)
    return float(low[0]), float(high[0])


def _flag(rows: Sequence[ScoreRow]) -> Literal["", "chance", "ceiling"]:
    """Apply the rule of the analysis to one cell."""
    found = information(
        np.array([statistics.fmean([row.score for row in rows])]),
        np.array([statistics.fmean([row.chance for row in rows])]),
        np.array([max(row.n_examples for row in rows)]),
    )
    return "chance" if found.n_at_chance else "ceiling" if found.n_at_ceiling else ""
