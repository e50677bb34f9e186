"""How much text of a language the common multilingual encoders were pre-trained on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls import size_mbert, size_xlmr
from isogloss.analysis.controls.base import ControlCells

NAME = "size"


def control(cells: ControlCells) -> dict[str, NDArray[np.float64]]:
    """Both sizes, for scores of an unnamed encoder; ``size_mbert`` and ``size_xlmr`` are one of them."""
    return {**size_mbert.control(cells), **size_xlmr.control(cells)}
