"""How long a plan will take, before anything is loaded.

Speed comes from the records of finished stages of the same encoder where there are any. Else it is
reckoned from the encoder's size and a short matrix product on this machine, which can be off by a factor of
two or three.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from isogloss.modeling.encoders.base import EncoderIdentity
from isogloss.study.plan import Plan
from isogloss.study.stages import DataRef, EvaluateStage, FinetuneStage, Stage
from isogloss.study.status import Status
from isogloss.study.store import Store
from isogloss.tasks.base import Example, SentenceExample, TaskData

CHARACTERS_PER_SUBWORD = 3.5
"""Rough average over multilingual vocabularies; only for estimates."""

MODEL_EFFICIENCY = 0.35
"""Share of a plain matrix product's speed that training a small encoder reaches; only for estimates."""


@dataclass(frozen=True)
class Estimate:
    """Seconds of work for the pending stages, and where the speed comes from."""

    seconds: float
    basis: str


@dataclass(frozen=True)
class DataSize:
    """Examples of one split, with the subwords of an average one."""

    n_examples: int
    subwords_per_example: float


def size_of(data: TaskData) -> DataSize:
    """Size of a split, its subwords reckoned from characters."""
    sample = data.examples[:: max(1, len(data.examples) // 200)]
    characters = sum(_n_characters(example) for example in sample) / len(sample)
    return DataSize(len(data.examples), 3 + characters / CHARACTERS_PER_SUBWORD)


def estimate(
    plan: Plan, status: Status, sizes: Mapping[tuple[str, str, str], DataSize], store: Store
) -> Estimate:
    """Estimate the time of the pending stages.

    Parameters
    ----------
    plan : Plan
    status : Status
    sizes : mapping of (task, language, split) to DataSize
    store : Store
        Finished stages tell the speed.
    """
    measured = _measured_speeds(plan, status, store)
    matmul = None
    seconds = 0.0
    for stage in status.pending.values():
        subwords = _subwords(stage, sizes)
        name = _encoder_name(plan, stage)
        speed = measured.get((name, stage.kind))
        if speed is None:
            matmul = matmul or _matmul_flops_per_s()
            speed = matmul * MODEL_EFFICIENCY / _flops_per_subword(plan, name, stage)
        seconds += subwords / speed
    basis = (
        "the speed of finished stages"
        if matmul is None
        else "the encoder's size; may be off by a factor of three"
    )
    return Estimate(seconds / plan.resolved.study.execution.workers, basis)


def n_updates(stage: FinetuneStage, n_examples: int) -> int:
    """Updates of a fine-tuning stage on so many examples."""
    if stage.training.steps is not None:
        return stage.training.steps
    return math.ceil((stage.training.epochs or 1.0) * n_examples / stage.training.examples_per_update)


def _subwords(stage: Stage, sizes: Mapping[tuple[str, str, str], DataSize]) -> float:
    if isinstance(stage, EvaluateStage):
        return _budgeted(stage.data, sizes) * _length(stage.data, sizes, stage.max_length)
    length = _length(stage.train, sizes, stage.training.max_length)
    updates = n_updates(stage, _budgeted(stage.train, sizes))
    return updates * stage.training.examples_per_update * length


def _budgeted(reference: DataRef, sizes: Mapping[tuple[str, str, str], DataSize]) -> int:
    available = sizes[reference.task, reference.language, reference.split].n_examples
    return min(reference.examples or available, available)


def _length(reference: DataRef, sizes: Mapping[tuple[str, str, str], DataSize], max_length: int) -> float:
    return min(max_length, sizes[reference.task, reference.language, reference.split].subwords_per_example)


def _measured_speeds(plan: Plan, status: Status, store: Store) -> dict[tuple[str, str], float]:
    """Median subwords per second of finished stages by encoder and kind."""
    speeds: dict[tuple[str, str], list[float]] = {}
    for stage_id, stage in plan.stages.items():
        if store.is_done(stage_id) and stage_id not in status.damaged:
            speed = float(store.record(stage_id)["throughput"])
            speeds.setdefault((_encoder_name(plan, stage), stage.kind), []).append(speed)
    return {key: float(np.median(values)) for key, values in speeds.items()}


def _encoder_name(plan: Plan, stage: Stage) -> str:
    while isinstance(stage, EvaluateStage):
        stage = plan.stages[stage.parent]
    return stage.encoder_fingerprint


def _flops_per_subword(plan: Plan, fingerprint: str, stage: Stage) -> float:
    """Two floating point operations per weight outside the embeddings, three times that with gradients."""
    sizes: Iterable[EncoderIdentity] = (encoder.identity for encoder in plan.resolved.encoders)
    identity = next(each for each in sizes if each.fingerprint == fingerprint)
    weights = 12 * identity.n_layers * identity.width**2
    return 2.0 * weights * (3 if isinstance(stage, FinetuneStage) else 1)


def _matmul_flops_per_s(size: int = 512) -> float:
    """Single-precision speed of a matrix product on this machine."""
    a = np.ones((size, size), dtype=np.float32)
    a @ a
    start = time.perf_counter()
    for _ in range(10):
        a @ a
    return 10 * 2 * size**3 / (time.perf_counter() - start)


def _n_characters(example: Example) -> int:
    if isinstance(example, SentenceExample):
        return len(example.text_a) + len(example.text_b or "")
    return sum(len(word) + 1 for word in example.words)
