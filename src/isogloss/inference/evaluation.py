"""Zero-shot prediction and scoring of many targets with one model, loaded once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from isogloss.errors import CheckpointError
from isogloss.inference.layer_shares import LayerShares, ShareCounter
from isogloss.metrics import METRICS, chance, macro_f1
from isogloss.modeling.device import (
    Precision,
    default_device,
    max_subwords_on,
    resolve_precision,
)
from isogloss.modeling.encoding import Batch, Encoded, collate, encode, split_by_budget
from isogloss.modeling.model import TransferModel, load_model
from isogloss.modeling.packed import PackedWeights
from isogloss.modeling.progress import Progress, ProgressEvent
from isogloss.tasks.base import Example, SentenceExample, TaskCard

Target = tuple[TaskCard, str, Sequence[Example]]
"""Task, language and examples."""

Logits = NDArray[np.float32]


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
        In addition to word accuracy; None for other metrics.
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


def evaluate(
    model_folder: Path,
    targets: Iterable[Target],
    *,
    max_length: int,
    max_subwords_per_batch: int | None = None,
    precision: str = "auto",
    progress: Progress | None = None,
    trust_remote_code: bool = False,
) -> Iterator[TargetEvaluation]:
    """Score a saved model on every target, all of them in one pass.

    Parameters
    ----------
    model_folder : Path
        As fine-tuning wrote it.
    targets : iterable of (TaskCard, str, sequence of Example)
        Task, language and examples. A task must have the labels that the model was trained with.
    max_length : int
        In subwords.
    max_subwords_per_batch : int, optional
        Largest batch in subwords; what suits the device by default.
    precision : {"auto", "fp32", "bf16"}
    progress : Progress, optional
    trust_remote_code : bool
        Run Python code that lies in the model's folder.

    Yields
    ------
    TargetEvaluation
        In the order of `targets`.

    Raises
    ------
    CheckpointError
        If the model cannot be loaded or was trained for other labels.
    """
    model, tokenizer, meta = load_model(model_folder, trust_remote_code=trust_remote_code)
    given = list(targets)
    for card, _, _ in given:
        if meta.labels != card.labels or meta.head != card.head:
            raise CheckpointError(
                f"the model predicts {', '.join(meta.labels)} per {meta.head}, "
                f"but {card.name} has {', '.join(card.labels)} per {card.head}",
                where=str(model_folder),
                hint="evaluate it on a task with the labels it was trained for",
            )
    scorer = Scorer(
        tokenizer,
        given,
        max_length=max_length,
        max_subwords_per_batch=max_subwords_per_batch,
        precision=resolve_precision(precision),
    )
    yield from scorer.score(model.to(default_device()), progress)


class Scorer:
    """Targets that are encoded once and scored by a model as often as asked.

    Inputs of all targets are sorted by length together, so that little is padded and few batches are short.

    Parameters
    ----------
    tokenizer : transformers.PreTrainedTokenizerFast
        Of the models to score.
    targets : sequence of (TaskCard, str, sequence of Example)
        Task, language and examples; all tasks have the same kind of head.
    max_length : int
        In subwords.
    max_subwords_per_batch : int, optional
        Largest batch in subwords; what suits the device by default.
    precision : {"fp32", "bf16"}
    """

    def __init__(
        self,
        tokenizer: Any,
        targets: Sequence[Target],
        *,
        max_length: int,
        precision: Precision,
        max_subwords_per_batch: int | None = None,
    ) -> None:
        self.targets = tuple(targets)
        self._max_length, self._precision, self._budget = max_length, precision, max_subwords_per_batch
        self._padding_id: int = tokenizer.pad_token_id
        self._encoded = [
            encode(examples, tokenizer, card.head, max_length=max_length, windows=True)
            for card, _, examples in self.targets
        ]
        self._starts = np.cumsum([0, *(len(examples) for _, _, examples in self.targets)])
        self._inputs = tuple(
            replace(one, example=one.example + int(start))
            for encoded, start in zip(self._encoded, self._starts[:-1], strict=True)
            for one in encoded.inputs
        )

    def subword_ids(self) -> set[int]:
        """Ids of all subwords that occur, padding included."""
        return {self._padding_id}.union(*(one.subwords.tolist() for one in self._inputs))

    def score(self, model: TransferModel, progress: Progress | None = None) -> Iterator[TargetEvaluation]:
        """Score a model that is on its device.

        Yields
        ------
        TargetEvaluation
            In the order of the targets.
        """
        group_of = np.repeat(np.arange(len(self.targets)), np.diff(self._starts))
        shares = ShareCounter(len(self.targets))

        def count_shares(batch: Batch) -> None:
            groups = group_of[[one.example for one in batch.inputs]].tolist()
            shares.add(model.aggregator.last_weights, batch.mask, groups)

        logits = predict(
            model,
            self._inputs,
            max_subwords_per_batch=self._budget,
            precision=self._precision,
            progress=progress,
            after_batch=count_shares,
        )
        for at, (start, stop) in enumerate(pairwise(self._starts)):
            yield self._result(at, logits[start:stop], shares.result(at))

    def _result(self, at: int, logits: list[Logits], shares: LayerShares | None) -> TargetEvaluation:
        card, language, examples = self.targets[at]
        encoded = self._encoded[at]
        is_sentence = card.head == "sentence"
        classes = [one.argmax(axis=1).tolist() for one in logits]
        predicted: list[Any] = [one[0] for one in classes] if is_sentence else classes
        gold: list[Any] = [
            example.label if isinstance(example, SentenceExample) else list(example.labels)
            for example in examples
        ]
        result = METRICS[card.metric](gold, predicted, card.labels)
        table: dict[str, list[Any]] = {
            "row": [example.row for example in examples],
            "gold": gold,
            "predicted": predicted,
            "hits": result.hits.tolist(),
            "n_predicted": result.predicted.tolist(),
            "n_gold": result.gold.tolist(),
        }
        if is_sentence:
            table["probability"] = softmax(np.concatenate(logits).astype(np.float64), axis=1).tolist()
        notes = []
        if encoded.n_truncated:
            notes.append(
                f"{language}: {encoded.n_truncated} examples truncated to {self._max_length} subwords"
            )
        if encoded.n_windowed:
            notes.append(
                f"{language}: {encoded.n_windowed} sentences longer than {self._max_length} subwords "
                "read in windows"
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
            precision=self._precision,
            predictions=table,
            warnings=tuple(notes),
            macro_f1=macro_f1(gold, predicted) if card.metric == "word_accuracy" else None,
            layer_shares=shares,
        )


def predict(
    model: TransferModel,
    inputs: Sequence[Encoded],
    *,
    precision: Precision,
    max_subwords_per_batch: int | None = None,
    progress: Progress | None = None,
    after_batch: Callable[[Batch], None] | None = None,
) -> list[Logits]:
    """Logits of every unit of every example, shape (unit, label) each.

    Parameters
    ----------
    model : TransferModel
    inputs : sequence of Encoded
        With windows, so that every word is in exactly one input.
    precision : {"fp32", "bf16"}
    max_subwords_per_batch : int, optional
        What suits the device by default.
    progress : Progress, optional
    after_batch : callable, optional
        Called with every batch after the model has run on it.

    Raises
    ------
    CheckpointError
        If a logit is not finite.
    """
    device, padding_id = next(model.parameters()).device, model.tokenizer.pad_token_id
    n_labels = model.head.classifier.out_features
    n_units = Counter[int]()
    for one in inputs:
        n_units[one.example] += len(one.units)
    logits = [np.full((n_units[at], n_labels), np.nan, dtype=np.float32) for at in range(len(n_units))]
    n_done = n_subwords = 0
    began = time.perf_counter()
    was_training = model.training
    model.eval()
    # Not in inference mode: autocast would cast weights that are not packed again for every batch.
    with (
        torch.no_grad(),
        torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"),
        PackedWeights(model, torch.bfloat16 if precision == "bf16" else torch.float32).used(),
    ):
        for places in split_by_budget(inputs, max_subwords_per_batch or max_subwords_on(device)):
            batch = collate([inputs[place] for place in places], padding_id, device)
            values = model(batch).float().cpu().numpy()
            if not np.isfinite(values).all():
                raise CheckpointError(
                    "the model's scores of labels are infinite or not a number",
                    hint="its weights are damaged, or its training diverged: train it again",
                )
            if after_batch is not None:
                after_batch(batch)
            at = 0
            for one in batch.inputs:
                logits[one.example][one.units] = values[at : at + len(one.units)]
                at += len(one.units)
            n_done += len(places)
            n_subwords += sum(len(one) for one in batch.inputs)
            if progress is not None:
                seconds = time.perf_counter() - began
                left = seconds / n_done * (len(inputs) - n_done)
                progress(ProgressEvent(n_done, len(inputs), None, n_subwords / max(seconds, 1e-9), left))
    model.train(was_training)
    return logits
