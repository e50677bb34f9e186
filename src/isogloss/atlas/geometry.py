"""The map: a projection, the outlines of the land, and the borders between neighbouring places."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Voronoi

WIDTH, HEIGHT = 960.0, 440.0
NORTH, SOUTH = 84.0, -57.0
"""Latitudes at the edges of the map."""

FARTHEST = 3500.0
"""Kilometres between two places that still count as neighbours."""
LONGEST = 60.0
"""Pixels of a border between two neighbours at most, so that a line stays where somebody measured."""
EARTH = 6371.0

LAND_SOURCE = (
    "Outlines: land areas of Natural Earth (public domain) at 1:110m, from the npm package world-atlas 2.0.2 "
    "(ISC licence), simplified."
)

Place = tuple[float, float]
"""Latitude and longitude in degrees."""


def _equal_earth(latitude: NDArray[np.float64], longitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project by Equal Earth, in units of the globe's radius.

    References
    ----------
    Šavrič, Patterson, Jenny (2019), The Equal Earth map projection, International Journal of Geographical
    Information Science 33(3), equations 1 and 2.
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = np.arcsin(math.sqrt(3) / 2 * np.sin(np.radians(latitude)))
    slope = 9 * a4 * theta**8 + 7 * a3 * theta**6 + 3 * a2 * theta**2 + a1
    x = 2 * math.sqrt(3) * np.radians(longitude) * np.cos(theta) / (3 * slope)
    y = a4 * theta**9 + a3 * theta**7 + a2 * theta**3 + a1 * theta
    return np.stack([x, y], axis=-1)


_EDGES = _equal_earth(np.array([0.0, NORTH, SOUTH]), np.array([180.0, 0.0, 0.0]))
_SCALE = min(WIDTH / (2 * _EDGES[0, 0]), HEIGHT / (_EDGES[1, 1] - _EDGES[2, 1]))


def project(places: Sequence[Place]) -> NDArray[np.float64]:
    """Pixels of places, shape (place, 2); north is up.

    Parameters
    ----------
    places : sequence of (latitude, longitude)
    """
    if not len(places):
        return np.empty((0, 2))
    latitude, longitude = np.array(places, dtype=np.float64).T
    found = _SCALE * _equal_earth(latitude, longitude)
    return np.stack([WIDTH / 2 + found[:, 0], _SCALE * _EDGES[1, 1] - found[:, 1]], axis=1)


def land() -> list[NDArray[np.float64]]:
    """Outlines of the land in pixels; see `LAND_SOURCE`."""
    text = resources.files("isogloss.atlas").joinpath("land.json").read_text(encoding="utf-8")
    rings = (np.array(ring, dtype=np.float64).reshape(-1, 2) / 10 for ring in json.loads(text))
    return [project([(latitude, longitude) for longitude, latitude in ring]) for ring in rings]


def kilometres(a: Place, b: Place) -> float:
    """Great-circle distance."""
    phi, psi = math.radians(a[0]), math.radians(b[0])
    half = (
        math.sin((psi - phi) / 2) ** 2
        + math.cos(phi) * math.cos(psi) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 2 * EARTH * math.asin(min(1.0, math.sqrt(half)))


Border = tuple[int, int, tuple[float, float, float, float]]
"""Two places and the line between them: from (x, y) to (x, y) in pixels."""


def borders(places: Sequence[Place]) -> list[Border]:
    """Lines half way between neighbours, where each point of the line is nearest to the two.

    Neighbours share an edge of the Voronoi diagram of the map and lie at most `FARTHEST` kilometres apart. A
    line is cut to `LONGEST` pixels around the middle between the two.

    Parameters
    ----------
    places : sequence of (latitude, longitude)
        No two the same.
    """
    points = project(places)
    n = len(points)
    if n < 2:
        return []
    # Far corners around the map: every line between two places is then finite.
    corners = np.array([[-3 * WIDTH, -3 * HEIGHT], [4 * WIDTH, -3 * HEIGHT], [0, 5 * HEIGHT]])
    diagram = Voronoi(np.vstack([points, corners]))
    out: list[Border] = []
    for (i, j), edge in zip(diagram.ridge_points.tolist(), diagram.ridge_vertices, strict=True):
        if max(i, j) >= n or kilometres(places[i], places[j]) > FARTHEST:
            continue
        if math.dist(points[i], points[j]) >= 1e-6:
            line = _cut(points[i], points[j], diagram.vertices[edge])
            if line is not None:
                out.append((i, j, line))
    return out


def _cut(
    a: NDArray[np.float64], b: NDArray[np.float64], edge: NDArray[np.float64]
) -> tuple[float, float, float, float] | None:
    """Part of an edge near the middle between two points; None where it does not come near."""
    middle = (a + b) / 2
    along = np.array([-(b - a)[1], (b - a)[0]]) / math.dist(a, b)
    ends = sorted(float((end - middle) @ along) for end in edge)
    low, high = max(-LONGEST / 2, ends[0]), min(LONGEST / 2, ends[1])
    if low >= high:
        return None
    first, last = middle + low * along, middle + high * along
    return float(first[0]), float(first[1]), float(last[0]), float(last[1])
