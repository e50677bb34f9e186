"""Loss curves short enough for a record."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

N_CURVE_POINTS = 50


def shorten_curve(losses: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """Means over at most `N_CURVE_POINTS` stretches of a loss curve, each with its last update."""
    n_points = min(N_CURVE_POINTS, len(losses))
    edges = [round(len(losses) * i / n_points) for i in range(n_points + 1)] if n_points else []
    return tuple((stop, sum(losses[start:stop]) / (stop - start)) for start, stop in pairwise(edges))
