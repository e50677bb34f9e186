"""Formats of numbers, the same on page, terminal and notebook.

Scores are shown in percent, differences and slopes of scores in percentage points with their sign: a fall
is a negative slope with a negative interval.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from isogloss.narrative.analysis import decimals, p_text

NAME = None
"""Not a renderer: these are the words that others put together."""

MINUS, EN_DASH, INFINITY = "\N{MINUS SIGN}", "\N{EN DASH}", "\N{INFINITY}"

UNITS: Mapping[str, tuple[str, float]] = {
    "score": ("percent", 100.0),
    "relative": ("share", 1.0),
}
"""Unit and factor for display; every other measure is a difference of scores."""
POINTS = ("points", 100.0)


def display_unit(measure: str) -> tuple[str, float]:
    """Unit of a measure as displayed, and the factor to get there."""
    return UNITS.get(measure, POINTS)


def number(value: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """A number with a true minus; a dash where there is none."""
    if value is None or math.isnan(value):
        return EN_DASH
    if math.isinf(value):
        return f"{MINUS if value < 0 else '+' if signed else ''}{INFINITY}"
    text = f"{value:{'+' if signed else ''}.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def percent(value: float | None, digits: int = 1) -> str:
    """A score in [0, 1] as percent, without the sign."""
    return number(None if value is None else 100 * value, digits)


def slope(value: float, scale: float = 100.0, *beside: float) -> str:
    """A slope in display units, with as many digits as its unit and the largest that it is beside ask for."""
    largest = max((abs(scale * each) for each in (value, *beside) if math.isfinite(each)), default=0.0)
    return number(scale * value, decimals(largest, 1 if scale > 1 else 2), signed=True)


def interval(low: float, high: float, scale: float = 1.0, digits: int | None = None) -> str:
    """Two bounds in display units; a dash where the method has no interval."""
    if math.isnan(low) or math.isnan(high):
        return EN_DASH
    if digits is not None:
        return f"{number(low, digits, signed=True)} to {number(high, digits, signed=True)}"
    return f"{slope(low, scale, high)} to {slope(high, scale, low)}"


def p_value(value: float | None) -> str:
    """A p-value in two significant digits, never 0; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return EN_DASH
    return "< 0.0001" if value < 0.0001 else p_text(value)


def typeset(sentence: str) -> str:
    """Begin with a capital, and write true minus signs."""
    return re.sub(r"(?<!\w)-(?=\d)", MINUS, sentence[:1].upper() + sentence[1:])
