"""The plain mean of chosen layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.identity import OneOrMore
from isogloss.modeling.aggregators.base import AggregatorConfig, check_layers, label_layers

if TYPE_CHECKING:
    from torch import nn

NAME = "mean"


class Aggregator(AggregatorConfig):
    """Average chosen layers; there is nothing to learn.

    Parameters
    ----------
    layers : tuple of int, optional
        0 is the embedding output; all layers by default.
    """

    layers: OneOrMore[int] | None = None

    def label(self) -> str:
        """``mean``, or ``mean_1_3``."""
        return label_layers(NAME, self.layers)

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse layers that there are not."""
        check_layers(NAME, self.layers, n_layers)

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module, which has no weights."""
        from isogloss.modeling.aggregators._modules import MeanOfLayers

        return MeanOfLayers(check_layers(NAME, self.layers, n_layers))
