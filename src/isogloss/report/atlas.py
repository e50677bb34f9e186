"""The atlas as one self-contained HTML page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.atlas.geometry import HEIGHT, LAND_SOURCE, WIDTH, Place, borders, land, project
from isogloss.atlas.results import Atlas, MapLanguage
from isogloss.narrative.atlas import said
from isogloss.narrative.numbers import percent
from isogloss.report.palette import N_STEPS
from isogloss.report.render import script, templates
from isogloss.scores.effectiveness import PLAIN_AGGREGATOR

PALEST = 2
"""First step of the colour scale that is used."""

LARGEST, SMALLEST = 7.0, 3.0
"""Radius of a mark in pixels: the more certain, the larger."""


@dataclass(frozen=True)
class MapRow:
    """One language: its mark on the map, in pixels, and its line in the table twin; `number` ties the two."""

    number: int
    entry: MapLanguage
    kind: str
    text: str
    colour: str
    shape: str
    x: float
    y: float


def render_atlas(found: Atlas) -> str:
    """Write the page: map, marks and table inside, nothing that a browser would have to fetch."""
    limits = _limits(found)
    environment = templates()
    environment.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    return environment.get_template("atlas.html").render(
        atlas=found,
        about=_about(found),
        rows=_rows(found, limits),
        families=sorted({entry.family for entry in found.entries if entry.family}),
        n_off_map=sum(entry.place is None for entry in found.entries),
        limits=limits,
        steps=range(PALEST, N_STEPS),
        box=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        alt=_alt(found),
        graticule=_graticule(),
        land="".join(_path(ring) for ring in land()),
        data=_data(found, limits),
        land_source=LAND_SOURCE,
        script=script("atlas.js"),
        percent=percent,
    )


def _about(found: Atlas) -> str:
    """Task, encoder and aggregator, as far as the table names them."""
    condition = found.condition
    aggregator = "" if condition.aggregator == PLAIN_AGGREGATOR else condition.aggregator
    named = ", ".join(part for part in (condition.task, condition.encoder, aggregator) if part)
    return f"on {named}" if named else "of the table"


def _limits(found: Atlas) -> tuple[float, float]:
    """Ends of the colour scale over all sources, whole percent."""
    values = np.array([score for entry in found.entries for score in entry.scores if math.isfinite(score)])
    if not len(values):
        return 0.0, 1.0
    low, high = math.floor(100 * values.min()) / 100, math.ceil(100 * values.max()) / 100
    return (low, high) if high > low else (low, low + 0.01)


def _told(found: Atlas, entry: MapLanguage) -> tuple[str, str]:
    """Kind and score in words."""
    source = found.chosen
    if entry.language == found.sources[source]:
        return "source", "the source language itself"
    if not math.isfinite(entry.scores[source]):
        return "no score", "nothing measured, nothing expected"
    measured = bool(entry.measured[source])
    text = said(entry.scores[source], entry.low[source], entry.high[source], measured=measured)
    return ("measured" if measured else "expected"), text


def step(value: float, limits: tuple[float, float]) -> int:
    """Colour of a score; the palest of the scale are left to languages without one."""
    share = (value - limits[0]) / (limits[1] - limits[0])
    return PALEST + round(min(max(share, 0.0), 1.0) * (N_STEPS - 1 - PALEST))


def radius(low: float, high: float, widest: float, *, measured: bool) -> float:
    """Size of a mark: large where the interval is narrow; without one middle if measured, else small."""
    if not math.isfinite(low + high):
        return (SMALLEST + LARGEST) / 2 if measured else SMALLEST
    return LARGEST - (LARGEST - SMALLEST) * min(1.0, (high - low) / widest)


def _widest(found: Atlas) -> float:
    widths = (float(width) for entry in found.entries for width in entry.high - entry.low)
    return max((width for width in widths if math.isfinite(width) and width > 0), default=1.0)


def _path(points: NDArray[np.float64]) -> str:
    whole = [f"{x:.1f} {y:.1f}" for x, y in points]
    return f"M{'L'.join(dict.fromkeys(whole))}z"


def _graticule() -> str:
    """Lines of the globe on the map."""
    lines = []
    for longitude in range(-150, 180, 30):
        meridian = project([(latitude, longitude) for latitude in range(-55, 86, 10)])
        lines.append("M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in meridian))
    for latitude in (-30, 0, 30, 60):
        ends = project([(latitude, -180), (latitude, 180)])
        lines.append(f"M{ends[0][0]:.0f} {ends[0][1]:.0f}H{ends[1][0]:.0f}")
    return "".join(lines)


def _rows(found: Atlas, limits: tuple[float, float]) -> list[MapRow]:
    """Every language, with what its mark looks like."""
    widest, rows = _widest(found), []
    for number, entry in enumerate(found.entries):
        kind, text = _told(found, entry)
        score, low, high = (float(of[found.chosen]) for of in (entry.scores, entry.low, entry.high))
        colour = f"k{step(score, limits)}" if math.isfinite(score) else "blank"
        shape = _shape(kind, radius(low, high, widest, measured=kind == "measured"))
        x, y = project([entry.place])[0] if entry.place else (math.nan, math.nan)
        rows.append(MapRow(number, entry, kind, text, colour, shape, x, y))
    return rows


def _shape(kind: str, r: float) -> str:
    """Circle for a measured score, diamond for an expected one."""
    if kind == "measured":
        return f"M{-r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0z"
    s = 1.15 * r
    return f"M0 {-s:.1f}L{s:.1f} 0L0 {s:.1f}L{-s:.1f} 0z"


def _alt(found: Atlas) -> str:
    own = [
        (entry.language.name, float(entry.scores[found.chosen]))
        for entry in found.entries
        if entry.measured[found.chosen]
    ]
    if not own:
        return "World map without a measured score"
    low, high = min(own, key=lambda pair: pair[1]), max(own, key=lambda pair: pair[1])
    return (
        f"World map of {len(own)} measured languages: from {percent(low[1])} percent ({low[0]}) to "
        f"{percent(high[1])} percent ({high[0]}); all numbers are in the table below"
    )


def _data(found: Atlas, limits: tuple[float, float]) -> dict[str, Any]:
    """Data with which the script shows another source, and the borders between neighbours."""

    def thousandths(values: NDArray[np.float64]) -> list[int | None]:
        # Rounded as text is: the script must not say 81.4 where the page says 81.3.
        return [round(10 * float(f"{100 * value:.1f}")) if math.isfinite(value) else None for value in values]

    number_of = {entry.language: number for number, entry in enumerate(found.entries)}
    lines = {}
    for source in range(len(found.sources)):
        numbers, places = _places(found, source)
        lines[source] = [
            [numbers[i], numbers[j], *(round(value, 1) for value in line)] for i, j, line in borders(places)
        ]
    return {
        "limits": [round(1000 * value) for value in limits],
        "steps": [PALEST, N_STEPS - 1],
        "self": [number_of.get(source, -1) for source in found.sources],
        "radius": [SMALLEST, LARGEST, round(1000 * _widest(found))],
        "chosen": found.chosen,
        "codes": found.source_codes,
        "scores": [thousandths(entry.scores) for entry in found.entries],
        "low": [thousandths(entry.low) for entry in found.entries],
        "high": [thousandths(entry.high) for entry in found.entries],
        "measured": ["".join("1" if flag else "0" for flag in entry.measured) for entry in found.entries],
        "lines": lines,
    }


def _places(found: Atlas, source: int) -> tuple[list[int], list[Place]]:
    """Languages with a measured score from a source, each place once."""
    seen: dict[Place, int] = {}
    for number, entry in enumerate(found.entries):
        if entry.place is not None and entry.measured[source]:
            seen.setdefault(entry.place, number)
    return list(seen.values()), list(seen)
