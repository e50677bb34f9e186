"""Identities: canonical JSON, hashes, and the base and field types of frozen settings."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from isogloss.errors import IsoglossError

NUMBERS_VERSION = 2
"""Part of every stage id; raised when a fix changes scores."""
T = TypeVar("T")


def listed(value: Any) -> Any:
    """Read one value as a list of one: every axis of the grid takes either."""
    return value if isinstance(value, list | tuple) else [value]


def distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    """Return the values; raise ValueError if one occurs twice."""
    for at, value in enumerate(values):
        if value in values[:at]:
            raise ValueError(f"{_in_words(value)} stands there twice: keep one")
    return values


def _in_words(value: object) -> str:
    return canonical_json(value.model_dump()) if isinstance(value, BaseModel) else f"'{value}'"


def checked_by_caller(kind: str) -> AfterValidator:
    """Hand a value to the check of its kind, where the caller of the validation brings one as context.

    So a study file with a wrong type in one place and an unknown name in another is told both at once,
    although this room knows no tasks, distances or encoders.
    """

    def check(value: T, info: ValidationInfo) -> T:
        try:
            (info.context or {}).get(kind, str)(value)
        except IsoglossError as error:
            raise PydanticCustomError(UNUSABLE_NAME, "not usable", {"error": error}) from None
        return value

    return AfterValidator(check)


UNUSABLE_NAME = "unusable_name"
"""Type of the validation errors that hold an `IsoglossError` under ``error``."""
OneOrMore = Annotated[tuple[T, ...], BeforeValidator(listed), Field(min_length=1), AfterValidator(distinct)]
Integer = Annotated[int, Strict()]
"""No text, no boolean: ``true`` is not the number 1."""
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]


class Frozen(BaseModel):
    """Base of all settings: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no white space: equal settings give equal text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(value: Any) -> str:
    """First 32 hex digits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]
