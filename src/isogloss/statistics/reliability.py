"""Reliability of cell means over seeds: how much of what differs between cells would come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.reference import Removal


@dataclass(frozen=True)
class Reliability:
    """Intraclass correlation of the means over seeds.

    Parameters
    ----------
    n_seeds, n_cells : int
        Seeds, and cells that have all of them.
    of_cells : float
        Share of the variance of the cell means that is not noise of the runs, in [0, 1].
    beyond_effects : float
        The same after row and column effects are removed: what the primary analysis works on.
    """

    n_seeds: int
    n_cells: int
    of_cells: float
    beyond_effects: float


def reliability(runs: NDArray[np.float64]) -> Reliability | None:
    """Estimate it from the cells that every seed has; None with one seed or too few cells.

    With mean squares between cells and within cells over S seeds it is ``1 - MS_within / MS_between``, not
    below 0.

    Parameters
    ----------
    runs : ndarray, shape (seed, row, column)
        The measure per seed; NaN where a cell is missing.

    References
    ----------
    Shrout and Fleiss (1979), Psychological Bulletin 86, p. 426 (ICC(1,k)).
    """
    mask = np.asarray(np.isfinite(runs).all(axis=0), dtype=np.bool_)
    n_effects = AdditiveEffects.two_way(mask).rank
    if len(runs) < 2 or int(mask.sum()) - n_effects < 2:
        return None
    plain, beyond = (
        _intraclass(runs, mask, removal) for removal in (AdditiveEffects.mean, AdditiveEffects.two_way)
    )
    return Reliability(len(runs), int(mask.sum()), plain, beyond)


def _intraclass(runs: NDArray[np.float64], mask: NDArray[np.bool_], removal: Removal) -> float:
    effects = removal(mask)
    residuals = effects.residuals(runs)
    mean = residuals.mean(axis=0)
    degrees = int(mask.sum()) - effects.rank
    between = len(runs) * float(np.sum(mean**2)) / degrees
    # The mean is removed from the cells of each seed; what seeds share is not a part of the noise.
    within = float(np.sum((residuals - mean) ** 2)) / ((len(runs) - 1) * degrees)
    return max(0.0, 1 - within / between) if between > 0 else 0.0
