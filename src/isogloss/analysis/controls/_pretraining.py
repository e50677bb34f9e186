"""Sizes of pre-training data per language, as their sources print them: ``pretraining.yaml``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls.base import ControlCells
from isogloss.languages import resolve


def pretraining_sizes(corpus: str) -> Mapping[str, float]:
    """Read the size of a corpus by the code of its language.

    Parameters
    ----------
    corpus : {"cc100_gib", "wikipedia_bytes"}
        GiB of text in CC-100, which XLM-R was trained on, or bytes of text in the Wikipedias of mBERT.
    """
    import yaml

    text = Path(__file__).with_name("pretraining.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text)[corpus])


def size_control(encoder: str, corpus: str, cells: ControlCells) -> dict[str, NDArray[np.float64]]:
    """Logarithm of the size of the pre-training data, of the row and of the target language."""
    return cells.per_language(f"log pre-training size ({encoder})", log_sizes(corpus))


def log_sizes(corpus: str) -> dict[str, float]:
    """Natural logarithm of the size by language id; of two codes of one language the larger counts."""
    found: dict[str, float] = {}
    for code, size in pretraining_sizes(corpus).items():
        language = resolve(code).id
        found[language] = max(math.log(size), found.get(language, -math.inf))
    return found
