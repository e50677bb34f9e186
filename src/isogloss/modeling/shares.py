"""Which layers an aggregator drew on: mean shares over all inputs, and by quarter of the input."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

N_PARTS = 4
"""Parts of an input by which shares are told: first to last quarter of its subwords."""


@dataclass(frozen=True, eq=False)
class LayerShares:
    """Mean share of every layer in what an aggregator put out.

    Parameters
    ----------
    overall : ndarray of float, shape (layer,)
        Over all subwords of all inputs; sums to one.
    by_part : ndarray of float, shape (layer, part)
        `N_PARTS` parts of equal length from first to last subword; columns sum to one, and are NaN where no
        input is long enough to have that part.
    """

    overall: NDArray[np.float64]
    by_part: NDArray[np.float64]

    def __eq__(self, other: object) -> bool:
        """Whether all shares are the same; parts that no input has are."""
        return (
            isinstance(other, LayerShares)
            and np.array_equal(self.overall, other.overall)
            and np.array_equal(self.by_part, other.by_part, equal_nan=True)
        )

    def __hash__(self) -> int:
        return hash(self.by_part.shape)


class ShareCounter:
    """Sums up `last_weights` of an aggregator, micro-batch by micro-batch."""

    def __init__(self) -> None:
        self._total: NDArray[np.float64] | None = None
        self._count = np.zeros(N_PARTS)

    def add(self, weights: object, mask: Tensor) -> None:
        """Count one micro-batch.

        Parameters
        ----------
        weights : Tensor, shape (layer, batch, subword), or None
            None where layers have no shares.
        mask : Tensor of bool, shape (batch, subword)
            True where a subword is real; padding stands behind.
        """
        if not isinstance(weights, Tensor):
            return
        shares, real = weights.double().cpu().numpy(), mask.cpu().numpy()
        part = np.arange(real.shape[1]) * N_PARTS // real.sum(axis=1, keepdims=True)
        if self._total is None:
            self._total = np.zeros((len(shares), N_PARTS))
        for at in range(N_PARTS):
            chosen = real & (part == at)
            self._total[:, at] += shares[:, chosen].sum(axis=1)
            self._count[at] += chosen.sum()

    def result(self) -> LayerShares | None:
        """Give the means so far; None where the aggregator has no shares."""
        if self._total is None:
            return None
        by_part = np.full_like(self._total, np.nan)
        np.divide(self._total, self._count, out=by_part, where=self._count > 0)
        return LayerShares(self._total.sum(axis=1) / self._count.sum(), by_part)
