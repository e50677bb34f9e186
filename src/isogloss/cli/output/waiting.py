"""Steps of a computation on standard error, once it takes longer than two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from isogloss.narrative.analysis import METHODS

PATIENCE = 2.0
"""Seconds without a word."""

PAUSE = 5.0
"""Seconds between two lines where standard error is not a terminal."""


@contextmanager
def status_when_slow() -> Iterator[Callable[[str], None]]:
    """Give a function that takes the name of each step before it starts.

    From the third second on a terminal shows the current step in one line; a file or pipe gets a line every
    five seconds at most.
    """
    from rich.console import Console

    console = Console(stderr=True)
    status = console.status("")
    quiet_until = time.monotonic() + PATIENCE

    def on_step(step: str) -> None:
        nonlocal quiet_until
        subject, colon, name = step.rpartition(": ")
        step = f"{subject}{colon}{METHODS.get(name, name)}"
        now = time.monotonic()
        if now < quiet_until:
            return
        if console.is_terminal:
            status.update(step)
            status.start()
        else:
            console.print(step, highlight=False, markup=False, soft_wrap=True)
            quiet_until = now + PAUSE

    try:
        yield on_step
    finally:
        status.stop()
