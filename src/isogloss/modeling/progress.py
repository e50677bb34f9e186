"""How long-running work tells its caller where it stands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """One sign of life.

    Parameters
    ----------
    done, total : int
        Updates in training, sentences in evaluation.
    loss : float or None
        Mean loss since the last event; None in evaluation.
    subwords_per_s : float
        Without padding.
    seconds_left : float
    message : str or None
        Something the user should know, such as a halved micro-batch.
    """

    done: int
    total: int
    loss: float | None
    subwords_per_s: float
    seconds_left: float
    message: str | None = None


Progress = Callable[[ProgressEvent], None]
