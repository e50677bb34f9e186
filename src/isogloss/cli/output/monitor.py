"""Progress: bars in a terminal, now and then a line in a pipe or a log file."""

from __future__ import annotations

import contextlib
import datetime
import json
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Self, TextIO

from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Column
from rich.text import Text

from isogloss.display import counted
from isogloss.modeling.progress import ProgressEvent
from isogloss.narrative.durations import duration
from isogloss.study.monitor import RunMonitor
from isogloss.study.outputs.status import StageGroup, Status

N_LISTED = 12
"""Targets of a model are listed up to so many, else counted."""

WIDE = 110
"""Columns of a terminal from which on there is room for a long bar and the speed."""

SECONDS_BETWEEN_LINES = 10.0
"""Least time between two lines where there is no terminal; a fiftieth of the run once that is more."""


@contextlib.contextmanager
def planning(what: str = "planning", *, takes_long: bool = False) -> Iterator[None]:
    """Show what is being done before the run; without a terminal only what `takes_long`."""
    console = Console(stderr=True)
    if takes_long and not console.is_terminal:
        console.print(what, highlight=False, markup=False, soft_wrap=True)
    with console.status(what) if console.is_terminal else contextlib.nullcontext():
        yield


class _Display:
    """Bars where the console is a terminal that can draw them, else lines; shown from `with` on."""

    def __init__(self, console: Console | None) -> None:
        self.console = console or Console(stderr=True)
        self.live = self.console.is_terminal and not self.console.is_dumb_terminal
        self.wide = self.console.width >= WIDE
        self.progress = Progress(
            _LabelColumn(table_column=Column(ratio=1, no_wrap=True)),
            BarColumn(bar_width=24 if self.wide else 8, table_column=Column(no_wrap=True)),
            MofNCompleteColumn(table_column=Column(no_wrap=True)),
            TimeElapsedColumn(table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[detail]}", markup=False),
            console=self.console,
            disable=not self.live,
            expand=True,  # the label takes what the numbers leave
        )
        self._began = time.monotonic()
        self._last_line: float | None = None

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.progress.stop()

    def show(self, bar: TaskID, progress: Mapping[str, Any], label: str) -> None:
        """Move a bar, or print a line when it is time for one."""
        self.progress.update(
            bar,
            completed=progress["done"],
            total=progress["total"],
            detail=progress_detail(progress, with_speed=self.wide or progress["loss"] is None),
        )
        now = time.monotonic()
        pause = max(SECONDS_BETWEEN_LINES, (now - self._began) / 50)
        if not self.live and (self._last_line is None or now - self._last_line >= pause):
            self._last_line = now
            unit = "sentence" if progress["loss"] is None else "update"
            detail = progress_detail(progress, with_speed=True)
            self.print(f"{label}: {unit} {progress['done']} of {progress['total']}, {detail}")

    def print(self, text: str) -> None:
        """Print a line that stays."""
        self.console.print(text, markup=False, highlight=False, soft_wrap=True)


class _LabelColumn(ProgressColumn):
    """Label of a bar, as much of it as there is room for."""

    def render(self, task: Task) -> _Label:
        return _Label(task.description)


class _Label:
    def __init__(self, text: str) -> None:
        self.text = text

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(shortened(self.text, options.max_width), no_wrap=True)


def shortened(label: str, width: int) -> str:
    """Label of a stage in at most `width` characters: without the model's name, then without its beginning.

    The end of a label distinguishes the stages of a study.
    """
    if len(label) > width:
        label = label.rpartition(": ")[2]
    return label if len(label) <= width else f"…{label[len(label) - width + 1 :]}"


