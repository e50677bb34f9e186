"""Mean scores by language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from isogloss.scores.table import ScoreTable

NAME = "ScoreTable"


def draw(result: ScoreTable, axes: Axes) -> None:
    """Draw a row per language trained on and a column per target; means over all other columns."""
    frame = result.to_frame()
    trained = frame["intermediate_language"].where(
        frame["intermediate_language"].notna(), frame["source_language"]
    )
    means = 100 * frame.assign(trained=trained).pivot_table(
        index="trained", columns="target_language", values="score", sort=True
    )
    image = axes.imshow(means.to_numpy(), cmap="viridis")
    axes.set_xticks(range(means.shape[1]), list(means.columns), rotation=90)
    axes.set_yticks(range(means.shape[0]), list(means.index))
    axes.set_xlabel("target language")
    staged = bool(frame["intermediate_language"].notna().any())
    axes.set_ylabel("intermediate language" if staged else "source language")
    axes.figure.colorbar(image, ax=axes).set_label("mean score, percent")
