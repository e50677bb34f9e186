"""Power curves of the docs.

``python bench/power_curves.py`` writes docs/images/power-designs.svg and power-distances.svg: planned designs
with a residual deviation of one point, namely PAWS-X's six targets and a growing number of intermediate
languages, a square matrix, and a star.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np

from isogloss.cli.commands.power import PAWSX_TARGETS, XTREME_LANGUAGES
from isogloss.distances import distance_matrices
from isogloss.languages import resolve_all
from isogloss.statistics.coverage import incomplete_languages
from isogloss.statistics.detectable import Errors, slopes_needed

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
ONE_POINT = Errors(0.01)
DESIGNS = {
    "star 1 x 6": (["en"], PAWSX_TARGETS),
    "10 x 6": (XTREME_LANGUAGES[:10], PAWSX_TARGETS),
    "20 x 6": (XTREME_LANGUAGES[:20], PAWSX_TARGETS),
    "40 x 6": (XTREME_LANGUAGES, PAWSX_TARGETS),
    "15 x 15": (XTREME_LANGUAGES[:15], XTREME_LANGUAGES[:15]),
}


def needed(rows, columns, metric: str, level: float) -> np.ndarray:
    """Slopes, in points, that the simulated tests of one distance need."""
    sides = [resolve_all(codes) for codes in (rows, columns)]
    matrix = distance_matrices(tuple({x.id: x for side in sides for x in side}.values()), [metric])[metric]
    ids = [[language.id for language in side] for side in sides]
    gone = incomplete_languages(np.zeros([len(s) for s in sides]), matrix.between(*sides), *ids)
    sides = [[language for language in side if language.id not in gone] for side in sides]
    ids = [[language.id for language in side] for side in sides]
    distance = matrix.between(*sides)
    mask = np.ones(distance.shape, dtype=bool)
    rng = np.random.default_rng(0)
    return 100 * slopes_needed(mask, distance, *ids, ONE_POINT, level=level, rng=rng)


def main() -> None:
    """Draw both figures."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "isogloss"
    by_design = {name: needed(*sides, "syntactic", 0.05) for name, sides in DESIGNS.items()}
    draw(by_design, "syntactic distance, one distance tried", IMAGES / "power-designs.svg")
    metrics = ("featural", "genetic", "geographic", "inventory", "phonological", "syntactic")
    by_metric = {metric: needed(*DESIGNS["40 x 6"], metric, 0.05 / 6) for metric in metrics}
    draw(by_metric, "40 x 6, six distances tried (level .05 / 6)", IMAGES / "power-distances.svg")


def draw(curves: dict[str, np.ndarray], title: str, path: Path) -> None:
    """One line per entry: share of simulated tests that a slope suffices for."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    slopes = np.linspace(0, 12, 241)
    for name, values in curves.items():
        axes.plot(slopes, [np.mean(values < slope) for slope in slopes], label=name)
        detectable = np.quantile(values, 0.8, method="higher")
        print(f"{title}: {name}: {detectable:.1f} points per unit found with 80%")
    axes.axhline(0.8, color="0.7", linewidth=0.8)
    axes.set(xlabel="slope, points per unit of distance", ylabel="power", title=title, ylim=(0, 1))
    axes.legend(frameon=False, fontsize="small")
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


if __name__ == "__main__":
    main()
