"""Several tests at once: p-values for the claim that any of them shows something."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def holm(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Adjust p-values for their number, whatever the dependence between the tests.

    Parameters
    ----------
    p_values : sequence of float

    Returns
    -------
    ndarray, shape (test,)
        In the order given. To reject where one is at most alpha errs in any of the tests with
        probability alpha at most.

    References
    ----------
    Holm (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
    Statistics 6.
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    steps = p[order] * np.arange(len(p), 0, -1)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return adjusted
