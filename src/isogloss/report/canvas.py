"""A picture as a list of shapes in pixels, written as SVG in a page, or as an SVG, PDF or PNG file.

Everything is drawn once and styled by name. In a page the names are classes, so that one drawing serves light
and dark; in a file they are the light colours of `COLOURS`.
"""

from __future__ import annotations

import io
import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from isogloss.errors import FieldError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Anchor = Literal["start", "middle", "end"]
Shape = Literal["circle", "square", "triangle", "diamond", "down", "plus", "cross", "star"]
Point = tuple[float, float]

SHAPES: tuple[Shape, ...] = ("circle", "square", "triangle", "diamond", "down", "plus", "cross", "star")
FORMATS = ("svg", "pdf", "png")

COLOURS: dict[str, tuple[str, str]] = {
    "paper": ("#ffffff", "#14171c"),
    "ink": ("#1b1f24", "#e7eaee"),
    "soft": ("#57606a", "#a3adb8"),
    "line": ("#d4d9df", "#3a424c"),
    "faint": ("#f3f5f7", "#1d2229"),
    "accent": ("#0a5a96", "#6cb8f0"),
    "band": ("#cfe3f3", "#1d3c55"),
    "reach": ("#e6e9ed", "#2a3038"),
    "warn": ("#9a3f00", "#ffae66"),
    "s0": ("#0072b2", "#56b4e9"),
    "s1": ("#c44e00", "#ff9a4d"),
    "s2": ("#00795a", "#33c79a"),
    "s3": ("#a8417f", "#ee9ccb"),
    "s4": ("#3f7fa6", "#9ed4f5"),
    "s5": ("#7d5f00", "#e5c14d"),
    "s6": ("#332288", "#a99cf0"),
    "s7": ("#444b54", "#d0d5db"),
}
"""Light and dark value of each role; series after Okabe and Ito (2008), darkened for contrast on white."""

N_STEPS = 11
"""Steps of a heat map's scale."""


def _mixed(low: str, high: str, share: float) -> str:
    parts = [
        round(int(low[i : i + 2], 16) + share * (int(high[i : i + 2], 16) - int(low[i : i + 2], 16)))
        for i in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02x}" for part in parts)


