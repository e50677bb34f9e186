"""Base of results, which print, become a data frame, show in a notebook and draw; counts in words.

The pictures are files of ``report/plots``, found by the name of the result's class, so that no room imports
one above it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from isogloss.extras import require
from isogloss.registry import Registry

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PLOTS: Registry[Callable[[Any, Axes], None]] = Registry("plot", "isogloss.report.plots", "draw")
"""Draw a result into axes; an entry's name is that of the result's class, or of a class it derives from."""


class Result(ABC):
    """Base of the results that the Python interface returns."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Give the result as a data frame."""

    def plot(self, axes: Axes | None = None) -> Figure:
        """Draw the result with matplotlib.

        Parameters
        ----------
        axes : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        matplotlib.figure.Figure
            A notebook shows it; ``.savefig("name.pdf")`` writes it.

        Raises
        ------
        MissingExtraError
            If matplotlib is not installed.
        RegistryError
            If there is no picture of such a result.
        """
        names = [each.__name__ for each in type(self).__mro__]
        draw = PLOTS[next((name for name in names if name in PLOTS), names[0])]
        require("report", f"{names[0]}.plot")
        from matplotlib.figure import Figure

        if axes is None:
            axes = Figure(layout="constrained").add_subplot()
        draw(self, axes)
        figure = axes.get_figure(root=True)
        if figure is None:
            raise ValueError("the axes belong to no figure")
        return figure

    def __str__(self) -> str:
        frame = self.to_frame()
        return frame.to_string(index=frame.index.dtype.kind not in "iu")

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        frame = self.to_frame()
        return frame.to_html(index=frame.index.dtype.kind not in "iu", float_format=_short)


def _short(value: float) -> str:
    """Three digits of a number, and all digits before the point: kilometres are not ``9.11e+03``."""
    return f"{value:.0f}" if 1000 <= abs(value) < 1e15 else f"{value:.3g}"


def counted(n: int, noun: str) -> str:
    """Number and noun: ``1 score``, ``3 scores``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
