"""Torch modules of the aggregators without a gate; those of ``aif`` and ``dwatt`` have files of their own."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

HiddenStates = Tensor | Sequence[Tensor]
"""Shape (layer, batch, subword, width), as one tensor or one tensor a layer."""


class LayerModule(nn.Module):
    """Base of the modules over layers; contract in `AggregatorConfig.build`."""

    last_weights: Tensor | None = None


class LastLayer(LayerModule):
    """The last layer, zero at padding."""

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Take the last layer; shapes as in `AggregatorConfig.build`."""
        self.last_weights = spread({-1: 1.0}, hidden_states, mask)
        return hidden_states[-1] * mask.unsqueeze(-1)


class MeanOfLayers(LayerModule):
    """Mean of chosen layers.

    Parameters
    ----------
    layers : tuple of int
        0 is the embedding output.
    """

    def __init__(self, layers: tuple[int, ...]) -> None:
        super().__init__()
        self.layers = layers

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Average; shapes as in `AggregatorConfig.build`."""
        share = 1 / len(self.layers)
        self.last_weights = spread(dict.fromkeys(self.layers, share), hidden_states, mask)
        states = torch.stack([hidden_states[layer] for layer in self.layers])
        return states.mean(0) * mask.unsqueeze(-1)


class ConcatLayers(LayerModule):
    """Chosen layers side by side, projected back to the width of one.

    Parameters
    ----------
    layers : tuple of int
    width : int
    """

    def __init__(self, layers: tuple[int, ...], width: int) -> None:
        super().__init__()
        self.layers = layers
        self.projection = nn.Linear(len(layers) * width, width)

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Concatenate and project; shapes as in `AggregatorConfig.build`."""
        states = torch.cat([hidden_states[layer] for layer in self.layers], dim=-1)
        projected: Tensor = self.projection(states)
        return projected * mask.unsqueeze(-1)


class ScalarMix(LayerModule):
    """One softmax weight a layer and one factor for all.

    Parameters
    ----------
    n_states : int
        Layers, the embedding output included.
    """

    def __init__(self, n_states: int) -> None:
        super().__init__()
        self.scores = nn.Parameter(torch.zeros(n_states))
        self.gamma = nn.Parameter(torch.ones(()))

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Mix all layers; shapes as in `AggregatorConfig.build`."""
        weights = torch.softmax(self.scores, dim=0)
        self.last_weights = weights.detach().view(-1, 1, 1) * mask
        mixed = torch.zeros_like(hidden_states[-1])
        for weight, states in zip(weights, hidden_states, strict=True):
            mixed = mixed + weight * states
        return self.gamma * mixed * mask.unsqueeze(-1)


def spread(shares: dict[int, float], hidden_states: HiddenStates, mask: Tensor) -> Tensor:
    """Weights that are the same at every position, as `last_weights` holds them."""
    weights = hidden_states[-1].new_zeros(len(hidden_states), *mask.shape)
    for layer, share in shares.items():
        weights[layer] = share * mask
    return weights
