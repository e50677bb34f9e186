"""The plain mean of chosen layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.modeling.aggregators.base import ChosenLayers

if TYPE_CHECKING:
    from torch import nn

NAME = "mean"


class Aggregator(ChosenLayers):
    """Average chosen layers; there is nothing to learn.

    Parameters
    ----------
    layers : tuple of int, optional
        As in `ChosenLayers`.
    """

    name = NAME

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module, which has no weights."""
        from isogloss.modeling.aggregators._modules import MeanOfLayers

        return MeanOfLayers(self.chosen(n_layers))
