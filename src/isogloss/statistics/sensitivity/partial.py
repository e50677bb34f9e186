"""Partial correlation of raw effectiveness and distance, controls held constant."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.sensitivity._regression import beside_others
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError

NAME = "partial"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Pearson's partial correlation given the controls; p by double semi-partialling."""
    if not dyads.controls:
        raise NotApplicableError("no control was asked for")
    return beside_others(NAME, "partial_r", dyads, dyads.controls, AdditiveEffects.mean, n_permutations, rng)
