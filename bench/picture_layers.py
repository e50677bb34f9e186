"""Draw which layer is worth fusing, frozen and fine-tuned: ``python bench/picture_layers.py PICTURE.png``.

Reads the tables of layers under ``studies/results``. Nothing is trained.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

RESULTS = Path(__file__).resolve().parents[1] / "studies" / "results"
NAMES = {"udpos": "UD POS", "panx": "PAN-X", "xnli": "XNLI", "pawsx": "PAWS-X"}
COLOURS = {"udpos": "#0072b2", "panx": "#d55e00", "xnli": "#009e73", "pawsx": "#7f7f7f"}


def table_of(task: str, *, probes: bool) -> pd.DataFrame | None:
    """Rows of the fused layers of one task in order, gains in points; None before the study has run."""
    path = RESULTS / f"e5-fusion-{'probes' if probes else task}-layers.csv"
    if not path.exists():
        return None
    found = pd.read_csv(path).query("task == @task and aggregator.str.startswith('D_')")
    found["layer"] = found.aggregator.str.removeprefix("D_").astype(int)
    gains = ["gain", "gain_low", "gain_high"]
    found[gains] *= 100
    return found.sort_values("layer")


def draw(axes: Axes, task: str, *, probes: bool) -> None:
    """Gain over the last layer by fused layer."""
    table = table_of(task, probes=probes)
    if table is None:
        return
    errors = [table.gain - table.gain_low, table.gain_high - table.gain]
    style = {"marker": "o", "color": COLOURS[task], "capsize": 2, "markersize": 4, "label": NAMES[task]}
    shift = 0.0 if probes else 0.12 * (list(NAMES).index(task) - 1.5)
    axes.errorbar(table.layer + shift, table.gain, errors, linestyle="-" if probes else "", **style)


def main() -> None:
    """Draw and save both panels."""
    figure, (frozen, tuned) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for axes, probes, title in (
        (frozen, True, "states frozen, one seed"),
        (tuned, False, "fine-tuned, three seeds"),
    ):
        for task in NAMES:
            draw(axes, task, probes=probes)
        axes.axhline(0, color="#444444", linewidth=0.8)
        axes.set(title=title, xlabel="layer fused with the last", xlim=(-0.6, 11.6), xticks=range(12))
        axes.spines[["top", "right"]].set_visible(False)
    frozen.set_ylabel("gain over the last layer, points")
    frozen.legend(frameon=False, fontsize=8)
    figure.savefig(sys.argv[1], dpi=130)


if __name__ == "__main__":
    main()
