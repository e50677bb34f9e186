"""Time and memory that an encoder takes on this machine: a few real updates, and real predictions."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import torch

from isogloss.inference.evaluation import Scorer
from isogloss.modeling.device import Precision, default_device, device_name, peak_memory_gib
from isogloss.modeling.encoders.base import EncoderIdentity
from isogloss.modeling.model import load_model
from isogloss.tasks.base import TASKS, Example
from isogloss.training.finetune import finetune
from isogloss.training.settings import TrainingSettings
from isogloss.training.specs import Recipe, Running, StartingPoint, TrainingRows

TASK = "mini-paws"
N_PER_LANGUAGE = 10
N_UPDATES = 6
"""The first is not timed: it compiles products and fills caches."""
MAX_LENGTH = 128


@dataclass(frozen=True, slots=True)
class EncoderCost:
    """Cost of an encoder with the aggregator ``last``, measured on pairs of built-in sentences.

    Parameters
    ----------
    device : str
        The processor with its threads, or the GPU.
    precision : {"fp32", "bf16"}
    subwords_per_pair : float
        Mean length of the inputs, special subwords included.
    n_read, n_trained : int
        Pairs that the times come from.
    read_seconds : float
        Prediction of 1,000 pairs.
    train_seconds : float
        Training on 1,000 pairs, optimiser included.
    peak_gib : float or None
        Most memory that the process held (on a GPU, that the device held for it); None where the system does
        not say.
    """

    device: str
    precision: Precision
    subwords_per_pair: float
    n_read: int
    n_trained: int
    read_seconds: float
    train_seconds: float
    peak_gib: float | None


def measure_cost(
    identity: EncoderIdentity, *, precision: Precision, trust_remote_code: bool = False
) -> EncoderCost:
    """Fine-tune an encoder for a few updates, and predict with the result.

    Parameters
    ----------
    identity : EncoderIdentity
    precision : {"fp32", "bf16"}
    trust_remote_code : bool
        Run Python code that comes with the encoder.

    Raises
    ------
    CheckpointError
        If the encoder cannot be loaded.
    """
    card, examples, device = TASKS[TASK].card, _pairs(), default_device()
    limit = min(MAX_LENGTH, identity.max_positions or MAX_LENGTH)
    settings = TrainingSettings(steps=N_UPDATES, max_length=limit, precision=precision)
    ends: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        model_folder = Path(folder) / "model"
        finetune(
            StartingPoint(identity.spec, revision=identity.revision, trust_remote_code=trust_remote_code),
            TrainingRows(card, examples),
            Recipe(("last", {}), settings, seed=0),
            model_folder,
            Running(progress=lambda _: ends.append(_now(device))),
        )
        model, tokenizer, _ = load_model(model_folder, trust_remote_code=trust_remote_code)
    model.to(device)
    target = (card, "all languages", examples)
    scorer = Scorer(tokenizer, [target], max_length=limit, precision=precision)
    began = _now(device)
    (result,) = scorer.score(model)
    read_seconds = _now(device) - began
    n_trained = settings.batch_size * (len(ends) - 1)
    return EncoderCost(
        device=device_name(device),
        precision=precision,
        subwords_per_pair=result.n_subwords / len(examples),
        n_read=len(examples),
        n_trained=n_trained,
        read_seconds=1000 * read_seconds / len(examples),
        train_seconds=1000 * (ends[-1] - ends[0]) / n_trained,
        peak_gib=peak_memory_gib(device),
    )


def _pairs() -> list[Example]:
    task = TASKS[TASK]
    return [
        example
        for language in sorted(task.available(None))
        for example in task.load(None, language, "test").examples[:N_PER_LANGUAGE]
    ]


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
