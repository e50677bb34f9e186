"""URIEL's arrays, read from the wheel of lang2vec without importing lang2vec.

lang2vec's code needs a package that current Pythons no longer carry; its data are plain ``.npz`` files. The
arrays are large and nearly empty (119 MB of families in a file of 0.25 MB). They are unpacked once,
condensed to what is used here, and kept in the cache folder.
"""

from __future__ import annotations

import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import DataError
from isogloss.languages import _cache

UNKNOWN = -1
"""A fact that no source states."""

_ROWS_PER_BLOCK = 64
_HINT = "reinstall the data: pip install --force-reinstall --no-deps lang2vec==1.1.2"


@cache
def source() -> str:
    """Name and version of the data, for records."""
    return f"URIEL, lang2vec {_installed().version}"


def _installed() -> Distribution:
    try:
        return distribution("lang2vec")
    except PackageNotFoundError:
        raise DataError("URIEL's arrays are not installed", hint=_HINT) from None


@cache
def labels(file: str, axis: str) -> tuple[str, ...]:
    """Labels along an axis of an array.

    Parameters
    ----------
    file : str
        ``"features"``, ``"family_features"``, ``"geocoord_features"`` or ``"feature_predictions"``.
    axis : str
        ``"langs"``, ``"feats"`` or ``"sources"``.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    with _reading(file) as path, np.load(path, allow_pickle=False) as archive:
        return tuple(str(label) for label in archive[axis])


@cache
def positions(file: str) -> dict[str, int]:
    """ISO 639-3 code to row; the arrays list the languages in different orders."""
    return {code: row for row, code in enumerate(labels(file, "langs"))}


def blocks(file: str) -> Iterator[NDArray[np.float32]]:
    """Stream the array of `file` in blocks of rows, shape (language, feature, source).

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    with _reading(file) as path, zipfile.ZipFile(path) as archive, archive.open("data.npy") as stream:
        np.lib.format.read_magic(stream)
        shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
        n_languages, rest = shape[0], shape[1:]
        row_bytes = dtype.itemsize * int(np.prod(rest))
        for first in range(0, n_languages, _ROWS_PER_BLOCK):
            n_rows = min(_ROWS_PER_BLOCK, n_languages - first)
            block = np.frombuffer(stream.read(n_rows * row_bytes), dtype=dtype)
            yield block.reshape(n_rows, *rest)


