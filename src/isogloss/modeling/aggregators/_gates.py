"""Torch modules of ``aif`` and of its control ``mlp_last``: local and global context, masked norms."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from isogloss.modeling.aggregators._modules import HiddenStates, LayerModule
from isogloss.modeling.aggregators.base import ContextConfig


class AttentionalFusion(LayerModule):
    """Gate between the last layer and a lower one; equations in `aif.Aggregator`.

    Parameters
    ----------
    contexts : Contexts
    layer : int
    doubled : bool
        As in `aif.Aggregator`.
    """

    def __init__(self, contexts: Contexts, *, layer: int, doubled: bool) -> None:
        super().__init__()
        self.contexts = contexts
        self.layer = layer
        self.factor = 2 if doubled else 1

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Fuse two layers; shapes as in `AggregatorConfig.build`."""
        last, lower = hidden_states[-1], hidden_states[self.layer]
        gate = torch.sigmoid(self.contexts(last + lower, mask))
        share = gate.detach().float().mean(-1) * mask
        self.last_weights = share.new_zeros(len(hidden_states), *mask.shape)
        self.last_weights[-1] = share
        self.last_weights[self.layer] = (1 - share) * mask
        return self.factor * (gate * last + (1 - gate) * lower) * mask.unsqueeze(-1)


class ResidualContexts(LayerModule):
    """The last layer plus its own local and global context; equations in `mlp_last.Aggregator`."""

    def __init__(self, contexts: Contexts) -> None:
        super().__init__()
        self.contexts = contexts

    def forward(self, hidden_states: HiddenStates, mask: Tensor) -> Tensor:
        """Transform the last layer; shapes as in `AggregatorConfig.build`."""
        last = hidden_states[-1]
        context: Tensor = self.contexts(last, mask)
        return (last + context) * mask.unsqueeze(-1)


class Contexts(nn.Module):
    """Local context of every position plus the global context of its sequence.

    Parameters
    ----------
    config : ContextConfig
        Says whether the global branch has its own two convolutions; norms are always its own, because a
        branch of single positions and one of means have different statistics.
    width : int
    """

    def __init__(self, config: ContextConfig, width: int) -> None:
        super().__init__()
        self.shared, bottleneck = config.convolutions == "shared", width // config.reduction
        self.local_context = _Context(width, bottleneck, config.norm)
        self.global_context = _Context(width, bottleneck, config.norm, own_convolutions=not self.shared)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Sum of both contexts, shape (batch, subword, width)."""
        everywhere = torch.ones_like(mask[:, :1])
        mean = masked_mean(states, mask)
        lender = self.local_context if self.shared else self.global_context
        local: Tensor = self.local_context(states, mask, self.local_context)
        of_all: Tensor = self.global_context(mean, everywhere, lender)
        return local + of_all


class _Context(nn.Module):
    """Two point-wise convolutions with a bottleneck: norm(W2 relu(norm(W1 z)))."""

    def __init__(self, width: int, bottleneck: int, norm: str, *, own_convolutions: bool = True) -> None:
        super().__init__()
        if own_convolutions:
            self.squeeze = nn.Linear(width, bottleneck)
            self.expand = nn.Linear(bottleneck, width)
        masked: type[nn.Module] = MaskedLayerNorm if norm == "layer" else MaskedBatchNorm
        self.norm_squeezed, self.norm_expanded = masked(bottleneck), masked(width)

    def forward(self, states: Tensor, mask: Tensor, convolutions: _Context) -> Tensor:
        squeezed = torch.relu(self.norm_squeezed(convolutions.squeeze(states), mask))
        expanded: Tensor = self.norm_expanded(convolutions.expand(squeezed), mask)
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
    real = mask.unsqueeze(-1)
    kept = states.masked_fill(~real, 0)  # not a product: what stands in padding may be too large to add up
    return kept.sum(1, keepdim=True) / real.sum(1, keepdim=True).clamp(min=1)
