"""Goes on with a training that was interrupted, to the same numbers.

The order of examples, the learning rate and the dropout masks are functions of the seed and the number of the
update; no global generator is used between two updates. So weights, moments, the best weights so far and the
counts of the report are all there is to keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from torch import Tensor

from isogloss.training.loop import Loop, LoopReport
from isogloss.training.selection import BestWeights
from isogloss.training.specs import Checkpoints, Snapshot

_WEIGHTS, _MOMENTS, _BEST = "weights.", "moments.", "best."


class Resumption:
    """Snapshots of one training.

    Parameters
    ----------
    loop : Loop
    best : BestWeights
    checkpoints : Checkpoints or None
        None takes no snapshots.
    """

    def __init__(self, loop: Loop, best: BestWeights, checkpoints: Checkpoints | None) -> None:
        self.loop, self.best, self.checkpoints = loop, best, checkpoints

    def after_update(self, done: int) -> None:
        """Evaluate and keep a snapshot, if it is time."""
        self.best.after_update(done)
        if self.checkpoints is not None and self.checkpoints.due():
            self.checkpoints.save(self._snapshot(done))

    def restore(self) -> int:
        """Put everything back as it was at the last snapshot; returns the updates done by then."""
        found = None if self.checkpoints is None else self.checkpoints.load()
        if found is None:
            return 0
        self.loop.model.load_state_dict(_part(found.tensors, _WEIGHTS))
        self._restore_moments(_part(found.tensors, _MOMENTS))
        fits = self.loop.report.max_subwords_per_batch  # may be less than then: memory is why many are killed
        self.loop.report = LoopReport(**found.state["report"])
        self.loop.report.max_subwords_per_batch = min(fits, self.loop.report.max_subwords_per_batch)
        self.loop.report.resumed_updates.append(found.n_updates)
        self.best.restore_state(found.state["best"], _part(found.tensors, _BEST))
        return found.n_updates

    def _snapshot(self, done: int) -> Snapshot:
        moments = {
            f"{parameter}.{name}": tensor
            for parameter, entry in self.loop.optimizer.state_dict()["state"].items()
            for name, tensor in entry.items()
        }
        parts: dict[str, Mapping[str, Tensor]] = {
            _WEIGHTS: self.loop.model.state_dict(),
            _MOMENTS: moments,
            _BEST: self.best.weights,
        }
        tensors = {prefix + name: one for prefix, part in parts.items() for name, one in part.items()}
        return Snapshot(done, tensors, {"report": asdict(self.loop.report), "best": self.best.state()})

    def _restore_moments(self, moments: Mapping[str, Tensor]) -> None:
        whole: dict[str, Any] = self.loop.optimizer.state_dict()
        state: dict[int, dict[str, Tensor]] = {}
        for name, tensor in moments.items():
            parameter, _, kind = name.partition(".")
            state.setdefault(int(parameter), {})[kind] = tensor
        self.loop.optimizer.load_state_dict({**whole, "state": state})


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): one for name, one in tensors.items() if name.startswith(prefix)}
