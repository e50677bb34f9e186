"""Options of an analysis, declared before the scores are seen."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BeforeValidator,
    Field,
)

from isogloss.identity import Frozen, Integer, OneOrMore, checked_by_caller, listed


class AnalysisSettings(Frozen):
    """What is set against what; declared before the scores are seen."""

    distances: OneOrMore[Annotated[str, checked_by_caller("distance")]] = ("all",)
    definition: Literal["shared", "uriel"] = "shared"
    distance_files: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    cldf: Annotated[tuple[str, ...], BeforeValidator(listed)] = ()
    urielplus: bool = False
    effectiveness: OneOrMore[Annotated[str, checked_by_caller("effectiveness measure")]] | None = None
    n_permutations: Integer = Field(default=9999, ge=99)
    seed: Integer = Field(default=0, ge=0)
