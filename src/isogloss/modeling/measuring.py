"""Time and memory that an encoder takes on this machine, from a short run on built-in sentences."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch

from isogloss.modeling.device import Precision, default_device, device_name
from isogloss.modeling.encoders.base import EncoderIdentity, LoadedEncoder
from isogloss.modeling.encoding import Batch, Encoded, collate, encode, split_by_budget
from isogloss.tasks.base import TASKS, Example

TASK = "mini-paws"
N_PER_LANGUAGE = 40
MAX_LENGTH = 128
SECONDS = 4.0
"""Each of the two kinds of passes is repeated for so long, once through the sentences at most."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a short run on this machine took.

    Parameters
    ----------
    device : str
        The processor with its threads, or the GPU.
    precision : {"fp32", "bf16"}
    subwords_per_sentence : float
        Mean length of the inputs, pairs of built-in sentences, special subwords included.
    n_read, n_trained : int
        Inputs that the times come from.
    read_seconds : float
        Per 1,000 inputs: forward passes without gradients.
    train_seconds : float
        Per 1,000 inputs: forward and backward passes in training mode, without the optimiser's step.
    peak_gib : float or None
        Most memory that the process held (on a GPU, that the device held for it); None where the system does
        not say.
    """

    device: str
    precision: Precision
    subwords_per_sentence: float
    n_read: int
    n_trained: int
    read_seconds: float
    train_seconds: float
    peak_gib: float | None


def measure(
    encoder: LoadedEncoder, identity: EncoderIdentity, *, precision: Precision, subword_budget: int = 4096
) -> Measurement:
    """Time forward passes, and forward and backward passes, of an encoder.

    Parameters
    ----------
    encoder : LoadedEncoder
        Moved to the default device; its gradients are deleted afterwards.
    identity : EncoderIdentity
    precision : {"fp32", "bf16"}
    subword_budget : int
        Largest batch, padding included.
    """
    device = default_device()
    module = encoder.module.to(device)
    limit = min(MAX_LENGTH, identity.max_positions or MAX_LENGTH)
    inputs = encode(_sentences(), encoder.tokenizer, "sentence", max_length=limit, windows=False).inputs
    padding = encoder.tokenizer.pad_token_id

    def forward(batch: Batch) -> torch.Tensor:
        with torch.autocast(device.type, torch.bfloat16, enabled=precision == "bf16"):
            states: torch.Tensor = module(batch.subword_ids, batch.mask, batch.segment_ids).hidden_states[-1]
        return states

    def read(batch: Batch) -> None:
        with torch.inference_mode():
            forward(batch)

    def train(batch: Batch) -> None:
        forward(batch).float().square().mean().backward()  # type: ignore[no-untyped-call]
        module.zero_grad(set_to_none=True)

    was_training = module.training
    rates = []
    for passes, training in ((read, False), (train, True)):
        module.train(training)
        rates.append(_repeat(passes, inputs, padding, device, subword_budget))
    module.train(was_training)
    return Measurement(
        device=device_name(device),
        precision=precision,
        subwords_per_sentence=sum(map(len, inputs)) / len(inputs),
        n_read=rates[0][0],
        n_trained=rates[1][0],
        read_seconds=1000 * rates[0][1] / rates[0][0],
        train_seconds=1000 * rates[1][1] / rates[1][0],
        peak_gib=_peak_gib(device),
    )


def _sentences() -> list[Example]:
    task = TASKS[TASK]
    return [
        example
        for language in sorted(task.available(None))
        for example in task.load(None, language, "test").examples[:N_PER_LANGUAGE]
    ]


def _repeat(
    passes: Callable[[Batch], None],
    inputs: Sequence[Encoded],
    padding: int,
    device: torch.device,
    subword_budget: int,
) -> tuple[int, float]:
    """Inputs and seconds, after one batch that does not count."""
    batches = split_by_budget(inputs, subword_budget)
    order = [*batches[::2], *batches[1::2]]  # long and short ones alike, wherever time is up
    n_inputs, seconds = 0, 0.0
    for at, places in enumerate([order[0], *order]):
        batch = collate([inputs[place] for place in places], padding, device)
        began = _now(device)
        passes(batch)
        if at:
            seconds += _now(device) - began
            n_inputs += len(places)
        if seconds > SECONDS:
            break
    return n_inputs, seconds


def _now(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()


def _peak_gib(device: torch.device) -> float | None:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**30
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if sys.platform == "darwin" else 2**20)
