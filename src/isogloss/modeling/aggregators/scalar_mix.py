"""A learned mixture of all layers, the same at every position (Peters et al. 2018)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.modeling.aggregators.base import AggregatorConfig

if TYPE_CHECKING:
    from torch import nn

NAME = "scalar_mix"


class Aggregator(AggregatorConfig):
    """Mix all layers h_0 to h_L with one weight each.

    ::

        out = gamma * sum_j softmax(s)_j h_j

    The scores s begin at zero, so that the mixture begins as the mean, and gamma begins at one.

    References
    ----------
    Peters et al. (2018), "Deep contextualized word representations", equation 1.
    """

    name = NAME

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._modules import ScalarMix

        return ScalarMix(n_layers + 1)
