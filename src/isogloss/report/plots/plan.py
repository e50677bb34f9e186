"""Power by slope, for each distance of a planned design."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from isogloss.analysis.power import PlannedDesign

NAME = "PlannedDesign"


def draw(result: PlannedDesign, axes: Axes) -> None:
    """Draw a curve for each distance that the design can test."""
    for test in result.tests:
        if test.curve:
            slopes, shares = 100 * np.array(test.curve).T
            axes.plot(slopes, shares, "o-", label=test.distance)
    axes.axhline(100 * result.spec.power, color="grey", linewidth=0.7)
    axes.set_xlabel("slope, points per unit of distance")
    axes.set_ylabel("power, percent")
    if axes.has_data() and len(axes.lines) > 1:
        axes.legend()
