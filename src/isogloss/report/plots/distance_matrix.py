"""A distance matrix as a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from isogloss.distances.matrix import PairMatrix

NAME = "DistanceMatrix"


def draw(result: PairMatrix, axes: Axes) -> None:
    """Draw every pair; a pair with too little on record stays blank."""
    image = axes.imshow(result.values, cmap="viridis_r")
    places = range(len(result.labels))
    axes.set_xticks(places, result.labels, rotation=90)
    axes.set_yticks(places, result.labels)
    axes.set_title(f"{result.metric} distance ({result.definition})")
    bar = axes.figure.colorbar(image, ax=axes)
    if result.unit:
        bar.set_label(result.unit)
