"""Texts as vectors of an encoder, to compare passages by meaning."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from isogloss.modeling.encoders.base import LoadedEncoder
from isogloss.modeling.encoders.identify import identify, load_identified

TEXTS_PER_BATCH = 16
MAX_LENGTH = 128
"""In subwords; what lies behind is not read."""


def text_vectors(
    spec: str, *, trust_remote_code: bool = False
) -> Callable[[Sequence[str]], NDArray[np.float64]]:
    """Load an encoder and make it a function from texts to unit vectors of shape (text, width).

    A vector is the mean of the last layer's states over the subwords of a text.

    Parameters
    ----------
    spec : str
        A registry name, a folder or a hub id.
    trust_remote_code : bool
        Run Python code that comes with the encoder.

    Raises
    ------
    CheckpointError
        If there is no such encoder.
    """
    loaded = load_identified(identify(spec), trust_remote_code=trust_remote_code)
    loaded.module.eval()

    def vectors(texts: Sequence[str]) -> NDArray[np.float64]:
        batches = [texts[i : i + TEXTS_PER_BATCH] for i in range(0, len(texts), TEXTS_PER_BATCH)]
        states = np.concatenate([_mean_states(loaded, batch) for batch in batches])
        unit: NDArray[np.float64] = states / np.maximum(np.linalg.norm(states, axis=1, keepdims=True), 1e-12)
        return unit

    return vectors


def _mean_states(loaded: LoadedEncoder, texts: Sequence[str]) -> NDArray[np.float64]:
    batch = loaded.tokenizer(
        list(texts), padding=True, truncation=True, max_length=MAX_LENGTH, return_tensors="pt"
    )
    mask = batch["attention_mask"].bool()
    with torch.inference_mode():
        states = loaded.module(batch["input_ids"], mask, None).hidden_states[-1]
    mean = (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return np.asarray(mean.double().numpy(), dtype=np.float64)
