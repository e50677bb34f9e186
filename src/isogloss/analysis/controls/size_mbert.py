"""How much text of a language mBERT was pre-trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls._pretraining import log_sizes
from isogloss.analysis.controls.base import ControlCells

NAME = "size_mbert"


def control(cells: ControlCells) -> dict[str, NDArray[np.float64]]:
    """Logarithm of the size of the pre-training data, of the row and of the target language."""
    return cells.per_language("log pre-training size (mBERT)", log_sizes("wikipedia_bytes"))
