"""Mean of a measure over cells, with an interval for other row languages and other seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.paired import student_reach


@dataclass(frozen=True)
class Average:
    """Mean over cells.

    Parameters
    ----------
    estimate : float
    ci_low, ci_high : float
        Of the mean over these columns with other rows and seeds; NaN for one row and one seed.
    n_cells, n_below, n_above : int
        Cells; those below zero, and above.
    n_rows, n_seeds : int
    """

    estimate: float
    ci_low: float
    ci_high: float
    n_cells: int
    n_below: int
    n_above: int
    n_rows: int
    n_seeds: int


def average(runs: NDArray[np.float64], *, confidence: float = 0.95) -> Average:
    """Average the means over seeds of all cells.

    The interval is Student's t over two variances of the mean, that of rows and that of seeds, each by
    linearisation with whole rows, or whole seeds, as clusters. What both share counts twice, so the interval
    errs to the wide side. A factor with one level adds nothing: with one seed the interval is for other rows
    alone, and the noise of a baseline that all rows have in common is not in it.

    Parameters
    ----------
    runs : ndarray, shape (seed, row, column)
        NaN where a cell is missing; at least one is not.
    confidence : float

    References
    ----------
    Cameron, Gelbach and Miller (2011), Robust inference with multiway clustering, Journal of Business and
    Economic Statistics 29, 238-249. Satterthwaite (1946), Biometrics Bulletin 2, 110-114.
    """
    there = np.isfinite(runs)
    n_runs = there.sum(axis=0)
    used = n_runs > 0
    n_cells = int(used.sum())
    share = np.where(there, 1.0 / np.maximum(n_runs, 1), 0.0) / n_cells
    filled = np.where(there, runs, 0.0)
    estimate = float((share * filled).sum())
    apart = share * (filled - estimate)
    parts = []
    for axes in ((0, 2), (1, 2)):  # rows, then seeds
        present = there.any(axis=axes)
        n = int(present.sum())
        if n > 1:
            parts.append((n / (n - 1) * float((apart.sum(axis=axes)[present] ** 2).sum()), n))
    reach = student_reach(parts, confidence) if parts else np.nan
    cells = np.round(n_cells * (share * filled).sum(axis=0)[used], 12)  # seeds that cancel leave rounding
    n_below, n_above = int((cells < 0).sum()), int((cells > 0).sum())
    n_rows, n_seeds = int(used.any(axis=1).sum()), int(there.any(axis=(1, 2)).sum())
    bounds = estimate - reach, estimate + reach
    return Average(estimate, *bounds, n_cells, n_below, n_above, n_rows, n_seeds)
