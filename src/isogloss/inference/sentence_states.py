"""An encoder's states of sentences, for measures that compare languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from isogloss.modeling.encoders.base import LoadedEncoder
from isogloss.modeling.encoders.identify import identify, load_identified

_BATCH = 32
_LONGEST = 512


def sentence_states(
    spec: str, texts: Sequence[Sequence[str]], *, trust_remote_code: bool = False
) -> list[NDArray[np.float32]]:
    """Mean state over the subwords of every sentence, at every layer, on the CPU.

    Parameters
    ----------
    spec : str
        Registry name, folder or hub id of an encoder.
    texts : sequence of sequence of str
        Sentences of each language; what is longer than the encoder's limit, or 512 subwords, is cut.
    trust_remote_code : bool
        Run Python code that comes with the encoder.

    Returns
    -------
    list of ndarray of float32, each of shape (layer, sentence, width)
        Layer 0 is the embedding output. The special subwords at both ends take part in the mean.

    Raises
    ------
    CheckpointError
        If the encoder cannot be loaded.
    """
    identity = identify(spec)
    encoder = load_identified(identity, trust_remote_code=trust_remote_code)
    encoder.module.eval()
    limit = min(identity.max_positions or _LONGEST, _LONGEST)
    with torch.inference_mode():
        return [
            np.concatenate(
                [_mean_states(encoder, lines[i : i + _BATCH], limit) for i in range(0, len(lines), _BATCH)],
                axis=1,
            )
            for lines in texts
        ]


def _mean_states(encoder: LoadedEncoder, sentences: Sequence[str], limit: int) -> NDArray[np.float32]:
    batch: Any = encoder.tokenizer(
        list(sentences), padding=True, truncation=True, max_length=limit, return_tensors="pt"
    )
    mask = batch["attention_mask"].bool()
    output = encoder.module(batch["input_ids"], mask, None)
    weights = mask.unsqueeze(-1) / mask.sum(1)[:, None, None]
    means: NDArray[np.float32] = torch.stack([(h * weights).sum(1) for h in output.hidden_states]).numpy()
    return means
