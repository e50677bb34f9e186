"""Measures over the text of two or more languages: one file per measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from isogloss.distances.matrix import PairMatrix
from isogloss.distances.text.base import Corpus
from isogloss.registry import Registry

__all__ = ["TEXT_MEASURES", "Corpus", "TextMeasure"]


TextMeasure = Callable[[Sequence[Corpus]], PairMatrix]
"""Function that a file of this folder defines under the name ``measure``.

It gives a `DistanceMatrix` if symmetric with a zero diagonal, else a `DissimilarityMatrix`.
"""

TEXT_MEASURES: Registry[TextMeasure] = Registry("text measure", "isogloss.distances.text", "measure")
