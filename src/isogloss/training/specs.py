"""Arguments of `isogloss.training.finetune.finetune`, in four parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from torch import Tensor

from isogloss.modeling.frozen import FrozenEncoder
from isogloss.modeling.progress import Progress
from isogloss.tasks.base import Example, TaskCard
from isogloss.training.settings import TrainingSettings, ValidationSettings


@dataclass(frozen=True)
class StartingPoint:
    """Where training begins.

    Parameters
    ----------
    encoder : str
        Registry name, folder or hub id.
    revision : str, optional
    trust_remote_code : bool
        Run Python code that comes with the encoder, or lies in the folder of `parent`.
    parent : Path, optional
        Model folder of an earlier stage, such as an intermediate task. Encoder and aggregator begin with its
        weights; the head is always new, also where the task is the same.
    frozen : FrozenEncoder, optional
        `encoder`, already loaded: it is left as it is, and aggregator and head are trained on its states.
    """

    encoder: str
    revision: str | None = None
    trust_remote_code: bool = False
    parent: Path | None = None
    frozen: FrozenEncoder | None = None


@dataclass(frozen=True)
class TrainingRows:
    """What is learnt from, and what the weights to keep are chosen on.

    Parameters
    ----------
    card : TaskCard
    train, validation : sequence of Example
        Of `validation` the first ones are taken as far as the budget goes; it may be empty where the last
        weights are kept.
    """

    card: TaskCard
    train: Sequence[Example]
    validation: Sequence[Example] = ()


@dataclass(frozen=True)
class Recipe:
    """Everything else that changes a number.

    Parameters
    ----------
    aggregator : (str, mapping)
        Registry name and options; a parent must have the same.
    settings : TrainingSettings
    seed : int
        Of the head's first weights, the order of examples and the dropout masks.
    selection : {"last", "best"}
        ``best`` scores the validation rows at evenly spaced updates and keeps the best weights, the earlier
        of equals.
    validation : ValidationSettings
        How many rows are scored how often, and when training stops early; `split` is up to the caller.
    """

    aggregator: tuple[str, Mapping[str, Any]]
    settings: TrainingSettings
    seed: int = 1
    selection: Literal["last", "best"] = "last"
    validation: ValidationSettings = field(default_factory=ValidationSettings)


@dataclass(frozen=True)
class Snapshot:
    """State of a training between two updates.

    Parameters
    ----------
    n_updates : int
        Updates done. The order of examples and the dropout masks follow from it and the seed.
    tensors : mapping of str to Tensor
        Weights, moments of the optimiser, and the best weights so far.
    state : mapping
        The rest, as JSON.
    """

    n_updates: int
    tensors: Mapping[str, Tensor]
    state: Mapping[str, Any]


class Checkpoints(Protocol):
    """Keeps snapshots of one training where a later process finds them."""

    def due(self) -> bool:
        """Whether it is time for the next one."""

    def save(self, snapshot: Snapshot) -> None:
        """Keep a snapshot in the place of the one before."""

    def load(self) -> Snapshot | None:
        """Read the last snapshot that is whole; None if there is none."""


@dataclass(frozen=True)
class Running:
    """Settings that change no number.

    Parameters
    ----------
    max_subwords_per_batch : int, optional
        Largest micro-batch, padding included; changes nothing but rounding. What suits the device by default.
    stage : str, optional
        Name for messages; the task's by default.
    progress : Progress, optional
    checkpoints : Checkpoints, optional
        Where training goes on from the last snapshot, and leaves others on the way.
    """

    max_subwords_per_batch: int | None = None
    stage: str | None = None
    progress: Progress | None = None
    checkpoints: Checkpoints | None = None
