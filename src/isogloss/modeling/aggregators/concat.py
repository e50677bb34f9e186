"""Chosen layers side by side with a projection back to the width of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.modeling.aggregators.base import ChosenLayers

if TYPE_CHECKING:
    from torch import nn

NAME = "concat"


class Aggregator(ChosenLayers):
    """Concatenate chosen layers and project.

    The projection goes back to the width of one layer::

        out = W [h_i; h_j; ...] + b          W: n E -> E

    Parameters
    ----------
    layers : tuple of int, optional
        As in `ChosenLayers`.

    References
    ----------
    Devlin et al. (2019), section 5.3, without the projection.
    """

    name = NAME

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._modules import ConcatLayers

        return ConcatLayers(self.chosen(n_layers), width)