def _ink_on(colour: str) -> str:
    """Black or white by WCAG's relative luminance: .179 is where both have the same contrast."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return "#000000" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "#ffffff"


def _scales() -> dict[str, tuple[str, str]]:
    """Colours of heat maps and of text on them: k0..k10 sequential, d0..d10 from negative to positive."""
    found: dict[str, tuple[str, str]] = {}
    for step in range(N_STEPS):
        share = step / (N_STEPS - 1)
        signed = 2 * share - 1
        away = abs(signed) ** 0.85
        end = ("#08457c", "#8ecbff") if signed >= 0 else ("#a64104", "#ffb37a")
        pair = (_mixed("#ffffff", "#08457c", share), _mixed("#20262d", "#8ecbff", share))
        signed_pair = (_mixed("#ffffff", end[0], away), _mixed("#20262d", end[1], away))
        for letter, (light, dark) in (("k", pair), ("d", signed_pair)):
            found[f"{letter}{step}"] = light, dark
            found[f"{letter}{step}t"] = _ink_on(light), _ink_on(dark)
    return found


COLOURS |= _scales()


@dataclass(frozen=True)
class Style:
    """How a kind of shape looks; colours are roles of `COLOURS`, sizes pixels."""

    fill: str = "none"
    stroke: str = "none"
    width: float = 1.0
    dash: str = ""
    size: float = 12.0
    bold: bool = False
    opacity: float = 1.0


STYLES: dict[str, Style] = {
    "axis": Style(stroke="soft"),
    "grid": Style(stroke="line", width=0.7),
    "zero": Style(stroke="ink", width=1.0),
    "dotted": Style(stroke="soft", width=0.8, dash="2 3"),
    "fit": Style(stroke="ink", width=1.8),
    "band": Style(fill="band"),
    "reach": Style(fill="reach"),
    "bar": Style(stroke="accent", width=2.4),
    "thin": Style(stroke="soft", width=1.2),
    "frame": Style(stroke="line", width=1.0),
    "text": Style(fill="ink", size=12),
    "small": Style(fill="soft", size=11),
    "label": Style(fill="ink", size=10),
    "strong": Style(fill="ink", size=12, bold=True),
    "base": Style(fill="paper", stroke="ink", width=1.6),
    "none": Style(fill="faint"),
    "supported": Style(fill="s0"),
    "not-supported": Style(fill="s1"),
    "underpowered": Style(fill="s7"),
    **{f"s{k}": Style(fill=f"s{k}", opacity=0.85) for k in range(8)},
    **{f"l{k}": Style(stroke=f"s{k}", width=1.3, opacity=0.75) for k in range(8)},
    **{f"{letter}{k}": Style(fill=f"{letter}{k}") for letter in "kd" for k in range(N_STEPS)},
    **{f"{letter}{k}t": Style(fill=f"{letter}{k}t", size=10.5) for letter in "kd" for k in range(N_STEPS)},
}


def css(*, dark: bool | None = None) -> str:
    """Rules for the names of `STYLES`.

    Parameters
    ----------
    dark : bool, optional
        Write the colours of one mode into the rules; by default refer to variables that the page sets.
    """

    def colour(role: str) -> str:
        return role if role == "none" else f"var(--{role})" if dark is None else COLOURS[role][dark]

    rules = []
    for name, style in STYLES.items():
        parts = [f"fill:{colour(style.fill)}"]
        if style.stroke != "none":
            parts.append(f"stroke:{colour(style.stroke)};stroke-width:{style.width:g}px")
        if style.dash:
            parts.append(f"stroke-dasharray:{style.dash}")
        if style.opacity != 1:
            parts.append(f"opacity:{style.opacity:g}")
        if name in _TEXTS:
            parts.append(f"font-size:{style.size:g}px" + (";font-weight:600" if style.bold else ""))
        rules.append(f".fig .{name}{{{';'.join(parts)}}}")
    rules += [f".fig .dot-s{k}{{fill:none;stroke:{colour(f's{k}')};opacity:.5}}" for k in range(8)]
    rules += [
        f".fig .run-{letter}{k}{{fill:none;stroke:{colour(f'{letter}{k}')}}}"
        for letter in "kd"
        for k in range(N_STEPS)
    ]
    return "\n".join(rules)


_TEXTS = {"text", "small", "label", "strong", *(f"{letter}{k}t" for letter in "kd" for k in range(N_STEPS))}


def variables() -> str:
    """Every role as a custom property, light and dark."""
    light, dark = (
        ";".join(f"--{role}:{pair[mode]}" for role, pair in COLOURS.items()) for mode in (False, True)
    )
    night = f"@media (prefers-color-scheme:dark){{@media screen{{:root{{{dark}}}}}}}"
    return f":root{{color-scheme:light dark;{light}}}\n{night}"


def text_width(text: str, size: float) -> float:
    """Width of a text in pixels, rather too wide than too narrow."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.62 for c in text)


