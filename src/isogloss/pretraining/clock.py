"""The schedule of a run that is limited by updates, by time, or by both."""

from __future__ import annotations

import time

from isogloss.modeling.progress import ProgressEvent
from isogloss.training.loop import LoopReport, rise_and_decay


class Clock:
    """How much of a run is over: by updates, by time, or by whichever is further on.

    Parameters
    ----------
    steps : int or None
        Updates in all.
    minutes : float or None
        From now on, what comes before the first update included.
    warmup_ratio : float
        Share of the run over which the learning rate rises.
    """

    def __init__(self, *, steps: int | None, minutes: float | None, warmup_ratio: float) -> None:
        self._began = time.perf_counter()
        self._steps = steps
        self._limit = None if minutes is None else minutes * 60
        self._warmup = warmup_ratio
        self._training_began = 0.0
        self._n_told = 0

    def start_training(self) -> None:
        """Note that the first update begins."""
        self._training_began = self.seconds()

    def training_seconds(self) -> float:
        """Seconds since the first update."""
        return self.seconds() - self._training_began

    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self._began

    def share_done(self, n_updates: int) -> float:
        """Share of the training that is over after `n_updates`."""
        by_steps = n_updates / self._steps if self._steps else 0.0
        by_time = 0.0
        if self._limit is not None:
            available = max(self._limit - self._training_began, 1e-9)
            by_time = self.training_seconds() / available
        return min(1.0, max(by_steps, by_time))

    def rate_share(self, n_updates: int) -> float:
        """Linear warm-up and decay over the share of the run that is over."""
        done = self.share_done(n_updates)
        return rise_and_decay(max(done, 0.01 * self._warmup), self._warmup, 1.0)

    def event(self, report: LoopReport) -> ProgressEvent:
        """Where the run stands; the total is a guess while it is limited by time."""
        n_updates = len(report.losses)
        share = max(self.share_done(n_updates), 1e-9)
        seconds = self.training_seconds()
        recent = report.losses[-50:]
        news, self._n_told = report.warnings[self._n_told :], len(report.warnings)
        return ProgressEvent(
            done=n_updates,
            total=max(n_updates, round(n_updates / share)),
            loss=sum(recent) / len(recent),
            subwords_per_s=report.n_subwords / max(seconds, 1e-9),
            seconds_left=seconds * (1 - share) / share,
            message="; ".join(news) or None,
        )
