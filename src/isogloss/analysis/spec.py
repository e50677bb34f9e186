"""The options of an analysis: one set for study files, the command line and Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import BeforeValidator, Field

from isogloss.distances.spec import DistanceSpec
from isogloss.identity import Integer, Number, OneOrMore, checked_by_caller, listed

OnStep = Callable[[str], None]
"""Called with the name of each step before it starts."""


def ignore(*_: object) -> None:
    """Do nothing with what a caller may want to know."""


class AnalysisSpec(DistanceSpec):
    """Which scores are related to which distances, and how; declared before the scores are seen.

    Parameters
    ----------
    effectiveness : tuple of str, optional
        Names in `isogloss.scores.effectiveness.MEASURES`, the one that the answer is about first. None leaves
        the choice to the design: the gain over a baseline where there is one, else the score.
    controls : tuple of str
        Names in `isogloss.analysis.controls.base.CONTROLS`, numeric columns of the score table or facts of
        languages that the caller gives, for the partial correlations.
    alpha : float
        Level of the family-wise test. The intervals beside it have a confidence of one minus this level,
        those of sensitivity analyses always 95%.
    sensitivity : bool
        Whether to run the sensitivity analyses.
    n_permutations : int
        Permutations of languages that are drawn where there are too many to enumerate.
    seed : int
        Of the resampling.
    """

    effectiveness: OneOrMore[Annotated[str, checked_by_caller("effectiveness measure")]] | None = None
    controls: Annotated[
        tuple[Annotated[str, checked_by_caller("control")], ...], BeforeValidator(listed)
    ] = ()
    alpha: Number = Field(default=0.05, gt=0, le=0.5)
    sensitivity: bool = True
    n_permutations: Integer = Field(default=9999, ge=99)
    seed: Integer = Field(default=0, ge=0)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that are tested."""
        return self.effectiveness or ("score",)


class PowerSpec(DistanceSpec):
    """How the power of a planned design is computed.

    Parameters
    ----------
    alpha : float
        Family-wise level of the tests.
    power : float
        Probability with which the minimum detectable slope is found.
    n_permutations, n_simulations : int
        Permutations of each simulated test, and simulated tables.
    seed : int
        Of the simulation.
    """

    alpha: Number = Field(default=0.05, gt=0, le=0.5)
    power: Number = Field(default=0.8, ge=0.05, le=0.99)
    n_permutations: Integer = Field(default=999, ge=99)
    n_simulations: Integer = Field(default=500, ge=50)
    seed: Integer = Field(default=0, ge=0)
