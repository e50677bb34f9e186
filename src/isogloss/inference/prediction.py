"""Labels for a user's own rows, streamed: a file of any size in, one label per sentence or word out."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from typing import Any

import numpy as np

from isogloss.errors import CheckpointError
from isogloss.inference.evaluation import predict
from isogloss.inference.inputs import TEXT_FIELDS
from isogloss.modeling.device import Precision
from isogloss.modeling.encoding import encode
from isogloss.modeling.model import ModelMeta, TransferModel
from isogloss.tasks.base import Example, HeadKind, WordExample

CHUNK = 2048
"""Inputs in memory at a time."""


@dataclass(frozen=True, eq=False)
class Prediction:
    """Labels of one input.

    Parameters
    ----------
    row : int
        From 0: the row of the file, or the sentence where the input is words.
    words : tuple of str
        Empty for a sentence task.
    labels : tuple of str
        One, or one a word.
    probabilities : ndarray, shape (unit, label)
        Softmax, in the order of the model's labels; a unit is the sentence, or a word.
    text_a, text_b : str
        The sentence or pair; empty and None where the input is words.
    """

    row: int
    words: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: np.ndarray[Any, np.dtype[np.float64]]
    text_a: str = ""
    text_b: str | None = None


def predict_stream(
    model: TransferModel,
    examples: Iterable[Example],
    *,
    precision: Precision = "fp32",
    counts: Counter[str] | None = None,
) -> Iterator[Prediction]:
    """Label inputs in their order; no more than `CHUNK` of them are in memory.

    Parameters
    ----------
    model : TransferModel
        From `isogloss.load`.
    examples : iterable of Example
        Their own labels are not looked at.
    precision : {"fp32", "bf16"}
    counts : Counter, optional
        Filled with ``inputs``, ``truncated`` and ``windowed``.

    Yields
    ------
    Prediction

    Raises
    ------
    CheckpointError
        If the model was not read from a folder, so that its labels are unknown.
    """
    from scipy.special import softmax

    meta = meta_of(model)
    stream = iter(examples)
    while chunk := list(islice(stream, CHUNK)):
        encoded = encode(chunk, model.tokenizer, meta.head, max_length=meta.max_length, windows=True)
        if counts is not None:
            counts.update(inputs=len(chunk), truncated=encoded.n_truncated, windowed=encoded.n_windowed)
        found = predict(model, encoded.inputs, precision=precision)
        for example, logits in zip(chunk, found, strict=True):
            shares = softmax(logits.astype(np.float64), axis=1)
            labels = tuple(meta.labels[at] for at in logits.argmax(axis=1))
            if isinstance(example, WordExample):
                yield Prediction(example.row, example.words, labels, shares)
            else:
                yield Prediction(example.row, (), labels, shares, example.text_a, example.text_b)


def meta_of(model: TransferModel) -> ModelMeta:
    """Description of a model in its folder.

    Raises
    ------
    CheckpointError
        If it was not read from one.
    """
    if model.meta is None:
        raise CheckpointError(
            "a model without a description", hint="read it from its folder: isogloss.load(FOLDER)"
        )
    return model.meta


def write_predictions(
    predictions: Iterable[Prediction], labels: Sequence[str], head: HeadKind
) -> Iterator[str]:
    """Lines of a tab-separated table.

    Parameters
    ----------
    predictions : iterable of Prediction
    labels : sequence of str
        The model's, in the order of its classes.
    head : {"sentence", "word"}

    Yields
    ------
    str
        For sentences a header and ``row``, the texts, ``label``, and the probability of every label; for
        words ``word, label, probability`` of that label and a blank line between sentences. Without line
        ends.
    """
    if head == "word":
        for number, one in enumerate(predictions):
            if number:
                yield ""
            for word, label, shares in zip(one.words, one.labels, one.probabilities, strict=True):
                yield f"{word}\t{label}\t{shares.max():.6f}"
        return
    fields: Sequence[str] = ()
    for number, one in enumerate(predictions):
        if not number:  # with the first row, so that an error in it leaves nothing half written
            fields = TEXT_FIELDS if one.text_b is not None else TEXT_FIELDS[:1]
            yield _row(["row", *fields, "label", *(f"p({label})" for label in labels)])
        texts = [one.text_a, one.text_b or ""][: len(fields)]
        yield _row([str(one.row), *texts, one.labels[0], *(f"{p:.6f}" for p in one.probabilities[0])])


def _row(cells: Sequence[str]) -> str:
    """One line of a tab-separated table as Python's csv writes it."""
    text = StringIO()
    csv.writer(text, delimiter="\t", lineterminator="\r\n").writerow(cells)  # quotes what holds either
    return text.getvalue().removesuffix("\r\n")
