"""An encoder's states of sentences, for measures that compare languages."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from isogloss.modeling.device import max_subwords_on
from isogloss.modeling.encoders.base import LoadedEncoder
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoding import collate, encode, split_by_budget
from isogloss.modeling.packed import PackedWeights
from isogloss.tasks.base import SentenceExample

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
    limit = min(identity.max_positions or _LONGEST, _LONGEST)
    return [
        mean_states(
            encoder,
            [SentenceExample(row, line, None, 0) for row, line in enumerate(lines)],
            max_length=limit,
        )
        for lines in texts
    ]


def mean_states(
    encoder: LoadedEncoder, sentences: Sequence[SentenceExample], *, max_length: int = 128
) -> NDArray[np.float32]:
    """Mean over the subwords of every sentence, special ones included, of the states of every layer.

    Parameters
    ----------
    encoder : LoadedEncoder
    sentences : sequence of SentenceExample
    max_length : int
        In subwords; what is longer is cut.

    Returns
    -------
    ndarray of float32, shape (layer, sentence, width)
        Layer 0 is the embedding output.
    """
    module = encoder.module.eval()
    inputs = encode(sentences, encoder.tokenizer, "sentence", max_length=max_length, windows=False).inputs
    out = np.zeros((encoder.n_layers + 1, len(inputs), encoder.width), dtype=np.float32)
    device = next(module.parameters()).device
    with torch.inference_mode(), PackedWeights(module).used():
        for places in split_by_budget(inputs, max_subwords_on(device)):
            batch = collate([inputs[place] for place in places], encoder.tokenizer.pad_token_id, device)
            states = module(batch.subword_ids, batch.mask, batch.segment_ids).hidden_states
            real = batch.mask.unsqueeze(-1)
            for layer, one in enumerate(states):
                out[layer, places] = ((one * real).sum(1) / real.sum(1)).float().cpu().numpy()
    return out
