"""A small encoder from random weights: masked and translation language modelling, within a time limit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from isogloss.display import counted
from isogloss.errors import DataError
from isogloss.modeling.card import render_card
from isogloss.modeling.device import default_device, device_name, resolve_precision
from isogloss.modeling.encoders._transformers import load_tokenizer, quiet
from isogloss.modeling.encoding import Batch, Encoded, collate
from isogloss.modeling.progress import Progress
from isogloss.pretraining.clock import Clock
from isogloss.pretraining.corpora import PretrainingCorpus
from isogloss.pretraining.embeddings import aligned_embeddings
from isogloss.pretraining.language_model import (
    MaskedLanguageModel,
    load_language_model,
    new_model,
    set_embeddings,
)
from isogloss.pretraining.masking import EncodedCorpus, Sampler, SubwordIds
from isogloss.pretraining.settings import PredictAmong, PretrainReport, PretrainSettings
from isogloss.pretraining.vocabulary import learn_wordpieces
from isogloss.training.loop import Loop, LoopSettings, autocast, seeded
from isogloss.training.settings import TrainingSettings


def pretrain(
    corpus: PretrainingCorpus,
    output: Path,
    settings: PretrainSettings,
    *,
    start: Path | None = None,
    progress: Progress | None = None,
) -> PretrainReport:
    """Train tokenizer and encoder, and write a folder that stock transformers loads.

    Parameters
    ----------
    corpus : PretrainingCorpus
    output : Path
        Gets ``config.json``, ``model.safetensors`` (with the language-modelling head), ``tokenizer.json``
        and a model card.
    settings : PretrainSettings
    start : Path, optional
        Folder of an earlier run to go on from; its tokenizer and sizes are kept.
    progress : Progress, optional

    Raises
    ------
    DataError
        If the corpus is empty.
    TrainingError
        If the loss is not finite.
    """
    clock = Clock(steps=settings.steps, minutes=settings.minutes, warmup_ratio=settings.warmup_ratio)
    if start is None:
        tokenizer = learn_wordpieces(_texts_by_language(corpus), settings)
    else:
        tokenizer = load_tokenizer(start)
    encoded = EncodedCorpus.of(corpus, tokenizer, settings.max_length)
    ids = SubwordIds.of(tokenizer)
    sampler = Sampler(encoded, ids, settings, np.random.default_rng([settings.seed, 4]))
    with seeded(settings.seed):
        if start is not None:
            library_model = load_language_model(start)
        else:
            library_model = new_model(settings, tokenizer)
            if settings.aligned_embeddings and encoded.parallel:
                set_embeddings(library_model, aligned_embeddings(encoded, ids, settings))
    model = MaskedLanguageModel(library_model, reset_positions=settings.reset_positions)
    device, precision = default_device(), resolve_precision(settings.precision)
    model.to(device)
    loop = Loop(
        model,
        lambda batch, _: prediction_loss(model, batch, settings.predict_among),
        TrainingSettings(**settings.model_dump(include={"learning_rate", "weight_decay", "max_grad_norm"})),
        LoopSettings(
            stage="pretraining",
            seed=settings.seed,
            padding_id=tokenizer.pad_token_id,
            max_subwords_per_batch=settings.subwords_per_update,
            precision=precision,
            device=device,
            betas=(0.9, 0.98),
        ),
    )
    updates = sampler.updates(settings.subwords_per_update)
    unigram = _train(loop, updates, clock, len(tokenizer), progress)
    report = loop.report
    final = _loss_on(islice(updates, max(1, len(report.losses) // 100)), model, loop.loop)
    done = PretrainReport(
        n_updates=len(report.losses),
        n_subwords=report.n_subwords,
        seconds=clock.seconds(),
        subwords_per_s=report.subwords_per_s,
        final_loss=final,
        unigram_loss=unigram,
        losses=report.curve,
        padding_share=report.padding_share,
        unknown_share=encoded.unknown_share,
        n_parameters=sum(p.numel() for p in model.backbone.parameters()),
        languages=corpus.languages(),
        precision=precision,
        hardware=device_name(device),
    )
    output.mkdir(parents=True, exist_ok=True)
    with quiet():
        library_model.float().cpu().save_pretrained(str(output))
    tokenizer.save_pretrained(str(output))
    card = render_card(
        "encoder.md",
        origin=corpus.origin,
        settings=settings,
        sizes=library_model.config,  # what there is: small texts give fewer pieces than the settings allow
        counted=counted,
        stated=json.dumps(settings.model_dump(), indent=2),
        report=done,
        versions={name: version(name) for name in ("torch", "transformers", "tokenizers")},
        continued=start is not None,
    )
    (output / "README.md").write_text(card, encoding="utf-8")
    return done


def prediction_loss(model: MaskedLanguageModel, batch: Batch, among: PredictAmong) -> Tensor:
    """Sum of the cross-entropies (nats) of the masked subwords of a batch, shape ().

    Parameters
    ----------
    model : MaskedLanguageModel
    batch : Batch
    among : {"vocabulary", "batch"}
        Pieces that a subword is distinguished from; see `PretrainSettings`.
    """
    pieces, labels = _pieces_of(batch) if among == "batch" else (None, batch.labels)
    return functional.cross_entropy(model(batch, pieces).float(), labels, reduction="sum")


def _pieces_of(batch: Batch) -> tuple[Tensor, Tensor]:
    """Ids of all pieces that a batch holds, shape (piece,), and the places of its labels among them."""
    both = torch.cat([batch.subword_ids.flatten(), batch.labels])
    pieces, places = torch.unique(both, return_inverse=True)
    return pieces, places[batch.subword_ids.numel() :]


def _train(
    loop: Loop, updates: Iterator[list[Encoded]], clock: Clock, n_pieces: int, progress: Progress | None
) -> float:
    """Train until the clock runs out; returns the entropy of the predicted subwords' frequencies."""
    counts = np.zeros(n_pieces, dtype=np.int64)
    inputs = next(updates)
    clock.start_training()
    number = 0
    while number == 0 or clock.share_done(number) < 1.0:
        loop.update(number, inputs, clock.rate_share(number))
        counts += np.bincount(np.concatenate([one.labels for one in inputs]), minlength=n_pieces)
        number += 1
        loop.report.seconds = clock.training_seconds()
        if progress is not None:
            progress(clock.event(loop.report))
        inputs = next(updates)
    frequencies = counts[counts > 0] / counts.sum()
    return float(-(frequencies * np.log(frequencies)).sum())


def _loss_on(updates: Iterable[list[Encoded]], model: MaskedLanguageModel, where: LoopSettings) -> float:
    """Mean cross-entropy of a predicted subword among the whole vocabulary."""
    total, n_units = 0.0, 0
    with torch.inference_mode(), autocast(where):
        for inputs in updates:
            batch = collate(inputs, where.padding_id, where.device)
            total += float(prediction_loss(model, batch, "vocabulary"))
            n_units += len(batch.labels)
    return total / n_units


def _texts_by_language(corpus: PretrainingCorpus) -> dict[str, list[str]]:
    """All text of each language, for the vocabulary."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    for language, of in corpus.texts.items():
        texts[language].extend(of)
    for language, pairs in corpus.pairs.items():
        texts[language].extend(text for pair in pairs for text in pair)
    for row in corpus.parallel:
        for language, text in row.items():
            texts[language].append(text)
    if not any(texts.values()):
        raise DataError("no text to pretrain on", where="; ".join(corpus.origin) or None)
    return dict(sorted(texts.items()))
