"""The last layer of BERT's family, computed only at the first subword: all that a sentence head reads."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import Any

from torch import Tensor, nn
from torch.nn import functional

from isogloss.modeling.attention import NAME, attend
from isogloss.modeling.forwarding import forwarded

_LAYERS = {"BertLayer", "RobertaLayer", "XLMRobertaLayer", "CamembertLayer", "ElectraLayer"}
"""Layers of the transformers library that are one and the same code under different names."""


def last_layer_at_first_subword(backbone: Any) -> contextlib.AbstractContextManager[None]:
    """Let an encoder compute its last layer at the first subword, and give zeros elsewhere.

    There the states are what the library's own layer gives. Encoders that are built otherwise compute all.

    Parameters
    ----------
    backbone : transformers.PreTrainedModel or None
    """
    layer = _last_layer(backbone)
    return contextlib.nullcontext() if layer is None else forwarded(layer, partial(_at_first_subword, layer))


def _last_layer(backbone: Any) -> Any:
    layers = getattr(getattr(backbone, "encoder", None), "layer", None)
    if not isinstance(layers, nn.ModuleList) or not len(layers):
        return None
    layer = layers[-1]
    ours = type(layer).__module__.startswith("transformers.models.") and type(layer).__name__ in _LAYERS
    known = ours and not layer.is_decoder and backbone.config._attn_implementation == NAME
    return layer if known else None


def _at_first_subword(
    layer: Any, states: Tensor, attention_mask: Tensor | None, *_: Any, **__: Any
) -> Tensor:
    """Compute one layer for queries of the first subword; shapes (batch, subword, width)."""
    first, attention = states[:, :1], layer.attention.self
    query, key, value = (
        projection(looked_at).unflatten(-1, (-1, attention.attention_head_size)).transpose(1, 2)
        for projection, looked_at in (
            (attention.query, first),
            (attention.key, states),
            (attention.value, states),
        )
    )
    mask = None if attention_mask is None else attention_mask[:, :, :1]
    attended = attend(attention, query, key, value, mask, attention.scaling)[0]
    fed: Tensor = layer.feed_forward_chunk(layer.attention.output(attended.flatten(2), first))
    return functional.pad(fed, (0, 0, 0, states.shape[1] - 1))