@cache
def condensed(file: str) -> NDArray[Any]:
    """The array of `file` in the form in which it is used, one row per language in the order of `positions`.

    ``"features"`` and ``"feature_predictions"``: int8, shape (language, feature); 1 where any source attests
    the feature, else 0, -1 where no source says anything. ``"family_features"``: int16, shape (language,
    depth); nodes of the family path from the root down, then -1. ``"geocoord_features"``: float32, shape
    (language, point).

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    return _all_condensed()[file]


_CONDENSERS: dict[str, Callable[[str], NDArray[Any]]] = {
    "features": lambda file: np.concatenate([_united(block) for block in blocks(file)]),
    "feature_predictions": lambda file: np.concatenate([_united(block) for block in blocks(file)]),
    "family_features": lambda file: _paths(blocks(file)),
    "geocoord_features": lambda file: np.concatenate([block[..., 0] for block in blocks(file)]),
}


@cache
def _all_condensed() -> dict[str, NDArray[Any]]:
    """All four at once: unpacking releases the interpreter lock, so that two threads are faster."""
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(
            lambda file: _cache.kept(_cache_name(file), lambda: _CONDENSERS[file](file)), _CONDENSERS
        )
        return dict(zip(_CONDENSERS, found, strict=True))


def _cache_name(file: str) -> str:
    """Content of the array and version of its condensed form."""
    with _reading(file) as path, zipfile.ZipFile(path) as archive:
        return f"uriel-{file}-{archive.getinfo('data.npy').CRC:08x}-1"


def _united(block: NDArray[np.float32]) -> NDArray[np.int8]:
    """Facts of all sources together, shape (language, feature)."""
    united = block[..., 0]
    for source in range(1, block.shape[-1]):
        united = np.maximum(united, block[..., source])
    return united.astype(np.int8)


def _paths(families: Iterator[NDArray[np.float32]]) -> NDArray[np.int16]:
    """Nodes of every language from the root down; URIEL numbers them in that order."""
    paths = [np.flatnonzero(members) for block in families for members in block[..., 0] > 0]
    padded = np.full((len(paths), max(map(len, paths))), -1, dtype=np.int16)
    for row, path in enumerate(paths):
        padded[row, : len(path)] = path
    return padded


def data_folder() -> Path:
    """Folder of the arrays.

    Found by distribution, not by the name of the module: the package also installs a script ``lang2vec.py``
    next to ``isogloss``, and Python searches the folder of the script that runs first.
    """
    return Path(str(_installed().locate_file("lang2vec"))) / "data"


@contextmanager
def _reading(file: str) -> Iterator[Path]:
    path = data_folder() / f"{file}.npz"
    try:
        yield path
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error, struct.error) as error:
        raise DataError(f"URIEL's array cannot be read: {error}", where=str(path), hint=_HINT) from error


def family(code: str) -> tuple[str, ...]:
    """Path in the Glottolog classification, root first; empty for isolates and where nothing is on record.

    URIEL numbers the nodes of the classification from the root down, so the order of its features is the
    order of the path.
    """
    row = positions("family_features").get(code)
    if row is None:
        return ()
    names, path = labels("family_features", "feats"), condensed("family_features")[row].tolist()
    return tuple(names[node].removeprefix("F_") for node in path if node >= 0)


def typology(file: str, codes: Sequence[str]) -> NDArray[np.int8]:
    """Rows of ``"features"`` or ``"feature_predictions"``; unknown throughout for a code without a record."""
    return _rows(file, condensed(file), codes, UNKNOWN)


def _rows(file: str, array: NDArray[Any], codes: Sequence[str], unknown: float) -> NDArray[Any]:
    """Rows of an array with the languages of `file`; `unknown` throughout for a code without a record."""
    position = positions(file)
    found = [number for number, code in enumerate(codes) if code in position]
    rows = np.full((len(codes), array.shape[1]), unknown, dtype=array.dtype)
    rows[found] = array[[position[codes[number]] for number in found]]
    return rows


def geography(codes: Sequence[str]) -> NDArray[np.float64]:
    """Distances to 299 fixed points on the globe as fractions of half the circumference, shape (code, point).

    URIEL gives codes without a place (``mis``, ``und``) vectors that fit no point of the globe; these count
    as unknown, which is NaN.
    """
    fractions = _rows("geocoord_features", condensed("geocoord_features"), codes, np.nan).astype(np.float64)
    fractions[np.isnan(unit_vectors(codes)[:, 0])] = np.nan
    return fractions


def unit_vectors(codes: Sequence[str]) -> NDArray[np.float64]:
    """Places as unit vectors from the centre of the globe, shape (code, 3); NaN where unknown."""
    return _rows("geocoord_features", _unit_vectors(), codes, np.nan)


@cache
def _unit_vectors() -> NDArray[np.float64]:
    """Places of all languages, shape (language, 3); NaN where unknown.

    Worked back from the distances to the fixed points: the unit vector x of a place and the unit vectors p
    of the points satisfy x . p = cos(pi f) for the fractions f on record, a linear system that is solved by
    least squares.
    """
    return _cache.kept(f"{_cache_name('geocoord_features')}-places", _worked_back)


def _worked_back() -> NDArray[np.float64]:
    names = labels("geocoord_features", "feats")  # GC_<latitude>_<longitude>
    latitude, longitude = np.radians([[int(part) for part in name.split("_")[1:]] for name in names]).T
    points = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=1
    )
    cosines = np.cos(np.pi * condensed("geocoord_features").astype(np.float64))
    x: NDArray[np.float64] = cosines @ np.linalg.pinv(points).T
    lengths = np.linalg.norm(x, axis=1, keepdims=True)
    x /= np.where(lengths > 0.9, lengths, np.nan)  # 1 up to rounding; 0.01 for codes without a place
    return x


def coordinates(code: str) -> tuple[float, float] | None:
    """Latitude and longitude in degrees, to about half a degree; None where unknown."""
    (x,) = unit_vectors((code,))
    if math.isnan(x[0]):
        return None
    latitude, longitude = math.asin(x[2]), math.atan2(x[1], x[0])
    return round(math.degrees(latitude), 2), round(math.degrees(longitude), 2)
