"""The last layer through as many weights as aif has: the control for a gain that is only size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.modeling.aggregators.base import ContextConfig

if TYPE_CHECKING:
    from torch import nn

NAME = "mlp_last"


class Aggregator(ContextConfig):
    """Add to the last layer X the local and global context that aif computes, here of X alone.

    With `context` as in `aif.Aggregator`::

        out = X + local(X) + global(mean(X))

    The number of weights is exactly that of aif with the same options, and so is what a position learns of
    its sentence; a lower layer is all that is missing. The context is added, not used as a gate, because a
    gate between X and itself would do nothing.

    Parameters
    ----------
    reduction, norm, convolutions
        As in `ContextConfig`.
    """

    name = NAME

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module."""
        from isogloss.modeling.aggregators._gates import Contexts, ResidualContexts

        return ResidualContexts(Contexts(self, width))
