"""Progress in the terminal."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from isogloss.modeling.progress import ProgressEvent
from isogloss.study.status import StageGroup, Status

N_LISTED = 12
"""Targets of a model are listed up to so many, else counted."""

_SECONDS_SHOWN_EXACTLY = 90


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < _SECONDS_SHOWN_EXACTLY:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < _SECONDS_SHOWN_EXACTLY else f"{minutes / 60:.1f} h"


@contextlib.contextmanager
def planning(what: str = "planning") -> Iterator[None]:
    """A sign of life while files are read and hashed."""
    console = Console(stderr=True)
    with console.status(what) if console.is_terminal else contextlib.nullcontext():
        yield


def _bars(console: Console) -> Progress:
    """Bars with count, time and a detail; nothing where there is no terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[detail]}"),
        console=console,
        disable=not console.is_terminal,
    )


class TerminalMonitor:
    """A bar for the whole study and one for each stage at work; plain lines where there is no terminal."""

    def __init__(self, status: Status) -> None:
        self.console = Console(stderr=True)
        self.n_stages = len(status.pending)
        self.n_done = 0
        self.progress = _bars(self.console)
        self.study = self.progress.add_task("stages", total=self.n_stages, detail="")
        self.bars: dict[str, TaskID] = {}

    def __enter__(self) -> TerminalMonitor:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def started(self, group: StageGroup) -> None:
        """Show a bar for the stage."""
        self.bars[group.name] = self.progress.add_task(_name(group), total=None, detail="starting")

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """Move the bar."""
        detail = progress_detail(progress["subwords_per_s"], progress["loss"], progress["seconds_left"])
        self.progress.update(
            self.bars[group.name], completed=progress["done"], total=progress["total"], detail=detail
        )

    def ended(self, group: StageGroup, error: str | None) -> None:
        """Take the bar away; say what failed."""
        self.progress.remove_task(self.bars.pop(group.name))
        if error is not None:
            self._print(f"failed: {_name(group)}\n{error}")
        self._advance(group, "" if error else _name(group))

    def skipped(self, group: StageGroup) -> None:
        """Say what cannot run."""
        self._print(f"not run, because the stage before it failed: {_name(group)}")
        self._advance(group, "")

    def warned(self, text: str) -> None:
        """Say it."""
        self._print(f"warning: {text}")

    def time_left(self, seconds: float) -> None:
        """Show it beside the bar of the study."""
        self.progress.update(self.study, detail=f"{duration(seconds)} left")

    def _advance(self, group: StageGroup, line: str) -> None:
        self.n_done += len(group.stages)
        self.progress.update(self.study, completed=self.n_done)
        if line and not self.console.is_terminal:
            self._print(f"[{self.n_done}/{self.n_stages}] {line}")

    def _print(self, text: str) -> None:
        self.progress.console.print(text, markup=False, highlight=False, soft_wrap=True)


def _name(group: StageGroup) -> str:
    first = group.stages[0]
    if first.kind == "finetune":
        return first.label
    targets = [stage.label.rsplit(" > ", 1)[-1] for stage in group.stages]
    listed = ", ".join(targets) if len(targets) <= N_LISTED else f"{len(targets)} targets"
    return f"{first.label.rsplit(' > ', 1)[0]} > {listed}"


class TrainingBar:
    """One bar for one training run; a line every half minute where there is no terminal."""

    SECONDS_BETWEEN_LINES = 30.0

    def __init__(self, name: str) -> None:
        self.console = Console(stderr=True)
        self.progress = _bars(self.console)
        self.bar = self.progress.add_task(name, total=None, detail="reading text")
        self._last = 0.0

    def __enter__(self) -> TrainingBar:
        self.progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.progress.stop()

    def __call__(self, event: ProgressEvent) -> None:
        """Move the bar."""
        detail = progress_detail(event.subwords_per_s, event.loss, event.seconds_left)
        self.progress.update(self.bar, completed=event.done, total=event.total, detail=detail)
        now = time.monotonic()
        if not self.console.is_terminal and now - self._last >= self.SECONDS_BETWEEN_LINES:
            self._last = now
            self.console.print(f"update {event.done} of about {event.total}: {detail}", highlight=False)


def progress_detail(subwords_per_s: float, loss: float | None, seconds_left: float | None) -> str:
    """Speed, loss and time left, as the bars show them."""
    shown_loss = "" if loss is None else f", loss {loss:.3f}"
    left = "" if seconds_left is None else f", {duration(seconds_left)} left"
    return f"{subwords_per_s:,.0f} subwords/s{shown_loss}{left}"
