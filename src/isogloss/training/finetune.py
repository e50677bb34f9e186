"""Fine-tuning: one stage from an encoder, or from the model of an earlier stage, to a model folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from torch import Tensor
from torch.nn import functional

from isogloss.errors import CheckpointError, TrainingError
from isogloss.inference.evaluation import Scorer
from isogloss.modeling.aggregators.base import AggregatorConfig, make_aggregator
from isogloss.modeling.device import (
    Precision,
    default_device,
    max_subwords_on,
    release_memory,
    resolve_precision,
)
from isogloss.modeling.encoders.base import LoadedEncoder
from isogloss.modeling.encoders.identify import identify, load_identified
from isogloss.modeling.encoders.identify.checks import missing_tensors
from isogloss.modeling.encoding import Batch, Encoded, EncodedExamples, encode
from isogloss.modeling.model import ModelMeta, TransferModel, load_parts, save_model
from isogloss.tasks.base import Example, WordExample
from isogloss.training.batches import count_updates, length_grouped_updates
from isogloss.training.budget import FEWEST_EXAMPLES, Schedule, schedule
from isogloss.training.compact import compact_embedding, expand_embedding
from isogloss.training.loop import Loop, LoopReport, LoopSettings, seeded
from isogloss.training.report import FinetuneReport
from isogloss.training.resumption import Resumption
from isogloss.training.selection import BestWeights
from isogloss.training.specs import Recipe, Running, StartingPoint, TrainingRows

_AS_IT_SUITS = Running()


def finetune(
    start: StartingPoint,
    rows: TrainingRows,
    recipe: Recipe,
    output: Path,
    running: Running = _AS_IT_SUITS,
) -> FinetuneReport:
    """Train encoder, aggregator and a new head, and write the model folder.

    Parameters
    ----------
    start : StartingPoint
    rows : TrainingRows
    recipe : Recipe
    output : Path
        Folder to write.
    running : Running, optional

    Raises
    ------
    CheckpointError
        If encoder or parent cannot be used.
    TrainingError
        If there is nothing to train on, or training cannot go on.
    """
    _check(rows, recipe)
    card, settings = rows.card, recipe.settings
    config = make_aggregator(*recipe.aggregator)
    with seeded(recipe.seed):
        model = _assemble(start, rows, recipe, config)
    tokenizer = model.tokenizer
    encoded = encode(rows.train, tokenizer, card.head, max_length=settings.max_length, windows=False)
    device, precision = default_device(), resolve_precision(settings.precision)
    n_updates = count_updates(len(rows.train), settings, card.epochs)
    when = Schedule(0, ())
    if recipe.selection == "best":
        when = _schedule(recipe, encoded.inputs, rows, tokenizer, n_updates)
    scorer = Scorer(
        tokenizer,
        [(card, "validation", rows.validation[: when.n_examples])],
        max_length=settings.max_length,
        max_subwords_per_batch=running.max_subwords_per_batch,
        precision=precision,
    )
    best = BestWeights(model, lambda: next(scorer.score(model)).score, when, recipe.validation.patience)
    read = scorer.subword_ids().union(*(one.subwords.tolist() for one in encoded.inputs))
    compact_embedding(model, getattr(model.encoder, "backbone", None), read)
    model.to(device)
    loop = Loop(
        model,
        lambda batch, keys: loss_sum(model, batch, keys),
        settings,
        LoopSettings(
            running.stage or card.name,
            recipe.seed,
            tokenizer.pad_token_id,
            running.max_subwords_per_batch or max_subwords_on(device, is_training=True),
            precision,
            device,
        ),
    )
    resumption = Resumption(loop, best, running.checkpoints)
    n_done = resumption.restore()
    places = length_grouped_updates(
        [len(one) for one in encoded.inputs],
        n_updates=n_updates,
        batch_size=settings.batch_size,
        seed=recipe.seed,
    )
    updates = ([encoded.inputs[place] for place in update] for update in places)
    report = loop.run(
        best.until_stopped(islice(updates, n_done, None)),
        n_updates,
        after_update=resumption.after_update,
        progress=running.progress,
    )
    best.restore()
    del loop, resumption  # gradients and moments make room for the whole embedding matrix
    model.zero_grad(set_to_none=True)
    release_memory()
    expand_embedding(model)
    if start.frozen is not None:
        model.encoder = start.frozen.inner  # the folder is that of any other model
    save_model(model, output)
    return _report(report, encoded, len(rows.train), precision, recipe, best, n_updates)


def loss_sum(model: TransferModel, batch: Batch, keys: Tensor) -> Tensor:
    """Cross-entropy summed over all units of a micro-batch, in fp32."""
    return functional.cross_entropy(model(batch, keys).float(), batch.labels, reduction="sum")


def _check(rows: TrainingRows, recipe: Recipe) -> None:
    if not rows.train:
        raise TrainingError(
            f"no training examples for {rows.card.name}", hint="look at the budget and the split"
        )
    if recipe.selection == "best" and not rows.validation:
        raise TrainingError(
            f"no validation examples for {rows.card.name}, by which to choose the best weights",
            hint="set `selection: none` to keep the last weights",
        )


def _assemble(
    start: StartingPoint, rows: TrainingRows, recipe: Recipe, config: AggregatorConfig
) -> TransferModel:
    identity = identify(start.encoder, start.revision)
    settings, trust = recipe.settings, start.trust_remote_code
    encoder: LoadedEncoder
    weights: Mapping[str, Tensor] = {}
    described: Mapping[str, Any] = asdict(identity)
    if start.parent is None:
        encoder = start.frozen or load_identified(identity, trust_remote_code=trust, dropout=settings.dropout)
    else:
        encoder, weights, meta = load_parts(start.parent, dropout=settings.dropout, trust_remote_code=trust)
        _check_parent(meta, recipe, config, identity.fingerprint, start.parent)
        described = meta.encoder
    limit = identity.max_positions
    if limit is not None and settings.max_length > limit:
        raise CheckpointError(
            f"max_length {settings.max_length} is more than the {limit} positions of "
            f"encoder '{start.encoder}'",
            where="training.max_length",
            allowed=f"at most {limit}",
        )
    model = TransferModel(encoder, config, len(rows.card.labels), dropout=settings.dropout)
    if start.parent is not None:
        body = {name: tensor for name, tensor in weights.items() if not name.startswith("head.")}
        found = model.load_state_dict(body, strict=False)
        missing = sorted(name for name in found.missing_keys if not name.startswith("head."))
        if missing:
            raise missing_tensors(missing, where=str(start.parent))
    # A model goes to other machines: the name of the encoder's folder, not its place on this one.
    known = {name: value for name, value in described.items() if name != "path"}
    if known["kind"] == "folder":
        known["spec"] = Path(known["spec"]).expanduser().resolve().name
    model.meta = ModelMeta(
        task=rows.card.name,
        labels=rows.card.labels,
        head=rows.card.head,
        aggregator=recipe.aggregator[0],
        aggregator_options=config.model_dump(),
        encoder=known,
        encoder_config=encoder.config,
        dropout=settings.dropout,
        max_length=settings.max_length,
        n_texts=_n_texts(rows.train[0]),
    )
    return model


def _n_texts(example: Example) -> int:
    """Sentences of one input; 0 where it is words."""
    if isinstance(example, WordExample):
        return 0
    return 1 if example.text_b is None else 2


def _check_parent(
    meta: ModelMeta, recipe: Recipe, config: AggregatorConfig, fingerprint: str, parent: Path
) -> None:
    if meta.encoder["fingerprint"] != fingerprint:
        raise CheckpointError(
            f"the earlier stage was trained from encoder '{meta.encoder['spec']}' with other weights",
            where=str(parent),
        )
    saved = make_aggregator(meta.aggregator, meta.aggregator_options, where=str(parent))
    if saved != config:
        raise CheckpointError(
            f"the earlier stage has aggregator {meta.aggregator} {saved.model_dump()}, "
            f"this one {recipe.aggregator[0]} {config.model_dump()}",
            where=str(parent),
            hint="train both stages with the same aggregator",
        )


def _schedule(
    recipe: Recipe, inputs: Sequence[Encoded], rows: TrainingRows, tokenizer: Any, n_updates: int
) -> Schedule:
    """When to evaluate and on how many rows; their length is that of the first ones."""
    settings, validation = recipe.settings, rows.validation
    some = encode(
        validation[:FEWEST_EXAMPLES],
        tokenizer,
        rows.card.head,
        max_length=settings.max_length,
        windows=True,
    ).inputs
    mean_length = sum(map(len, inputs)) / len(inputs)
    return schedule(
        recipe.validation,
        training_cost=n_updates * settings.batch_size * mean_length,
        row_cost=sum(map(len, some)) / min(len(validation), FEWEST_EXAMPLES),
        n_rows=len(validation),
        n_updates=n_updates,
    )


def _report(
    loop: LoopReport,
    encoded: EncodedExamples,
    n_examples: int,
    precision: Precision,
    recipe: Recipe,
    best: BestWeights,
    n_planned_updates: int,
) -> FinetuneReport:
    warnings = list(loop.warnings)
    if best.stopped:
        warnings.append(
            f"stopped after {len(loop.losses)} of {n_planned_updates} updates: "
            f"{best.patience} evaluations without a better score"
        )
    elif best.patience is not None and len(best.when.updates) <= best.patience:
        warnings.append(
            f"patience {best.patience} could not stop training, which had {len(best.when.updates)} "
            "evaluations: state more with validation.evaluations"
        )
    wanted, n_validated = recipe.validation.examples, best.when.n_examples
    is_cut = recipe.validation.split == "train"  # then the rows are counted where they are cut
    if best.when.updates and not is_cut and isinstance(wanted, int) and n_validated < wanted:
        warnings.append(f"validation has {n_validated:,} rows, fewer than the {wanted:,} examples stated")
    if encoded.n_truncated:
        warnings.append(
            f"{encoded.n_truncated} of {n_examples} training examples truncated to "
            f"{recipe.settings.max_length} subwords"
        )
    return FinetuneReport(
        n_updates=len(loop.losses),
        n_planned_updates=n_planned_updates,
        n_examples=n_examples,
        n_subwords=loop.n_subwords,
        padding_share=loop.padding_share,
        n_truncated=encoded.n_truncated,
        seconds=loop.seconds,
        subwords_per_s=loop.subwords_per_s,
        precision=precision,
        losses=loop.curve,
        guessing_loss=_entropy(encoded.inputs),
        validation=tuple(best.scores),
        n_validation_examples=best.when.n_examples,
        kept_update=best.kept_update or len(loop.losses),
        warnings=tuple(warnings),
        resumed_updates=tuple(loop.resumed_updates),
    )


def _entropy(inputs: Sequence[Encoded]) -> float:
    """Entropy of the labels in nats: the mean loss of a model that knows their shares alone."""
    counts = np.unique(np.concatenate([one.labels for one in inputs]), return_counts=True)[1]
    shares = counts / counts.sum()
    return float(-(shares * np.log(shares)).sum())
