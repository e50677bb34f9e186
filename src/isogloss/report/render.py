"""A summary as one self-contained HTML page."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from isogloss.display import counted
from isogloss.narrative.analysis import decimals, words
from isogloss.narrative.durations import duration
from isogloss.narrative.layers import gain_text
from isogloss.narrative.numbers import interval, number, p_value, percent, slope, typeset
from isogloss.report.drawn import Drawn, draw
from isogloss.report.palette import css, variables

if TYPE_CHECKING:
    from jinja2 import Environment

    from isogloss.report.summary import Summary

N_TABLE_CELLS = 240
"""Score tables up to so many cells show an interval in each."""
N_DATA_ROWS = 400
"""The table behind a figure is in the page up to so many rows."""


def render(summary: Summary, drawn: Drawn | None = None) -> str:
    """Write the page: style, script and figures inside, nothing that a browser would have to fetch."""
    environment = templates()
    environment.filters |= {"duration": duration, "gain": gain_text, "cell": _cell, "words": words}
    environment.globals |= {"n_table_cells": N_TABLE_CELLS, "n_data_rows": N_DATA_ROWS}
    return environment.get_template("report.html").render(
        summary=summary,
        results=summary.results,
        drawn=drawn or draw(summary),
        script=script("script.js"),
    )


def script(name: str) -> str:
    """Text of a script among the templates."""
    return resources.files("isogloss.report").joinpath("templates", name).read_text(encoding="utf-8")


def fingerprint(text: str) -> str:
    """Hash of an inline script as a content security policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _cell(value: object) -> str:
    """One value of the table behind a figure."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return number(value, decimals(value, 4))
    return number(None) if value is None else str(value)


def templates(*, escape: bool = True) -> Environment:
    """The templates of all reports; what is put into them is escaped as HTML if `escape`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader("isogloss.report"),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"percent": percent, "number": number, "p": p_value, "slope": slope}
    environment.filters |= {"fingerprint": fingerprint, "counted": counted, "typeset": typeset}
    environment.globals |= {"markup": Markup, "variables": variables, "figure_css": css, "script": ""}
    environment.globals["interval"] = interval
    return environment
