"""Multiple regression and partial correlation: what the files of this folder share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.base import TestResult
from isogloss.statistics.reference import Removal
from isogloss.statistics.semipartial import double_semi_partialling
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, permuted


def beside_others(
    name: str,
    statistic: str,
    dyads: Dyads,
    others: Mapping[str, NDArray[np.float64]],
    removal: Removal,
    n_permutations: int,
    rng: np.random.Generator,
) -> TestResult:
    """Test a distance with `others` in the model, on the languages that all of them cover.

    Parameters
    ----------
    name, statistic : str
        ``"slope"`` or ``"partial_r"`` is the estimate that is reported.
    dyads : Dyads
    others : mapping of str to ndarray, shape (row, column)
    removal : callable
        What is removed besides: the mean, or row and column effects.
    n_permutations : int
    rng : numpy.random.Generator
    """
    covered = dyads.known_to(others)
    if max(covered.values.shape) < 3 or not covered.values.size:
        raise NotApplicableError(f"too few languages are on record for all of: {', '.join(others)}")
    kept = {**covered.others, **covered.controls}
    stacked = np.stack([kept[other] for other in others])
    permutations = covered.permutations(n_permutations, rng)
    found = double_semi_partialling(
        covered.values, covered.distance, stacked, covered.rows, covered.columns, permutations, removal
    )
    if np.isnan(found.slope):
        raise NotApplicableError(
            f"nothing is left to explain once these are held constant: {', '.join(others)}"
        )
    estimate = found.slope if statistic == "slope" else float(found.correlation[0])
    kept_languages = {*covered.rows, *covered.columns}
    left_out = dict.fromkeys(each for each in (*dyads.rows, *dyads.columns) if each not in kept_languages)
    note = f"with {', '.join(others)}"
    note += f"; without {', '.join(left_out)}" if left_out else ""
    note += f"; {found.n_collinear} of them add nothing here" if found.n_collinear else ""
    return permuted(name, statistic, estimate, found.correlation, found.n, permutations, note)
