"""The stages of a study and their identities."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Field

from isogloss.identity import NUMBERS_VERSION, Frozen, digest
from isogloss.tasks.base import Split
from isogloss.training.settings import TrainingSettings, ValidationSettings

Selection = Literal["source-validation", "oracle", "none"]
Mode = Literal["finetune", "probe"]
"""`probe` leaves the encoder as it is and trains aggregator and head on its states."""


class DataRef(Frozen):
    """Which examples a stage reads.

    Parameters
    ----------
    task : str
    language : str
        The data set's own code.
    split : {"train", "validation", "test"}
    examples : int or None
        Budget; None is all.
    fingerprint : str
        Hash of everything the examples depend on.
    overlap : mapping of str to str
        Other splits of the language, with their fingerprints, whose texts are dropped.
    """

    task: str
    language: str
    split: Split
    examples: int | None
    fingerprint: str
    overlap: dict[Split, str] = Field(default_factory=dict)

    def identity(self) -> dict[str, Any]:
        """The fields that may change a number: the content, not the place it is read from."""
        dropped = {"overlap": sorted(self.overlap.values())} if self.overlap else {}
        return {
            "language": self.language,
            "examples": self.examples,
            "fingerprint": self.fingerprint,
            **dropped,
        }


class PrecisionChoice(Frozen):
    """Precision chosen for ``auto`` in a study, and why.

    Parameters
    ----------
    precision : {"fp32", "bf16"}
    reason : str
    seconds_per_1000_subwords : dict of str to float
        Of training, summed over the encoders of the study, by precision; empty where nothing was timed.
    """

    precision: Literal["fp32", "bf16"]
    reason: str
    seconds_per_1000_subwords: dict[str, float] = Field(default_factory=dict)


class FinetuneStage(Frozen):
    """Training on one task in one language, from the encoder or from a parent stage.

    Parameters
    ----------
    validation : tuple of DataRef
        Empty where the validation rows are cut from the training rows, or nothing is selected.
    validation_settings : ValidationSettings or None
        None if and only if `selection` is ``none``.
    stated : tuple of str
        Fields of `training` that the study states; the others are defaults. For the record alone.
    """

    kind: Literal["finetune"] = "finetune"
    encoder: str
    revision: str | None
    trust_remote_code: bool
    encoder_fingerprint: str
    aggregator: str
    aggregator_options: dict[str, Any]
    train: DataRef
    validation: tuple[DataRef, ...]
    training: TrainingSettings
    selection: Selection
    validation_settings: ValidationSettings | None = None
    seed: int
    mode: Mode = "finetune"
    parent: str | None
    label: str
    stated: tuple[str, ...] = ()

    @cached_property
    def stage_id(self) -> str:
        """Hash of everything that may change a number and of nothing that may not."""
        how = self.validation_settings
        return digest(
            {
                **({} if self.mode == "finetune" else {"mode": self.mode}),
                **({} if how is None else {"validation_settings": how.model_dump(mode="json")}),
                "numbers_version": NUMBERS_VERSION,
                "kind": self.kind,
                "encoder": self.encoder_fingerprint,
                "aggregator": {"name": self.aggregator, "options": self.aggregator_options},
                "train": self.train.identity(),
                "validation": [data.identity() for data in self.validation],
                "training": self.training.model_dump(mode="json"),
                "selection": self.selection,
                "seed": self.seed,
                "parent": self.parent,
            }
        )

    @property
    def shared_with_probes(self) -> str:
        """Equal for probes that read the same states in the same order: they differ in the aggregator."""
        return digest(self.model_dump(mode="json", exclude={"aggregator", "aggregator_options", "label"}))


class EvaluateStage(Frozen):
    """Scoring one model on one target language."""

    kind: Literal["evaluate"] = "evaluate"
    parent: str
    data: DataRef
    max_length: int
    precision: str
    label: str

    @cached_property
    def stage_id(self) -> str:
        """Hash of the model's stage, the target's examples and the length limit."""
        return digest(
            {
                "numbers_version": NUMBERS_VERSION,
                "kind": self.kind,
                "parent": self.parent,
                "data": self.data.identity(),
                "max_length": self.max_length,
                "precision": self.precision,
            }
        )


Stage = Annotated[FinetuneStage | EvaluateStage, Field(discriminator="kind")]


def data_of(stage: Stage) -> Iterator[DataRef]:
    """Every reference to data that a stage reads."""
    if isinstance(stage, EvaluateStage):
        yield stage.data
    else:
        yield stage.train
        yield from stage.validation


class Cell(Frozen):
    """One row of the score table before it has a score; fields as in `isogloss.scores.table.ScoreRow`."""

    task: str
    source_task: str = ""
    encoder: str
    aggregator: str
    seed: int
    source_language: str
    intermediate_task: str | None
    intermediate_language: str | None
    target_language: str
    split: str
    zero_shot: bool
    stage_id: str
