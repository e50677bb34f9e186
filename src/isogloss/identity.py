"""Identities: canonical JSON, hashes, and the base and field types of frozen settings."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from isogloss.errors import FieldError, IsoglossError, closest

NUMBERS_VERSION = 2
"""Part of every stage id; raised when a fix changes scores."""
T = TypeVar("T")


def listed(value: Any) -> Any:
    """Read one value as a list of one: every axis of the grid takes either, and Python any iterable."""
    if isinstance(value, list | tuple):
        return value
    is_one = isinstance(value, str | bytes | Mapping | BaseModel) or not isinstance(value, Iterable)
    return [value] if is_one else list(value)


def plain(value: Any) -> Any:
    """Numbers and arrays of numpy and pandas as those of Python; anything else as it is."""
    return value.tolist() if hasattr(value, "tolist") else value


def distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    """Return the values; raise ValueError if one occurs twice."""
    for at, value in enumerate(values):
        if value in values[:at]:
            raise ValueError(f"{_in_words(value)} is given twice: keep one")
    return values


def _in_words(value: object) -> str:
    if isinstance(value, BaseModel):
        return canonical_json(value.model_dump(exclude_defaults=True))
    return f"'{value}'"


def checked_by_caller(kind: str) -> AfterValidator:
    """Hand a value to the check of its kind, where the caller of the validation brings one as context.

    So that a wrong type in one place and an unknown name in another are reported at once,
    although this room knows no tasks, distances or encoders.
    """

    def check(value: T, info: ValidationInfo) -> T:
        try:
            (info.context or {}).get(kind, str)(value)
        except IsoglossError as error:
            raise PydanticCustomError(UNUSABLE_NAME, "not usable", {"error": error}) from None
        return value

    return AfterValidator(check)


def spelled(pattern: str, allowed: str) -> AfterValidator:
    """Refuse a text that a regular expression does not match, and say in words what is allowed."""

    def check(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise PydanticCustomError(_SPELLING, "not so spelled", {"allowed": allowed})
        return text

    return AfterValidator(check)


_SPELLING = "spelling"
UNUSABLE_NAME = "unusable_name"
"""Type of the validation errors that hold an `IsoglossError` under ``error``."""
NAME_OR_FIELDS = "name_or_fields"
"""Type of the validation error of what may be a name or a mapping of fields, and is neither."""
OneOrMore = Annotated[tuple[T, ...], BeforeValidator(listed), Field(min_length=1), AfterValidator(distinct)]
LARGEST = 2**53
"""Largest whole number of a setting: what every reader of JSON keeps exactly."""


def _not_too_large(value: int) -> int:
    if abs(value) > LARGEST:
        raise ValueError(f"at most {LARGEST:,} in size")
    return value


Integer = Annotated[int, Strict(), AfterValidator(_not_too_large)]
"""No text, no boolean: ``true`` is not the number 1."""
Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]


class Frozen(BaseModel):
    """Base of all settings: immutable, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


S = TypeVar("S", bound=Frozen)


def settings_of(kind: type[S], fields: Mapping[str, Any], *, also: Iterable[str] = ()) -> S:
    """Make settings from what a caller in Python or on the command line gives.

    Parameters
    ----------
    kind : subclass of Frozen
    fields : mapping of str to value
    also : iterable of str
        Further names that the caller accepts, for the closest match to one that is unknown.

    Raises
    ------
    FieldError
        With every field that is unknown or has a wrong value.
    """
    try:
        return kind(**{name: plain(value) for name, value in fields.items()})
    except ValidationError as error:
        known = [*kind.model_fields, *also]
        problems = [_problem_of(detail, known) for detail in error.errors()]
    if len(problems) == 1:
        raise problems[0]
    raise FieldError("\n".join([f"{len(problems)} problems", *map(str, problems)]))


def fields_of(spec: S | None, kind: type[S]) -> dict[str, Any]:
    """Fields of settings that a caller may leave out.

    Raises
    ------
    FieldError
        If they are of another kind, such as the name of a distance without its keyword.
    """
    if not isinstance(spec, kind | None):
        raise FieldError(
            f"{spec!r} is not a {kind.__name__}",
            where="spec",
            allowed=f"{kind.__name__}(...), or its fields as keywords: {', '.join(kind.model_fields)}",
        )
    return {} if spec is None else spec.model_dump()


def _problem_of(detail: ErrorDetails, known: Iterable[str]) -> FieldError:
    name = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return FieldError(f"unknown option '{name}'", allowed=closest(name, known))
    message = detail["msg"].removeprefix("Value error, ")
    if not name:  # of several fields together
        return FieldError(message)
    what, allowed = fault_of(detail, repr(detail["input"]))
    return FieldError(what, where=name, allowed=allowed, hint=f"correct {name}")


def fault_in(error: ValidationError) -> str:
    """Field and message of the first fault of a file that was written by isogloss."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]


def fault_of(detail: ErrorDetails, shown: str) -> tuple[str, str | None]:
    """Say in words what is wrong with a value, and what is allowed.

    Parameters
    ----------
    detail : ErrorDetails
        Of pydantic, about a value that is there.
    shown : str
        The value as the user may have spelled it.

    Returns
    -------
    str
    str or None
        None where the first part says it.
    """
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", context["expected"])
        return f"{shown} is not a valid value", closest(str(detail["input"]), words)
    if kind in _KINDS:
        return f"{shown} is not {_KINDS[kind]}", _KINDS[kind]
    if kind == _SPELLING:
        return f"{shown} holds a sign that is not allowed", context["allowed"]
    if kind in _BOUNDS:
        how = " ".join(kind.split("_")[-2:]) if "_too_" in f"_{kind}" else "out of range"
        bounds = {name: f"{bound:.15g}" for name, bound in context.items() if isinstance(bound, int | float)}
        return f"{shown} is {how}", _BOUNDS[kind].format(**bounds)
    message = detail["msg"].removeprefix("Value error, ")
    return f"{shown}: {message[:1].lower()}{message[1:]}", None


_KINDS = {
    "string_type": "a text",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "a whole number"),
    **dict.fromkeys(("float_type", "float_parsing"), "a number"),
    "finite_number": "a finite number",
    **dict.fromkeys(("bool_type", "bool_parsing"), "true or false"),
    **dict.fromkeys(("model_type", "dict_type"), "a mapping of fields"),
    "tuple_type": "a list",
    NAME_OR_FIELDS: "a name or a mapping of fields",
}
"""What is wanted, by pydantic's type of the error."""
_BOUNDS = {
    "greater_than": "a number above {gt}",
    "greater_than_equal": "{ge} or more",
    "less_than": "a number below {lt}",
    "less_than_equal": "at most {le}",
    "string_too_short": "{min_length} characters or more",
    "string_too_long": "at most {max_length} characters",
    "too_short": "a list of {min_length} or more",
    "too_long": "a list of at most {max_length}",
}


def as_json(value: Any) -> Any:
    """Plain JSON types for a result: a number that is NaN or infinite becomes None.

    Parameters
    ----------
    value : Any
        Numbers, text, arrays, dataclasses, settings, and mappings and sequences of them.
    """
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, BaseModel):
        value = value.model_dump()
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    elif hasattr(value, "tolist"):  # an array, or a number of its library
        return as_json(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): as_json(entry) for key, entry in value.items()}
    return [as_json(entry) for entry in value] if isinstance(value, list | tuple) else value


_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no white space: equal settings give equal text."""
    return _CANONICAL.encode(value)


def digest(value: Any) -> str:
    """First 32 hex digits of the SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()[:32]
