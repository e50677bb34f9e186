"""Contents of single layers: sentence vectors, and the shares of the layers in an aggregator's output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isogloss.display import counted
from isogloss.errors import DataError
from isogloss.inference.evaluation import predict
from isogloss.inference.layer_shares import LayerShares, ShareCounter
from isogloss.inference.prediction import meta_of
from isogloss.inference.sentence_states import mean_states
from isogloss.modeling.encoders.base import LoadedEncoder
from isogloss.modeling.encoding import encode
from isogloss.modeling.model import TransferModel
from isogloss.statistics.retrieval import identity_accuracy, retrieval_accuracy
from isogloss.tasks.base import Example, SentenceExample


@dataclass(frozen=True)
class LayerContent:
    """How well content and language can be read from one layer.

    Parameters
    ----------
    layer : int
        0 is the embedding output.
    retrieval : mapping of str to float
        Language to the accuracy of finding translations between it and the source, both ways.
    identity : float
        Accuracy of telling the language.
    """

    layer: int
    retrieval: Mapping[str, float]
    identity: float


def parallel_sentences(data: Mapping[str, Sequence[Example]], n: int) -> dict[str, list[SentenceExample]]:
    """First sentences of the first `n` rows that every language has, each text once.

    Parameters
    ----------
    data : mapping of str to sequence of Example
        Language to the examples of a task with parallel rows.
    n : int

    Raises
    ------
    DataError
        If there are fewer than two languages or rows.
    """
    if len(data) < 2:
        raise DataError(
            "a translation is in another language, and fewer than two are named",
            where="--languages",
            hint="name the source and another language",
        )
    rows = {
        language: {
            example.row: example.text_a for example in examples if isinstance(example, SentenceExample)
        }
        for language, examples in data.items()
    }
    shared = sorted(set.intersection(*map(set, rows.values())))
    chosen: list[int] = []
    seen: set[tuple[str, str]] = set()
    for row in shared:
        texts = {(language, own[row]) for language, own in rows.items()}
        if len(chosen) < n and not texts & seen:  # a premise that occurs several times would be its own rival
            chosen.append(row)
            seen |= texts
    if len(chosen) < 2:
        raise DataError(
            f"{', '.join(rows)} have {counted(len(chosen), 'sentence')} in common",
            allowed="two sentences or more",
            hint="take a task with parallel rows: pawsx or xnli",
        )
    return {
        language: [SentenceExample(row, own[row], None, 0) for row in chosen]
        for language, own in rows.items()
    }


def layer_contents(
    encoder: LoadedEncoder, sentences: Mapping[str, Sequence[SentenceExample]], source: str
) -> list[LayerContent]:
    """Retrieval and language identity of every layer.

    Parameters
    ----------
    encoder : LoadedEncoder
    sentences : mapping of str to sequence of SentenceExample
        From `parallel_sentences`.
    source : str
        Language that the others are compared with.
    """
    vectors = {language: mean_states(encoder, own) for language, own in sentences.items()}
    others = [language for language in vectors if language != source]
    return [
        LayerContent(
            layer,
            {other: retrieval_accuracy(vectors[source][layer], vectors[other][layer]) for other in others},
            # The same division of the sentences for every layer.
            identity_accuracy(np.stack([own[layer] for own in vectors.values()]), np.random.default_rng(0)),
        )
        for layer in range(encoder.n_layers + 1)
    ]


def layer_shares(model: TransferModel, examples: Sequence[Example]) -> LayerShares | None:
    """Mean share of every layer in what the aggregator put out; None where it has no shares.

    Parameters
    ----------
    model : TransferModel
        From `isogloss.load`.
    examples : sequence of Example
    """
    meta = meta_of(model)
    inputs = encode(examples, model.tokenizer, meta.head, max_length=meta.max_length, windows=True).inputs
    counter = ShareCounter()
    predict(
        model,
        inputs,
        precision="fp32",
        after_batch=lambda batch: counter.add(model.aggregator.last_weights, batch.mask),
    )
    return counter.result()
