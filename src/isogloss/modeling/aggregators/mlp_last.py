"""The last layer through as many weights as aif has: the control for a gain that is only size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from isogloss.modeling.aggregators.base import AggregatorConfig, check_reduction

if TYPE_CHECKING:
    from torch import nn

NAME = "mlp_last"


class Aggregator(AggregatorConfig):
    """Add to the last layer X the local and global context that aif computes, here of X alone.

    With `context` as in `aif.Aggregator`::

        out = X + local(X) + global(mean(X))

    The number of weights is exactly that of aif with the same options, and so is what a position learns of
    its sentence; a lower layer is all that is missing. The context is added, not used as a gate, because a
    gate between X and itself would do nothing.

    Parameters
    ----------
    reduction, norm, convolutions
        As in `aif.Aggregator`.
    """

    name = NAME
    reduction: int = Field(default=4, ge=1)
    norm: Literal["layer", "batch"] = "layer"
    convolutions: Literal["separate", "shared"] = "separate"

    def validate_for(self, n_layers: int, width: int) -> None:
        """Refuse a bottleneck that does not divide the width."""
        check_reduction(NAME, self.reduction, width)

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._gates import Contexts, ResidualContexts

        self.validate_for(n_layers, width)
        return ResidualContexts(
            Contexts(width, reduction=self.reduction, norm=self.norm, convolutions=self.convolutions)
        )
