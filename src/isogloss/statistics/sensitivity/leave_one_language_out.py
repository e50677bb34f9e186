"""Whether the primary slope hangs on one language."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity._leave_out import leave_out
from isogloss.statistics.sensitivity.base import Dyads

NAME = "leave_one_language_out"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Range of the primary slope when each language is left out, on both margins at once."""
    return leave_out(
        NAME, dyads, {language: (language,) for language in sorted({*dyads.rows, *dyads.columns})}
    )
