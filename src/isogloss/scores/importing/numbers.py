"""Scores and other numbers as people write them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.display import counted
from isogloss.errors import DataError
from isogloss.scores.importing.labels import MISSING
from isogloss.scores.importing.plain import plain

Scale = Literal["percent", "fraction"]

PERCENT = 100.0
"""The highest score in percent."""

NOT_MEASURED = -1.0
"""A number that stands for a score that is not there, where no score can be negative."""

_NUMBER = r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?"
_SIMPLE = r"[+-]?(?:\d{1,300}\.?\d{0,300}|\.\d{1,300})(?:[eE][+-]?\d{1,3})?"
_SCORE = re.compile(rf"[~≈*†‡§]*\s*(%?)\s*({_NUMBER})\s*(%?)")
_SPREAD = re.compile(rf"\s*(?:_?\s*(?:±|\+/-|\+-)|[_↑↓▲▼])\s*{_NUMBER}\s*%?")
_BRACKET = re.compile(r"\s*_?\s*(?:\([^()]*\)|\[[^\[\]]*\])")
_MARK = re.compile(r"\s*(?:\^\s*\S+|[*†‡§¶#°↑↓▲▼★☆•⁎∗⋆⁰¹²³⁴⁵⁶⁷⁸⁹ᵃᵇᶜᵈᵉ]+|[a-e](?![a-zA-Z0-9]))")
_NEXT = re.compile(r"\s*[/|;]\s*(?=[~≈+\-.\d])")


@dataclass(frozen=True)
class ScoreField:
    """Content of a field of a table.

    Parameters
    ----------
    values : tuple of float
        One score, several (``77.7 / 65.2``), or none where it is missing.
    beside : bool
        A spread or a number in brackets after a score is not a score.
    percent : bool
        A percent sign is written.
    """

    values: tuple[float, ...]
    beside: bool = False
    percent: bool = False


@lru_cache(maxsize=100_000)
def cell(text: str) -> ScoreField | None:
    """Read a field of scores; None where it is not a score.

    Bold, stars, daggers and footnote marks say nothing about the number. A score may be followed by a spread
    (``± 0.4``) or brackets (``(0.4)``).
    """
    if text.strip().lower() in MISSING:
        return ScoreField(())
    rest = plain(text)
    if rest.lower() in MISSING:
        return ScoreField(())
    values: list[float] = []
    beside = percent = False
    while True:
        found = _SCORE.match(rest)
        value = float(found[2].replace(",", ".")) if found else math.inf
        if found is None or not math.isfinite(value):
            return None
        values.append(value)
        percent |= bool(found[1] or found[3])
        rest = rest[found.end() :]
        while more := _SPREAD.match(rest) or _BRACKET.match(rest) or _MARK.match(rest):
            beside |= any(character.isdigit() for character in more[0]) and not _MARK.fullmatch(more[0])
            rest = rest[more.end() :]
        following = _NEXT.match(rest)
        if following is None:
            return ScoreField(tuple(values), beside, percent) if not rest.strip() else None
        rest = rest[following.end() :]


def number(text: str) -> float:
    """Read one number; NaN where it is missing, or the text is not a number, or several."""
    found = cell(text)
    return found.values[0] if found is not None and len(found.values) == 1 else math.nan


def whole_number(text: str) -> int:
    """Read a count; thousands may be separated (``"2,000"``), and 0 stands for none."""
    value = number(re.sub(r"(?<=\d)[,.\s](?=\d{3}\b)", "", text))
    return int(value) if value <= 1e15 else 0


@dataclass(frozen=True)
class Parsed:
    """Fields as numbers.

    Parameters
    ----------
    values : ndarray of float, shape (field, part)
        NaN where there is no score.
    wrong : ndarray of bool, shape (field,)
        Fields that are not scores.
    beside, percent : ndarray of bool, shape (field,)
    """

    values: NDArray[np.float64]
    wrong: NDArray[np.bool_]
    beside: NDArray[np.bool_]
    percent: NDArray[np.bool_]


def parse(texts: pd.Series) -> Parsed:
    """Read fields, every distinct text once, and plain numbers all together."""
    codes, distinct = pd.factorize(texts)
    words = pd.Series(distinct, dtype="str")
    simple = words.str.fullmatch(_SIMPLE).to_numpy(dtype=bool)
    cells = {i: cell(words.iloc[i]) for i in np.flatnonzero(~simple)}
    n_parts = max((len(found.values) for found in cells.values() if found), default=1)
    values = np.full((len(words), max(n_parts, 1)), np.nan)
    values[simple, 0] = words[simple].to_numpy(dtype=object).astype(np.float64)
    wrong, beside, percent = (np.zeros(len(words), dtype=bool) for _ in range(3))
    wrong |= np.isinf(values[:, 0])
    for i, found in cells.items():
        if found is None:
            wrong[i] = True
        else:
            values[i, : len(found.values)] = found.values
            beside[i], percent[i] = found.beside, found.percent
    return Parsed(values[codes], wrong[codes], beside[codes], percent[codes])


def is_mostly_numeric(texts: pd.Series) -> bool:
    """Say whether as many distinct texts are numbers as are other texts; missing ones count for neither.

    A text among numbers does not make a column of text: it is a score that somebody mistyped.
    """
    found = parse(pd.Series(texts.unique(), dtype="str"))
    return bool(np.isfinite(found.values[:, 0]).sum() >= max(found.wrong.sum(), 1))


def scale_of(values: NDArray[np.float64], percent: NDArray[np.bool_]) -> Scale:
    """Percent where a score exceeds 1 or is written with a percent sign."""
    return "percent" if bool((values > 1).any() or percent.any()) else "fraction"


def as_fractions(
    values: NDArray[np.float64], scale: Scale, place: Callable[[int], str]
) -> NDArray[np.float64]:
    """Bring scores into [0, 1]; `place` names the place of a score by its position, for the message.

    Raises
    ------
    DataError
        If a score is out of range.
    """
    top = PERCENT if scale == "percent" else 1.0
    out = np.flatnonzero((values < 0) | (values > top))
    if len(out):
        further = f" (and {counted(len(out) - 1, 'other')})" if len(out) > 1 else ""
        raise DataError(
            f"the score {values[out[0]]:g} is out of range{further}",
            where=place(int(out[0])),
            allowed=f"0 to {top:g} (the column is read as {scale})",
            hint="a score table holds scores, not differences or losses; see --scale",
        )
    return values / top
