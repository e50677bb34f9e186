"""How many rows the splits of a study have and how many subwords a row, counted on a sample without torch."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from isogloss.errors import CheckpointError
from isogloss.modeling.tokenizer_file import lengths_of
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


@dataclass
class Lengths:
    """Rows and subwords of the splits of a study.

    Parameters
    ----------
    sizes : dict of (task, language, split) to SplitSize
        Known already; it grows.
    tokenizers : mapping of str to Path or None
        Fingerprint of an encoder to the folder of its tokenizer.
    load : callable
        Reads a split.
    """

    sizes: dict[tuple[str, str, str], SplitSize]
    tokenizers: Mapping[str, Path | None]
    load: Callable[[DataRef], TaskData]
    _counted: dict[tuple[str, str, str, str, int], float] = field(default_factory=dict)

    def size(self, reference: DataRef) -> SplitSize:
        """Size of the split that a stage reads."""
        key = (reference.task, reference.language, reference.split)
        if key not in self.sizes:
            self.sizes[key] = SplitSize.of(self.load(reference))
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
        if key not in self._counted:
            counts = self._counts(self.size(reference).sample, self.tokenizers.get(encoder))
            if counts is None:
                per_subword = speed.characters_per_subword if speed else CHARACTERS_PER_SUBWORD
                counts = [N_SPECIAL + n_characters(one) / per_subword for one in self.size(reference).sample]
                return _mean_within(counts, max_length)
            self._counted[key] = _mean_within(counts, max_length)
        return self._counted[key]

    @staticmethod
    def _counts(sample: tuple[Example, ...], folder: Path | None) -> list[float] | None:
        if folder is None:
            return None
        try:
            return [float(n) for n in lengths_of(folder, [texts_of(example) for example in sample])]
        except CheckpointError:
            return None


def n_characters(example: Example) -> int:
    """Characters of a row, with one between words."""
    return sum(map(len, texts_of(example)))


def _mean_within(counts: list[float], max_length: int) -> float:
    return sum(min(count, max_length) for count in counts) / len(counts)
