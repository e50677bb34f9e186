"""Attentional information fusion of the last layer and a lower one (arXiv 2205.08497), written D_k."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from isogloss.errors import FieldError
from isogloss.modeling.aggregators.base import AggregatorConfig

if TYPE_CHECKING:
    from torch import nn

NAME = "aif"


class Aggregator(AggregatorConfig):
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
    reduction : int
        The bottleneck r; must divide the encoder's width.
    norm : {"layer", "batch"}
        Layer norm works at batch size one; batch norm is that of Dai et al., here over real subwords only.
    """

    layer: int = Field(ge=0)
    reduction: int = Field(default=4, ge=1)
    norm: Literal["layer", "batch"] = "layer"

    def label(self) -> str:
        """``D_k``, with whatever departs from the defaults behind it."""
        default = type(self)(layer=self.layer)
        extra = "" if self.reduction == default.reduction else f"_r{self.reduction}"
        return f"D_{self.layer}{extra}" + ("" if self.norm == default.norm else f"_{self.norm}")

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse a layer that is not below the last, and a bottleneck that does not divide the width."""
        if self.layer >= n_layers:
            which = "is the last layer itself" if self.layer == n_layers else f"of an encoder with {n_layers}"
            raise FieldError(f"aif layer {self.layer} {which}", allowed=f"0 to {n_layers - 1}")
        if width % self.reduction:
            divisors = [str(r) for r in range(1, 33) if width % r == 0]
            raise FieldError(
                f"aif reduction {self.reduction} does not divide the encoder's width {width}",
                allowed=f"a divisor: {', '.join(divisors)}",
            )

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._modules import AttentionalFusion

        self.validate_for(n_layers, width)
        return AttentionalFusion(width, layer=self.layer, reduction=self.reduction, norm=self.norm)
