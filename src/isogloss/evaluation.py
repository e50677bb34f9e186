"""Zero-shot prediction and scoring of many targets with one model, loaded once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from isogloss.errors import CheckpointError
from isogloss.metrics import METRICS, MetricResult, chance, macro_f1
from isogloss.modeling.device import Precision, default_device, resolve_precision
from isogloss.modeling.encoding import EncodedExamples, collate, encode, split_by_budget
from isogloss.modeling.model import TransferModel, load_model
from isogloss.modeling.progress import Progress, ProgressEvent
from isogloss.modeling.shares import LayerShares, ShareCounter
from isogloss.tasks.base import Example, HeadKind, SentenceExample, TaskCard, WordExample


@dataclass(frozen=True)
class TargetEvaluation:
    """How one model does on one target.

    Parameters
    ----------
    language : str
        As the caller named the target.
    metric : str
    score, chance : float
        In [0, 1]; `chance` is the best constant prediction's score on the same examples.
    n_examples, n_units : int
        Sentences scored; sentences, words or gold entities counted by the metric.
    n_subwords : int
    n_truncated : int
        Sentences or pairs cut to the length limit.
    n_windowed : int
        Sentences of words read in overlapping windows; every word of them is scored once.
    precision : {"fp32", "bf16"}
    predictions : mapping of str to list
        One entry an example. `row`; `gold` and `predicted` class indices (lists of them for words);
        `probability` of every class (sentence tasks only); `hits`, `n_predicted`, `n_gold`: the example's
        part of the metric's sums.
    warnings : tuple of str
    macro_f1 : float or None
        Beside word accuracy; None for other metrics.
    layer_shares : LayerShares or None
        Which layers the aggregator drew on; None where it has no shares.
    """

    language: str
    metric: str
    score: float
    chance: float
    n_examples: int
    n_units: int
    n_subwords: int
    n_truncated: int
    n_windowed: int
    precision: Precision
    predictions: Mapping[str, list[Any]]
    warnings: tuple[str, ...] = ()
    macro_f1: float | None = None
    layer_shares: LayerShares | None = None


@dataclass(frozen=True)
class Predictions:
    """Logits of every unit.

    Parameters
    ----------
    logits : list of array of float32, one an example, shape (unit, label)
    """

    logits: list[np.ndarray[Any, np.dtype[np.float32]]]

    def classes(self) -> list[list[int]]:
        """Most probable class of every unit."""
        return [one.argmax(axis=1).tolist() for one in self.logits]

    def probabilities(self) -> list[list[float]]:
        """Softmax over classes of the first unit of every example."""
        raw = np.stack([one[0] for one in self.logits]).astype(np.float64)
        shifted = np.exp(raw - raw.max(axis=1, keepdims=True))
        normed: list[list[float]] = (shifted / shifted.sum(axis=1, keepdims=True)).tolist()
        return normed


def evaluate(
    model_folder: Path,
    targets: Iterable[tuple[TaskCard, str, Sequence[Example]]],
    *,
    max_length: int,
    subword_budget: int,
    precision: str = "auto",
    progress: Progress | None = None,
    trust_remote_code: bool = False,
) -> Iterator[TargetEvaluation]:
    """Score a saved model on every target in turn.

    Parameters
    ----------
    model_folder : Path
        As fine-tuning wrote it.
    targets : iterable of (TaskCard, str, sequence of Example)
        Task, language and examples. A task must have the labels that the model was trained with. Read
        lazily: one target's examples at a time.
    max_length : int
        In subwords.
    subword_budget : int
        Largest batch in subwords.
    precision : {"auto", "fp32", "bf16"}
    progress : Progress, optional
    trust_remote_code : bool
        Run Python code that lies in the model's folder.

    Yields
    ------
    TargetEvaluation

    Raises
    ------
    CheckpointError
        If the model cannot be loaded or was trained for other labels.
    """
    model, tokenizer, meta = load_model(model_folder, trust_remote_code=trust_remote_code)
    model.to(default_device())
    for card, language, examples in targets:
        if meta.labels != card.labels or meta.head != card.head:
            raise CheckpointError(
                f"the model predicts {', '.join(meta.labels)} per {meta.head}, "
                f"but {card.name} has {', '.join(card.labels)} per {card.head}",
                where=str(model_folder),
                hint="evaluate it on a task with the labels it was trained for",
            )
        yield evaluate_examples(
            model,
            tokenizer,
            card,
            language,
            examples,
            max_length=max_length,
            subword_budget=subword_budget,
            precision=resolve_precision(precision),
            progress=progress,
        )


def evaluate_examples(
    model: TransferModel,
    tokenizer: Any,
    card: TaskCard,
    language: str,
    examples: Sequence[Example],
    *,
    max_length: int,
    subword_budget: int,
    precision: Precision,
    progress: Progress | None = None,
) -> TargetEvaluation:
    """Score a model in memory on one target; parameters as in `evaluate`."""
    encoded = encode(examples, tokenizer, card.head, max_length=max_length, windows=True)
    shares = ShareCounter()
    found = predict(
        model,
        encoded,
        _n_units(examples),
        padding_id=tokenizer.pad_token_id,
        subword_budget=subword_budget,
        precision=precision,
        progress=progress,
        shares=shares,
    )
    gold, predicted = _gold_and_predicted(examples, found, card.head)
    result = METRICS[card.metric](gold, predicted, card.labels)
    notes = []
    if encoded.n_truncated:
        notes.append(f"{language}: {encoded.n_truncated} examples truncated to {max_length} subwords")
    if encoded.n_windowed:
        notes.append(
            f"{language}: {encoded.n_windowed} sentences longer than {max_length} subwords read in windows"
        )
    return TargetEvaluation(
        language=language,
        metric=card.metric,
        score=result.value,
        chance=chance(card.metric, gold),
        n_examples=len(examples),
        n_units=result.n_units,
        n_subwords=sum(len(one) for one in encoded.inputs),
        n_truncated=encoded.n_truncated,
        n_windowed=encoded.n_windowed,
        precision=precision,
        predictions=_table(examples, gold, predicted, found, result, card.head),
        warnings=tuple(notes),
        macro_f1=macro_f1(gold, predicted) if card.metric == "word_accuracy" else None,
        layer_shares=shares.result(),
    )


def predict(
    model: TransferModel,
    encoded: EncodedExamples,
    n_units: Sequence[int],
    *,
    padding_id: int,
    subword_budget: int,
    precision: Precision,
    progress: Progress | None = None,
    shares: ShareCounter | None = None,
) -> Predictions:
    """Logits of every unit of every example.

    Parameters
    ----------
    model : TransferModel
    encoded : EncodedExamples
        With windows, so that every word is in exactly one input.
    n_units : sequence of int
        Units of each example.
    padding_id, subword_budget : int
    precision : {"fp32", "bf16"}
    progress : Progress, optional
    shares : ShareCounter, optional
        Told which layers the aggregator drew on.
    """
    device = next(model.parameters()).device
    n_labels = model.head.classifier.out_features
    logits = [np.full((n, n_labels), np.nan, dtype=np.float32) for n in n_units]
    batches = split_by_budget(encoded.inputs, subword_budget)
    n_done = n_subwords = 0
    began = time.perf_counter()
    was_training = model.training
    model.eval()
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
        for places in batches:
            batch = collate([encoded.inputs[place] for place in places], padding_id, device)
            values = model(batch).float().cpu().numpy()
            if shares is not None:
                shares.add(model.aggregator.last_weights, batch.mask)
            at = 0
            for one in batch.inputs:
                logits[one.example][one.units] = values[at : at + len(one.units)]
                at += len(one.units)
            n_done += len(places)
            n_subwords += sum(len(one) for one in batch.inputs)
            if progress is not None:
                seconds = time.perf_counter() - began
                left = seconds / n_done * (len(encoded.inputs) - n_done)
                progress(
                    ProgressEvent(n_done, len(encoded.inputs), None, n_subwords / max(seconds, 1e-9), left)
                )
    model.train(was_training)
    return Predictions(logits)


def _n_units(examples: Sequence[Example]) -> list[int]:
    return [1 if isinstance(example, SentenceExample) else len(example.words) for example in examples]


def _gold_and_predicted(
    examples: Sequence[Example], found: Predictions, head: HeadKind
) -> tuple[list[Any], list[Any]]:
    classes = found.classes()
    if head == "sentence":
        return [x.label for x in examples if isinstance(x, SentenceExample)], [one[0] for one in classes]
    return [list(x.labels) for x in examples if isinstance(x, WordExample)], classes


def _table(
    examples: Sequence[Example],
    gold: list[Any],
    predicted: list[Any],
    found: Predictions,
    result: MetricResult,
    head: HeadKind,
) -> dict[str, list[Any]]:
    table: dict[str, list[Any]] = {
        "row": [example.row for example in examples],
        "gold": gold,
        "predicted": predicted,
        "hits": result.hits.tolist(),
        "n_predicted": result.predicted.tolist(),
        "n_gold": result.gold.tolist(),
    }
    if head == "sentence":
        table["probability"] = found.probabilities()
    return table
