"""The primary test without the cells that are at chance or at the ceiling."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity._primary_on import primary_on
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError

NAME = "without_floor_and_ceiling"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Slope over the cells that are neither at chance nor at the ceiling."""
    if dyads.flagged is None or not (dyads.flagged & dyads.observed).any():
        raise NotApplicableError("no cell is at chance or at the ceiling")
    n_out = int((dyads.flagged & dyads.observed).sum())
    values = np.where(dyads.flagged, np.nan, dyads.values)
    return primary_on(NAME, values, dyads, n_permutations, rng, f"{n_out} cells left out")
