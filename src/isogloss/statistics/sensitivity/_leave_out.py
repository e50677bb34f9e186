"""The primary slope without some languages: what the leave-one-out files share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, slope_between


def leave_out(name: str, dyads: Dyads, groups: Mapping[str, Sequence[str]]) -> TestResult:
    """Fit the primary slope without each group of languages in turn.

    Parameters
    ----------
    name : str
    dyads : Dyads
    groups : mapping of str to sequence of str
        Languages left out at once, by the name it is listed under.

    Returns
    -------
    TestResult
        The bounds are the range of the slopes, not a confidence interval; there is no p-value.
    """
    slopes = {told: _slope(dyads, without) for told, without in groups.items()}
    known = {told: slope for told, slope in slopes.items() if np.isfinite(slope)}
    if len(known) < 2:
        raise NotApplicableError("too little is left without any one of them")
    whole = _slope(dyads, ())
    smallest, largest = (pick(known, key=lambda told: known[told]) for pick in (min, max))
    note = f"range of the slope: lowest without {smallest}, highest without {largest}"
    turned = [told for told, slope in known.items() if slope * whole < 0]
    note += f"; the sign turns without {', '.join(turned)}" if turned else ""
    ends = known[smallest], known[largest]
    return slope_between(name, whole, ends, int(dyads.observed.sum()), len(known), note)


def _slope(dyads: Dyads, without: Sequence[str]) -> float:
    mask = dyads.observed.copy()
    mask[[row in without for row in dyads.rows], :] = False
    mask[:, [column in without for column in dyads.columns]] = False
    if not mask.any():
        return float("nan")
    at = np.ix_(mask.any(axis=1), mask.any(axis=0))
    if (min(dyads.values.shape) > 1) != (min(mask[at].shape) > 1):
        return float("nan")  # what is left has another design
    effects = AdditiveEffects.two_way(mask[at])
    x = effects.residuals(dyads.distance[at])
    if is_constant(dyads.distance[at][mask[at]], x):
        return float("nan")
    return float(np.sum(x * effects.residuals(dyads.values[at])) / np.sum(x**2))
