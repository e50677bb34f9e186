"""Result of a statistic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class TestResult:
    """One estimate with its test.

    Parameters
    ----------
    method : str
        Name of the method, as the report prints it.
    statistic : str
        Name of the statistic: ``"slope"``, ``"pearson_r"``.
    estimate : float
    n : int
        Dyads used.
    ci_low, ci_high : float
        Bounds of the interval at `confidence`; NaN where the method has none.
    p_value : float
        Two-sided; NaN where the method has none.
    n_resamples : int
        Size of the reference set: permutations drawn, or all of them where `exact`.
    exact : bool
        All permutations were enumerated.
    p_min : float
        Smallest p-value that this design and number of resamples can give.
    confidence : float
        Nominal coverage of the interval.
    p_family : float
        The p-value adjusted for all tests of one family; NaN where there is no family.
    note : str
        What a reader should know of this result, in words.
    """

    __test__ = False  # not a test class, whatever pytest thinks of its name

    method: str
    statistic: str
    estimate: float
    n: int
    ci_low: float = float("nan")
    ci_high: float = float("nan")
    p_value: float = float("nan")
    n_resamples: int = 0
    exact: bool = False
    p_min: float = float("nan")
    confidence: float = 0.95
    p_family: float = float("nan")
    note: str = ""