class TerminalMonitor(_Display, RunMonitor):
    """A bar for the whole study and one for each stage at work; lines where there is no terminal.

    Parameters
    ----------
    status : Status
        Of the study before the run.
    console : Console, optional
        By default standard error.
    """

    def __init__(self, status: Status, console: Console | None = None) -> None:
        super().__init__(console)
        self.n_stages = len(status.pending)
        self.n_done = 0
        self.study = self.progress.add_task("stages", total=self.n_stages, detail="")
        self.bars: dict[str, TaskID] = {}
        self._n_told: dict[str, int] = {}
        self._left = ""

    def started(self, group: StageGroup) -> None:
        """Show a bar for the stage; without a terminal name the first one."""
        if not self.live and not self._n_told:
            self.print(f"starting: {_name(group)}")
        self._n_told[group.name] = 0
        self.bars[group.name] = self.progress.add_task(_name(group), total=None, detail="starting")

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """Move the bar, and pass on what the stage has to say."""
        for message in progress["messages"][self._n_told[group.name] :]:
            self.warned(f"{_name(group)}: {message}")
        self._n_told[group.name] = len(progress["messages"])
        label = f"[{self.n_done}/{self.n_stages}] {_name(group)}"
        self.show(self.bars[group.name], progress, label)

    def ended(self, group: StageGroup, error: str | None) -> None:
        """Take the bar away; say what failed."""
        self.progress.remove_task(self.bars.pop(group.name))
        if error is not None:
            self.print(f"failed: {_name(group)}\n{error}")
        self._advance(group, "" if error else _name(group))

    def skipped(self, group: StageGroup) -> None:
        """Say what cannot run."""
        self.print(f"not run, because the stage before it failed: {_name(group)}")
        self._advance(group, "")

    def warned(self, text: str) -> None:
        """Say it."""
        self.print(f"warning: {text}")

    def time_left(self, seconds: float) -> None:
        """Show it next to the bar of the study, or in the lines of finished stages."""
        self._left = f"{duration(seconds)} left"
        self.progress.update(self.study, detail=self._left)

    def _advance(self, group: StageGroup, line: str) -> None:
        self.n_done += len(group.stages)
        self.progress.update(self.study, completed=self.n_done)
        if line and not self.live:
            left = f", {self._left}" if self._left and self.n_done < self.n_stages else ""
            self.print(f"[{self.n_done}/{self.n_stages}] {line}{left}")


def _name(group: StageGroup) -> str:
    first = group.stages[0]
    if group.kind == "probe":
        return f"{counted(len(group.trainings), 'probe')} from {first.label}"
    if first.kind == "finetune":
        return first.label
    targets = [stage.label.rsplit(" > ", 1)[-1] for stage in group.stages]
    listed = ", ".join(targets) if len(targets) <= N_LISTED else f"{len(targets)} targets"
    return f"{first.label.rsplit(' > ', 1)[0]} > {listed}"


class JsonMonitor(RunMonitor):
    """One JSON object per event and line, on standard error.

    Parameters
    ----------
    status : Status
        Of the study before the run.
    stream : TextIO, optional
        By default standard error.
    """

    def __init__(self, status: Status, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.n_stages, self.n_done = len(status.pending), 0
        self._last: dict[str, Mapping[str, Any]] = {}
        self._left: float | None = None

    def __enter__(self) -> JsonMonitor:
        self._tell("run", stages=self.n_stages)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._tell("over", done=self.n_done, error=None if kind is None else kind.__name__)

    def started(self, group: StageGroup) -> None:
        """Name the stages that begin."""
        self._tell("started", job=group.name, stages=[stage.stage_id for stage in group.stages])

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """Pass on how far a job is, if that changed."""
        if self._last.get(group.name) != progress:
            self._last[group.name] = progress
            self._tell("progress", job=group.name, **progress)

    def ended(self, group: StageGroup, error: str | None) -> None:
        """Count the stages that ended."""
        self.n_done += len(group.stages)
        self._tell("ended", job=group.name, error=error, done=self.n_done, of=self.n_stages)

    def skipped(self, group: StageGroup) -> None:
        """Name what cannot run."""
        self._tell("skipped", job=group.name)

    def warned(self, text: str) -> None:
        """Pass a warning on."""
        self._tell("warning", text=text)

    def time_left(self, seconds: float) -> None:
        """Tell the time left whenever it changes by a tenth."""
        if self._left is None or abs(seconds - self._left) > 0.1 * self._left:
            self._left = seconds
            self._tell("time_left", seconds=seconds)

    def _tell(self, event: str, **fields: Any) -> None:
        now = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        self.stream.write(json.dumps({"event": event, "time": now, **fields}, ensure_ascii=False) + "\n")
        self.stream.flush()


class TrainingBar(_Display):
    """One bar for one training run; lines where there is no terminal.

    Parameters
    ----------
    name : str
    console : Console, optional
        By default standard error.
    """

    def __init__(self, name: str, console: Console | None = None) -> None:
        super().__init__(console)
        self.name = name
        self.bar = self.progress.add_task(name, total=None, detail="reading text")

    def __call__(self, event: ProgressEvent) -> None:
        """Move the bar, and pass on what the training has to say."""
        if event.message is not None:
            self.print(f"warning: {event.message}")
        self.show(self.bar, asdict(event), self.name)


def progress_detail(progress: Mapping[str, Any], *, with_speed: bool) -> str:
    """Loss, time left and speed, as bars and lines show them; what is not known is left out."""
    parts = [
        None if progress["loss"] is None else f"loss {progress['loss']:.3f}",
        f"{duration(progress['seconds_left'])} left",
        f"{progress['subwords_per_s']:,.0f} subwords/s" if with_speed else None,
    ]
    return ", ".join(part for part in parts if part)
