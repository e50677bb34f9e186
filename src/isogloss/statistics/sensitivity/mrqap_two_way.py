"""Multiple regression on all distances at once, beyond row and column effects."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.sensitivity._regression import beside_others
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError

NAME = "mrqap_two_way"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Slope of the primary analysis with the other distances in the model."""
    if not dyads.others:
        raise NotApplicableError("a single distance")
    if dyads.star:
        raise NotApplicableError("a star has no row and column effects: see mrqap")
    return beside_others(NAME, "slope", dyads, dyads.others, AdditiveEffects.two_way, n_permutations, rng)
