"""The slope on every distance with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from isogloss.analysis.correlation import Correlation

NAME = "Correlation"


def draw(result: Correlation, axes: Axes) -> None:
    """Draw one line for each distance of the first condition; filled where the test supports the relation."""
    analysis = result.analyses[0]
    rows = list(reversed(analysis.primary))
    for height, record in enumerate(rows):
        ends = 100 * np.array([record.ci_low, record.ci_high])
        if np.isfinite(ends).all():
            axes.plot(ends, [height, height], color="black", linewidth=1)
        supported = record.verdict == "supported"
        axes.plot(
            100 * record.estimate, height, "o", color="black", fillstyle="full" if supported else "none"
        )
    axes.axvline(0, color="grey", linewidth=0.7)
    axes.set_yticks(range(len(rows)), [record.distance for record in rows])
    measure = rows[0].effectiveness if rows else ""
    axes.set_xlabel(f"points of {measure} per unit of distance (filled: supported)")
    axes.set_title(str(analysis.condition))
