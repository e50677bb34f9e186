"""Names of class indices, where the `datasets` library or a data set's card leaves them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

Names = Mapping[str, tuple[str, ...]]
"""Field to the names of its classes, by index."""

LARGEST_CARD = 1 << 22
"""Bytes of a card or description that are looked at."""


def class_names(path: Path, metadata: Mapping[bytes, bytes] | None = None) -> Names:
    """Names of the classes in a data file of a hub's layout.

    Parameters
    ----------
    path : Path
        The data file.
    metadata : mapping of bytes to bytes, optional
        Of the Parquet file itself, which is asked before the files of `names_beside`.

    Returns
    -------
    mapping of str to tuple of str
        Empty where nobody names them. A description that cannot be read names nothing.
    """
    own = _of_features(_first_features(_read(json.loads, (metadata or {}).get(b"huggingface", b""))))
    return own or names_beside(path)


def names_beside(path: Path) -> Names:
    """Names of classes in ``dataset_info.json``, ``dataset_infos.json`` or the card ``README.md``.

    They are looked for in the folder of the data file and the two above it; the nearest counts. Of several
    configurations it is the one whose name is a folder on the way.
    """
    parts = path.resolve().parts
    for folder in path.resolve().parents[:3]:
        for name, parse in _DESCRIPTIONS.items():
            value = _read(parse, _start_of(folder / name))
            found = _of_features(_first_features(_configuration(value, parts)))
            if found:
                return found
    return {}


def named(value: Any, names: Sequence[str]) -> Any:
    """Turn an index into its name; anything else is left as it is.

    Pandas writes the whole numbers of a column with gaps as 0.0 and 1.0: they are read as 0 and 1.
    """
    if isinstance(value, list):
        return [named(item, names) for item in value]
    value = int(value) if isinstance(value, float) and value.is_integer() else value
    is_index = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names)
    return names[value] if is_index else value


def _start_of(path: Path) -> bytes:
    try:
        with path.open("rb") as handle:
            return handle.read(LARGEST_CARD)
    except OSError:
        return b""


def _read(parse: Callable[[bytes], Any], raw: bytes) -> Any:
    """Parse a description; None where it cannot be read."""
    try:
        return parse(raw)
    except (yaml.YAMLError, ValueError, RecursionError):
        return None


def _front_matter(raw: bytes) -> Any:
    """YAML between the two lines of dashes at the top of a card."""
    matter, *rest = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").split(b"\n---", 1)
    if not matter.startswith(b"---\n") or not rest or b"<<" in matter:  # merged keys can multiply
        return None
    return yaml.safe_load(matter)


_DESCRIPTIONS: Mapping[str, Callable[[bytes], Any]] = {
    "dataset_info.json": json.loads,
    "dataset_infos.json": json.loads,
    "README.md": _front_matter,
}


def _configuration(value: Any, parts: Sequence[str]) -> Any:
    """Of several configurations the one that a folder is called by, else all of them."""
    value = value.get("dataset_info", value) if isinstance(value, dict) else value
    if isinstance(value, list):
        value = {one.get("config_name"): one for one in reversed(value) if isinstance(one, dict)}
    if isinstance(value, dict):
        return next((value[part] for part in reversed(parts) if part in value), value)
    return value


def _first_features(value: Any) -> Any:
    """Find the first features in whatever wraps them: ``info``, ``dataset_info``, configurations by name."""
    seen: set[int] = set()
    waiting = [value]
    while waiting:
        here = waiting.pop(0)
        if id(here) in seen or not isinstance(here, dict):
            continue
        seen.add(id(here))
        if here.get("features"):
            return here["features"]
        waiting.extend(here.values())
    return None


def _of_features(features: Any) -> Names:
    if isinstance(features, list):  # as a card lists them
        features = {one.get("name"): one for one in features if isinstance(one, dict)}
    if not isinstance(features, dict):
        return {}
    found = {str(field): _names_in(feature, 5) for field, feature in features.items()}
    return {field: names for field, names in found.items() if names}


def _names_in(feature: Any, depth: int) -> tuple[str, ...]:
    """Names of a class label, which may be the items of a list."""
    if not isinstance(feature, dict) or not depth:
        return ()
    names = feature.get("names")
    if isinstance(names, dict):  # a card numbers them: {'0': O, '1': B-PER}
        by_index = {str(index): name for index, name in names.items()}
        names = [by_index.get(str(index)) for index in range(len(by_index))]
    if isinstance(names, list) and names and all(isinstance(name, str) for name in names):
        return tuple(names)
    for key in ("feature", "sequence", "list", "class_label", "dtype"):
        found = _names_in(feature.get(key), depth - 1)
        if found:
            return found
    return ()
