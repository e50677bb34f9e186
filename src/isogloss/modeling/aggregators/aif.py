"""Attentional information fusion of the last layer and a lower one (arXiv 2205.08497), written D_k."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from isogloss.errors import FieldError
from isogloss.modeling.aggregators.base import ContextConfig

if TYPE_CHECKING:
    from torch import nn

NAME = "aif"


class Aggregator(ContextConfig):
    """Fuse the last layer X and layer k, Y, with a gate from local and global context.

    The gate follows Dai et al. (2021), "Attentional Feature Fusion", section 3, for sequences in place of
    images::

        context(Z) = norm(W2 relu(norm(W1 Z)))          W1: E -> E/r, W2: E/r -> E, both point-wise
        w = sigmoid(local(X + Y) + global(mean(X + Y)))   mean over real subwords only
        out = w * X + (1 - w) * Y

    Parameters
    ----------
    layer : int
        The lower layer k; 0 is the embedding output.
    reduction, norm, convolutions
        As in `ContextConfig`.
    doubled : bool
        Twice the output, as the code of Dai et al. has it.
    """

    name = NAME
    layer: int = Field(ge=0)
    doubled: bool = False

    def label(self) -> str:
        """``D_k``, with whatever departs from the defaults behind it."""
        return f"D_{self.layer}" + self.departures("layer")

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse a layer that is not below the last, and a bottleneck that does not divide the width."""
        if self.layer >= n_layers:
            which = "is the last layer itself" if self.layer == n_layers else f"of an encoder with {n_layers}"
            raise FieldError(f"aif layer {self.layer} {which}", allowed=f"0 to {n_layers - 1}")
        super().validate_for(n_layers, width)

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._gates import AttentionalFusion, Contexts

        return AttentionalFusion(Contexts(self, width), layer=self.layer, doubled=self.doubled)
