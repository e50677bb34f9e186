"""Depth-wise attention: every position attends to its own states in all layers (arXiv 2209.15168)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from isogloss.modeling.aggregators.base import NarrowedConfig

if TYPE_CHECKING:
    from torch import nn

NAME = "dwatt"


class Aggregator(NarrowedConfig):
    """Attend over depth with keys that depend on the layer alone.

    ::

        f(z) = W LN(gelu(U z))                    U: E -> E/r, W: E/r -> E; one for the query, one a layer
        q = 1 + elu(h_L + f_Q(h_L))               k_n = W_K p_n         v_n = LN_n(f_n(h_n))
        out = h_L + sum_n softmax_n(q . k_n) v_n  over all layers, the embedding output included

    Parameters
    ----------
    reduction : int
        As in `NarrowedConfig`.
    position_width : int
        Size of the learned embedding p_n of a layer, which begins uniform in [0, 1].

    References
    ----------
    ElNokrashy, AlKhamissi and Diab (2024), "Depth-Wise Attention (DWAtt): A Layer Fusion Method for
    Data-Efficient Classification", equations 4 to 11 and table 4.
    """

    name = NAME
    reduction: int = Field(default=2, ge=1)
    position_width: int = Field(default=24, ge=1)

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._depth import DepthWiseAttention

        return DepthWiseAttention(
            n_layers + 1, width, bottleneck=width // self.reduction, position_width=self.position_width
        )
