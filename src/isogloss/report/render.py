"""Summary to one self-contained HTML page, and the files next to it."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from isogloss.identity import as_json
from isogloss.report import figures
from isogloss.report.layers import gain_text
from isogloss.report.provenance import duration
from isogloss.report.sections import Dyad
from isogloss.scores.table import ScoreTable, csv_text
from isogloss.study.outputs.store import write_text

if TYPE_CHECKING:
    from jinja2 import Environment

    from isogloss.report.summary import Summary

MINUS, EN_DASH, INFINITY = "\N{MINUS SIGN}", "\N{EN DASH}", "\N{INFINITY}"


@dataclass(frozen=True)
class ReportFiles:
    """Where the report stands."""

    html: Path
    scores_csv: Path
    dyads_csv: Path
    analysis_json: Path


def counted(n: int, noun: str) -> str:
    """Number and noun: ``1 paper``, ``3 papers``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def write_report(summary: Summary, table: ScoreTable, folder: Path) -> ReportFiles:
    """Write ``report.html``, ``scores.csv``, ``dyads.csv`` and ``analysis.json``; each is whole or absent.

    Raises
    ------
    StoreError
        If the disk is full or not writable.
    """
    files = ReportFiles(
        *(folder / name for name in ("report.html", "scores.csv", "dyads.csv", "analysis.json"))
    )
    page = render(summary)
    write_text(files.scores_csv, table.to_csv())
    write_text(files.dyads_csv, dyads_csv(summary))
    write_text(files.analysis_json, json.dumps(as_json(summary), indent=1, ensure_ascii=False) + "\n")
    write_text(files.html, page)
    return files


def dyads_csv(summary: Summary) -> str:
    """Every point of every figure, one row each; effectiveness as a fraction."""
    dyad_columns = [field.name for field in dataclasses.fields(Dyad)]
    rows: list[list[object]] = []
    for section in summary.sections:
        for relation in section.relations:
            about = (
                section.encoder,
                section.aggregator,
                section.measure,
                relation.distance,
                relation.definition,
            )
            rows += ([*about, *dataclasses.astuple(dyad)] for dyad in relation.dyads)
    return csv_text(["encoder", "aggregator", "measure", "metric", "definition", *dyad_columns], rows)


def render(summary: Summary) -> str:
    """Write the page: inline style and figures, nothing that a browser would have to fetch."""
    from markupsafe import Markup

    environment = templates()
    environment.filters |= {
        "percent": percent,
        "number": number,
        "p": p_value,
        "slope": slope,
        "duration": duration,
        "shade": shade,
        "gain": gain_text,
    }
    environment.globals |= {
        "scatter": figures.scatter,
        "slopes": figures.slopes,
        "interval": interval,
        "markup": Markup,
    }
    return environment.get_template("report.html").render(summary=summary)


def templates(*, escape: bool = True) -> Environment:
    """The templates of all reports; what is put into them is escaped as HTML if `escape`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("isogloss.report"),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def percent(value: float | None, digits: int = 1) -> str:
    """A score in [0, 1] as percent, without the sign."""
    return number(None if value is None else 100 * value, digits)


def number(value: float | None, digits: int = 2, *, signed: bool = False) -> str:
    """A number with a true minus; a dash where there is none."""
    if value is None or math.isnan(value):
        return EN_DASH
    if math.isinf(value):
        return f"{MINUS if value < 0 else '+' if signed else ''}{INFINITY}"
    text = f"{value:{'+' if signed else ''}.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def slope(value: float, scale: float) -> str:
    """A slope in display units, with as many digits as its unit asks for."""
    return number(scale * value, 1 if scale > 1 else 2, signed=True)


def interval(low: float, high: float, scale: float = 1.0, digits: int | None = None) -> str:
    """Two bounds in display units; a dash where the method has no interval."""
    if math.isnan(low) or math.isnan(high):
        return EN_DASH
    if digits is not None:
        return f"{number(low, digits, signed=True)} to {number(high, digits, signed=True)}"
    return f"{slope(low, scale)} to {slope(high, scale)}"


def p_value(value: float | None) -> str:
    """A p-value as papers print it: no leading zero, never 0."""
    if value is None or not math.isfinite(value):
        return EN_DASH
    if value < 0.0001:
        return "< .0001"
    if value >= 0.9995:
        return "1"
    return f"{value:.4f}".lstrip("0") if value < 0.01 else f"{value:.3f}".lstrip("0")


def shade(value: float | None, scale: Sequence[float], *, diverging: bool = False) -> str:
    """Style of a heat-map cell: background, and black or white text, whichever contrasts more.

    Parameters
    ----------
    value : float or None
    scale : (float, float)
        Values at the two ends of the colour scale.
    diverging : bool
        Zero is neutral and the two signs have hues of their own.
    """
    if value is None or not math.isfinite(value):
        return ""
    low, high = scale
    if diverging:
        reach = max(abs(low), abs(high)) or 1.0
        share, end = abs(value) / reach, (_BLUE if value >= 0 else _ORANGE)
    else:
        share, end = (value - low) / ((high - low) or 1.0), _BLUE
    share = min(max(share, 0.0), 1.0) ** 0.85
    red, green, blue = (round(255 + share * (channel - 255)) for channel in end)
    return f"background:#{red:02x}{green:02x}{blue:02x};color:{_ink(red, green, blue)}"


_BLUE, _ORANGE = (8, 69, 124), (166, 65, 4)


def _ink(red: int, green: int, blue: int) -> str:
    """Black or white by WCAG's relative luminance: .179 is where both have the same contrast."""
    linear = [
        c / 255 / 12.92 if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4
        for c in (red, green, blue)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000" if luminance > 0.179 else "#fff"
