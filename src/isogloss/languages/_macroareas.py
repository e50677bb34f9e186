"""Glottolog's six macro-areas, from coordinates.

The areas are fixed by geography (Hammarström and Donohue 2014): Africa, Eurasia, Papunesia (all islands
between Sumatra and the Americas, without Australia's and without Japan and what lies north of it),
Australia, North America (to Panama) and South America. The borders in ``macroareas.yaml`` are polygons of a
few corners, good to about a degree; a language on the border itself may come out on the other side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

EURASIA = "Eurasia"


@cache
def _areas() -> list[dict[str, Any]]:
    import yaml  # needed by few commands

    return list(yaml.safe_load(Path(__file__).with_name("macroareas.yaml").read_text(encoding="utf-8")))


def macroarea(latitude: float, longitude: float) -> str:
    """Macro-area of a place; all that lies in no polygon is Eurasia.

    Parameters
    ----------
    latitude, longitude : float
        In degrees.

    References
    ----------
    Hammarström and Donohue (2014), Some principles on the use of macro-areas in typological comparison.
    """
    holds = (each["area"] for each in _areas() if _holds(each["corners"], latitude, longitude))
    return next(holds, EURASIA)


def _holds(corners: Sequence[Sequence[float]], latitude: float, longitude: float) -> bool:
    """Whether a line from the place to the north crosses the border an odd number of times."""
    inside = False
    for (lat_a, lon_a), (lat_b, lon_b) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (lon_a > longitude) != (lon_b > longitude):
            crossing = lat_a + (longitude - lon_a) / (lon_b - lon_a) * (lat_b - lat_a)
            inside ^= crossing > latitude
    return inside
