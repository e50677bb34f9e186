"""Which weights a stage keeps, and when it stops."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, TypeVar

from torch import Tensor, nn

from isogloss.training.budget import Schedule

T = TypeVar("T")


@dataclass
class BestWeights:
    """Scores a model at the points of a schedule and keeps the weights that did best, the earlier of equals.

    Parameters
    ----------
    model : nn.Module
    score : callable
        Score of the model as it is, in [0, 1].
    when : Schedule
    patience : int or None
        Evaluations in a row without a better score after which `until_stopped` ends.
    """

    model: nn.Module
    score: Callable[[], float]
    when: Schedule
    patience: int | None = None
    scores: list[tuple[int, float]] = field(default_factory=list)
    kept_update: int = 0
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    """The best weights so far, where they are not those of the model as it is."""
    _best: float = -1.0

    def after_update(self, done: int) -> None:
        """Evaluate after `done` updates, if it is one of the points."""
        if done not in self.when.updates:
            return
        score = self.score()
        self.scores.append((done, score))
        if score > self._best:
            self._best, self.kept_update = score, done
            self.weights = {}
            if done < self.when.updates[-1]:  # after the last update the best weights are those of the model
                self.weights = {
                    name: tensor.detach().clone() for name, tensor in self.model.state_dict().items()
                }

    def state(self) -> dict[str, Any]:
        """The rest of what was found so far, for a snapshot."""
        return {"scores": self.scores, "kept_update": self.kept_update, "best": self._best}

    def restore_state(self, state: Mapping[str, Any], weights: Mapping[str, Tensor]) -> None:
        """Go on from a snapshot."""
        self.scores = [(int(done), float(score)) for done, score in state["scores"]]
        self.kept_update, self._best = int(state["kept_update"]), float(state["best"])
        self.weights = weights

    @property
    def stopped(self) -> bool:
        """Whether patience is over."""
        if self.patience is None or not self.scores:
            return False
        since_best = sum(done > self.kept_update for done, _ in self.scores)
        return since_best >= self.patience

    def until_stopped(self, updates: Iterable[T]) -> Iterator[T]:
        """Hand on updates until patience is over."""
        return takewhile(lambda _: not self.stopped, updates)

    def restore(self) -> None:
        """Put the best weights back, if they are not those of the model as it is."""
        if self.weights:
            self.model.load_state_dict(self.weights)
