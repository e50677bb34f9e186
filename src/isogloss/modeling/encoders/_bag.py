"""The bag-of-words encoder in torch."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from isogloss.modeling.dropout import DEFAULT_DROPOUT
from isogloss.modeling.encoders._transformers import load_tokenizer
from isogloss.modeling.encoders.base import EncoderOutput

SEED = 0
"""Of the first weights: part of what the encoder is, so that its fingerprint denotes them."""


class BagOfWords(nn.Module):
    """States from the mean embedding of each sentence: the same for every order of its subwords.

    With u and v the means over the first and the second sentence (v is zero where there is one sentence)::

        state(x) = norm(x + W [u; v; |u - v|; u * v])        x: embedding of the subword

    The state of the first subword, which is always the same, is then a function of the two bags alone.

    Parameters
    ----------
    folder : Path
        With the tokenizer's files.
    width : int
    dropout : float or None
        On the features; None is 0.1.

    References
    ----------
    Conneau et al. (2017), "Supervised Learning of Universal Sentence Representations", section 3.1, for the
    features of a pair.
    """

    n_layers = 1

    def __init__(self, folder: Path, *, width: int, dropout: float | None) -> None:
        super().__init__()
        inputs = ["input_ids", "token_type_ids", "attention_mask"]
        self.tokenizer, self.width = load_tokenizer(folder, model_input_names=inputs), width
        self.config = {"model_type": "bag-of-words", "hidden_size": width, "num_hidden_layers": self.n_layers}
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(SEED)
            self.embedding = nn.Embedding(len(self.tokenizer), width)
            self.mean_norm = nn.LayerNorm(width)
            self.mix = nn.Linear(4 * width, width)
            self.norm = nn.LayerNorm(width)
        self.dropout = nn.Dropout(DEFAULT_DROPOUT if dropout is None else dropout)

    @property
    def module(self) -> nn.Module:
        """The trainable weights."""
        return self

    def forward(self, subword_ids: Tensor, mask: Tensor, segment_ids: Tensor | None = None) -> EncoderOutput:
        """Encode a batch; see `LoadedEncoder`."""
        embedded = self.embedding(subword_ids) * mask.unsqueeze(-1)
        second = mask & (segment_ids == 1) if segment_ids is not None else torch.zeros_like(mask)
        u, v = self._mean(embedded, mask & ~second), self._mean(embedded, second)
        features = self.dropout(torch.cat([u, v, (u - v).abs(), u * v], dim=-1))
        mixed = self.norm(embedded + self.mix(features).unsqueeze(1))
        return EncoderOutput((embedded, mixed * mask.unsqueeze(-1)))

    def _mean(self, embedded: Tensor, chosen: Tensor) -> Tensor:
        """Normed mean over the chosen subwords, shape (batch, width); zero where none is chosen."""
        weights = chosen.unsqueeze(-1).to(embedded.dtype)
        count = weights.sum(dim=1)
        mean = (embedded * weights).sum(dim=1) / count.clamp(min=1)
        normed: Tensor = self.mean_norm(mean) * (count > 0)
        return normed
