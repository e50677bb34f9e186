"""Whether two languages are usually written in one script."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls.base import ControlCells

NAME = "script"


def control(cells: ControlCells) -> dict[str, NDArray[np.float64]]:
    """1 where the usual scripts (CLDR) differ, 0 where they are the same."""
    of_rows, of_columns = ([language.script for language in side] for side in (cells.rows, cells.columns))
    differ = [[float(a != b) if a and b else float("nan") for b in of_columns] for a in of_rows]
    return {"different script": np.array(differ)}
