"""Candidates in the order of the recommendation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from isogloss.recommend.results import Recommendations

NAME = "Recommendations"


def draw(result: Recommendations, axes: Axes) -> None:
    """Draw expected scores where there is a table of scores, else the ranker's own ratings."""
    found = result.conditions[0]
    entries = list(reversed(found.candidates))
    scored = all(math.isfinite(entry.expected_score) for entry in entries)
    values = [100 * entry.expected_score if scored else entry.rating for entry in entries]
    colours = ["black" if entry.in_set or entry is found.first else "grey" for entry in entries]
    for height, (value, colour) in enumerate(zip(values, colours, strict=True)):
        if math.isfinite(value):
            axes.plot(value, height, "o", color=colour)
    axes.set_yticks(range(len(entries)), [entry.language.name for entry in entries])
    axes.set_xlabel("expected score, percent" if scored else f"rating by {found.ranker}")
    axes.set_title(f"source languages for {found.target.name}")
