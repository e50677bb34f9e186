"""Frozen models of a study file, canonical JSON, and identities."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

NUMBERS_VERSION = 1
"""Part of every stage id; raised when a fix changes scores."""


class Frozen(BaseModel):
    """Base of all settings: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TrainingSettings(Frozen):
    """How one stage is trained; every field may change a number and is part of the stage id.

    Defaults are those of XTREME (Hu et al. 2020, section 4) where it states them; `epochs` of None and `steps`
    of None together mean the task's default number of epochs.
    """

    epochs: float | None = Field(default=None, gt=0)
    steps: int | None = Field(default=None, gt=0)
    examples_per_update: int = Field(default=32, gt=0)
    learning_rate: float = Field(default=2e-5, gt=0)
    warmup_share: float = Field(default=0.1, ge=0, lt=1)
    weight_decay: float = Field(default=0.01, ge=0)
    max_gradient_norm: float = Field(default=1.0, gt=0)
    max_length: int = Field(default=128, gt=4)
    dropout: float | None = Field(default=None, ge=0, lt=1)
    precision: Literal["auto", "fp32", "bf16"] = "auto"

    @model_validator(mode="after")
    def _one_length(self) -> TrainingSettings:
        if self.epochs is not None and self.steps is not None:
            raise ValueError("give epochs or steps, not both")
        return self


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no white space: equal settings give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """First 32 hex digits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]
