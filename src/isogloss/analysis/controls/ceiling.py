"""Score of a model trained in the target language itself."""

from __future__ import annotations

from collections import defaultdict
from operator import attrgetter
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from isogloss.analysis.controls.base import ControlCells

NAME = "ceiling"


def control(cells: ControlCells) -> dict[str, NDArray[np.float64]]:
    """Mean score of each target as its own source, from the same table; NaN where nobody trained on it."""
    from isogloss.languages import resolve

    setting_of = attrgetter("task", "source_task", "encoder", "aggregator", "split", "metric")
    own: dict[str, list[float]] = defaultdict(list)
    for row in cells.table:
        same = setting_of(row) == setting_of(cells.condition)
        if same and row.intermediate_language is None and row.source_language == row.target_language:
            own[resolve(row.target_language).id].append(row.score)
    scores = np.array([mean(own[c.id]) if c.id in own else np.nan for c in cells.columns])
    return {"in-language score of the target": np.broadcast_to(scores, (len(cells.rows), len(scores)))}
