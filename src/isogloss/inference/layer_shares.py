"""Which layers an aggregator drew on: mean shares over all inputs, and by quarter of the input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from isogloss.identity import Frozen

if TYPE_CHECKING:
    from torch import Tensor

N_PARTS = 4
"""Parts of an input for which shares are given: first to last quarter of its subwords."""


class LayerShares(Frozen):
    """Mean share of every layer in what an aggregator put out: how much each layer contributes."""

    overall: tuple[float, ...] = Field(description="Share of each layer, in [0, 1], over all subwords.")
    by_part: tuple[tuple[float | None, ...], ...] = Field(
        description="The same in `N_PARTS` parts of equal length from first to last subword; None where no "
        "input is long enough to have the part."
    )


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

    def add(self, weights: Any, mask: Tensor, groups: Sequence[int] | None = None) -> None:
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
        if weights is None:
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
        return LayerShares(
            overall=tuple((total.sum(axis=1) / count.sum()).tolist()),
            by_part=tuple(
                tuple(share / n if n else None for share, n in zip(layer, count.tolist(), strict=True))
                for layer in total.tolist()
            ),
        )
