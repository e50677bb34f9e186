"""Which layers an aggregator drew on: mean shares over all inputs, and by quarter of the input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

N_PARTS = 4
"""Parts of an input for which shares are given: first to last quarter of its subwords."""


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
    """Sums up `last_weights` of an aggregator over micro-batches, apart for groups of inputs.

    Parameters
    ----------
    n_groups : int
        Such as the targets whose inputs share a micro-batch.
    """

    def __init__(self, n_groups: int = 1) -> None:
        self._n_groups = n_groups
        self._total: NDArray[np.float64] | None = None
        self._count = np.zeros((n_groups, N_PARTS))

    def add(self, weights: object, mask: Tensor, groups: Sequence[int] | None = None) -> None:
        """Count one micro-batch.

        Parameters
        ----------
        weights : Tensor, shape (layer, batch, subword), or None
            None where layers have no shares.
        mask : Tensor of bool, shape (batch, subword)
            True where a subword is real; padding stands behind.
        groups : sequence of int, shape (batch,), optional
            The group of each input; all of the first by default.
        """
        if not isinstance(weights, Tensor):
            return
        shares, real = weights.double().cpu().numpy(), mask.cpu().numpy()
        of_rows = np.zeros(len(real), dtype=np.int64) if groups is None else np.asarray(groups)
        part = np.arange(real.shape[1]) * N_PARTS // real.sum(axis=1, keepdims=True)
        in_part = (part[..., None] == np.arange(N_PARTS)) & real[..., None]
        if self._total is None:
            self._total = np.zeros((self._n_groups, len(shares), N_PARTS))
        np.add.at(self._total, of_rows, np.einsum("lbs,bsp->blp", shares, in_part))
        np.add.at(self._count, of_rows, in_part.sum(axis=1))

    def result(self, group: int = 0) -> LayerShares | None:
        """Give the means of a group so far; None where the aggregator has no shares."""
        if self._total is None:
            return None
        total, count = self._total[group], self._count[group]
        by_part = np.full_like(total, np.nan)
        np.divide(total, count, out=by_part, where=count > 0)
        return LayerShares(total.sum(axis=1) / count.sum(), by_part)
