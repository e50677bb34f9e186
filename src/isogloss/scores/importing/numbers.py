"""Scores and other numbers as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Literal

from isogloss.errors import DataError

Scale = Literal["percent", "fraction"]

MISSING = frozenset({"", "-", "–", "—", "na", "n/a", "nan", "none", "null", "."})
"""What stands for a score that is not there, in any case."""

_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def number(text: str) -> float | None:
    """Read a number; a trailing percent sign and a decimal comma are allowed, NaN where it is missing.

    Returns
    -------
    float or None
        None where the text is no number.
    """
    plain = text.strip()
    if plain.lower() in MISSING:
        return float("nan")
    plain = plain.removesuffix("%").strip()
    if _DECIMAL_COMMA.fullmatch(plain):
        plain = plain.replace(",", ".")
    try:
        found = float(plain)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def whole_number(text: str) -> int:
    """Read a count; thousands may be parted (``"2,000"``), and 0 stands for none."""
    value = number(re.sub(r"(?<=\d)[,.\s](?=\d{3}\b)", "", text))
    return 0 if value is None or math.isnan(value) else int(value)


def is_numeric(texts: Sequence[str]) -> bool:
    """Say whether all of `texts` are numbers, and not all of them missing."""
    read = [number(text) for text in texts]
    return None not in read and any(value is not None and math.isfinite(value) for value in read)


def is_mostly_numeric(texts: Sequence[str]) -> bool:
    """Say whether as many of `texts` are numbers as are other texts; missing ones count for neither."""
    read = [number(text) for text in texts]
    n_numbers = sum(value is not None and math.isfinite(value) for value in read)
    return n_numbers >= max(read.count(None), 1)


def read_scores_of(texts: Sequence[str], places: Sequence[str], column: str) -> list[float]:
    """Read a score column; NaN where a score is missing.

    Raises
    ------
    DataError
        If a text is no number.
    """
    values = []
    for text, place in zip(texts, places, strict=True):
        value = number(text)
        if value is None:
            raise DataError(
                f"the score '{text}' is no number",
                where=f"{place}, column '{column}'",
                allowed="a number; empty, NA or - where there is no score",
                hint="correct it, or empty the field",
            )
        values.append(value)
    return values


def scale_of(values: Sequence[float], texts: Sequence[str]) -> Scale:
    """Percent where a score exceeds 1 or is written with a percent sign."""
    known = [value for value in values if not math.isnan(value)]
    return "percent" if any(v > 1 for v in known) or any("%" in text for text in texts) else "fraction"


def as_fractions(values: Sequence[float], scale: Scale, places: Sequence[str], column: str) -> list[float]:
    """Bring scores into [0, 1].

    Raises
    ------
    DataError
        If a score is out of range.
    """
    top = 100.0 if scale == "percent" else 1.0
    for value, place in zip(values, places, strict=True):
        if value < 0 or value > top:
            raise DataError(
                f"the score {value:g} is out of range",
                where=f"{place}, column '{column}'",
                allowed=f"0 to {top:g} (the column is read as {scale})",
                hint="a score table holds scores, not differences or losses; see --scale",
            )
    return [value / top for value in values]
