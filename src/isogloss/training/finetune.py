"""Fine-tuning: one stage from an encoder, or from the model of an earlier stage, to a model folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from torch import Tensor
from torch.nn import functional

from isogloss.config import TrainingSettings
from isogloss.errors import CheckpointError, TrainingError
from isogloss.evaluation import Scorer
from isogloss.modeling.aggregators.base import AggregatorConfig, make_aggregator
from isogloss.modeling.device import (
    Precision,
    default_device,
    release_memory,
    resolve_precision,
    subword_budget_of,
)
from isogloss.modeling.encoders.base import LoadedEncoder
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoding import Batch, Encoded, encode
from isogloss.modeling.frozen import FrozenEncoder
from isogloss.modeling.model import ModelMeta, TransferModel, describe, load_parts, save_model
from isogloss.tasks.base import Example, TaskCard, WordExample
from isogloss.training.batches import count_updates, length_grouped_updates
from isogloss.training.compact import compact_embedding, expand_embedding
from isogloss.training.curves import shorten_curve
from isogloss.training.loop import Loop, LoopReport, LoopSettings, Progress, seeded

N_EVALUATIONS = 10
"""Points at which a stage that keeps its best weights is evaluated."""


@dataclass(frozen=True)
class FinetuneReport:
    """What a fine-tuning stage did.

    Parameters
    ----------
    n_updates, n_examples : int
        Optimiser steps, and training examples (each seen once an epoch).
    n_subwords : int
        Real subwords computed in training.
    padding_share : float
        Padding among all positions computed.
    n_truncated : int
        Training examples cut to the length limit.
    seconds, subwords_per_s : float
        Of the training loop, evaluations included.
    precision : {"fp32", "bf16"}
    losses : tuple of (int, float)
        Update and mean loss up to it since the point before.
    validation : tuple of (int, float)
        Update and score, for a stage that keeps its best weights.
    kept_update : int
        Whose weights were saved.
    warnings : tuple of str
    """

    n_updates: int
    n_examples: int
    n_subwords: int
    padding_share: float
    n_truncated: int
    seconds: float
    subwords_per_s: float
    precision: Precision
    losses: tuple[tuple[int, float], ...]
    validation: tuple[tuple[int, float], ...]
    kept_update: int
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """For a record."""
        return asdict(self)


def finetune(
    *,
    encoder: str,
    revision: str | None,
    trust_remote_code: bool,
    parent: Path | None,
    aggregator: tuple[str, Mapping[str, Any]],
    card: TaskCard,
    train: Sequence[Example],
    validation: Sequence[Example],
    settings: TrainingSettings,
    seed: int,
    selection: Literal["last", "best"],
    output: Path,
    subword_budget: int | None = None,
    stage: str | None = None,
    progress: Progress | None = None,
    frozen: FrozenEncoder | None = None,
) -> FinetuneReport:
    """Train encoder, aggregator and a new head, and write the model folder.

    Parameters
    ----------
    encoder : str
        Registry name, folder or hub id.
    revision : str or None
    trust_remote_code : bool
        Run Python code that comes with the encoder, or lies in the folder of `parent`.
    parent : Path or None
        Model folder of an earlier stage, such as an intermediate task. Encoder and aggregator begin with its
        weights; the head is always new, also where the task is the same.
    aggregator : (str, mapping)
        Registry name and options; a parent must have the same.
    card : TaskCard
    train, validation : sequence of Example
        `validation` may be empty where `selection` is ``last``.
    settings : TrainingSettings
    seed : int
        Of the head's first weights, the order of examples and the dropout masks.
    selection : {"last", "best"}
        ``best`` scores `validation` at up to ten evenly spaced updates and keeps the best weights, the
        earlier of equals.
    output : Path
        Folder to write.
    subword_budget : int, optional
        Largest micro-batch, padding included; changes nothing but rounding. What suits the device by default.
    stage : str, optional
        Name for messages; the task's by default.
    progress : Progress, optional
    frozen : FrozenEncoder, optional
        `encoder`, already loaded: it is left as it is, and aggregator and head are trained on its states.

    Raises
    ------
    CheckpointError
        If encoder or parent cannot be used.
    TrainingError
        If there is nothing to train on, or training cannot go on.
    """
    _check(card, train, validation, selection)
    config = make_aggregator(*aggregator)
    with seeded(seed):
        model, meta, tokenizer = _assemble(
            encoder,
            revision,
            trust_remote_code,
            parent,
            (aggregator[0], config),
            card,
            settings,
            n_texts=_n_texts(train[0]),
            frozen=frozen,
        )
    encoded = encode(train, tokenizer, card.head, max_length=settings.max_length, windows=False)
    device, precision = default_device(), resolve_precision(settings.precision)
    budget = subword_budget or subword_budget_of(device)
    n_updates = count_updates(len(train), settings, card.epochs)
    keeper = None
    read = {tokenizer.pad_token_id}.union(*(one.subwords.tolist() for one in encoded.inputs))
    if selection == "best":
        target = (card, "validation", validation)
        scorer = Scorer(
            tokenizer, [target], max_length=settings.max_length, subword_budget=budget, precision=precision
        )
        keeper = _BestKeeper(model, scorer, n_updates)
        read |= scorer.subword_ids()
    compact_embedding(model, getattr(model.encoder, "backbone", None), read)
    model.to(device)
    loop = Loop(
        model,
        lambda batch, keys: loss_sum(model, batch, keys),
        settings,
        LoopSettings(stage or card.name, seed, tokenizer.pad_token_id, budget, precision, device),
    )
    report = loop.run(
        _updates(encoded.inputs, n_updates, settings.examples_per_update, seed),
        n_updates,
        after_update=keeper.after_update if keeper else None,
        progress=progress,
    )
    kept = keeper.restore() if keeper else n_updates
    del loop  # gradients and moments make room for the whole embedding matrix
    model.zero_grad(set_to_none=True)
    release_memory()
    expand_embedding(model)
    if frozen is not None:
        model.encoder = frozen.inner  # the folder is that of any other model
    save_model(model, tokenizer, meta, output)
    return _report(
        report, encoded.n_truncated, len(train), precision, settings, keeper.scores if keeper else (), kept
    )


def loss_sum(model: TransferModel, batch: Batch, keys: Tensor) -> Tensor:
    """Cross-entropy summed over all units of a micro-batch, in fp32."""
    return functional.cross_entropy(model(batch, keys).float(), batch.labels, reduction="sum")


def _check(card: TaskCard, train: Sequence[Example], validation: Sequence[Example], selection: str) -> None:
    if not train:
        raise TrainingError(f"no training examples for {card.name}", hint="look at the budget and the split")
    if selection == "best" and not validation:
        raise TrainingError(
            f"no validation examples for {card.name}, by which to choose the best weights",
            hint="set `selection: none` to keep the last weights",
        )


def _assemble(
    spec: str,
    revision: str | None,
    trust_remote_code: bool,
    parent: Path | None,
    aggregator: tuple[str, AggregatorConfig],
    card: TaskCard,
    settings: TrainingSettings,
    *,
    n_texts: int,
    frozen: FrozenEncoder | None,
) -> tuple[TransferModel, ModelMeta, Any]:
    identity = identify(spec, revision)
    encoder: LoadedEncoder
    weights: Mapping[str, Tensor] = {}
    if parent is None:
        encoder = frozen or load_identified(
            identity, trust_remote_code=trust_remote_code, dropout=settings.dropout
        )
        described: Mapping[str, Any] | None = None
    else:
        encoder, weights, meta = load_parts(
            parent, dropout=settings.dropout, trust_remote_code=trust_remote_code
        )
        _check_parent(meta, aggregator, identity.fingerprint, parent)
        described = meta.encoder
    limit = identity.max_positions
    if limit is not None and settings.max_length > limit:
        raise CheckpointError(
            f"max_length {settings.max_length} is more than the {limit} positions of encoder '{spec}'",
            where="training.max_length",
            allowed=f"at most {limit}",
        )
    model = TransferModel(encoder, aggregator[1], len(card.labels), dropout=settings.dropout)
    if parent is not None:
        body = {name: tensor for name, tensor in weights.items() if not name.startswith("head.")}
        model.load_state_dict(body, strict=False)
    meta = describe(
        card,
        aggregator,
        encoder,
        described or identity,
        dropout=settings.dropout,
        max_length=settings.max_length,
        n_texts=n_texts,
    )
    return model, meta, encoder.tokenizer


def _n_texts(example: Example) -> int:
    """Sentences of one input; 0 where it is words."""
    if isinstance(example, WordExample):
        return 0
    return 1 if example.text_b is None else 2


def _check_parent(
    meta: ModelMeta, aggregator: tuple[str, AggregatorConfig], fingerprint: str, parent: Path
) -> None:
    if meta.encoder["fingerprint"] != fingerprint:
        raise CheckpointError(
            f"the earlier stage was trained from encoder '{meta.encoder['spec']}' with other weights",
            where=str(parent),
        )
    if (meta.aggregator, dict(meta.aggregator_options)) != (aggregator[0], aggregator[1].model_dump()):
        raise CheckpointError(
            f"the earlier stage has aggregator {meta.aggregator} {dict(meta.aggregator_options)}, "
            f"this one {aggregator[0]} {aggregator[1].model_dump()}",
            where=str(parent),
            hint="train both stages with the same aggregator",
        )


def _updates(
    inputs: Sequence[Encoded], n_updates: int, examples_per_update: int, seed: int
) -> Iterator[list[Encoded]]:
    lengths = [len(one) for one in inputs]
    for places in length_grouped_updates(
        lengths, n_updates=n_updates, examples_per_update=examples_per_update, seed=seed
    ):
        yield [inputs[place] for place in places]


@dataclass
class _BestKeeper:
    """Scores the validation examples now and then and keeps the weights that did best."""

    model: TransferModel
    scorer: Scorer
    n_updates: int
    scores: list[tuple[int, float]] = field(default_factory=list)
    _best: float = -1.0
    _weights: dict[str, Tensor] = field(default_factory=dict)

    def after_update(self, done: int) -> None:
        n_points = min(N_EVALUATIONS, self.n_updates)
        points = {round(self.n_updates * (i + 1) / n_points) for i in range(n_points)}
        if done not in points:
            return
        (found,) = self.scorer.score(self.model)
        self.scores.append((done, found.score))
        if found.score > self._best:
            self._best = found.score
            self._weights = {
                name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()
            }

    def restore(self) -> int:
        """Put the best weights back; returns the update they are from."""
        self.model.load_state_dict(self._weights)
        return next(done for done, score in self.scores if score == self._best)


def _report(
    loop: LoopReport,
    n_truncated: int,
    n_examples: int,
    precision: Precision,
    settings: TrainingSettings,
    validation: Sequence[tuple[int, float]],
    kept_update: int,
) -> FinetuneReport:
    warnings = list(loop.warnings)
    if n_truncated:
        warnings.append(
            f"{n_truncated} of {n_examples} training examples truncated to {settings.max_length} subwords"
        )
    return FinetuneReport(
        n_updates=len(loop.losses),
        n_examples=n_examples,
        n_subwords=loop.n_subwords,
        padding_share=loop.padding_share,
        n_truncated=n_truncated,
        seconds=loop.seconds,
        subwords_per_s=loop.subwords_per_s,
        precision=precision,
        losses=shorten_curve(loop.losses),
        validation=tuple(validation),
        kept_update=kept_update,
        warnings=tuple(warnings),
    )
