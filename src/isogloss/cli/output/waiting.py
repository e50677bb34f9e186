"""A line that says what is being computed, once that takes longer than two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 2.0
"""Seconds without a word."""


@contextmanager
def told_when_slow() -> Iterator[Callable[[str], None]]:
    """Give a function that is told each step; the terminal shows it from the third second on."""
    from rich.console import Console

    status = Console(stderr=True).status("")
    start = time.monotonic()

    def tell(step: str) -> None:
        if time.monotonic() - start > PATIENCE:
            status.update(step)
            status.start()

    try:
        yield tell
    finally:
        status.stop()
