"""Axes of a figure: a scale from values to pixels, round ticks, and labels that do not collide."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.narrative.numbers import number
from isogloss.report.canvas import Canvas, text_width
from isogloss.report.shapes import Text

Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


@dataclass(frozen=True)
class Scale:
    """A linear map from [low, high] to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Pixel of a value."""
        return self.start + (value - self.low) / ((self.high - self.low) or 1.0) * (self.end - self.start)

    def ticks(self, about: int = 5) -> tuple[list[float], int]:
        """Round values inside the span, about so many, and the decimals that they need."""
        step = nice_step(self.high - self.low, about)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        if round(step, digits) != round(step, digits + 2):
            digits += 1
        return [k * step for k in range(first, last + 1)], digits


def nice_step(span: float, about: int) -> float:
    """Step of 1, 2, 2.5 or 5 times a power of ten that gives at most `about` ticks."""
    raw = max(span, 1e-9) / about
    power = 10.0 ** math.floor(math.log10(raw))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= raw - 1e-12)


def padded(values: Sequence[float], share: float = 0.06, least: float = 0.0) -> tuple[float, float]:
    """Span of values with room at both ends, at least `least` wide: rounding must look like none."""
    low, high = (min(values), max(values)) if len(values) else (0.0, 1.0)
    middle, half = (low + high) / 2, max((high - low) / 2 * (1 + 2 * share), least / 2, 1e-9)
    return middle - half, middle + half


def horizontal(canvas: Canvas, scale: Scale, y: float, top: float, title: str) -> None:
    """Draw an axis below a figure, with grid lines up to `top`."""
    ticks, digits = scale.ticks()
    for value in ticks:
        x = scale(value)
        canvas.line(x, top, x, y, "grid")
        canvas.add(Text(x, y + 15, number(value, digits), "small", "middle"))
    canvas.line(scale.start, y, scale.end, y, "axis")
    canvas.add(Text((scale.start + scale.end) / 2, y + 33, title, "text", "middle"))


def vertical(canvas: Canvas, scale: Scale, x: float, right: float, title: str) -> None:
    """Draw an axis at the left of a figure, with grid lines to `right`."""
    ticks, digits = scale.ticks()
    for value in ticks:
        y = scale(value)
        canvas.line(x, y, right, y, "grid")
        canvas.add(Text(x - 6, y + 4, number(value, digits), "small", "end"))
    canvas.line(x, scale.start, x, scale.end, "axis")
    canvas.add(Text(14, (scale.start + scale.end) / 2, title, "text", "middle", -90))


def place_labels(
    canvas: Canvas, points: NDArray[np.float64], labels: Sequence[str], frame: Box, *, most: int
) -> int:
    """Label points where text hits neither a point nor another label; return how many are labelled.

    Points far from the centre come first, at most so many.

    Parameters
    ----------
    canvas : Canvas
    points : ndarray of float, shape (point, 2)
        In pixels.
    labels : sequence of str
    frame : Box
        Labels stay inside.
    most : int
    """
    if not labels:
        return 0
    taken = np.column_stack([points - 4.0, points + 4.0])
    placed = 0
    for i in _remote_first(points)[: 6 * most]:
        if placed == most:
            break
        width, height = text_width(labels[i], 10) + 2, 10.0
        spot = free_spot(points[i], width, height, taken, frame)
        if spot is None:
            continue
        taken = np.vstack([taken, spot])
        canvas.add(Text(float(spot[0]) + 1, float(spot[3]) - 2, labels[i], "label"))
        placed += 1
    return placed


def _remote_first(points: NDArray[np.float64]) -> list[int]:
    spread = points.std(axis=0)
    spread[spread == 0] = 1.0
    remoteness = (((points - points.mean(axis=0)) / spread) ** 2).sum(axis=1)
    return [int(i) for i in np.argsort(-remoteness, kind="stable")]


def free_spot(
    point: NDArray[np.float64], width: float, height: float, taken: NDArray[np.float64], frame: Box
) -> NDArray[np.float64] | None:
    """Return the box (left, top, right, bottom) of the first free place around a point."""
    reach = np.array([width, height]) + 20.0
    near = ((taken[:, :2] < point + reach) & (taken[:, 2:] > point - reach)).all(axis=1)
    taken = taken[near]
    for gap in (5.0, 9.0, 14.0):
        for across, down in _DIRECTIONS:
            away = 0.7 * gap if across and down else gap
            x, y = point[0] + _offset(across, width, away), point[1] + _offset(down, height, away)
            if x < frame[0] or y < frame[1] or x + width > frame[2] or y + height > frame[3]:
                continue
            box = np.array([x, y, x + width, y + height])
            hits = ((taken[:, :2] < box[2:]) & (taken[:, 2:] > box[:2])).all(axis=1)
            if not hits.any():
                return box
    return None


_DIRECTIONS = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1))
"""Where a label is tried, right and below being positive, the best place first."""


def _offset(direction: int, size: float, gap: float) -> float:
    """From a point to the beginning of a label: after it, before it, or so that it is in the middle."""
    return gap if direction > 0 else -gap - size if direction < 0 else -size / 2
