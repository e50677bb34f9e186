"""Problems of a study file in words: the place of a field, its rank in the file, what is allowed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from isogloss.errors import FieldError, IsoglossError, closest
from isogloss.identity import UNUSABLE_NAME, fault_of
from isogloss.study.file.schema import Study
from isogloss.study.file.yaml_values import FieldPath


@dataclass(frozen=True)
class Places:
    """Where the fields of a study stand.

    Parameters
    ----------
    path : Path
        Of the study file.
    origins : mapping of field path to str
        For example ``{("source", "task"): "studies/mini.yaml, line 4"}``, in the order of the file.
    """

    path: Path
    origins: Mapping[FieldPath, str]

    @property
    def folder(self) -> Path:
        """Folder that the paths of the study are relative to."""
        return self.path.resolve().parent

    def where(self, *field: str | int) -> str:
        """Line of the deepest part of a field that the file states, and the field path."""
        place = self.origins.get(self._stated(field), str(self.path))
        dotted = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in field).lstrip(".")
        return f"{place}, field {dotted}" if dotted else place

    def rank(self, *field: str | int) -> int:
        """Number by which problems are put into the order of the file."""
        stated = self._stated(field)
        return list(self.origins).index(stated) if stated in self.origins else -1

    def _stated(self, field: FieldPath) -> FieldPath:
        """Deepest part of `field` that the file states."""
        stated = field
        while stated and stated not in self.origins:
            # A single value that stands for a list of one has no index in the file.
            without_index = tuple(part for part in stated if not isinstance(part, int))
            stated = without_index if without_index in self.origins else stated[:-1]
        return stated


def field_of(detail: ErrorDetails) -> FieldPath:
    """Field of a problem: a name that denotes nothing may have parts of its own."""
    found = detail["ctx"]["error"] if detail["type"] == UNUSABLE_NAME else None
    return (*detail["loc"], *(found.field if isinstance(found, FieldError) else ()))


def is_of_its_own(detail: ErrorDetails) -> bool:
    """Whether a problem is not only that of wrong values, which pydantic does not count as values."""
    return detail["type"] != "too_short" or len(detail["input"]) < detail["ctx"]["min_length"]


def problem_of(places: Places, detail: ErrorDetails) -> IsoglossError:
    """Turn a validation error into a problem with its place and what is allowed there."""
    field: FieldPath = detail["loc"]
    where = places.where(*field)
    kind, value = detail["type"], detail["input"]
    if kind == UNUSABLE_NAME:
        found: IsoglossError = detail["ctx"]["error"]
        return found.at(places.where(*field_of(detail)))
    if kind == "extra_forbidden":
        known = _fields_of(field[:-1])
        return FieldError(
            f"unknown field '{str(field[-1])[:LONGEST_SHOWN]}'",
            where=where,
            allowed=closest(str(field[-1]), known),
        )
    if kind == "missing":
        return FieldError(
            f"field '{field[-1]}' is missing", where=where, hint="add it; see docs/study-file.md"
        )
    if kind == "value_error":
        return FieldError(str(detail["ctx"]["error"]), where=where, hint=_CORRECT)
    is_word = kind == "literal_error" and isinstance(value, str)
    what, allowed = fault_of(detail, f"'{value[:LONGEST_SHOWN]}'" if is_word else as_yaml(value))
    return FieldError(what, where=where, allowed=allowed, hint=_HINTS.get(kind, _CORRECT))


_CORRECT = "correct it; see docs/study-file.md"
_HINTS = {
    "string_type": "put a number, true, false or null in quotes to have it as a text",
    **dict.fromkeys(("model_type", "dict_type"), "write fields as {field: value}; see docs/study-file.md"),
}


LONGEST_SHOWN = 80
"""Characters of a value that a message shows."""


def as_yaml(value: Any) -> str:
    """A value as the file may spell it: Python's None is YAML's null."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = type(value).__name__
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]} ..."


def _fields_of(field: FieldPath) -> list[str]:
    """Names of the fields that a mapping at `field` may have."""
    model: type[BaseModel] = Study
    for part in field:
        if isinstance(part, int) or part not in model.model_fields:
            continue
        inner = _model_in(model.model_fields[part].annotation)
        if inner is None:
            return []
        model = inner
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
