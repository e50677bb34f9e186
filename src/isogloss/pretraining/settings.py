"""Settings and report of a pretraining run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from isogloss.identity import Frozen
from isogloss.modeling.device import Precision

Architecture = Literal["modernbert", "bert", "roberta-prelayernorm"]
PredictAmong = Literal["vocabulary", "batch"]


class PretrainSettings(Frozen):
    """Size, data and schedule of a pretraining run.

    Parameters
    ----------
    architecture : {"modernbert", "bert", "roberta-prelayernorm"}
        Of the transformers library, so that it is loaded without code of ours. ModernBERT normalises before
        each block and has rotary positions, which lets a small model learn within minutes.
    layers, width, heads, feed_forward : int
    vocabulary : int
        Number of subwords.
    max_length : int
        Longest input in subwords, in pretraining; the encoder itself takes `max_positions`.
    max_positions : int
    initial_deviation : float
        Standard deviation of the random weights; small encoders learn sooner from larger ones than the
        usual 0.02.
    subwords_per_update : int
        Many small updates leave the plateau of unigram frequencies sooner than few large ones.
    learning_rate, warmup_ratio, weight_decay, max_grad_norm : float
    mlm_probability : float
        Share of words (or subwords) to predict: 8 of 10 are masked, 1 replaced, 1 kept (Devlin et al. 2019,
        section 3.1).
    whole_words : bool
        Mask all subwords of a word together.
    recall_share : float or None
        In a pair of texts, the share of those subwords of one side that stand on the other side
        too: names and numbers, which can only be filled in by finding out who does what there. The other
        side is masked at half of `mlm_probability`. None masks both sides alike.
    shuffle_share : float
        Share of pairs in which the subwords to recall are shuffled among each other instead of masked, so
        that the encoder has to notice at visible names that they stand in the wrong place.
    predict_among : {"vocabulary", "batch"}
        Pieces that a masked subword is distinguished from: all, or those in the inputs of its batch, which
        takes a small encoder less time (Jean et al. 2015, section 3.2, with the batch as partition;
        `bench/pretrain_speed.py`).
    parallel_share : float
        Share of subwords from parallel rows, where there are any.
    aligned_embeddings : bool
        Begin with embeddings in which translations are neighbours (`embeddings.aligned_embeddings`) where
        there are parallel rows.
    reset_positions : bool
        Number the positions of the second text of a pair like those of the first (Conneau and Lample 2019,
        section 3.3): words that translate each other then tend to stand at like positions.
    sampling_exponent : float
        Languages are drawn in proportion to size ** exponent.
    minutes, steps : float, int or None
        Whichever ends first; the learning rate reaches zero there. Minutes count from the start of the run,
        vocabulary included.
    seed : int
    precision : {"auto", "fp32", "bf16"}
    """

    model_config = ConfigDict(allow_inf_nan=False)

    architecture: Architecture = "modernbert"
    layers: int = Field(default=4, ge=1)
    width: int = Field(default=192, ge=8)
    heads: int = Field(default=3, ge=1)
    feed_forward: int = Field(default=512, ge=8)
    vocabulary: int = Field(default=8000, ge=256)
    max_length: int = Field(default=128, ge=16)
    max_positions: int = Field(default=512, ge=16)
    initial_deviation: float = Field(default=0.02, gt=0)
    subwords_per_update: int = Field(default=2048, ge=64)
    learning_rate: float = Field(default=2e-3, gt=0)
    warmup_ratio: float = Field(default=0.05, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    max_grad_norm: float = Field(default=1.0, gt=0)
    mlm_probability: float = Field(default=0.2, gt=0, lt=1)
    whole_words: bool = False
    recall_share: float | None = Field(default=None, gt=0, le=1)
    shuffle_share: float = Field(default=0.0, ge=0, le=1)
    predict_among: PredictAmong = "vocabulary"
    parallel_share: float = Field(default=0.5, ge=0, le=1)
    aligned_embeddings: bool = True
    reset_positions: bool = True
    sampling_exponent: float = Field(default=0.5, ge=0, le=1)
    minutes: float | None = Field(default=None, gt=0)
    steps: int | None = Field(default=None, gt=0)
    seed: int = 1
    precision: Literal["auto", "fp32", "bf16"] = "auto"

    @model_validator(mode="after")
    def _fits(self) -> PretrainSettings:
        if self.minutes is None and self.steps is None:
            raise ValueError("give minutes or steps, by which the run ends")
        if self.width % self.heads:
            raise ValueError(f"heads {self.heads} does not divide width {self.width}")
        if self.max_length > self.max_positions:
            raise ValueError(f"max_length {self.max_length} is more than max_positions {self.max_positions}")
        return self


@dataclass(frozen=True)
class PretrainReport:
    """Report of a pretraining run.

    Parameters
    ----------
    n_updates, n_subwords : int
    seconds, subwords_per_s : float
    final_loss : float
        Mean cross-entropy (nats) of a predicted subword among the whole vocabulary, on inputs drawn afresh
        after the last update: a hundredth as many as were trained on.
    unigram_loss : float
        Entropy (nats) of the subword frequencies of the text: the plateau that a model without context
        reaches.
    losses : tuple of (int, float)
    padding_share, unknown_share : float
    n_parameters : int
    languages : tuple of str
    precision, hardware : str
    """

    n_updates: int
    n_subwords: int
    seconds: float
    subwords_per_s: float
    final_loss: float
    unigram_loss: float
    losses: tuple[tuple[int, float], ...]
    padding_share: float
    unknown_share: float
    n_parameters: int
    languages: tuple[str, ...]
    precision: Precision
    hardware: str
