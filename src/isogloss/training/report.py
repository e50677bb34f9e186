"""Report of a fine-tuning stage, as its record keeps it."""

from __future__ import annotations

import math

from pydantic import Field

from isogloss.identity import Frozen
from isogloss.modeling.device import Precision

LEAST_GAIN = 0.03
"""A training whose loss ends by less than this share below that of guessing has hardly learnt its task."""


class FinetuneReport(Frozen):
    """How a fine-tuning stage went."""

    n_updates: int = Field(description="Optimiser steps.")
    n_planned_updates: int = Field(description="Steps that the learning rate's schedule is laid out over.")
    n_examples: int = Field(description="Training examples, each seen once an epoch.")
    n_subwords: int = Field(description="Subwords computed in training, without padding.")
    padding_share: float = Field(description="Share of padding in all positions computed.")
    n_truncated: int = Field(description="Training examples cut to the length limit.")
    seconds: float = Field(description="Of the training loop, evaluations included.")
    subwords_per_s: float = Field(description="Subwords per second of the loop.")
    precision: Precision = Field(description="fp32 or bf16.")
    losses: tuple[tuple[int, float], ...] = Field(description="Update, and mean loss since the point before.")
    guessing_loss: float | None = Field(
        default=None,
        description="Mean loss of answering with the shares of the training labels; older records have none.",
    )
    validation: tuple[tuple[int, float], ...] = Field(description="Update, and score in [0, 1].")
    n_validation_examples: int = Field(description="Rows that each validation score is over.")
    kept_update: int = Field(description="Update whose weights were kept.")
    warnings: tuple[str, ...] = Field(description="What a reader must know about the training.")
    resumed_updates: tuple[int, ...] = Field(
        default=(),
        exclude=True,
        description="Updates after which training went on from a checkpoint; a record has them of its own.",
    )

    @property
    def kept_score(self) -> float | None:
        """Validation score of the weights that were kept; None where the stage measured none."""
        return dict(self.validation).get(self.kept_update)

    @property
    def unlearnt(self) -> str:
        """What is to be said of a training that ended where guessing begins; empty for any other."""
        last = self.losses[-math.ceil(len(self.losses) / 10) :]
        if not self.guessing_loss or not last:
            return ""
        end = sum(loss for _, loss in last) / len(last)
        if end < (1 - LEAST_GAIN) * self.guessing_loss:
            return ""
        return (
            f"hardly learnt: the loss of the last updates is {end:.2f}, that of guessing labels by their "
            f"shares {self.guessing_loss:.2f}; try more updates, another learning rate or another seed"
        )
