"""Figures of the report: summary in, SVG text out.

Text stays text (selectable, found by a search, read aloud), laid out with the metrics of a wide font so that
a narrower one on the reader's machine leaves no overlap. The same summary gives the same bytes.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from isogloss.errors import FieldError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from isogloss.report.sections import Relation, Section
    from isogloss.report.summary import Summary

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#8C6D00", "#332288", "#000000")
"""Okabe and Ito (2008), the two lightest hues darkened: told apart with every common colour vision."""
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
SMALLEST_SPAN = 0.002
"""Of the effectiveness axis: rounding errors must not look like differences."""
INK, SOFT = "#1f2328", "#6b7280"
LABEL_SIZE = 7.0
"""Of a point's label, in points."""
N_LABELLED_AT_MOST = 40
"""With more points than this, only the extreme ones are labelled."""

_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.0,
    "svg.fonttype": "none",
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "axes.unicode_minus": True,
}


@dataclass(frozen=True)
class Drawing:
    """One SVG element ready to stand in a page.

    Parameters
    ----------
    svg : str
        The element, with its title as accessible name.
    n_points, n_labelled : int
        Points drawn, and those that carry a label; 0 where the figure has no points.
    """

    svg: str
    n_points: int = 0
    n_labelled: int = 0


def scatter(section: Section, relation: Relation, *, adjusted: bool) -> Drawing:
    """Draw effectiveness against one distance, a labelled point for each dyad.

    Parameters
    ----------
    section : Section
        Gives the effectiveness's name and unit.
    relation : Relation
        The dyads of one distance.
    adjusted : bool
        Row and column effects removed from both axes, as in the primary analysis.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(4.7, 3.9))
        axes = figure.add_axes((0.155, 0.12, 0.825, 0.76))
        n_labelled = _draw_scatter(axes, section, relation, adjusted=adjusted)
        kind = "row and column effects removed" if adjusted else "raw"
        title = f"{section.measure} against {relation.distance} distance, {kind}, {len(relation.dyads)} dyads"
        return Drawing(_svg(figure, title), len(relation.dyads), n_labelled)


def slopes(section: Section) -> Drawing:
    """Draw the slope on every distance with its interval, and the minimum detectable slope behind it."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(5.4, 0.7 + 0.34 * max(len(section.primary), 2)), layout="constrained")
        _draw_slopes(figure.add_subplot(), section)
        return Drawing(_svg(figure, f"slope of {section.measure} on each distance with its interval"))


