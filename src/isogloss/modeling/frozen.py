"""An encoder that is not trained and runs once on every input; this makes screening by probes quick."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import torch
from torch import Tensor, nn

from isogloss.modeling.encoders.base import EncoderOutput, LoadedEncoder

CACHE_GIB = 8.0
"""States beyond this are computed anew each time."""


class FrozenEncoder(nn.Module):
    """An encoder in evaluation mode without gradients, which remembers the states of every input.

    It stands in for a `LoadedEncoder` and its module at once. An input is known by its subwords, so training
    examples, validation examples and windows need no other name.

    Parameters
    ----------
    encoder : LoadedEncoder
    cache_gib : float
        Memory for states.

    Attributes
    ----------
    n_runs : int
        Inputs that the encoder itself has run on.
    """

    def __init__(self, encoder: LoadedEncoder, *, cache_gib: float = CACHE_GIB) -> None:
        super().__init__()
        self.inner = encoder.module.eval().requires_grad_(False)
        self.tokenizer: Any = encoder.tokenizer
        self.n_layers, self.width, self.config = encoder.n_layers, encoder.width, encoder.config
        self.n_runs = 0
        self._room = self._limit = round(cache_gib * 2**30)
        self._states: dict[tuple[bytes, bool], Tensor] = {}

    @property
    def module(self) -> nn.Module:
        """Itself; see `LoadedEncoder`."""
        return self

    def train(self, mode: bool = True) -> FrozenEncoder:
        """Stay in evaluation mode."""
        self.training = mode
        return self

    def forget(self) -> None:
        """Make room: drop all states."""
        self._states.clear()
        self._room = self._limit

    @torch.no_grad()
    def forward(self, subword_ids: Tensor, mask: Tensor, segment_ids: Tensor | None = None) -> EncoderOutput:
        """Encode a batch as the encoder would, running it on inputs that are new; see `LoadedEncoder`.

        States hold from one precision to another only where it is the same: bf16 has a memory of its own.
        """
        precision = torch.is_autocast_enabled(subword_ids.device.type)
        ids, real = subword_ids.cpu().numpy(), mask.cpu().numpy()
        keys = [(own[at].tobytes(), precision) for own, at in zip(ids, real, strict=True)]
        new = {key: row for row, key in enumerate(keys) if key not in self._states}
        fresh = dict(zip(new, self._run(subword_ids, mask, segment_ids, list(new.values())), strict=True))
        found = [fresh[key] if key in fresh else self._states[key] for key in keys]
        for key, states in fresh.items():
            size = states.numel() * states.element_size()
            if size <= self._room:
                self._states[key] = states.cpu()
                self._room -= size
        return EncoderOutput(_Padded(found, mask))

    def _run(
        self, subword_ids: Tensor, mask: Tensor, segment_ids: Tensor | None, rows: list[int]
    ) -> list[Tensor]:
        """States of some rows, each of shape (layer, subword, width) without padding."""
        if not rows:
            return []
        self.n_runs += len(rows)
        self.inner.eval()  # whoever builds a model on it may have put in new modules
        segments = None if segment_ids is None else segment_ids[rows]
        found = torch.stack(self.inner(subword_ids[rows], mask[rows], segments).hidden_states)
        return [found[:, at, mask[row]].float() for at, row in enumerate(rows)]


class _Padded(Sequence[Tensor]):
    """Layers of a batch, each padded when it is asked for: most aggregators read one or two of them.

    Parameters
    ----------
    states : sequence of Tensor, each of shape (layer, subword, width)
        Of each input, without padding.
    mask : Tensor of bool, shape (batch, subword)
    """

    def __init__(self, states: Sequence[Tensor], mask: Tensor) -> None:
        self._states, self._mask = states, mask

    def __len__(self) -> int:
        return len(self._states[0])

    @overload
    def __getitem__(self, at: int) -> Tensor: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Tensor, ...]: ...

    def __getitem__(self, at: int | slice) -> Tensor | tuple[Tensor, ...]:
        if isinstance(at, slice):
            return tuple(self[one] for one in range(*at.indices(len(self))))
        real = torch.cat([one[at] for one in self._states]).to(self._mask.device)
        out = real.new_zeros(*self._mask.shape, real.shape[-1])
        out[self._mask] = real
        return out
