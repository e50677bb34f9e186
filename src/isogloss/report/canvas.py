"""A picture as a list of shapes in pixels, written as SVG in a page, or as an SVG, PDF or PNG file.

Everything is drawn once and styled by name.
"""

from __future__ import annotations

import pathlib
import unicodedata
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

from isogloss.errors import FieldError
from isogloss.report.palette import COLOURS, css
from isogloss.report.shapes import Path, Shape, Text, px

FORMATS = ("svg", "pdf", "png")
FONT = "DejaVu Sans"
"""Of PDF and PNG files; it comes with matplotlib, so that they are the same everywhere."""


def text_width(text: str, size: float) -> float:
    """Width of a text in pixels, rather too wide than too narrow."""
    return size * sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.62 for c in text)


def without_glyph(canvases: Iterable[Canvas]) -> str:
    """Characters that the font of PDF and PNG files does not have, sorted."""
    from matplotlib.font_manager import findfont, get_font

    known = get_font(findfont(FONT)).get_charmap()
    texts = (shape.text for canvas in canvases for shape in canvas.items if isinstance(shape, Text))
    return "".join(sorted({c for text in texts for c in text if ord(c) not in known}))


@dataclass
class Canvas:
    """Shapes in drawing order; the origin is the upper left corner."""

    width: float
    height: float
    items: list[Shape] = field(default_factory=list)

    def line(self, x1: float, y1: float, x2: float, y2: float, style: str) -> None:
        """Draw a straight line."""
        self.add(Path([(x1, y1), (x2, y2)], style))

    def add(self, shape: Shape) -> None:
        """Draw a shape over those before it."""
        self.items.append(shape)

    def svg(self, label: str, *, standalone: bool = False) -> str:
        """Write an ``svg`` element; `label` is what a screen reader says.

        Parameters
        ----------
        label : str
        standalone : bool
            Add what a file of its own needs: name space, size, colours, background.
        """
        box = f'viewBox="0 0 {px(self.width)} {px(self.height)}"'
        head = f'<svg class="fig" role="img" aria-label="{escape(label)}" {box}'
        shapes = "".join(item.svg() for item in self.items)
        if standalone:
            head = head.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"')
            head += f' width="{px(self.width)}" height="{px(self.height)}"'
            head += f' font-family="{FONT}, sans-serif"'
            paper = f'<rect width="100%" height="100%" fill="{COLOURS["paper"][0]}"/>'
            shapes = f"<title>{escape(label)}</title><style>{css(dark=False)}</style>{paper}{shapes}"
        return f"{head}>{shapes}</svg>"

    def save(self, path: pathlib.Path, label: str) -> None:
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

        with mpl.rc_context({"font.family": [FONT], "pdf.fonttype": 42}), warnings.catch_warnings():
            for said in ("Glyph ", "Matplotlib currently does not support "):  # for each character
                warnings.filterwarnings("ignore", said)  # `without_glyph` gives all of them
            figure = Figure(figsize=(self.width / 96, self.height / 96), facecolor=COLOURS["paper"][0])
            axes = figure.add_axes((0, 0, 1, 1))
            axes.set_xlim(0, self.width)
            axes.set_ylim(self.height, 0)
            axes.axis("off")
            for layer, item in enumerate(self.items):
                item.draw(axes, layer)
            metadata = {"CreationDate": None} if kind == "pdf" else {"Software": None}
            figure.savefig(path, dpi=220, metadata=metadata)