def save_figure(summary: Summary, path: Path) -> None:
    """Write the main result as one picture: slopes, and the scatter of the distance with the smallest p.

    Parameters
    ----------
    summary : Summary
    path : Path
        Ends in ``.png`` or ``.svg``.

    Raises
    ------
    FieldError
        If the name ends otherwise, or the study has no analysis to draw.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    if path.suffix.lower() not in {".png", ".svg"}:
        raise FieldError(f"cannot draw a '{path.suffix}' file", where=str(path), allowed=".png or .svg")
    section = next((section for section in summary.sections if section.has_slopes), None)
    if section is None:
        raise FieldError(
            "no analysis to draw", where=summary.study, hint="see the report for what was left out"
        )
    relation = section.leading_relation
    with mpl.rc_context({**_STYLE, "svg.hashsalt": "isogloss"}):
        figure = Figure(figsize=(11.0, 4.4))
        left = figure.add_axes((0.09, 0.125, 0.38, 0.72))
        right = figure.add_axes((0.555, 0.125, 0.435, 0.72))
        _draw_slopes(left, section)
        left.set_title(
            f"slopes with {section.confidence}% intervals\ngrey: too small to be found with this design",
            fontsize=8,
            loc="left",
        )
        _draw_scatter(right, section, relation, adjusted=True)
        figure.suptitle(f"{summary.study}: {section.title}", fontsize=11, x=0.01, ha="left", weight="bold")
        metadata = {"Date": None} if path.suffix.lower() == ".svg" else {"Software": None}
        figure.savefig(path, dpi=160, metadata=metadata, facecolor="white")


def _draw_scatter(axes: Axes, section: Section, relation: Relation, *, adjusted: bool) -> int:
    x = np.array([dyad.distance_adjusted if adjusted else dyad.distance for dyad in relation.dyads])
    y = section.scale * np.array(
        [dyad.effectiveness_adjusted if adjusted else dyad.effectiveness for dyad in relation.dyads]
    )
    columns = sorted({dyad.column for dyad in relation.dyads})
    coloured = 1 < len(columns) <= len(PALETTE)
    for k, column in enumerate(columns if coloured else [""]):
        chosen = np.array([not coloured or dyad.column == column for dyad in relation.dyads])
        axes.plot(
            x[chosen],
            y[chosen],
            color=PALETTE[k],
            marker=MARKERS[k],
            markersize=4.5 if len(x) < 200 else 3,
            linestyle="none",
            markeredgewidth=0,
            alpha=0.8,
            label=column,
        )
    if adjusted:
        ends = np.array([x.min(), x.max()])
        axes.plot(ends, section.scale * relation.slope * ends, color=INK, linewidth=1.2, zorder=1)
        axes.axhline(0, color=SOFT, linewidth=0.5, linestyle=":", zorder=0)
    axes.set_xlabel(f"{relation.distance} distance{', effects removed' if adjusted else ' (0 to 1)'}")
    axes.set_ylabel(f"{section.measure} ({section.unit}){', effects removed' if adjusted else ''}")
    axes.margins(0.1, 0.12)
    axes.set_xlim(axes.get_xlim())
    low, high = axes.get_ylim()
    least = SMALLEST_SPAN * section.scale / 2
    axes.set_ylim(min(low, (low + high) / 2 - least), max(high, (low + high) / 2 + least))
    axes.ticklabel_format(useOffset=False, style="plain")
    if coloured:
        axes.legend(
            title=section.column_role,
            alignment="left",
            ncols=len(columns),
            loc="lower left",
            bbox_to_anchor=(0, 1.0),
            frameon=False,
            fontsize=8,
            title_fontsize=8,
            handletextpad=0.1,
            columnspacing=0.9,
            borderaxespad=0,
        )
    return _place_labels(axes, x, y, [dyad.label for dyad in relation.dyads])


def _draw_slopes(axes: Axes, section: Section) -> None:
    rows = section.primary
    colours = {"supported": PALETTE[0], "not supported": PALETTE[1], "underpowered": SOFT}
    markers = {"supported": "o", "not supported": "s", "underpowered": "D"}
    finite = [
        section.scale * abs(value)
        for row in rows
        for value in (row.estimate, row.ci_low, row.ci_high, row.min_detectable)
        if math.isfinite(value)
    ]
    edge = 1.08 * max(finite, default=1.0) or 1.0
    for k, row in enumerate(rows):
        y = len(rows) - 1 - k
        colour = colours.get(row.verdict, SOFT)
        reach = min(section.scale * row.min_detectable, edge)
        if not math.isnan(reach):
            axes.barh(y, 2 * reach, left=-reach, height=0.62, color="#e8eaee", zorder=0)
        if not math.isnan(row.ci_low + row.ci_high):
            ends = np.clip([section.scale * row.ci_low, section.scale * row.ci_high], -edge, edge)
            axes.plot(ends, [y, y], color=colour, linewidth=1.8)
        axes.plot(
            section.scale * row.estimate, y, color=colour, marker=markers.get(row.verdict, "x"), markersize=6
        )
    axes.set_xlim(-edge, edge)
    axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
    axes.set_yticks(range(len(rows)), [row.distance for row in reversed(rows)])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"slope: {section.unit} of {section.measure} per unit of distance")


def _place_labels(axes: Axes, x: NDArray[np.float64], y: NDArray[np.float64], labels: Sequence[str]) -> int:
    """Label points where text hits neither a point nor another label; return how many are labelled."""
    dot = axes.figure.dpi / 72
    to_pixels = axes.transData
    points = to_pixels.transform(np.column_stack([x, y]))
    frame = axes.bbox.get_points()
    taken = np.column_stack([points - 2.2 * dot, points + 2.2 * dot])
    placed = 0
    for i in _label_order(points):
        if len(labels) > N_LABELLED_AT_MOST and placed == N_LABELLED_AT_MOST:
            break
        width, height = (dot * side for side in _text_size(labels[i]))
        spot = _free_spot(points[i], width, height, taken, frame, dot)
        if spot is None:
            continue
        taken = np.vstack([taken, spot])
        left, bottom = to_pixels.inverted().transform(spot[:2])
        axes.text(float(left), float(bottom), labels[i], fontsize=LABEL_SIZE, va="bottom")
        placed += 1
    return placed


@cache
def _text_size(text: str) -> tuple[float, float]:
    """Width and height of a label in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family="DejaVu Sans", size=LABEL_SIZE)
    width, height, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return width + 1.0, height + 0.5


