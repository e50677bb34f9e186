"""Simplify the outlines of the world for the atlas: ``python bench/make_land.py land-110m.json``.

The input is ``land-110m.json`` of the npm package world-atlas 2.0.2 (ISC licence), a TopoJSON file of Natural
Earth's land areas, which are in the public domain.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np

OUT = Path(__file__).parents[1] / "src/isogloss/atlas/land.json"
TOLERANCE = 0.3
"""Degrees by which an outline may differ."""
SMALLEST = 1.5
"""Square degrees of the smallest area that is kept."""
SOUTHERNMOST = -60.0
"""No language is spoken south of this."""


def simplified(points: np.ndarray) -> np.ndarray:
    """Leave out points that lie on the line between others (Douglas and Peucker)."""
    if len(points) < 3:
        return points
    first, last = points[0], points[-1]
    along = last - first
    length = np.hypot(*along)
    rest = points[1:-1] - first
    away = (
        np.abs(along[0] * rest[:, 1] - along[1] * rest[:, 0]) / length
        if length > 1e-9
        else np.hypot(rest[:, 0], rest[:, 1])
    )
    far = int(np.argmax(away))
    if away[far] <= TOLERANCE:
        return np.array([first, last])
    return np.vstack([simplified(points[: far + 2])[:-1], simplified(points[far + 1 :])])


def split(ring: np.ndarray) -> list[np.ndarray]:
    """Cut an outline that crosses the date line into its parts on either side."""
    ring = ring.copy()
    ring[1:, 0] += 360 * np.cumsum(-np.round(np.diff(ring[:, 0]) / 360))
    found = []
    for turn in (-360, 0, 360):
        part = beyond(beyond(ring + np.array([turn, 0.0]), -180, 1), 180, -1)
        if len(part) > 2:
            found.append(np.vstack([part, part[:1]]))
    return found


def beyond(ring: np.ndarray, meridian: float, side: int) -> np.ndarray:
    """Part of an outline on one side of a meridian (Sutherland and Hodgman)."""
    out: list[np.ndarray] = []
    for a, b in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        inside, next_inside = side * (a[0] - meridian) >= 0, side * (b[0] - meridian) >= 0
        if inside:
            out.append(a)
        if inside != next_inside:
            out.append(a + (b - a) * (meridian - a[0]) / (b[0] - a[0]))
    return np.array(out).reshape(-1, 2)


def main() -> None:
    """Write rings of longitudes and latitudes in tenths of a degree."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    scale, move = (np.array(topology["transform"][key]) for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc), axis=0) * scale + move for arc in topology["arcs"]]
    whole = []
    for polygon in topology["objects"]["land"]["geometries"][0]["arcs"]:
        parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in polygon[0]]
        whole += split(np.vstack([parts[0], *(part[1:] for part in parts[1:])]))
    rings = []
    for ring in whole:
        x, y = ring.T
        area = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
        if area < SMALLEST or y.max() < SOUTHERNMOST:
            continue
        outline = np.round(10 * simplified(ring)).astype(int)
        rings.append([int(value) for point in outline for value in point])
    OUT.write_text(json.dumps(rings, separators=(",", ":")) + "\n", encoding="utf-8")
    print(f"{len(rings)} outlines, {sum(map(len, rings)) // 2} points, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
