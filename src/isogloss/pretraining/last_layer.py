"""The last layer of ModernBERT, computed only where something is predicted."""

from __future__ import annotations

import contextlib
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from isogloss.modeling.forwarding import forwarded


def last_layer_at(rows: Tensor, positions: Tensor, layer: Any) -> contextlib.AbstractContextManager[None]:
    """Let the layer give its states at some positions only.

    There they are what the library's own layer gives. The other positions of the last layer are read by
    nothing when masked subwords are predicted; `bench/pretrain_speed.py` measures what they cost.

    Parameters
    ----------
    rows, positions : Tensor
        Of the states wanted, each of shape (unit,), in the order of the rows.
    layer : transformers.models.modernbert.modeling_modernbert.ModernBertEncoderLayer
        While the context lasts its output has shape (unit, width).
    """

    def forward(
        states: Tensor,
        attention_mask: Tensor | None,
        position_embeddings: tuple[Tensor, Tensor],
        **_: Any,
    ) -> Tensor:
        normed = layer.attn_norm(states)
        attended = _attention_at(rows, positions, normed, attention_mask, position_embeddings, layer.attn)
        chosen = states[rows, positions] + layer.attn.Wo(attended)
        fed: Tensor = chosen + layer.mlp(layer.mlp_norm(chosen))
        return fed

    return forwarded(layer, forward)


def _attention_at(
    rows: Tensor,
    positions: Tensor,
    states: Tensor,
    mask: Tensor | None,
    position_embeddings: tuple[Tensor, Tensor],
    attention: Any,
) -> Tensor:
    """Attend from the chosen positions to all of their row.

    Parameters
    ----------
    rows, positions : Tensor
        Each of shape (unit,).
    states : Tensor
        Normed, shape (row, subword, width).
    mask : Tensor, optional
        True (or 0) where a position is looked at, shape (row, 1, subword, subword); its first row serves all.
    position_embeddings : (Tensor, Tensor)
        Cosines and sines, each of shape (row or 1, subword, width of a head).
    attention : transformers.models.modernbert.modeling_modernbert.ModernBertAttention

    Returns
    -------
    Tensor
        The heads side by side, shape (unit, width), before the output projection.
    """
    n_rows, length, width = states.shape
    heads = width // attention.head_dim
    of_queries, of_the_looked_at = attention.Wqkv.weight.split([width, 2 * width])
    cos, sin = (turn.expand(n_rows, -1, -1).unsqueeze(2) for turn in position_embeddings)
    queries = functional.linear(states[rows, positions], of_queries).view(-1, heads, attention.head_dim)
    queries = _turned(queries, cos[rows, positions], sin[rows, positions])
    looked_at = functional.linear(states, of_the_looked_at).view(n_rows, length, 2, heads, -1)
    keys, values = looked_at.unbind(2)
    counts = torch.bincount(rows, minlength=n_rows)
    places = torch.arange(len(rows), device=rows.device) - (counts.cumsum(0) - counts)[rows]
    side_by_side = queries.new_zeros(n_rows, int(counts.max()), *queries.shape[1:])
    side_by_side[rows, places] = queries
    attended = functional.scaled_dot_product_attention(
        side_by_side.transpose(1, 2),
        _turned(keys, cos, sin).transpose(1, 2),
        values.transpose(1, 2),
        attn_mask=None if mask is None else mask[:, :, :1],
    )
    return attended.transpose(1, 2)[rows, places].flatten(1)


def _turned(vectors: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary position embedding (arXiv 2104.09864), in single precision whatever the states are in."""
    first, second = vectors.float().chunk(2, dim=-1)
    turned = vectors.float() * cos + torch.cat((-second, first), dim=-1) * sin
    return turned.to(vectors.dtype)
