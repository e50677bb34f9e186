"""Which examples make up an update, and how an update is split into micro-batches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from isogloss.training.settings import TrainingSettings

UPDATES_PER_POOL = 50
"""Examples of so many updates are sorted by length together: many, to pad little; few, to stay random."""


def count_updates(n_examples: int, settings: TrainingSettings, default_epochs: float) -> int:
    """Number of updates of a stage.

    Parameters
    ----------
    n_examples : int
    settings : TrainingSettings
    default_epochs : float
        Used if the settings state neither epochs nor steps: `TaskCard.epochs`.
    """
    if settings.steps is not None:
        return settings.steps
    epochs = default_epochs if settings.epochs is None else settings.epochs
    return max(1, math.ceil(epochs * n_examples / settings.batch_size))


def length_grouped_updates(
    lengths: Sequence[int], *, n_updates: int, batch_size: int, seed: int
) -> Iterator[list[int]]:
    """Draw the examples of every update, examples of like length together.

    Epoch follows epoch without a break, each a new random order; within a pool of `UPDATES_PER_POOL` updates
    examples are sorted by length, cut into updates, and the updates shuffled. Every update has exactly
    `batch_size` examples.

    Parameters
    ----------
    lengths : sequence of int
        Subwords of each example.
    n_updates, batch_size, seed : int

    Yields
    ------
    list of int
        Places in `lengths`; an example stands twice in an update only if an epoch ends inside it.
    """
    rng = np.random.default_rng([seed, 1])
    stream = _epochs(len(lengths), rng)
    length_of = np.asarray(lengths)
    done = 0
    while done < n_updates:
        n_pool = min(UPDATES_PER_POOL, n_updates - done)
        pool = np.array([next(stream) for _ in range(n_pool * batch_size)])
        by_length = pool[np.argsort(length_of[pool], kind="stable")].reshape(n_pool, batch_size)
        for update in rng.permutation(n_pool):
            yield [int(place) for place in by_length[update]]
        done += n_pool


def _epochs(n_examples: int, rng: np.random.Generator) -> Iterator[int]:
    while True:
        yield from rng.permutation(n_examples)


def dropout_keys(seed: int, update: int, n_examples: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """One key per place of an update; they fix the dropout masks however the update is split."""
    return np.random.default_rng([seed, 2, update]).integers(2**62, size=n_examples, dtype=np.int64)
