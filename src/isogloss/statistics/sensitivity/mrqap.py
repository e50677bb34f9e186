"""Multiple regression on all distances at once (MRQAP with double semi-partialling)."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.sensitivity._regression import beside_others
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError

NAME = "mrqap"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Slope of raw effectiveness on this distance with the other distances in the model."""
    if not dyads.others:
        raise NotApplicableError("a single distance")
    return beside_others(NAME, "slope", dyads, dyads.others, AdditiveEffects.mean, n_permutations, rng)
