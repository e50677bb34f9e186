"""Why a source is good for a target, and how a map of scores is to be read, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from isogloss.narrative.numbers import number, percent

NAME = None
"""Not a renderer: these are the words that others put together."""

N_REASONS = 3


def why(places: Mapping[str, tuple[float, int]], n_sources: int, donor: float = math.nan) -> str:
    """Reasons for a source, closest distance first.

    Parameters
    ----------
    places : mapping of str to (float, int)
        Distance and its place among the sources (1 for the closest) by metric; NaN where too little is on
        record.
    n_sources : int
    donor : float
        Mean score on other targets less that of all sources, as a fraction; NaN where unknown.
    """
    known = sorted(
        (place, metric, distance)
        for metric, (distance, place) in places.items()
        if not math.isnan(distance) and not (metric == "genetic" and distance >= 1)  # no relative
    )
    told = [
        f"{metric} distance {number(distance)} (place {place} of {n_sources})"
        for place, metric, distance in known[:N_REASONS]
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
