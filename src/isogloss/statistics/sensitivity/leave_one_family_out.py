"""Whether the primary slope hangs on one language family."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.sensitivity._leave_out import leave_out
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError

NAME = "leave_one_family_out"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Range of the primary slope when each family is left out; a language of unknown family is its own."""
    members: dict[str, list[str]] = defaultdict(list)
    for language in sorted({*dyads.rows, *dyads.columns}):
        members[dyads.families.get(language) or language].append(language)
    if len(members) < 2:
        raise NotApplicableError("all languages are of one family")
    return leave_out(NAME, dyads, members)
