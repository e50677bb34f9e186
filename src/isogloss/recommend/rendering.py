"""How results become text, without a dependence on the room that knows the words."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from isogloss.registry import Registry

RENDERERS: Registry[Callable[[Any], list[str]]] = Registry("renderer", "isogloss.narrative", "in_words")
"""Turn a result into sentences; entries are files of a room above, found by name."""


def plain(value: Any) -> Any:
    """Give None for a number that is NaN or infinite: JSON has no such number."""
    return None if isinstance(value, float) and not math.isfinite(value) else value
