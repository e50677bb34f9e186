"""Torch module of ``dwatt``: attention over depth."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from isogloss.modeling.aggregators._modules import HiddenStates, LayerModule


class DepthWiseAttention(LayerModule):
    """Every position attends to its own states in all layers; equations in `dwatt.Aggregator`.

    Parameters
    ----------
    n_states, width : int
        Layers with the embedding output, and size of a state.
    bottleneck, position_width : int
        Hidden size of the value and query networks; size of a layer's embedding.
    """

    def __init__(self, n_states: int, width: int, *, bottleneck: int, position_width: int) -> None:
        super().__init__()
        self.positions = nn.Parameter(torch.rand(n_states, position_width))
        self.key = nn.Linear(position_width, width, bias=False)
        self.query = _bottleneck(width, bottleneck)
        self.values = nn.ModuleList(
            nn.Sequential(_bottleneck(width, bottleneck), nn.LayerNorm(width)) for _ in range(n_states)
        )

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Attend over depth; shapes as in `AggregatorConfig.build`."""
        last = hidden_states[-1]
        query = 1 + functional.elu(last + self.query(last))
        weights = torch.softmax(query @ self.key(self.positions).T, dim=-1)
        self.last_weights = weights.detach().float().movedim(-1, 0) * mask
        out = last
        for n, (value, states) in enumerate(zip(self.values, hidden_states, strict=True)):
            out = out + weights[..., n : n + 1] * value(states)
        return out * mask.unsqueeze(-1)


def _bottleneck(width: int, bottleneck: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(width, bottleneck), nn.GELU(), nn.LayerNorm(bottleneck), nn.Linear(bottleneck, width)
    )
