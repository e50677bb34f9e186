"""What an update of pretraining costs, and what two ways to leave out unread work save of it.

Run: ``python bench/pretrain_speed.py``. Logits and gradients of the built-in encoder on the same inputs, in
turns: the last layer everywhere and only where something is predicted, predictions among the whole vocabulary
and among the pieces of the batch. Printed are milliseconds of an update (without the optimiser), the median
of the turns, and the median of the ratios to the first.
"""

from __future__ import annotations

import time

import numpy as np
import torch

from isogloss.modeling.encoders._transformers import load_tokenizer
from isogloss.modeling.encoders.mini import weights_folder
from isogloss.modeling.encoding import Batch, collate
from isogloss.pretraining.language_model import MaskedLanguageModel, load_language_model
from isogloss.pretraining.masking import EncodedCorpus, Sampler, SubwordIds
from isogloss.pretraining.pretrain import prediction_loss
from isogloss.pretraining.settings import PredictAmong
from isogloss.pretraining.world import WORLD_SETTINGS, world_corpus

N_BATCHES, N_TURNS = 40, 7

WAYS: dict[str, tuple[bool, PredictAmong]] = {
    "last layer everywhere": (False, "vocabulary"),
    "last layer where it is read": (True, "vocabulary"),
    "the same, among the pieces of the batch": (True, "batch"),
}


def main() -> None:
    """Print the milliseconds of each way and their ratios."""
    tokenizer = load_tokenizer(weights_folder())
    model = MaskedLanguageModel(load_language_model(weights_folder()), reset_positions=False)
    settings = WORLD_SETTINGS
    sampler = Sampler(
        EncodedCorpus.of(world_corpus(3_000, 200, seed=1), tokenizer, settings.max_length),
        SubwordIds.of(tokenizer),
        settings,
        np.random.default_rng(0),
    )
    updates = sampler.updates(settings.subwords_per_update)
    batches = [collate(next(updates), tokenizer.pad_token_id, torch.device("cpu")) for _ in range(N_BATCHES)]
    turns = np.array([[_milliseconds(model, batches, *way) for way in WAYS.values()] for _ in range(N_TURNS)])
    ratios = np.median(turns / turns[:, :1], axis=0)
    for way, ms, ratio in zip(WAYS, np.median(turns, axis=0), ratios, strict=True):
        print(f"{way:<40} {ms:6.1f} ms {ratio:5.2f}")


def _milliseconds(
    model: MaskedLanguageModel, batches: list[Batch], skips_unread: bool, among: PredictAmong
) -> float:
    model.skips_unread = skips_unread
    began = time.perf_counter()
    for batch in batches:
        model.zero_grad()
        (prediction_loss(model, batch, among) / len(batch.labels)).backward()
    return (time.perf_counter() - began) / len(batches) * 1000


if __name__ == "__main__":
    main()
