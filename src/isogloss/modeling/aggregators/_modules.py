"""Torch modules of the aggregators."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

HiddenStates = Tensor | Sequence[Tensor]
"""Shape (layer, batch, subword, width), as one tensor or one tensor a layer."""


class LastLayer(nn.Module):
    """The last layer, zero at padding."""

    last_weights: Tensor | None = None

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Take the last layer; shapes as in `AggregatorConfig.build`."""
        return hidden_states[-1] * mask.unsqueeze(-1)


class AttentionalFusion(nn.Module):
    """Gate between the last layer and a lower one; equations in `aif.Aggregator`.

    Parameters
    ----------
    width, layer, reduction, norm
        As in `aif.Aggregator`.
    """

    def __init__(self, width: int, *, layer: int, reduction: int, norm: str) -> None:
        super().__init__()
        self.layer = layer
        self.local_context = _Context(width, width // reduction, norm)
        self.global_context = _Context(width, width // reduction, norm)
        self.last_weights: Tensor | None = None

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Fuse two layers.

        `last_weights` is then the gate w, shape (batch, subword, width): the share of the last layer.
        """
        last, lower = hidden_states[-1], hidden_states[self.layer]
        both = last + lower
        everywhere = torch.ones_like(mask[:, :1])
        context = self.local_context(both, mask) + self.global_context(masked_mean(both, mask), everywhere)
        gate = torch.sigmoid(context)
        self.last_weights = gate.detach()
        return (gate * last + (1 - gate) * lower) * mask.unsqueeze(-1)


class _Context(nn.Module):
    """Two point-wise convolutions with a bottleneck: norm(W2 relu(norm(W1 z)))."""

    def __init__(self, width: int, bottleneck: int, norm: str) -> None:
        super().__init__()
        self.squeeze = nn.Linear(width, bottleneck)
        self.norm_squeezed = _norm(norm, bottleneck)
        self.expand = nn.Linear(bottleneck, width)
        self.norm_expanded = _norm(norm, width)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        squeezed = torch.relu(self.norm_squeezed(self.squeeze(states), mask))
        expanded: Tensor = self.norm_expanded(self.expand(squeezed), mask)
        return expanded


class MaskedLayerNorm(nn.LayerNorm):
    """Layer norm; it looks at one position at a time, so that padding cannot matter."""

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        """Normalise each position by itself."""
        return super().forward(states)


class MaskedBatchNorm(nn.BatchNorm1d):
    """Batch norm over real subwords only.

    Its statistics are those of the micro-batch, so unlike everything else here it feels how an update is
    split. A single vector has no variance: it is normalised with the running statistics.
    """

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:  # type: ignore[override]
        """Normalise over the real positions of the whole micro-batch; padding stays zero."""
        real = states[mask]
        if self.training and len(real) == 1:
            normed = functional.batch_norm(real, self.running_mean, self.running_var, self.weight, self.bias)
        else:
            normed = super().forward(real)
        return torch.zeros_like(states).index_put((mask,), normed.to(states.dtype))


def masked_mean(states: Tensor, mask: Tensor) -> Tensor:
    """Mean over real positions, shape (batch, 1, width)."""
    real = mask.unsqueeze(-1).to(states.dtype)
    return (states * real).sum(1, keepdim=True) / real.sum(1, keepdim=True).clamp(min=1)


def _norm(kind: str, width: int) -> nn.Module:
    return MaskedLayerNorm(width) if kind == "layer" else MaskedBatchNorm(width)
