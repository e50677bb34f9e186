"""The primary slope with controls in the model."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.sensitivity._regression import beside_others
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError

NAME = "partial_two_way"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Slope beyond row and column effects and the controls.

    What describes one language alone, such as the size of its pre-training data, is part of the row and
    column effects already; only what describes a pair makes a difference here.
    """
    if not dyads.controls:
        raise NotApplicableError("no control was asked for")
    if dyads.star:
        raise NotApplicableError("a star has no row and column effects: see partial")
    return beside_others(NAME, "slope", dyads, dyads.controls, AdditiveEffects.two_way, n_permutations, rng)
