"""The primary slope over its standard error over runs, where the primary test leaves the error out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, permuted
from isogloss.statistics.studentised import FEWEST_ROWS as IN_THE_PRIMARY_TEST
from isogloss.statistics.studentised import is_studentised, studentise

NAME = "run_robust"

FEWEST_ROWS = 6
"""A standard error over fewer row languages says little."""

LEVEL = 0.05


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Test the primary slope by a statistic that allows any correlation of the errors of one row.

    See `isogloss.statistics.studentised`.
    """
    if dyads.star:
        raise NotApplicableError("a star has no row and column effects")
    if is_studentised(dyads.rows, dyads.columns):
        raise NotApplicableError(f"with {IN_THE_PRIMARY_TEST} row languages or more it is the primary test")
    if len(dyads.rows) < FEWEST_ROWS:
        raise NotApplicableError(f"{len(dyads.rows)} row languages; {FEWEST_ROWS} are needed")
    permutations = dyads.permutations(n_permutations, rng)
    found = studentise(dyads.values, dyads.distance[None], dyads.rows, dyads.columns, permutations)
    ((low,), (high,)) = found.interval(LEVEL)
    result = permuted(NAME, "slope", float(found.slope[0]), found.statistic[:, 0], found.n, permutations)
    return replace(result, ci_low=float(low), ci_high=float(high))
