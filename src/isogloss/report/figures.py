"""Figures of the report: results in, a canvas with its alternative text and its data out.

The same results give the same bytes. Plots of one measure share their vertical axis.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from isogloss.analysis.layer_sweep import LayerSweep
from isogloss.narrative import captions
from isogloss.narrative.numbers import interval, number, percent, slope
from isogloss.report.axes import Scale, horizontal, padded, place_labels, vertical
from isogloss.report.canvas import Canvas, text_width
from isogloss.report.shapes import MARKERS, Dots, Mark, Marker, Path, Point, Rect, Text
from isogloss.study.outputs.matrices import MatrixRow, MeanScore, ScoreMatrix
from isogloss.study.outputs.relations import Dyad, Relation, Section

SMALLEST_SPAN = 0.002
"""Of the effectiveness axis, as a fraction of a score: rounding errors must not look like differences."""
N_LABELLED_AT_MOST = 40
"""With more points than this, only the extreme ones are labelled."""
N_POINTS_AT_MOST = 400
"""More points than this are drawn without a marker and a tip of their own."""
ARROW = "\N{RIGHTWARDS ARROW}"

Rows = tuple[tuple[object, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A drawing with what stands behind it.

    Parameters
    ----------
    name : str
        Of files: letters, digits and hyphens.
    title : str
    alt : str
        What it shows, in words.
    canvas : Canvas
    columns : tuple of str
        Header of the data.
    rows : tuple of tuple
        The numbers behind the drawing.
    note : str
        What a reader must know in addition to the caption.
    """

    name: str
    title: str
    alt: str
    canvas: Canvas
    columns: tuple[str, ...]
    rows: Rows
    note: str = ""

    @property
    def svg(self) -> str:
        """The drawing as an element of a page."""
        return self.canvas.svg(self.alt)


_VERDICTS: Mapping[str, tuple[Marker, str]] = {
    "supported": (MARKERS[0], "supported"),
    "not supported": (MARKERS[1], "not-supported"),
    "underpowered": (MARKERS[3], "underpowered"),
}
"""Marker and style of a slope."""


