"""The rule that turns a test into one of four words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from isogloss.statistics.base import TestResult

Word = Literal["supported", "not supported", "underpowered", "nothing to explain"]


Cause = Literal[
    "found",
    "other direction",
    "too few permutations",
    "no slope suffices",
    "too little power",
    "not found",
    "no information",
]


@dataclass(frozen=True)
class Judgement:
    """A word, and which rule led to it."""

    word: Word
    cause: Cause


NOTHING_TO_EXPLAIN = Judgement("nothing to explain", "no information")


def judge(
    result: TestResult,
    *,
    expected_sign: Literal[-1, 0, 1],
    alpha: float,
    min_detectable: float,
    smallest_of_interest: float,
) -> Judgement:
    """Judge one distance by its primary test.

    - *supported*: the family-wise p-value is at most alpha and the slope has the expected sign (any sign
      where none is expected);
    - *not supported*, and said so: the p-value is at most alpha, but the slope has the other sign;
    - *underpowered*: the design cannot reach alpha, or the slope that it would find with the stated power is
      larger than the smallest slope of interest;
    - *not supported*: otherwise.

    *nothing to explain* comes before all of them and is decided from the scores, see `statistics.floor`.

    Parameters
    ----------
    result : TestResult
        Of the primary test.
    expected_sign : {-1, 0, 1}
    alpha : float
    min_detectable, smallest_of_interest : float
        Absolute slopes.
    """
    if result.p_family <= alpha:
        if expected_sign and math.copysign(1, result.estimate) != expected_sign:
            return Judgement("not supported", "other direction")
        return Judgement("supported", "found")
    if result.p_min > alpha:
        return Judgement("underpowered", "too few permutations")
    if math.isinf(min_detectable):
        return Judgement("underpowered", "no slope suffices")
    if min_detectable > smallest_of_interest:
        return Judgement("underpowered", "too little power")
    return Judgement("not supported", "not found")
