"""The last layer as it is: the reference that every fusion is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isogloss.modeling.aggregators.base import AggregatorConfig

if TYPE_CHECKING:
    from torch import nn

NAME = "last"


class Aggregator(AggregatorConfig):
    """Take the last layer."""

    name = NAME

    def build(self, n_layers: int, width: int) -> nn.Module:
        """Make the module, which has no weights."""
        from isogloss.modeling.aggregators._modules import LastLayer

        return LastLayer()