def _finite(values: Iterable[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]


def slopes(section: Section, name: str) -> Figure:
    """Draw the slope on every distance with its interval, and the minimum detectable slope behind it."""
    records = section.primary
    left = max(118.0, 14 + max(text_width(row.distance, 12) for row in records))
    right = left + 388
    estimates = _finite(value for row in records for value in (row.estimate, row.ci_low, row.ci_high))
    reach = max((section.scale * abs(value) for value in estimates), default=1.0) or 1.0
    detectable = [section.scale * value for value in _finite(row.min_detectable for row in records)]
    edge = 1.08 * max([reach, *(min(value, 2 * reach) for value in detectable)])
    bottom = 12.0 + 27 * max(len(records), 2)
    canvas, scale = Canvas(right + 14, bottom + 44), Scale(-edge, edge, left, right)
    for k, row in enumerate(records):
        found = section.scale * min(row.min_detectable, 2 * edge)
        if not math.isnan(found):
            ends = scale(max(-found, -edge)), scale(min(found, edge))
            canvas.add(Rect(ends[0], 12 + 27 * k + 3, ends[1] - ends[0], 20, "reach"))
    horizontal(
        canvas, scale, bottom, 8, f"slope of {section.measure}: {section.slope_unit} per unit of distance"
    )
    canvas.line(scale(0), 8, scale(0), bottom, "zero")
    for k, row in enumerate(records):
        y = 12 + 27 * k + 13
        canvas.add(Text(left - 8, y + 4, row.distance, "text", "end"))
        low, high = section.scale * row.ci_low, section.scale * row.ci_high
        if not math.isnan(low) and not math.isnan(high):
            canvas.line(scale(max(low, -edge)), y, scale(min(high, edge)), y, "bar")
        if math.isfinite(row.estimate):
            tip = (
                f"{row.distance}: {slope(row.estimate, section.scale)} "
                f"({interval(row.ci_low, row.ci_high, section.scale)}), {captions.with_p(row.p_family)}, "
                f"{row.verdict}"
            )
            marker, style = _VERDICTS.get(row.verdict, ("cross", "underpowered"))
            canvas.add(Mark(scale(section.scale * row.estimate), y, marker, style, 5.5, tip))
    fields = ("distance", "definition", "estimate", "ci_low", "ci_high", "p_value", "p_family", "verdict")
    return Figure(
        name,
        f"Slope of {section.title} on each distance",
        captions.slopes(section.measure, records),
        canvas,
        fields,
        tuple(tuple(getattr(row, field) for field in fields) for row in records),
    )


@dataclass(frozen=True)
class Spans:
    """Limits of effectiveness that the plots of one measure share: as measured and adjusted."""

    measured: tuple[float, float]
    adjusted: tuple[float, float]

    @classmethod
    def of(cls, section: Section) -> Spans:
        """Take the widest over all distances."""
        dyads = [dyad for relation in section.relations for dyad in relation.dyads]
        least = SMALLEST_SPAN * section.scale
        return cls(
            padded([section.scale * d.effectiveness for d in dyads], least=least),
            padded([section.scale * d.effectiveness_adjusted for d in dyads], least=least),
        )


def scatter(section: Section, relation: Relation, spans: Spans, name: str, *, adjusted: bool) -> Figure:
    """Draw effectiveness against one distance.

    Parameters
    ----------
    section : Section
    relation : Relation
    spans : Spans
        Of the section.
    name : str
    adjusted : bool
        Row and column effects removed from both axes, as in the primary analysis, with its slope and the
        slopes at both ends of its interval.
    """
    left, right, top, bottom = 58.0, 508.0, 26.0, 320.0
    values = [
        (d.distance_adjusted, section.scale * d.effectiveness_adjusted)
        if adjusted
        else (d.distance, section.scale * d.effectiveness)
        for d in relation.dyads
    ]
    canvas = Canvas(520, 360)
    x = Scale(*padded([distance for distance, _ in values], least=0.02), left, right)
    y = Scale(*(spans.adjusted if adjusted else spans.measured), bottom, top)
    removed = ", effects removed" if adjusted else ""
    horizontal(canvas, x, bottom, top, f"{relation.distance} distance{removed}")
    vertical(canvas, y, left, right, f"{section.measure} ({section.unit}){removed}")
    if adjusted:
        _fit(canvas, section, relation, x, y)
    points = [(x(distance), y(effectiveness)) for distance, effectiveness in values]
    _marks(canvas, section, relation.dyads, points)
    n_labelled = place_labels(
        canvas,
        np.array(points),
        [dyad.label for dyad in relation.dyads],
        (left, top, right, bottom),
        most=N_LABELLED_AT_MOST,
    )
    kind = "row and column effects removed" if adjusted else "as measured"
    n = len(points)
    note = "" if n_labelled == n else f"{n_labelled} of {n} pairs labelled, the most extreme first."
    return Figure(
        name,
        f"{section.title} against {relation.distance} distance, {kind}",
        captions.scatter(relation.record, len(points), adjusted=adjusted),
        canvas,
        (section.row_role, section.column_role, "distance", section.measure),
        tuple((d.row, d.column, *value) for d, value in zip(relation.dyads, values, strict=True)),
        note,
    )


def _fit(canvas: Canvas, section: Section, relation: Relation, x: Scale, y: Scale) -> None:
    """Slope of the primary analysis, and the band between the slopes at both ends of its interval."""
    record = relation.record
    ends = (x.low, x.high)

    def clipped(steep: float) -> list[Point]:
        """Line through the origin, cut where it leaves the frame."""
        values = []
        for end in ends:
            value = section.scale * steep * end
            limit = y.high if value > 0 else y.low
            share = min(1.0, limit / value) if value and limit / value > 0 else 1.0
            values.append((x(share * end), y(share * value)))
        return values

    if math.isfinite(record.ci_low + record.ci_high):
        low, high = clipped(record.ci_low), clipped(record.ci_high)
        middle = (x(0), y(0))
        for side in (0, 1):
            corner = (low[side], *_corner(low[side], high[side], x, y), high[side])
            canvas.add(Path([middle, *corner], "band", closed=True))
    canvas.line(x(x.low), y(0), x(x.high), y(0), "dotted")
    if math.isfinite(record.estimate):
        canvas.add(Path(clipped(record.estimate), "fit"))


def _corner(a: Point, b: Point, x: Scale, y: Scale) -> list[Point]:
    """Corner of the frame between two points on its edge, where the band goes around one."""
    found = []
    for own, other in ((a, b), (b, a)):
        on_side = min(abs(own[0] - x.start), abs(own[0] - x.end)) < 1e-6
        other_on_side = min(abs(other[0] - x.start), abs(other[0] - x.end)) < 1e-6
        if on_side and not other_on_side and abs(own[1] - other[1]) > 1e-6:
            found = [(own[0], other[1])]
    return found


def _marks(canvas: Canvas, section: Section, dyads: Sequence[Dyad], points: Sequence[Point]) -> None:
    if len(points) > N_POINTS_AT_MOST:
        rounded = dict.fromkeys((round(a), round(b)) for a, b in points)
        canvas.add(Dots([(float(a), float(b)) for a, b in rounded], "s0", 1.6))
        return
    columns = sorted({dyad.column for dyad in dyads})
    coloured = 1 < len(columns) <= len(MARKERS)
    digits = 1 if section.scale > 1 else 2
    for dyad, (a, b) in zip(dyads, points, strict=True):
        k = columns.index(dyad.column) if coloured else 0
        tip = (
            f"{dyad.label}: distance {number(dyad.distance)}, "
            f"{section.measure} {number(section.scale * dyad.effectiveness, digits)}"
        )
        canvas.add(Mark(a, b, MARKERS[k], f"s{k}", 3.6 if len(points) < 150 else 2.8, tip))
    if coloured:
        at = 58.0
        canvas.add(Text(at, 14, f"{section.column_role}:", "small"))
        at += text_width(f"{section.column_role}:", 11)
        for k, column in enumerate(columns):
            canvas.add(Mark(at + 8, 10, MARKERS[k], f"s{k}", 4))
            canvas.add(Text(at + 15, 14, column, "small"))
            at += 22 + text_width(column, 11)


def scores(matrix: ScoreMatrix, name: str) -> Figure:
    """Draw every score by target, with intervals where they are few enough to be told apart."""
    apart = len(matrix.rows) <= 12 and len(matrix.columns) <= 24
    lane = 7.0 * len(matrix.rows) + 10 if apart else 16.0
    order = sorted(range(len(matrix.columns)), key=lambda j: (not matrix.families[j], matrix.families[j], j))
    left = 14 + max(text_width(column, 12) for column in matrix.columns)
    top, right = 24.0, 506.0
    bottom = top + lane * len(order)
    cells = _known_cells(matrix)
    drawn = [mean for _, _, mean, _ in cells] + _finite(matrix.chance)
    ends = [end for *_, cell in cells for end in (cell.ci_low, cell.ci_high) if apart and end is not None]
    known = [100 * value for value in (*drawn, *ends)]
    x = Scale(*padded(known, 0.03), left, right)
    canvas = Canvas(520, bottom + 42)
    horizontal(canvas, x, bottom, top, f"{matrix.metric.replace('_', ' ')} in percent")
    for place, j in enumerate(order):
        _lane(canvas, x, matrix, j, (top + lane * place, lane), apart=apart)
    _score_legend(canvas, left)
    n_at_chance = sum(cell.flag == "chance" for *_, cell in cells)
    return Figure(
        name,
        f"Scores by target: {matrix.title}",
        captions.scores(matrix.title, [(column, mean) for _, column, mean, _ in cells], n_at_chance),
        canvas,
        (matrix.row_role, "target language", "score", "ci_low", "ci_high", "zero_shot", "flag"),
        tuple(
            (row.label, column, mean, cell.ci_low, cell.ci_high, cell.zero_shot, cell.flag)
            for row, column, mean, cell in cells
        ),
    )


def _known_cells(matrix: ScoreMatrix) -> list[tuple[MatrixRow, str, float, MeanScore]]:
    return [
        (row, column, cell.mean, cell)
        for row in matrix.rows
        for column, cell in zip(matrix.columns, row.cells, strict=True)
        if cell.mean is not None
    ]


_SCORES: tuple[tuple[Marker, str, str], ...] = (
    ("circle", "s0", "zero-shot"),
    ("diamond", "s1", "not zero-shot"),
    ("square", "base", "baseline"),
)
"""Markers of scores, with style and meaning."""


def _lane(
    canvas: Canvas, x: Scale, matrix: ScoreMatrix, j: int, place: tuple[float, float], *, apart: bool
) -> None:
    """Draw the scores of one target; rows `apart` lie below each other, with their intervals.

    `place` is the upper edge of the lane, and its height.
    """
    top, tall = place
    canvas.line(x.start, top + tall, x.end, top + tall, "grid")
    canvas.add(Text(x.start - 6, top + tall / 2 + 4, matrix.columns[j], "text", "end"))
    if math.isfinite(matrix.chance[j]):
        at = x(100 * matrix.chance[j])
        canvas.line(at, top + 1, at, top + tall - 1, "thin")
    with_tips = len(matrix.rows) * len(matrix.columns) <= N_POINTS_AT_MOST
    for i, row in enumerate(matrix.rows):
        cell = row.cells[j]
        if cell.mean is None:
            continue
        y = top + 5 + 7 * (i + 0.5) if apart else top + tall / 2
        tip = f"{row.label}{ARROW}{matrix.columns[j]}: {percent(cell.mean)}"
        if cell.ci_low is not None and cell.ci_high is not None:
            tip += f" ({percent(cell.ci_low)} to {percent(cell.ci_high)})"
            if apart:
                canvas.line(x(100 * cell.ci_low), y, x(100 * cell.ci_high), y, "l7")
        marker, style, _ = _SCORES[2 if row.is_baseline else 0 if cell.zero_shot else 1]
        canvas.add(
            Mark(x(100 * cell.mean), y, marker, style, 3.0 if apart else 2.2, tip if with_tips else "")
        )


def _score_legend(canvas: Canvas, at: float) -> None:
    for marker, style, text in _SCORES:
        canvas.add(Mark(at + 4, 11, marker, style, 3.5))
        canvas.add(Text(at + 12, 15, text, "small"))
        at += 24 + text_width(text, 11)
    canvas.line(at + 4, 5, at + 4, 17, "thin")
    canvas.add(Text(at + 10, 15, "chance", "small"))


def layers(sweep: LayerSweep, name: str) -> Figure:
    """Draw the gain of every fused layer over the last one, with its interval."""
    rows = [(row, row.gain) for row in sweep.rows if row.gain is not None]
    rows.sort(key=lambda pair: (pair[0].layer is None, pair[0].layer or 0))
    ends = [100 * v for _, gain in rows for v in (gain.ci_low, gain.ci_high)]
    left, right, top, bottom = 58.0, 508.0, 14.0, 250.0
    y = Scale(*padded([0.0, *(v for v in ends if math.isfinite(v))], least=0.2), bottom, top)
    canvas = Canvas(520, 300)
    vertical(canvas, y, left, right, "gain over last (points)")
    canvas.line(left, y(0), right, y(0), "zero")
    width = (right - left) / max(len(rows), 1)
    every = math.ceil(54 / width) if width < 54 else 1
    for k, (row, gain) in enumerate(rows):
        x = left + width * (k + 0.5)
        style = "supported" if row.aggregator == sweep.chosen else "s7"
        marker: Marker = "square" if row.layer is None else "circle"
        if math.isfinite(gain.ci_low + gain.ci_high):
            canvas.line(x, y(100 * gain.ci_low), x, y(100 * gain.ci_high), "bar")
        tip = (
            f"{row.aggregator}: {slope(gain.estimate)} points "
            f"({interval(gain.ci_low, gain.ci_high, 100)}); source validation "
            f"{percent(row.validation)}"
        )
        canvas.add(Mark(x, y(100 * gain.estimate), marker, style, 5.5, tip))
        if k % every == 0:
            canvas.add(Text(x, bottom + 16, row.aggregator, "small", "middle"))
    canvas.add(Text((left + right) / 2, bottom + 38, "fused layer, lowest first", "text", "middle"))
    return Figure(
        name,
        f"Gain over the last layer by fused layer: {sweep.setting.task} from {sweep.setting.source_language}",
        captions.layers(sweep),
        canvas,
        ("aggregator", "layer", "gain", "ci_low", "ci_high", "source_validation", "targets"),
        tuple(
            (
                row.aggregator,
                row.layer,
                gain.estimate,
                gain.ci_low,
                gain.ci_high,
                row.validation,
                row.targets,
            )
            for row, gain in rows
        ),
    )