def _label_order(points: NDArray[np.float64]) -> list[int]:
    """Points far from the centre first, in units of each axis's spread."""
    spread = points.std(axis=0)
    spread[spread == 0] = 1.0
    remoteness = (((points - points.mean(axis=0)) / spread) ** 2).sum(axis=1)
    return [int(i) for i in np.argsort(-remoteness, kind="stable")]


def _free_spot(
    point: NDArray[np.float64],
    width: float,
    height: float,
    taken: NDArray[np.float64],
    frame: NDArray[np.float64],
    dot: float,
) -> NDArray[np.float64] | None:
    """Return the box (left, bottom, right, top) in pixels of the first free place around `point`."""
    for gap in (3.5 * dot, 7.0 * dot):
        for left, bottom in (
            (gap, -height / 2),
            (-gap - width, -height / 2),
            (-width / 2, gap),
            (-width / 2, -gap - height),
            (gap * 0.7, gap * 0.7),
            (gap * 0.7, -gap * 0.7 - height),
            (-gap * 0.7 - width, gap * 0.7),
            (-gap * 0.7 - width, -gap * 0.7 - height),
        ):
            box = np.array(
                [
                    point[0] + left,
                    point[1] + bottom,
                    point[0] + left + width,
                    point[1] + bottom + height,
                ]
            )
            inside = (
                box[0] >= frame[0, 0]
                and box[1] >= frame[0, 1]
                and box[2] <= frame[1, 0]
                and box[3] <= frame[1, 1]
            )
            hits = (
                (taken[:, 0] < box[2])
                & (taken[:, 2] > box[0])
                & (taken[:, 1] < box[3])
                & (taken[:, 3] > box[1])
            )
            if inside and not hits.any():
                return box
    return None


def _svg(figure: Figure, title: str) -> str:
    """Write `figure` as one inline element: no prologue, no metadata, only ids that are referred to."""
    import matplotlib as mpl
    from markupsafe import escape

    out = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": title}):
        figure.savefig(
            out,
            format="svg",
            transparent=True,
            metadata={"Date": None, "Creator": None, "Format": None, "Type": None},
        )
    text = out.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text[text.index("<svg") :], flags=re.DOTALL)
    referred = set(re.findall(r"(?:href=\"#|url\(#)([^\")]+)", text))
    text = re.sub(r' id="([^"]+)"', lambda m: m.group(0) if m.group(1) in referred else "", text)
    width, height = (float(side) for side in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', text)[0])
    head = (
        f'<svg role="img" aria-label="{escape(title)}" viewBox="0 0 {width:g} {height:g}" '
        f'style="max-width:{width * 1.6:.0f}px">'
    )
    body = text.split(">", 1)[1].replace("xlink:href", "href")
    return re.sub(r"\n\s*", "\n", f"{head}<title>{escape(title)}</title>{body}")
