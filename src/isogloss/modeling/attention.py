"""Attention as matrix products in bf16 on a CPU; the library's kernel elsewhere."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import repeat_kv, sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

NAME = "isogloss"

_NOT_HERE = ("softcap", "position_bias", "cache")
"""Arguments that ask for more than attention over a mask: left to the library."""


def use_matrix_products(backbone: Any) -> None:
    """Make an encoder use `attend` wherever the library would choose its fused kernel.

    Encoders that bring attention of their own (DeBERTa, remote code) keep it.

    Parameters
    ----------
    backbone : transformers.PreTrainedModel
    """
    if getattr(backbone.config, "_attn_implementation", None) == "sdpa":
        backbone.set_attn_implementation(NAME)


def attend(
    module: nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    scaling: float | None = None,
    **others: Any,
) -> tuple[Tensor, Tensor | None]:
    """Attend from every subword to all real ones of its input.

    In bf16 on a CPU torch's fused kernel takes two to three times as long as the matrix products that it
    replaces, and its backward pass several times; in single precision it does not (``python -m bench
    attention``).

    Parameters
    ----------
    module : nn.Module
        The layer's attention.
    query, key, value : Tensor, shape (batch, head, subword, width of a head)
        `key` and `value` may have fewer heads than `query`.
    attention_mask : Tensor, optional
        Broadcast to (batch, head, subword, subword): true where a subword is looked at, or a number to add.
    scaling : float, optional
        One over the square root of the width of a head by default.

    Returns
    -------
    (Tensor, Tensor or None)
        The states, shape (batch, subword, head, width of a head); no shares.
    """
    causal = others.get("is_causal")
    causal = getattr(module, "is_causal", False) if causal is None else causal
    in_bf16 = query.device.type == "cpu" and query.dtype == torch.bfloat16
    beyond = causal or others.get("dropout") or any(others.get(name) is not None for name in _NOT_HERE)
    if not in_bf16 or beyond:
        found: tuple[Tensor, Tensor | None] = sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **others
        )
        return found
    scale = query.shape[-1] ** -0.5 if scaling is None else scaling
    return by_products(query * scale, key, value, attention_mask).transpose(1, 2).contiguous(), None


def by_products(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Attend by matrix products; shapes as in `attend`, `query` already scaled, states as `query`.

    Keys are padded to a whole number of vectors, because torch's softmax takes the rest of a row one number
    at a time.
    """
    groups, length = query.shape[1] // key.shape[1], key.shape[2]
    missing = -length % (16 if length <= 16 else 32)
    key, value = (functional.pad(repeat_kv(one, groups), (0, 0, 0, missing)) for one in (key, value))
    added = None if mask is None else functional.pad(_to_add(mask, query), (0, missing), value=-torch.inf)
    states: Tensor = _Attention.apply(query, key, value, added, length)  # type: ignore[no-untyped-call]
    return states


def _to_add(mask: Tensor, like: Tensor) -> Tensor:
    if mask.dtype != torch.bool:
        return mask
    return torch.zeros_like(mask, dtype=like.dtype).masked_fill_(~mask, torch.finfo(like.dtype).min)


class _Attention(torch.autograd.Function):
    """softmax(QK' + M) V with its gradients, which keeps the shares and no other matrix of their size."""

    @staticmethod
    def forward(
        ctx: Any, query: Tensor, key: Tensor, value: Tensor, added: Tensor | None, length: int
    ) -> Tensor:
        scores = torch.matmul(query, key.transpose(2, 3))
        if added is None:
            scores[..., length:] = -torch.inf
        else:
            scores.add_(added)
        shares = torch.softmax(scores, dim=-1)
        ctx.save_for_backward(query, key, value, shares)
        return torch.matmul(shares, value)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        query, key, value, shares = ctx.saved_tensors
        of_shares = torch.matmul(gradient, value.transpose(2, 3))
        of_scores = torch._softmax_backward_data(of_shares, shares, -1, shares.dtype)
        return (
            torch.matmul(of_scores, key),
            torch.matmul(of_scores.transpose(2, 3), query),
            torch.matmul(shares.transpose(2, 3), gradient),
            None,
            None,
        )


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, sdpa_mask)
