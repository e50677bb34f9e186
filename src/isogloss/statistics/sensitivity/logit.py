"""The primary test on the logit scale, where a point near the ceiling counts for more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity._primary_on import primary_on
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError

NAME = "logit"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Slope of log(score / (1 - score)) on distance; a score of 0 or 1 has no logit and is left out."""
    if dyads.scores is None:
        raise NotApplicableError("the measure is not a score, or a score less its baseline")
    inside = (dyads.scores > 0) & (dyads.scores < 1) & dyads.observed
    scores = np.where(inside, dyads.scores, 0.5)
    values = np.where(inside, np.log(scores / (1 - scores)), np.nan)
    n_out = int(dyads.observed.sum() - inside.sum())
    note = "logits of the score per unit of distance"
    note += f"; {n_out} cells with a score of 0 or 1 left out" if n_out else ""
    found = primary_on(NAME, values, dyads, n_permutations, rng, note)
    return replace(found, statistic="logit_slope")
