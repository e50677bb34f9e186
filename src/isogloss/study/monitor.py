"""Interface of what watches a run: progress bars, the estimate of the time left, trackers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isogloss.study.outputs.status import StageGroup


class RunMonitor:
    """Receives the events of a run; a subclass overrides the methods that it needs."""

    def started(self, group: StageGroup) -> None:
        """A job was handed to the executor."""

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """A job said how far it is: done, total, loss, subwords_per_s, seconds_left, messages."""

    def ended(self, group: StageGroup, error: str | None) -> None:
        """A job ended; `error` says why it failed."""

    def found_done(self, group: StageGroup) -> None:
        """Another process did the job."""
        self.started(group)
        self.ended(group, None)

    def skipped(self, group: StageGroup) -> None:
        """A job cannot run because its parent failed."""

    def warned(self, text: str) -> None:
        """Something a reader must know."""

    def time_left(self, seconds: float) -> None:
        """How long the rest of the run will take, by what is known now."""
