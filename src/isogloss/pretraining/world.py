"""The recipe of the built-in encoder."""

from __future__ import annotations

import shutil
import time
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from isogloss.modeling.progress import Progress, ProgressEvent
from isogloss.pretraining.corpora import PretrainingCorpus
from isogloss.pretraining.pretrain import pretrain
from isogloss.pretraining.settings import PretrainReport, PretrainSettings
from isogloss.world.generator import corpus, grammar_hash, parallel_corpus

WORLD_SETTINGS = PretrainSettings(
    layers=3,
    width=128,
    heads=4,
    feed_forward=256,
    vocabulary=4000,
    max_length=128,
    max_positions=256,
    initial_deviation=0.06,
    subwords_per_update=2048,
    learning_rate=3e-3,
    mlm_probability=0.15,
    recall_share=0.8,
    predict_among="batch",
    parallel_share=0.25,
    reset_positions=False,
    steps=9_000,
)
"""Recipe of the built-in encoder: first, names to be filled in from the other sentence."""

_SHUFFLED = WORLD_SETTINGS.model_copy(update={"mlm_probability": 0.1, "learning_rate": 1e-3})

WORLD_ROUNDS = (
    WORLD_SETTINGS,
    _SHUFFLED.model_copy(update={"shuffle_share": 0.5, "steps": 5_000, "seed": 2}),
    _SHUFFLED.model_copy(update={"shuffle_share": 0.7, "steps": 3_000, "seed": 3}),
)
"""Then also names to be put right, without which fine-tuning has to learn to compare visible names."""

PAIRS_PER_UPDATE = 30
"""Pairs of sentences written for each update; one reads about as many."""


def pretrain_world(output: Path, *, progress: Progress | None = None) -> PretrainReport:
    """Make the built-in encoder again: `WORLD_ROUNDS`, each on other text and from where the last one ended.

    Returns
    -------
    PretrainReport
        Of the last round, with the updates, subwords and seconds of all, the writing of the text included.
    """
    began = time.perf_counter()
    folders = [output.with_name(f".{output.name}-{i}") for i in range(len(WORLD_ROUNDS) - 1)] + [output]
    reports: list[PretrainReport] = []
    history: tuple[str, ...] = ()
    try:
        for settings, start, folder in zip(WORLD_ROUNDS, (None, *folders), folders, strict=False):
            text = world_corpus(PAIRS_PER_UPDATE * (settings.steps or 0), seed=settings.seed)
            told = replace(text, origin=(*text.origin, *history))
            n_before = sum(report.n_updates for report in reports)
            of_all = None if progress is None else _of_all_rounds(progress, n_before)
            report = pretrain(told, folder, settings, start=start, progress=of_all)
            reports.append(report)
            history = (_told(report, text), *history)
    finally:
        for folder in folders[:-1]:
            shutil.rmtree(folder, ignore_errors=True)
    return replace(
        reports[-1],
        n_updates=sum(report.n_updates for report in reports),
        n_subwords=sum(report.n_subwords for report in reports),
        seconds=time.perf_counter() - began,
    )


def _of_all_rounds(progress: Progress, n_before: int) -> Progress:
    """Tell of the updates of all rounds, the later ones at the speed of this one."""
    total = sum(settings.steps or 0 for settings in WORLD_ROUNDS)

    def told(event: ProgressEvent) -> None:
        done = n_before + event.done
        seconds_each = WORLD_SETTINGS.subwords_per_update / event.subwords_per_s
        progress(replace(event, done=done, total=total, seconds_left=seconds_each * (total - done)))

    return told


def world_corpus(n_pairs: int, n_parallel: int = 6_000, *, seed: int) -> PretrainingCorpus:
    """Text of the built-in world: pairs of true paraphrases in one language each, and some parallel rows."""
    pairs: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in corpus(size=n_pairs, seed=seed):
        pairs[pair.language].append((pair.text_a, pair.text_b))
    origin = (
        f"the built-in world, grammars {grammar_hash()[:12]}, draw {seed}: {n_pairs:,} paraphrase pairs "
        f"in one language each, {n_parallel:,} propositions in every language"
    )
    return PretrainingCorpus(
        pairs=dict(pairs), parallel=tuple(parallel_corpus(size=n_parallel, seed=seed)), origin=(origin,)
    )


def _told(report: PretrainReport, text: PretrainingCorpus) -> str:
    return (
        f"before that, {report.n_updates:,} updates ({report.n_subwords:,} subwords in "
        f"{report.seconds:.0f} s) to a loss of {report.final_loss:.2f}, on {'; '.join(text.origin)}"
    )
