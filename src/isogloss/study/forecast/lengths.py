"""How many rows the splits of a study have and how many subwords a row, counted on a sample without torch."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from isogloss.errors import CheckpointError
from isogloss.modeling.tokenizer_file import lengths_of
from isogloss.study.file.resolution import ResolvedStudy
from isogloss.study.forecast.speed import Speed
from isogloss.study.stages import DataRef, FinetuneStage
from isogloss.tasks.base import Example, GeneratedExamples, TaskData, texts_of

SAMPLE = 200
"""Rows of a split on which subwords are counted."""

GENERATED_SAMPLED = 1000
"""Generated rows that the sample is drawn from: the first ones, as each takes time to generate."""

CHARACTERS_PER_SUBWORD = 3.5
"""A rough average over languages, where no tokenizer can be read and nothing was measured yet."""

N_SPECIAL = 3


@dataclass(frozen=True)
class SplitSize:
    """A split with a sample of its rows.

    Parameters
    ----------
    n_rows : int
    sample : tuple of Example
        Drawn at random, always the same ones.
    generated : bool
        Rows are made when they are needed, instead of read.
    """

    n_rows: int
    sample: tuple[Example, ...]
    generated: bool

    @classmethod
    def of(cls, data: TaskData) -> SplitSize:
        """Size of a split."""
        n_rows = len(data.examples)
        generated = isinstance(data.examples, GeneratedExamples)
        n_reached = min(n_rows, GENERATED_SAMPLED) if generated else n_rows
        # Not every n-th row: generated rows and sorted files have a rhythm of their own.
        places = random.Random(0).sample(range(n_reached), min(SAMPLE, n_reached))
        return cls(n_rows, tuple(data.examples[place] for place in sorted(places)), generated)


class Lengths:
    """Rows and subwords of the splits of a study.

    Parameters
    ----------
    resolved : ResolvedStudy
    data : iterable of TaskData
        Splits that were read already; others are read when they are needed.
    """

    def __init__(self, resolved: ResolvedStudy, data: Iterable[TaskData]) -> None:
        self._resolved = resolved
        self.sizes = {(own.task, own.language, own.split): SplitSize.of(own) for own in data}
        self._tokenizers = {one.identity.fingerprint: one.identity.path for one in resolved.encoders}
        self._counted: dict[tuple[str, str, str, str, int], float] = {}

    def size(self, reference: DataRef) -> SplitSize:
        """Size of the split that a stage reads."""
        key = (reference.task, reference.language, reference.split)
        if key not in self.sizes:
            task = self._resolved.tasks[reference.task]
            data = task.load(self._resolved.data_dir, reference.language, reference.split)
            self.sizes[key] = SplitSize.of(data)
        return self.sizes[key]

    def n_rows(self, reference: DataRef) -> int:
        """Rows of the split that are within the budget."""
        available = self.size(reference).n_rows
        return min(reference.examples or available, available)

    def n_read(self, reference: DataRef) -> int:
        """Rows that are read or generated to get those."""
        size = self.size(reference)
        return self.n_rows(reference) if size.generated else size.n_rows

    def n_subwords(self, reference: DataRef, stage: FinetuneStage, speed: Speed | None = None) -> float:
        """Subwords of the rows within the budget; see `per_row`."""
        return self.n_rows(reference) * self.per_row(reference, stage, speed)

    def per_row(self, reference: DataRef, stage: FinetuneStage, speed: Speed | None = None) -> float:
        """Mean subwords of a row, cut to the length limit.

        Parameters
        ----------
        reference : DataRef
        stage : FinetuneStage
            With the encoder and the length limit.
        speed : Speed, optional
            Says how long subwords are; used for an encoder without a tokenizer file.
        """
        encoder, max_length = stage.encoder_fingerprint, stage.training.max_length
        key = (reference.task, reference.language, reference.split, encoder, max_length)
        if key in self._counted:
            return self._counted[key]
        sample, folder = self.size(reference).sample, self._tokenizers.get(encoder)
        if folder is not None:
            with contextlib.suppress(CheckpointError):
                counts = lengths_of(folder, [texts_of(example) for example in sample])
                self._counted[key] = _mean_within(counts, max_length)
                return self._counted[key]
        per_subword = speed.characters_per_subword if speed else CHARACTERS_PER_SUBWORD
        return _mean_within([N_SPECIAL + n_characters(one) / per_subword for one in sample], max_length)


def n_characters(example: Example) -> int:
    """Characters of a row, with one between words."""
    return sum(map(len, texts_of(example)))


def _mean_within(counts: Sequence[float], max_length: int) -> float:
    return sum(min(count, max_length) for count in counts) / len(counts)
