"""Passes the events of a run on to trackers: what goes wrong in one costs its curves, never a stage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.status import StageGroup
from isogloss.study.plan import Plan
from isogloss.study.stages import EvaluateStage, FinetuneStage
from isogloss.study.tracker import TRACKERS, Tracker


class RunMonitor(Protocol):
    """Events of a run; the command line draws progress bars from them."""

    def started(self, group: StageGroup) -> None:
        """A job was handed to the executor."""

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """A job said how far it is: done, total, loss, subwords_per_s, seconds_left, messages."""

    def ended(self, group: StageGroup, error: str | None) -> None:
        """A job ended; `error` says why it failed."""

    def skipped(self, group: StageGroup) -> None:
        """A job cannot run because its parent failed."""

    def warned(self, text: str) -> None:
        """Something a reader must know."""

    def time_left(self, seconds: float) -> None:
        """How long the rest of the run will take, by what is known now."""


@contextlib.contextmanager
def tracked(monitor: RunMonitor, plan: Plan, folder: StudyFolder) -> Iterator[RunMonitor]:
    """Give a monitor that also tells the trackers of the study; the same one where it has none."""
    names = plan.resolved.study.execution.track
    if not names:
        yield monitor
        return
    tracking = _Tracking(monitor, plan, folder, names)
    try:
        yield tracking
    finally:
        tracking.close()


class _Tracking:
    """Monitor and trackers of a run.

    The curve of a training is read from its record once it is over, whole and exact. While it runs, trackers
    get the loss of single updates and the speed, as often as the job reports them.
    """

    def __init__(self, monitor: RunMonitor, plan: Plan, folder: StudyFolder, names: tuple[str, ...]) -> None:
        self.monitor, self.plan, self.store = monitor, plan, folder.store
        self._trackers: dict[str, Tracker] = {}
        self._done: dict[str, int] = {}
        study = plan.resolved.study.name
        for name in names:
            with self._at(name):
                self._trackers[name] = TRACKERS[name](study, folder.root)

    def started(self, group: StageGroup) -> None:
        self.monitor.started(group)
        first = group.stages[0]
        label = first.label if isinstance(first, FinetuneStage) else first.label.rpartition(" > ")[0]
        settings = self._settings(group)
        self._each(lambda tracker: tracker.begin(group.name, label, settings))

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        self.monitor.progressed(group, progress)
        done = progress["done"]
        if progress["loss"] is None or self._done.get(group.name) == done:
            return
        self._done[group.name] = done
        values = {"live/loss": progress["loss"], "live/subwords_per_s": progress["subwords_per_s"]}
        self._each(lambda tracker: tracker.log(group.name, done, values))

    def ended(self, group: StageGroup, error: str | None) -> None:
        self.monitor.ended(group, error)
        points = self._points(group)

        def tell(tracker: Tracker) -> None:
            for update, values in points:
                tracker.log(group.name, update, values)
            tracker.end(group.name, error)

        self._each(tell)

    def skipped(self, group: StageGroup) -> None:
        self.monitor.skipped(group)

    def warned(self, text: str) -> None:
        self.monitor.warned(text)

    def time_left(self, seconds: float) -> None:
        self.monitor.time_left(seconds)

    def close(self) -> None:
        """End what is still open."""
        self._each(lambda tracker: tracker.close())

    def _settings(self, group: StageGroup) -> dict[str, Any]:
        """Settings of the model that a job trains or scores."""
        first = group.stages[0]
        model = first if isinstance(first, FinetuneStage) else self.plan.stages[first.parent]
        return {
            "study": self.plan.resolved.study.name,
            "kind": group.kind,
            "stages": [stage.stage_id for stage in group.stages],
            "model": model.model_dump(mode="json", exclude={"stated"}),
        }

    def _points(self, group: StageGroup) -> list[tuple[int, dict[str, float]]]:
        """Values by update, of every stage of a job that is finished."""
        found: list[tuple[int, dict[str, float]]] = []
        n_trained = sum(isinstance(stage, FinetuneStage) for stage in group.stages)
        for stage in group.stages:
            if not self.store.is_done(stage.stage_id):
                continue
            record = self.store.record(stage.stage_id)
            prefix = f"{stage.label}/" if n_trained > 1 else ""  # probes share a job
            if record.training is not None:
                found += [(at, {f"{prefix}train/loss": loss}) for at, loss in record.training.losses]
                scores = record.training.validation
                found += [(at, {f"{prefix}validation/score": score}) for at, score in scores]
            if record.result is not None and isinstance(stage, EvaluateStage):
                target = f"{stage.data.task}/{stage.data.language}"
                found.append((0, {f"{prefix}{stage.data.split}/{target}": record.result.score}))
        return found

    def _each(self, action: Callable[[Tracker], None]) -> None:
        for name, tracker in list(self._trackers.items()):
            with self._at(name):
                action(tracker)

    @contextlib.contextmanager
    def _at(self, name: str) -> Iterator[None]:
        """Give up a tracker in which something goes wrong; the study goes on."""
        try:
            yield
        except Exception as error:  # whatever the package raises: a full disk, a network that is away
            self._trackers.pop(name, None)
            self.monitor.warned(f"{name} keeps nothing more of this run: {type(error).__name__}: {error}")
