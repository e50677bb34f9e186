"""Passes the events of a run on to trackers: what goes wrong in one costs its curves, never a stage."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from isogloss.study.monitor import RunMonitor
from isogloss.study.outputs.folder import StudyFolder
from isogloss.study.outputs.status import StageGroup
from isogloss.study.plan import Plan
from isogloss.study.stages import EvaluateStage, FinetuneStage
from isogloss.study.tracker import TRACKERS, Tracker


class Tracking(RunMonitor):
    """Trackers of a run.

    The curve of a training is read from its record once it is over, whole and exact. While it runs, trackers
    get the loss of single updates and the speed, as often as the job reports them.

    Parameters
    ----------
    plan : Plan
    folder : StudyFolder
    warn : callable
        Called with what a reader must know.
    """

    def __init__(self, plan: Plan, folder: StudyFolder, warn: Callable[[str], None]) -> None:
        self.plan, self.store, self.warn = plan, folder.store, warn
        self._trackers: dict[str, Tracker] = {}
        self._done: dict[str, int] = {}
        study = plan.resolved.study
        for name in study.execution.track:
            with self._at(name):
                self._trackers[name] = TRACKERS[name](study.name, folder.root)

    def started(self, group: StageGroup) -> None:
        """Begin the run of a job."""
        first = group.stages[0]
        label = first.label if isinstance(first, FinetuneStage) else first.label.rpartition(" > ")[0]
        self._each(lambda tracker: tracker.begin(group.name, label, self._settings(group)))

    def progressed(self, group: StageGroup, progress: Mapping[str, Any]) -> None:
        """Log the loss of an update, once."""
        done = progress["done"]
        if progress["loss"] is None or self._done.get(group.name) == done:
            return
        self._done[group.name] = done
        values = {"live/loss": progress["loss"], "live/subwords_per_s": progress["subwords_per_s"]}
        self._each(lambda tracker: tracker.log(group.name, done, values))

    def ended(self, group: StageGroup, error: str | None) -> None:
        """Log what the records of a job say, and end its run."""

        def tell(tracker: Tracker) -> None:
            for update, values in self._points(group):
                tracker.log(group.name, update, values)
            tracker.end(group.name, error)

        self._each(tell)

    def close(self) -> None:
        """End what is still open."""
        self._each(lambda tracker: tracker.close())

    def _settings(self, group: StageGroup) -> dict[str, Any]:
        """Settings of the model that a job trains or scores."""
        return {
            "study": self.plan.resolved.study.name,
            "kind": group.kind,
            "stages": [stage.stage_id for stage in group.stages],
            "model": self.plan.training_of(group.stages[0]).model_dump(mode="json", exclude={"stated"}),
        }

    def _points(self, group: StageGroup) -> list[tuple[int, dict[str, float]]]:
        """Values by update, of every stage of a job that is finished."""
        found: list[tuple[int, dict[str, float]]] = []
        for stage in group.stages:
            if not self.store.is_done(stage.stage_id):
                continue
            record = self.store.record(stage.stage_id)
            prefix = f"{stage.label}/" if len(group.trainings) > 1 else ""  # probes share a job
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
            self.warn(f"{name} keeps nothing more of this run: {type(error).__name__}: {error}")