@dataclass
class Canvas:
    """Shapes in drawing order; the origin is the upper left corner."""

    width: float
    height: float
    items: list[tuple[object, ...]] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        """Draw a straight line."""
        self.items.append(("path", [(x1, y1), (x2, y2)], style, False))

    def path(self, points: Sequence[Point], style: str, *, closed: bool = False) -> None:
        """Draw through `points`; closed, it is filled."""
        self.items.append(("path", list(points), style, closed))

    def rect(self, x: float, y: float, width: float, height: float, style: str, tip: str = "") -> None:
        """Draw a box."""
        self.items.append(("rect", x, y, width, height, style, tip))

    def mark(self, x: float, y: float, shape: Shape, style: str, size: float = 4.0, tip: str = "") -> None:
        """Draw a point as a shape; `tip` is what a pointer over it shows."""
        self.items.append(("mark", x, y, shape, style, size, tip))

    def dots(self, points: Iterable[Point], style: str, size: float) -> None:
        """Draw many round points as one shape."""
        self.items.append(("dots", list(points), style, size))

    def runs(self, runs: Iterable[tuple[float, float, float]], style: str, height: float) -> None:
        """Draw many boxes of one height as one shape: left, middle and width of each."""
        self.items.append(("runs", list(runs), style, height))

    def text(
        self, x: float, y: float, text: str, style: str = "text", anchor: Anchor = "start", turn: float = 0
    ) -> None:
        """Write one line; `y` is the baseline, `turn` an angle in degrees."""
        self.items.append(("text", x, y, text, style, anchor, turn))

    def svg(self, label: str, *, standalone: bool = False) -> str:
        """Write an ``svg`` element; `label` is what a screen reader says.

        Parameters
        ----------
        label : str
        standalone : bool
            Add what a file of its own needs: name space, size, colours, background.
        """
        box = f'viewBox="0 0 {_n(self.width)} {_n(self.height)}"'
        head = f'<svg class="fig" role="img" aria-label="{escape(label)}" {box}'
        if standalone:
            head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
            head += f' width="{_n(self.width)}" height="{_n(self.height)}"'
            head += ' font-family="DejaVu Sans, sans-serif"'
        out = io.StringIO()
        out.write(f"{head}>")
        if standalone:
            out.write(f"<title>{escape(label)}</title><style>{css(dark=False)}</style>")
            out.write(f'<rect width="100%" height="100%" fill="{COLOURS["paper"][0]}"/>')
        for item in self.items:
            out.write(_SVG[str(item[0])](*item[1:]))  # type: ignore[operator]
        out.write("</svg>")
        return out.getvalue()

    def save(self, path: Path, label: str) -> None:
        """Write a file; its name's ending says which kind.

        Raises
        ------
        FieldError
            If the ending is not svg, pdf or png.
        """
        kind = path.suffix.lower().lstrip(".")
        if kind not in FORMATS:
            raise FieldError(
                f"cannot draw a '{path.suffix}' file", where=str(path), allowed=", ".join(FORMATS)
            )
        if kind == "svg":
            path.write_text(self.svg(label, standalone=True) + "\n", encoding="utf-8")
            return
        import matplotlib as mpl
        from matplotlib.figure import Figure

        with mpl.rc_context({"font.family": ["DejaVu Sans"], "pdf.fonttype": 42}):
            figure = Figure(figsize=(self.width / 96, self.height / 96), facecolor=COLOURS["paper"][0])
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_xlim(0, self.width)
            axes.set_ylim(self.height, 0)
            axes.axis("off")
            for layer, item in enumerate(self.items):
                _MATPLOTLIB[str(item[0])](axes, layer, *item[1:])  # type: ignore[operator]
            metadata = {"CreationDate": None} if kind == "pdf" else {"Software": None}
            figure.savefig(path, dpi=220, metadata=metadata)


def _n(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".") or "0"


def _tip(tip: str) -> str:
    return f' data-t="{escape(tip)}"' if tip else ""


def _svg_path(points: list[Point], style: str, closed: bool) -> str:
    d = "L".join(f"{_n(x)} {_n(y)}" for x, y in points)
    return f'<path class="{style}" d="M{d}{"z" if closed else ""}"/>'


def _svg_rect(x: float, y: float, width: float, height: float, style: str, tip: str) -> str:
    box = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'
    return f'<rect class="{style}" {box}{_tip(tip)}/>'


def outline(shape: Shape, x: float, y: float, r: float) -> list[Point]:
    """Corners of a mark."""
    corners: dict[str, Sequence[tuple[float, float]]] = {
        "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
        "triangle": ((0, -1.15), (1.1, 0.8), (-1.1, 0.8)),
        "down": ((0, 1.15), (1.1, -0.8), (-1.1, -0.8)),
        "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        "plus": _crossed(0.0),
        "cross": _crossed(math.pi / 4),
        "star": [
            (
                (1.3 if k % 2 == 0 else 0.55) * math.sin(k * math.pi / 5),
                -(1.3 if k % 2 == 0 else 0.55) * math.cos(k * math.pi / 5),
            )
            for k in range(10)
        ],
    }
    return [(x + r * a, y + r * b) for a, b in corners[shape]]


def _crossed(angle: float) -> list[tuple[float, float]]:
    a, b = 0.4, 1.2
    corner = ((a, b), (a, a), (b, a))
    plus: list[tuple[float, float]] = []
    for sign_x, sign_y in ((1, 1), (1, -1), (-1, -1), (-1, 1)):
        own = [(sign_x * x, sign_y * y) for x, y in corner]
        plus += own if sign_x * sign_y > 0 else own[::-1]
    cos, sin = math.cos(angle), math.sin(angle)
    return [(x * cos - y * sin, x * sin + y * cos) for x, y in plus]


