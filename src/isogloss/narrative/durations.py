"""Durations in words, the same on page and terminal."""

from __future__ import annotations

NAME = None


def duration(seconds: float) -> str:
    """Seconds in the words a reader uses: ``"2 h 05 min"``."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02d} min"
