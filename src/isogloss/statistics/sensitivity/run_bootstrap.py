"""How much of the primary slope is the luck of the runs: seeds of every row language are resampled."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, slope_between

NAME = "run_bootstrap"

N_RESAMPLES = 1999


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Percentile interval of the primary slope over resampled runs, languages as they are.

    A run (one seed of one row language) scores all targets at once, so whole runs are resampled, never
    cells. With few seeds the interval is too narrow: it shows the size of the noise and is not a test.
    """
    if dyads.runs is None or len(dyads.runs) < 2:
        raise NotApplicableError("one seed")
    observed = dyads.observed
    present = np.isfinite(dyads.runs) & observed
    whole = np.asarray(present.any(axis=2))
    if not np.array_equal(present, whole[:, :, None] & observed):
        raise NotApplicableError("runs of one row language score different targets")
    if whole.sum(axis=0).max() < 2:
        raise NotApplicableError("no row language has more than one run")
    effects = AdditiveEffects.two_way(observed)
    x = effects.residuals(dyads.distance)
    # The slope is linear in the scores: what each run adds to the numerator.
    share = np.einsum("srt,rt->sr", np.where(present, dyads.runs, 0.0), x)
    numerators = np.zeros(N_RESAMPLES)
    for row in np.flatnonzero(whole.any(axis=0)):
        own = share[whole[:, row], row]
        numerators += own[rng.integers(len(own), size=(N_RESAMPLES, len(own)))].mean(axis=1)
    slopes = numerators / np.sum(x**2)
    estimate = float(np.sum(x * effects.residuals(dyads.values)) / np.sum(x**2))
    ends = np.quantile(slopes, [0.025, 0.975])
    note = f"noise of {int(whole.sum())} runs alone, languages as they are"
    return slope_between(NAME, estimate, ends, int(observed.sum()), N_RESAMPLES, note)
