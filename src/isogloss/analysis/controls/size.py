"""How much text of a language the common multilingual encoders were pre-trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls.base import ControlCells
from isogloss.analysis.controls.size_mbert import size_mbert
from isogloss.analysis.controls.size_xlmr import size_xlmr

NAME = "size"


def size(cells: ControlCells) -> dict[str, NDArray[np.float64]]:
    """Both sizes, for scores of an unnamed encoder; ``size_mbert`` and ``size_xlmr`` are one of them."""
    return {**size_mbert(cells), **size_xlmr(cells)}


CONTROL = size
