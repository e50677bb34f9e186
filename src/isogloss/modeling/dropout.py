"""Dropout whose masks belong to examples, so that the split of an update into micro-batches changes nothing.

`torch.nn.Dropout` draws from one stream in the order in which micro-batches run: another split, another mask,
another model. Here a mask is a hash of the example's key, the number of the call within the forward pass and
the place within the example; padding and neighbours have no part in it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_MIX_A, _MIX_B, _MIX_C = 0x9E3779B1 - 2**32, 0x85EBCA6B - 2**32, 0xC2B2AE35 - 2**32
_GOLDEN = 0x9E3779B97F4A7C15 - 2**64
_UNIT = 0xD1B54A32D192ED03 - 2**64

DEFAULT_DROPOUT = 0.1
"""Of heads, and of encoders that bring no share of their own."""


class ExampleKeys:
    """Keys of the examples in the micro-batch being computed; shared by all dropouts of a model."""

    def __init__(self) -> None:
        self._keys: Tensor | None = None
        self._calls = 0

    def set(self, keys: Tensor | None) -> None:
        """Begin a forward pass.

        Parameters
        ----------
        keys : Tensor of int64, shape (batch,), or None
            One number an example; None outside training.
        """
        self._keys, self._calls = keys, 0

    def next(self) -> Tensor:
        """Keys of the next dropout of this pass, shape (batch,)."""
        if self._keys is None:
            raise RuntimeError("dropout in training mode without keys of the examples")
        self._calls += 1
        return self._keys + _as_int64(self._calls * _GOLDEN)


class ExampleDropout(nn.Module):
    """Inverted dropout with masks that depend on example and place only.

    Parameters
    ----------
    p : float
        Share of values set to zero.
    keys : ExampleKeys
    """

    def __init__(self, p: float, keys: ExampleKeys) -> None:
        super().__init__()
        self.p, self._keys = p, keys

    def forward(self, states: Tensor) -> Tensor:
        """Drop values of `states`, shape (batch, place, ...), whose first axis is the micro-batch.

        What belongs to no example, such as a table of relative positions that all share, is left as it is.
        """
        if not self.training or self.p == 0.0:
            return states
        keys = self._keys.next()
        return states * self._mask(keys, states) if len(states) == len(keys) else states

    def of_units(self, states: Tensor, rows: Tensor, positions: Tensor) -> Tensor:
        """Drop values of `states`, shape (unit, width); units stand at `positions` of the batch's `rows`."""
        if not self.training or self.p == 0.0:
            return states
        keys = self._keys.next()[rows] + positions * _UNIT
        return states * self._mask(keys, states)

    def _mask(self, keys: Tensor, states: Tensor) -> Tensor:
        """Zero or 1 / (1 - p) for every value of `states`; two of them from each 32-bit hash."""
        n_places = states[0].numel()
        pair = torch.arange((n_places + 1) // 2, dtype=torch.int32, device=states.device).mul_(_MIX_A)
        noise = pair ^ (keys ^ (keys >> 32)).to(torch.int32).unsqueeze(1)
        # Ends on a product: a shift of signed numbers copies the sign, and so would make them all positive.
        for shift, factor in ((16, _MIX_B), (13, _MIX_C)):
            noise = noise.bitwise_xor_(noise >> shift).mul_(factor)
        threshold = round(self.p * 2**16) - 2**15
        kept = (noise.view(torch.int16)[:, :n_places] >= threshold).view(torch.uint8)
        return kept.to(states.dtype).mul_(1.0 / (1.0 - self.p)).view_as(states)


def _as_int64(number: int) -> int:
    return (number + 2**63) % 2**64 - 2**63


def replace_dropout(module: nn.Module, keys: ExampleKeys) -> None:
    """Put `ExampleDropout` of the same share in the place of every `torch.nn.Dropout` below `module`."""
    for parent in list(module.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.Dropout):
                setattr(parent, name, ExampleDropout(child.p, keys))
