"""The slope on every distance with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from isogloss.narrative.analysis import words
from isogloss.narrative.numbers import display_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from isogloss.analysis.correlation import Correlation

NAME = "Correlation"


def draw(result: Correlation, axes: Axes) -> None:
    """Draw one line for each distance of the first condition and measure; filled where it is supported."""
    analysis = result.analyses[0]
    measure = next(iter(analysis.values))
    rows = [record for record in reversed(analysis.primary) if record.effectiveness == measure]
    _, scale = display_unit(measure)
    slopes = scale * np.array([(record.estimate, record.ci_low, record.ci_high) for record in rows])
    reach = 1.08 * np.abs(slopes[np.isfinite(slopes)]).max(initial=0.0)  # an unbounded end is at the edge
    for height, (record, (estimate, low, high)) in enumerate(
        zip(rows, slopes.clip(-reach, reach), strict=True)
    ):
        axes.plot([low, high], [height, height], color="black", linewidth=1)
        supported = record.verdict == "supported"
        axes.plot(estimate, height, "o", color="black", fillstyle="full" if supported else "none")
    axes.axvline(0, color="grey", linewidth=0.7)
    axes.set_yticks(range(len(rows)), [record.distance for record in rows])
    unit = "" if scale == 1 else "points of "
    axes.set_xlabel(f"{unit}{words(measure)} per unit of distance (filled: supported)")
    axes.set_title(str(analysis.condition))
