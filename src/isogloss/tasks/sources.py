"""Where the benchmarks are published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import yaml

NAME = None
"""No task."""


class Source(NamedTuple):
    """Home page of a benchmark, with what to fetch there; its repository on the hub is on the card."""

    home: str
    fetch: str


_STATED = yaml.safe_load(Path(__file__).with_name("sources.yaml").read_text(encoding="utf-8"))
SOURCES: Mapping[str, Source] = {name: Source(**stated) for name, stated in _STATED.items()}
