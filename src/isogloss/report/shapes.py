"""Shapes of a figure, in pixels: each writes itself as SVG and draws itself with matplotlib."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal, Protocol

from isogloss.report.palette import COLOURS, STYLES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Anchor = Literal["start", "middle", "end"]
Marker = Literal["circle", "square", "triangle", "diamond", "down", "plus", "cross", "star"]
Point = tuple[float, float]

MARKERS: tuple[Marker, ...] = ("circle", "square", "triangle", "diamond", "down", "plus", "cross", "star")


class Shape(Protocol):
    """Part of a figure; its style is a name of `STYLES`."""

    def svg(self) -> str:
        """Write the shape as an SVG element."""
        ...

    def draw(self, axes: Axes, layer: int) -> None:
        """Draw the shape on axes in pixels, whose y runs down; higher layers cover lower ones."""
        ...


@dataclass(frozen=True)
class Path:
    """A line through points; a closed one is filled."""

    points: Sequence[Point]
    style: str
    closed: bool = False

    def svg(self) -> str:
        """Write the shape as an SVG element."""
        d = "L".join(f"{px(x)} {px(y)}" for x, y in self.points)
        return f'<path class="{self.style}" d="M{d}{"z" if self.closed else ""}"/>'

    def draw(self, axes: Axes, layer: int) -> None:
        """Draw the shape on axes in pixels."""
        from matplotlib.patches import Polygon

        look = _look(self.style, layer)
        if not self.closed:
            look["facecolor"] = "none"
        axes.add_patch(Polygon(self.points, closed=self.closed, **look))


@dataclass(frozen=True)
class Rect:
    """A box; `x` and `y` are its upper left corner, `tip` is what a pointer over it shows."""

    x: float
    y: float
    width: float
    height: float
    style: str
    tip: str = ""

    def svg(self) -> str:
        """Write the shape as an SVG element."""
        box = f'x="{px(self.x)}" y="{px(self.y)}" width="{px(self.width)}" height="{px(self.height)}"'
        return f'<rect class="{self.style}" {box}{_tip(self.tip)}/>'

    def draw(self, axes: Axes, layer: int) -> None:
        """Draw the shape on axes in pixels."""
        right, lower = self.x + self.width, self.y + self.height
        corners = [(self.x, self.y), (right, self.y), (right, lower), (self.x, lower)]
        Path(corners, self.style, closed=True).draw(axes, layer)


@dataclass(frozen=True)
class Mark:
    """A point as a marker around `x` and `y`; `tip` is what a pointer over it shows."""

    x: float
    y: float
    marker: Marker
    style: str
    size: float = 4.0
    tip: str = ""

    def svg(self) -> str:
        """Write the shape as an SVG element."""
        if self.marker == "circle":
            place = f'cx="{px(self.x)}" cy="{px(self.y)}" r="{px(self.size)}"'
            return f'<circle class="{self.style}" {place}{_tip(self.tip)}/>'
        d = "L".join(f"{px(a)} {px(b)}" for a, b in outline(self.marker, self.x, self.y, self.size))
        return f'<path class="{self.style}" d="M{d}z"{_tip(self.tip)}/>'

    def draw(self, axes: Axes, layer: int) -> None:
        """Draw the shape on axes in pixels."""
        from matplotlib.patches import Circle

        if self.marker != "circle":
            corners = outline(self.marker, self.x, self.y, self.size)
            Path(corners, self.style, closed=True).draw(axes, layer)
            return
        axes.add_patch(Circle((self.x, self.y), self.size, **_look(self.style, layer)))


@dataclass(frozen=True)
class Dots:
    """Many round points of one size as one shape; `size` is their radius."""

    points: Sequence[Point]
    style: str
    size: float

    def svg(self) -> str:
        """Write the shape as an SVG element."""
        d = "".join(f"M{px(x)} {px(y)}h0" for x, y in self.points)
        width = f'stroke-width="{px(2 * self.size)}"'
        return f'<g class="dots"><path class="dot-{self.style}" {width} stroke-linecap="round" d="{d}"/></g>'

    def draw(self, axes: Axes, layer: int) -> None:
        """Draw the shape on axes in pixels."""
        if self.points:
            x, y = zip(*self.points, strict=True)
            colour, area = _colour(STYLES[self.style].fill), (1.5 * self.size) ** 2
            axes.scatter(x, y, s=area, color=colour, linewidths=0, zorder=layer, alpha=0.5)


@dataclass(frozen=True)
class Runs:
    """Many boxes of one height as one shape: left, middle and width of each."""

    runs: Sequence[tuple[float, float, float]]
    style: str
    height: float

    def svg(self) -> str:
        """Write the shape as an SVG element."""
        d = "".join(f"M{px(x)} {px(y)}h{px(width)}" for x, y, width in self.runs)
        return f'<path class="run-{self.style}" stroke-width="{px(self.height)}" d="{d}"/>'

    def draw(self, axes: Axes, layer: int) -> None:
        """Draw the shape on axes in pixels."""
        for x, y, width in self.runs:
            Rect(x, y - self.height / 2, width, self.height, self.style).draw(axes, layer)


@dataclass(frozen=True)
class Text:
    """One line of text; `y` is the baseline, `turn` an angle in degrees, clockwise."""

    x: float
    y: float
    text: str
    style: str = "text"
    anchor: Anchor = "start"
    turn: float = 0

    def svg(self) -> str:
        """Write the shape as an SVG element."""
        extra = "" if self.anchor == "start" else f' text-anchor="{self.anchor}"'
        if self.turn:
            extra += f' transform="rotate({px(self.turn)} {px(self.x)} {px(self.y)})"'
        place = f'x="{px(self.x)}" y="{px(self.y)}"'
        return f'<text class="{self.style}" {place}{extra}>{escape(self.text)}</text>'

    def draw(self, axes: Axes, layer: int) -> None:
        """Draw the shape on axes in pixels."""
        look = STYLES[self.style]
        axes.text(
            self.x,
            self.y,
            self.text.replace("$", r"\$"),
            fontsize=0.75 * look.size,
            color=_colour(look.fill),
            ha={"start": "left", "middle": "center", "end": "right"}[self.anchor],
            va="baseline",
            rotation=-self.turn,
            rotation_mode="anchor",
            fontweight="bold" if look.bold else "normal",
            zorder=layer,
        )


def outline(marker: Marker, x: float, y: float, r: float) -> list[Point]:
    """Corners of a mark."""
    corners: dict[str, Sequence[Point]] = {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "triangle": ((0, -1.15), (1.1, 0.8), (-1.1, 0.8)),
        "down": ((0, 1.15), (1.1, -0.8), (-1.1, -0.8)),
        "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        "plus": _crossed(0.0),
        "cross": _crossed(math.pi / 4),
        "star": [
            (reach * math.sin(k * math.pi / 5), -reach * math.cos(k * math.pi / 5))
            for k, reach in enumerate((1.3, 0.55) * 5)
        ],
    }
    return [(x + r * a, y + r * b) for a, b in corners[marker]]


def _crossed(angle: float) -> list[Point]:
    """Corners of a plus that is turned by an angle: three corners in each of four quarters."""
    quarter = (complex(0.4, 1.2), complex(0.4, 0.4), complex(1.2, 0.4))
    plus = [corner * (-1j) ** k for k in range(4) for corner in quarter]
    turned = [corner * cmath.rect(1, angle) for corner in plus]
    return [(corner.real, corner.imag) for corner in turned]


def px(value: float) -> str:
    """Format pixels with at most one decimal: ``12.5``, ``3``."""
    return f"{value:.1f}".rstrip("0").rstrip(".") or "0"


def _tip(tip: str) -> str:
    return f' data-t="{escape(tip)}"' if tip else ""


def _look(style: str, layer: int) -> dict[str, Any]:
    """How matplotlib draws a patch of a style."""
    look = STYLES[style]
    return {
        "facecolor": _colour(look.fill),
        "edgecolor": _colour(look.stroke),
        "linewidth": 0.75 * look.width if look.stroke != "none" else 0,
        "linestyle": (0, tuple(float(part) * 0.75 for part in look.dash.split())) if look.dash else "-",
        "alpha": look.opacity,
        "zorder": layer,
    }


def _colour(role: str) -> str:
    return "none" if role == "none" else COLOURS[role][0]
