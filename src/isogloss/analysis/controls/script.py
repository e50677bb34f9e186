"""Whether two languages are usually written in one script."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls.base import ControlCells

NAME = "script"


def control(cells: ControlCells) -> dict[str, NDArray[np.float64]]:
    """1 where the usual scripts (CLDR) differ, 0 where they are the same."""
    differ = [
        [
            float(row.script != column.script) if row.script and column.script else float("nan")
            for column in cells.columns
        ]
        for row in cells.rows
    ]
    return {"different script": np.array(differ)}
