"""Settings of training and of validation during it; imports no torch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    PlainValidator,
    model_validator,
)

from isogloss.identity import Frozen, Integer, Number, canonical_json


def _number_or(*words: str) -> PlainValidator:
    """Take a whole number above 0, or one of some words."""

    def check(value: Any) -> Any:
        if value in words or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        quoted = " or ".join(f"'{word}'" for word in words)
        raise ValueError(f"{canonical_json(value)}: a whole number above 0 is needed, or {quoted}")

    return PlainValidator(check)


ValidationSplit = Literal["validation", "train"]


class TrainingSettings(Frozen):
    """How one stage is trained; every field may change a number and is part of the stage id.

    Defaults are those of XTREME (Hu et al. 2020, section 4) where it states them; `epochs` of None and
    `steps` of None together mean the task's default number of epochs.
    """

    epochs: Number | None = Field(default=None, gt=0)
    steps: Integer | None = Field(default=None, gt=0)
    batch_size: Integer = Field(default=32, gt=0)
    learning_rate: Number = Field(default=2e-5, gt=0)
    warmup_ratio: Number = Field(default=0.1, ge=0, lt=1)
    weight_decay: Number = Field(default=0.01, ge=0)
    max_grad_norm: Number = Field(default=1.0, gt=0)
    max_length: Integer = Field(default=128, gt=4)
    dropout: Number | None = Field(default=None, ge=0, lt=1)
    precision: Literal["auto", "fp32", "bf16"] = "auto"

    @model_validator(mode="after")
    def _one_length(self) -> TrainingSettings:
        if self.epochs is not None and self.steps is not None:
            raise ValueError("give epochs or steps, not both")
        return self

    def overridden_by(self, other: TrainingSettings) -> TrainingSettings:
        """These settings with every field that `other` states itself."""
        stated = {name: getattr(other, name) for name in other.model_fields_set}
        base = {name: getattr(self, name) for name in self.model_fields_set}
        if "steps" in stated:
            base.pop("epochs", None)
        if "epochs" in stated:
            base.pop("steps", None)
        return TrainingSettings(**(base | stated))


class ValidationSettings(Frozen):
    """On what, how often and how long the checkpoint of a stage is chosen; every field may change a number.

    `auto` leaves it to a budget of a tenth of the training: `isogloss.training.selection`.
    """

    split: ValidationSplit = "validation"
    examples: Annotated[int | str, _number_or("auto", "all")] = "auto"
    evaluations: Annotated[int | str, _number_or("auto")] = "auto"
    patience: Integer | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _can_work(self) -> ValidationSettings:
        if self.split == "train" and self.examples == "all":
            raise ValueError("examples 'all' with split 'train' leaves no row to train on: give a number")
        points = self.evaluations
        if self.patience is not None and isinstance(points, int) and self.patience >= points:
            raise ValueError(
                f"patience {self.patience} can never stop training with {points} evaluations: "
                "give more evaluations, or less patience"
            )
        return self
