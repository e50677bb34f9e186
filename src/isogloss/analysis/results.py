"""The results of an analysis: records, what was left out, and the whole of a condition."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from isogloss import __version__
from isogloss.identity import as_json
from isogloss.languages.base import Language
from isogloss.registry import RENDERERS
from isogloss.scores.effectiveness import Condition, ExcludedCell
from isogloss.statistics.average import Average
from isogloss.statistics.base import TestResult
from isogloss.statistics.floor import Information
from isogloss.statistics.reliability import Reliability
from isogloss.statistics.verdict import Judgement

if TYPE_CHECKING:
    import pandas as pd


POWER = 0.8
"""Probability with which the minimum detectable slope is found."""

SHARE_OF_INTEREST = 0.1
"""Smallest share of the variance that is left by row and column effects for a distance to matter."""


@dataclass(frozen=True)
class Judged:
    """A primary test with its verdict and everything that led to it."""

    measure: str
    result: TestResult
    verdict: Judgement
    alpha: float
    min_detectable: float
    smallest_of_interest: float
    information: Information


@dataclass(frozen=True)
class Record:
    """One test of one effectiveness measure and one distance.

    Slopes are in effectiveness per unit distance; a difference of scores of 0.01 is one point. A field that
    a method does not have is NaN, or an empty string. `q_value` is the p-value of a sensitivity method after
    Benjamini and Hochberg over all of them; `reason` says why the verdict, or what a reader of a sensitivity
    method should know. `statistic` says what was estimated: ``"slope"``, ``"pearson_r"``. `nearest` and
    `farthest` are the smallest and the largest distance of the pairs of a primary test.
    """

    effectiveness: str
    distance: str
    definition: str
    method: str
    estimate: float
    ci_low: float
    ci_high: float
    p_value: float
    p_family: float
    p_min: float
    n_dyads: int
    n_resamples: int
    exact: bool
    min_detectable: float = float("nan")
    smallest_of_interest: float = float("nan")
    verdict: str = ""
    reason: str = ""
    q_value: float = float("nan")
    statistic: str = "slope"
    nearest: float = float("nan")
    farthest: float = float("nan")


@dataclass(frozen=True)
class NotApplicable:
    """A sensitivity method that had nothing to do for some distances, and why."""

    effectiveness: str
    distances: tuple[str, ...]
    method: str
    reason: str


@dataclass(frozen=True)
class LeftOut:
    """Languages that one distance does not cover, and that its tests do without."""

    effectiveness: str
    distance: str
    definition: str
    languages: tuple[str, ...]
    n_dyads: int


@dataclass(frozen=True)
class Untested:
    """A distance that could not be tested, and why; ``"every"`` where the measure has no value or one."""

    effectiveness: str
    distance: str
    definition: str
    reason: str


@dataclass(frozen=True)
class Equivalent:
    """A measure that is `factor` times another one once row and column effects are removed."""

    effectiveness: str
    tested_as: str
    factor: float


_IN_OTHER_WORDS = ("condition", "design", "rows", "columns", "values", "information")
"""Fields of an analysis that its JSON does not hold as they are, under their names."""


@dataclass(frozen=True, eq=False)
class Analysis:
    """Everything that is said about one condition.

    Parameters
    ----------
    condition : Condition
    design : str
        ``"intermediate x target"``, ``"source x target"`` or ``"star"``.
    rows, columns : tuple of Language
        Intermediate or source languages, and target languages, with a cell of any measure that is tested.
    values : mapping of str to ndarray, shape (row, column)
        Every measure asked for; NaN where a cell is not tested.
    averages : mapping of str to Average
        Of the same cells.
    information : Information
    excluded : tuple of ExcludedCell
        Cells that a measure does without.
    left_out : tuple of LeftOut
    untested : tuple of Untested
    equivalent : tuple of Equivalent
    primary, sensitivity : tuple of Record
    not_applicable : tuple of NotApplicable
    controls : tuple of str
        Names of the controls that were asked for.
    reliability : mapping of str to Reliability
        Of the cell means over seeds, per measure; a measure with one seed has none.
    alpha : float
    n_permutations, seed : int
    """

    condition: Condition
    design: str
    rows: tuple[Language, ...]
    columns: tuple[Language, ...]
    values: Mapping[str, NDArray[np.float64]]
    averages: Mapping[str, Average]
    information: Information
    excluded: tuple[ExcludedCell, ...]
    left_out: tuple[LeftOut, ...]
    untested: tuple[Untested, ...]
    equivalent: tuple[Equivalent, ...]
    primary: tuple[Record, ...]
    sensitivity: tuple[Record, ...]
    not_applicable: tuple[NotApplicable, ...]
    controls: tuple[str, ...]
    reliability: Mapping[str, Reliability]
    alpha: float
    n_permutations: int
    seed: int

    @property
    def encoder(self) -> str:
        """Encoder of the condition."""
        return self.condition.encoder

    @property
    def aggregator(self) -> str:
        """Aggregator of the condition."""
        return self.condition.aggregator

    @property
    def row_role(self) -> str:
        """Which language varies by row: ``"intermediate"`` or ``"source"``."""
        return self.condition.margin

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns with a value of the first measure."""
        there = np.isfinite(next(iter(self.values.values())))
        return int(there.any(axis=1).sum()), int(there.any(axis=0).sum())

    @property
    def n_dyads(self) -> int:
        """Cells with a value of the first measure."""
        return int(np.isfinite(next(iter(self.values.values()))).sum())

    @property
    def leading(self) -> tuple[Record, ...]:
        """Primary records of the first measure, which the answer is about; the smallest p first."""
        measure = next(iter(self.values))
        own = [record for record in self.primary if record.effectiveness == measure]
        return tuple(sorted(own, key=lambda record: (record.p_family, record.p_value)))

    def answer(self) -> tuple[str, ...]:
        """Say what was found for the first measure, how powerful the design was, and what was removed."""
        return tuple(RENDERERS["analysis"](self))

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it; None where a number is NaN or infinite."""
        languages = {language.input: language for language in (*self.rows, *self.columns)}
        return {
            "design": self.design,
            "condition": as_json(self.condition),
            "n_sources": len(self.rows),
            "n_targets": len(self.columns),
            "n_dyads": self.n_dyads,
            "languages": [
                {"input": code, "id": language.id, "rule": "; ".join(language.rules)}
                for code, language in languages.items()
            ],
            "answer": list(self.answer()),
            "information": {
                **as_json(self.information),
                "sentence": RENDERERS["analysis"](self.information)[0],
            },
            **{name: as_json(value) for name, value in vars(self).items() if name not in _IN_OTHER_WORDS},
            "version": __version__,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per record, primary first; `analysis` says which it is."""
        import pandas as pd

        rows = [
            {"analysis": kind, **dataclasses.asdict(record)}
            for kind, records in (("primary", self.primary), ("sensitivity", self.sensitivity))
            for record in records
        ]
        return pd.DataFrame(rows)
