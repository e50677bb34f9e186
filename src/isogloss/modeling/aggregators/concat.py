"""Chosen layers side by side with a projection back to the width of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.identity import OneOrMore
from isogloss.modeling.aggregators.base import AggregatorConfig, check_layers, label_layers

if TYPE_CHECKING:
    from torch import nn

NAME = "concat"


class Aggregator(AggregatorConfig):
    """Concatenate chosen layers and project.

    The projection goes back to the width of one layer::

        out = W [h_i; h_j; ...] + b          W: n E -> E

    Parameters
    ----------
    layers : tuple of int, optional
        0 is the embedding output; all layers by default.

    References
    ----------
    Devlin et al. (2019), section 5.3, without the projection.
    """

    layers: OneOrMore[int] | None = None

    def label(self) -> str:
        """``concat``, or ``concat_1_3``."""
        return label_layers(NAME, self.layers)

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse layers that there are not."""
        check_layers(NAME, self.layers, n_layers)

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._modules import ConcatLayers

        return ConcatLayers(check_layers(NAME, self.layers, n_layers), width)
