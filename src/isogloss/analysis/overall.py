"""Average changes in one condition, before any distance is asked about."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from isogloss.errors import AnalysisError
from isogloss.languages import resolve
from isogloss.scores.effectiveness import Condition, effectiveness
from isogloss.scores.table import ScoreTable
from isogloss.statistics.average import Average, average
from isogloss.statistics.floor import flags
from isogloss.statistics.reference import observed_cells

CHANGES = ("gain", "gain_equal_budget")
"""Measures that compare a score with the same score after another stage, or none."""


@dataclass(frozen=True)
class Overall:
    """Zero-shot scores of one condition.

    Parameters
    ----------
    condition : Condition
    n_cells : int
        Cells whose target is neither source nor intermediate language.
    mean : float
    at_chance : mapping of str to (int, int)
        Target language to its cells within sampling error of chance, and all of its cells; targets without
        such a cell are left out, the worst stand first.
    changes : mapping of str to Average
        Each of `CHANGES` that has a value: how scores changed against a baseline.
    """

    condition: Condition
    n_cells: int
    mean: float
    at_chance: Mapping[str, tuple[int, int]]
    changes: Mapping[str, Average]

    @property
    def n_at_chance(self) -> int:
        """Cells within sampling error of chance."""
        return sum(n for n, _ in self.at_chance.values())


def overall(table: ScoreTable, condition: Condition) -> Overall | None:
    """Count what changed and what is at chance; None where no cell is zero-shot."""
    try:
        scores = effectiveness(table, "score", condition)
    except AnalysisError:
        return None
    ids = ([resolve(code).id for code in side] for side in (scores.rows, scores.columns))
    _, used = observed_cells(scores.values, *ids)
    low, _, _ = flags(
        np.where(used, scores.scores, 0.0), np.where(used, scores.chance, np.nan), scores.n_examples
    )
    counts = {
        code: (int((low & used)[:, j].sum()), int(used[:, j].sum())) for j, code in enumerate(scores.columns)
    }
    worst = sorted((code for code, (n, _) in counts.items() if n), key=lambda code: (-counts[code][0], code))
    if not used.any():
        return None
    changes = _changes(table, condition) if condition.margin == "intermediate" else {}
    mean, at_chance = float(scores.values[used].mean()), {code: counts[code] for code in worst}
    return Overall(condition, int(used.sum()), mean, at_chance, changes)


def _changes(table: ScoreTable, condition: Condition) -> dict[str, Average]:
    found = {}
    for measure in CHANGES:
        with contextlib.suppress(AnalysisError):  # no baseline to compare with
            found[measure] = average(effectiveness(table, measure, condition).cube)
    return found
