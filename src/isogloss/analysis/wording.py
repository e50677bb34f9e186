"""Slopes in words: points per unit of distance."""

from __future__ import annotations

import math

POWER = 0.8
"""Probability with which the minimum detectable slope is found."""

SHARE_OF_INTEREST = 0.1
"""Smallest share of the variance that is left by row and column effects for a distance to matter."""


def words(name: str) -> str:
    """A registry name as it is read: ``"fusion gain"``."""
    return name.replace("_", " ")


def amount(measure: str, slope: float) -> str:
    """Slopes of scores in points (0.01 of a score), of shares as they are."""
    if math.isinf(slope):
        return "unbounded"
    return f"{slope:.2f}" if measure == "relative" else f"{100 * slope:.1f}"


def per_unit(measure: str, slope: float) -> str:
    """A slope with its unit: ``"3.2 points per unit"``."""
    unit = "" if measure == "relative" else " points"
    return f"{amount(measure, slope)}{unit} per unit"
