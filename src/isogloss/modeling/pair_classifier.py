"""Classification of sentence pairs by a checkpoint for sequence classification."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from isogloss.errors import CheckpointError, first_line
from isogloss.modeling.packed import PackedWeights

MAX_LENGTH = 512
"""In subwords; the rest of a pair is not read."""

PairClassifier = Callable[[Sequence[tuple[str, str]]], NDArray[np.float64]]


def pair_classifier(spec: str) -> tuple[tuple[str, ...], PairClassifier]:
    """Load a classifier of sentence pairs.

    Parameters
    ----------
    spec : str
        A folder in Hugging Face's layout, or a hub id.

    Returns
    -------
    tuple of str
        Labels.
    callable
        From pairs to probabilities, shape (pair, label).

    Raises
    ------
    CheckpointError
        If there is no such model, or it does not classify pairs.
    """
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(spec)
        model = AutoModelForSequenceClassification.from_pretrained(spec).eval()
    except (OSError, ValueError, KeyError) as error:
        reason = first_line(error)[:200]
        raise CheckpointError(
            f"no sequence classifier '{spec}': {reason}", hint="name a folder or a hub id"
        ) from None
    packed = PackedWeights(model)
    labels = tuple(str(model.config.id2label[i]) for i in range(model.config.num_labels))

    def classify(pairs: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        first, second = zip(*pairs, strict=True)
        batch = tokenizer(
            list(first),
            list(second),
            truncation=True,
            max_length=MAX_LENGTH,
            padding=True,
            return_tensors="pt",
        )
        with torch.inference_mode(), packed.used():
            shares = model(**batch).logits.double().softmax(dim=-1)
        return np.asarray(shares.numpy(), dtype=np.float64)

    return labels, classify
