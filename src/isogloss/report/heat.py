"""Heat maps of the report: a matrix with languages by family."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from isogloss.narrative import captions
from isogloss.narrative.numbers import number
from isogloss.report.canvas import Canvas, text_width
from isogloss.report.figures import ARROW, N_POINTS_AT_MOST, Figure
from isogloss.report.palette import N_STEPS
from isogloss.report.shapes import Anchor, Rect, Runs, Text
from isogloss.study.outputs.relations import LabelledMatrix


def heat(grid: LabelledMatrix, limits: tuple[float, float], name: str) -> Figure:
    """Draw a matrix with languages by family; maps with the same `limits` can be compared.

    Parameters
    ----------
    grid : LabelledMatrix
    limits : (float, float)
        Values at the two ends of the scale.
    name : str
    """
    n_rows, n_columns = len(grid.rows), len(grid.columns)
    side = float(max(4, min(36, 440 // max(n_columns, 1))))
    tall = min(26.0, side)
    label = max((text_width(row, 11) for row in grid.rows), default=10.0) + 8 if tall >= 11 else 12.0
    longest = max((text_width(column, 11) for column in grid.columns), default=0.0)
    named, turned = side >= 11, longest > side
    top = 12.0 if not named else 12 + longest if turned else 22.0
    width = max(label + side * n_columns + 6, 230.0)
    canvas = Canvas(width, top + tall * n_rows + 46)
    for j, column in enumerate(grid.columns if named else ()):
        middle = label + side * (j + 0.5)
        if turned:
            canvas.add(Text(middle + 4, top - 4, column, "small", "start", -90))
        else:
            canvas.add(Text(middle, top - 6, column, "small", "middle"))
    if tall >= 11:
        for i, row in enumerate(grid.rows):
            canvas.add(Text(label - 6, top + tall * (i + 0.5) + 4, row, "small", "end"))
    if n_rows * n_columns > N_POINTS_AT_MOST:
        _dense(canvas, grid, limits, (label, top, side, tall))
    else:
        _boxes(canvas, grid, limits, (label, top, side, tall))
    _families(canvas, grid, label, top, side, tall)
    _legend(canvas, grid, limits, top + tall * n_rows + 12)
    cells = [
        (row, column, value)
        for row, values in zip(grid.rows, grid.values, strict=True)
        for column, value in zip(grid.columns, values, strict=True)
        if value is not None
    ]
    return Figure(
        name,
        grid.title + (f", {grid.unit}" if grid.unit else ""),
        captions.heat(grid.title, grid.unit, cells, grid.digits),
        canvas,
        ("", *grid.columns),
        tuple((row, *values) for row, values in zip(grid.rows, grid.values, strict=True)),
    )


Cells = tuple[float, float, float, float]
"""Left, top, width and height of the first cell of a map."""


def _boxes(canvas: Canvas, grid: LabelledMatrix, limits: tuple[float, float], cells: Cells) -> None:
    """Draw cells as boxes with their values where there is room."""
    left, top, side, tall = cells
    gap, written = (0.6 if side >= 13 else 0.0), side >= 30
    letter = "d" if grid.diverging else "k"
    for i, row in enumerate(grid.rows):
        for j, value in enumerate(grid.values[i]):
            x, y = left + side * j, top + tall * i
            text = number(value, grid.digits)
            style = "none" if value is None else f"{letter}{step(value, limits, diverging=grid.diverging)}"
            tip = "" if value is None else f"{row}{ARROW}{grid.columns[j]}: {text}"
            canvas.add(Rect(x + gap, y + gap, side - 2 * gap, tall - 2 * gap, style, tip))
            if written and value is not None:
                canvas.add(Text(x + side / 2, y + tall / 2 + 4, text, f"{style}t", "middle"))


def _dense(canvas: Canvas, grid: LabelledMatrix, limits: tuple[float, float], cells: Cells) -> None:
    """Draw cells of one colour as one shape, neighbours of a row together."""
    left, top, side, tall = cells
    canvas.add(Rect(left, top, side * len(grid.columns), tall * len(grid.rows), "none"))
    letter = "d" if grid.diverging else "k"
    found: dict[int, list[tuple[float, float, float]]] = {}
    for i, values in enumerate(grid.values):
        before: int | None = None
        for j, value in enumerate(values):
            colour = None if value is None else step(value, limits, diverging=grid.diverging)
            if colour is not None and colour == before:
                x, y, width = found[colour][-1]
                found[colour][-1] = (x, y, width + side)
            elif colour is not None:
                found.setdefault(colour, []).append((left + side * j, top + tall * (i + 0.5), side))
            before = colour
    for colour, runs in sorted(found.items()):
        canvas.add(Runs(runs, f"{letter}{colour}", tall))


def _ends(limits: tuple[float, float], *, diverging: bool) -> tuple[float, float]:
    """Values at the ends of the scale: as far from zero on either side where it diverges."""
    reach = max(map(abs, limits)) or 1.0
    return (-reach, reach) if diverging else limits


def step(value: float, limits: tuple[float, float], *, diverging: bool) -> int:
    """Colour of a value: 0 to 10; around zero where the scale diverges."""
    low, high = _ends(limits, diverging=diverging)
    share = (value - low) / ((high - low) or 1.0)
    return round(min(max(share, 0.0), 1.0) * (N_STEPS - 1))


def _families(
    canvas: Canvas, grid: LabelledMatrix, left: float, top: float, side: float, tall: float
) -> None:
    """Draw a line between families."""
    right, bottom = left + side * len(grid.columns), top + tall * len(grid.rows)
    for i in _breaks(grid.row_families):
        canvas.line(left, top + tall * i, right, top + tall * i, "frame")
    for j in _breaks(grid.column_families):
        canvas.line(left + side * j, top, left + side * j, bottom, "frame")


def _breaks(families: Sequence[str]) -> list[int]:
    """Places that begin another family than the one before."""
    return [i for i, (one, other) in enumerate(pairwise(families), start=1) if one != other]


def _legend(canvas: Canvas, grid: LabelledMatrix, limits: tuple[float, float], y: float) -> None:
    low, high = _ends(limits, diverging=grid.diverging)
    letter = "d" if grid.diverging else "k"
    for k in range(N_STEPS):
        canvas.add(Rect(8 + 16 * k, y, 16, 10, f"{letter}{k}"))
    ends: tuple[tuple[float, Anchor], ...] = ((0.0, "start"), (0.5, "middle"), (1.0, "end"))
    for share, anchor in ends:
        text = number(low + share * (high - low), grid.digits)
        canvas.add(Text(8 + 16 * N_STEPS * share, y + 24, text, "small", anchor))
