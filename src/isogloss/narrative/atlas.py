"""Why a source is good for a target, and how a map of scores is to be read, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from isogloss.narrative.numbers import number, percent

NAME = None
"""Not a renderer: these are the words that others put together."""

N_REASONS = 3


def why(places: Mapping[str, tuple[float, int, int]], donor: float = math.nan) -> str:
    """Reasons for a source, closest distance first.

    Parameters
    ----------
    places : mapping of str to (float, int, int)
        Distance, its place among the sources (1 for the closest), and the number of sources, by metric; NaN
        where too little is on record.
    donor : float
        Mean score on other targets less that of all sources, as a fraction; NaN where unknown.
    """
    known = {
        metric: entry
        for metric, entry in places.items()
        if not math.isnan(entry[0]) and not (metric == "genetic" and entry[0] >= 1)  # no relative
    }
    ordered = sorted(known, key=lambda metric: (known[metric][1], metric))[:N_REASONS]
    told = [
        f"{metric} distance {number(known[metric][0])} (place {known[metric][1]} of {known[metric][2]})"
        for metric in ordered
    ]
    if not math.isnan(donor):
        side = "above" if donor >= 0 else "below"
        told.append(f"{number(100 * abs(donor), 1)} points {side} the mean source on other targets")
    return ", ".join(told) or "no distance on record"


def said(score: float, low: float, high: float, *, measured: bool) -> str:
    """A score with its interval: ``"measured 81.2 (79.4 to 82.9)"``."""
    start = f"{'measured' if measured else 'expected'} {percent(score)}"
    if not math.isfinite(low + high):
        return f"{start} (no interval)"
    return f"{start} ({percent(low)} to {percent(high)})"