def _svg_mark(x: float, y: float, shape: Shape, style: str, size: float, tip: str) -> str:
    if shape == "circle":
        return f'<circle class="{style}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}"{_tip(tip)}/>'
    d = "L".join(f"{_n(a)} {_n(b)}" for a, b in outline(shape, x, y, size))
    return f'<path class="{style}" d="M{d}z"{_tip(tip)}/>'


def _svg_dots(points: list[Point], style: str, size: float) -> str:
    d = "".join(f"M{_n(x)} {_n(y)}h0" for x, y in points)
    width = f'stroke-width="{_n(2 * size)}"'
    return f'<g class="dots"><path class="dot-{style}" {width} stroke-linecap="round" d="{d}"/></g>'


def _svg_runs(runs: list[tuple[float, float, float]], style: str, height: float) -> str:
    d = "".join(f"M{_n(x)} {_n(y)}h{_n(width)}" for x, y, width in runs)
    return f'<path class="run-{style}" stroke-width="{_n(height)}" d="{d}"/>'


def _svg_text(x: float, y: float, text: str, style: str, anchor: Anchor, turn: float) -> str:
    extra = "" if anchor == "start" else f' text-anchor="{anchor}"'
    if turn:
        extra += f' transform="rotate({_n(turn)} {_n(x)} {_n(y)})"'
    return f'<text class="{style}" x="{_n(x)}" y="{_n(y)}"{extra}>{escape(text)}</text>'


_SVG = {
    "path": _svg_path,
    "rect": _svg_rect,
    "mark": _svg_mark,
    "dots": _svg_dots,
    "runs": _svg_runs,
    "text": _svg_text,
}


def _colour(role: str) -> str:
    return "none" if role == "none" else COLOURS[role][0]


def _draw_path(axes: Axes, layer: int, points: list[Point], style: str, closed: bool) -> None:
    from matplotlib.patches import Polygon

    look = STYLES[style]
    dash = (0, tuple(float(part) * 0.75 for part in look.dash.split())) if look.dash else "-"
    axes.add_patch(
        Polygon(
            points,
            closed=closed,
            facecolor=_colour(look.fill) if closed else "none",
            edgecolor=_colour(look.stroke),
            linewidth=0.75 * look.width if look.stroke != "none" else 0,
            linestyle=dash,
            alpha=look.opacity,
            zorder=layer,
        )
    )


def _draw_rect(
    axes: Axes, layer: int, x: float, y: float, width: float, height: float, style: str, _tip: str
) -> None:
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    _draw_path(axes, layer, corners, style, True)


def _draw_mark(
    axes: Axes, layer: int, x: float, y: float, shape: Shape, style: str, size: float, _tip: str
) -> None:
    from matplotlib.patches import Circle

    if shape != "circle":
        _draw_path(axes, layer, outline(shape, x, y, size), style, True)
        return
    look = STYLES[style]
    axes.add_patch(
        Circle(
            (x, y),
            size,
            facecolor=_colour(look.fill),
            edgecolor=_colour(look.stroke),
            linewidth=0.75 * look.width if look.stroke != "none" else 0,
            alpha=look.opacity,
            zorder=layer,
        )
    )


def _draw_dots(axes: Axes, layer: int, points: list[Point], style: str, size: float) -> None:
    if points:
        x, y = zip(*points, strict=True)
        look = STYLES[style]
        axes.scatter(
            x, y, s=(1.5 * size) ** 2, color=_colour(look.fill), linewidths=0, zorder=layer, alpha=0.5
        )


def _draw_runs(
    axes: Axes, layer: int, runs: list[tuple[float, float, float]], style: str, height: float
) -> None:
    for x, y, width in runs:
        _draw_rect(axes, layer, x, y - height / 2, width, height, style, "")


def _draw_text(
    axes: Axes, layer: int, x: float, y: float, text: str, style: str, anchor: Anchor, turn: float
) -> None:
    look = STYLES[style]
    axes.text(
        x,
        y,
        text.replace("$", r"\$"),
        fontsize=0.75 * look.size,
        color=_colour(look.fill),
        ha={"start": "left", "middle": "center", "end": "right"}[anchor],
        va="baseline",
        rotation=-turn,
        rotation_mode="anchor",
        fontweight="bold" if look.bold else "normal",
        zorder=layer,
    )


_MATPLOTLIB = {
    "path": _draw_path,
    "rect": _draw_rect,
    "mark": _draw_mark,
    "dots": _draw_dots,
    "runs": _draw_runs,
    "text": _draw_text,
}
