"""The primary test on other values or cells: what several files of this folder share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import AnalysisError
from isogloss.statistics.base import TestResult
from isogloss.statistics.primary import permutation_slope
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError


def primary_on(
    name: str,
    values: NDArray[np.float64],
    dyads: Dyads,
    n_permutations: int,
    rng: np.random.Generator,
    note: str,
) -> TestResult:
    """Run the primary test of the distance by itself on `values`, shape (row, column)."""
    there = np.isfinite(np.where(dyads.observed, values, np.nan))
    rows, columns = np.flatnonzero(there.any(axis=1)), np.flatnonzero(there.any(axis=0))
    if max(len(rows), len(columns)) < 3 or (min(len(rows), len(columns)) < 2 and not dyads.star):
        raise NotApplicableError(f"{len(rows)} x {len(columns)} languages are left")
    at = np.ix_(rows, columns)
    sides = [dyads.rows[int(i)] for i in rows], [dyads.columns[int(j)] for j in columns]
    kept, n = np.where(there, values, np.nan)[at], dyads.affordable(n_permutations)
    try:
        family = permutation_slope(kept, dyads.distance[at][None], *sides, n_permutations=n, rng=rng)
    except AnalysisError as error:
        raise NotApplicableError(error.what) from error
    return replace(family.results[0], method=name, p_family=float("nan"), note=note)
