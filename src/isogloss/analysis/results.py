"""What an analysis says: records, what was left out, and the answer in words."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from isogloss import __version__
from isogloss.analysis.wording import POWER, SHARE_OF_INTEREST, amount, per_unit, words
from isogloss.identity import as_json
from isogloss.languages.base import Language
from isogloss.scores.effectiveness import Condition, ExcludedCell
from isogloss.statistics.floor import Information
from isogloss.statistics.reliability import Reliability
from isogloss.statistics.verdict import p_text

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Record:
    """One test of one effectiveness measure and one distance.

    Slopes are in effectiveness per unit distance; a difference of scores of 0.01 is one point. A field that
    a method does not have is NaN, or an empty string. `q_value` is the p-value of a sensitivity method after
    Benjamini and Hochberg over all of them; `reason` says why the verdict, or what a reader of a sensitivity
    method should know. `statistic` says what was estimated: ``"slope"``, ``"pearson_r"``.
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
    min_detectable: float
    smallest_of_interest: float
    verdict: str
    reason: str
    q_value: float = float("nan")
    statistic: str = "slope"


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
    """A distance that could not be tested, and why; ``"every"`` where the measure has no value."""

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


@dataclass(frozen=True)
class Analysis:
    """Everything that is said about one condition.

    Parameters
    ----------
    condition : Condition
    design : str
        ``"intermediate x target"``, ``"source x target"`` or ``"star"``.
    rows, columns : tuple of Language
        Intermediate or source languages, and target languages, with a cell that is tested.
    values : mapping of str to ndarray, shape (row, column)
        Every measure asked for; NaN where a cell is not tested.
    information : Information
    excluded : tuple of ExcludedCell
        Cells that no test uses.
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
    def n_dyads(self) -> int:
        """Cells with a value of the first measure."""
        return int(np.isfinite(next(iter(self.values.values()))).sum())

    @property
    def leading(self) -> tuple[Record, ...]:
        """Primary records of the first measure, which the answer is about; the smallest p first."""
        measure = next(iter(self.values))
        own = [record for record in self.primary if record.effectiveness == measure]
        return tuple(sorted(own, key=lambda record: (record.p_family, record.p_value)))

    def answer(self) -> tuple[str, str]:
        """Say in two lines what was found for the first measure, and how powerful the design was."""
        return _finding(self), _power(self)

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
            "information": as_json(self.information),
            "excluded": as_json(self.excluded),
            "left_out": as_json(self.left_out),
            "untested": as_json(self.untested),
            "equivalent": as_json(self.equivalent),
            "primary": as_json(self.primary),
            "sensitivity": as_json(self.sensitivity),
            "not_applicable": as_json(self.not_applicable),
            "controls": list(self.controls),
            "reliability": as_json(self.reliability),
            "alpha": self.alpha,
            "n_permutations": self.n_permutations,
            "seed": self.seed,
            "version": __version__,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row a record, primary first; `analysis` says which it is."""
        import pandas as pd

        rows = [
            {"analysis": kind, **dataclasses.asdict(record)}
            for kind, records in (("primary", self.primary), ("sensitivity", self.sensitivity))
            for record in records
        ]
        return pd.DataFrame(rows)


def _finding(analysis: Analysis) -> str:
    """Say what was found for the first measure."""
    if not analysis.information.informative:
        return f"Nothing to explain: {analysis.information.sentence}."
    supported = [record for record in analysis.leading if record.verdict == "supported"]
    if supported:
        first, *others = supported
        also = ", ".join(record.distance for record in others)
        ending = f"; supported too: {also} distance." if others else "."
        return _relation(first, analysis.alpha) + ending
    closest = analysis.leading[0]
    if closest.p_family <= analysis.alpha:
        return f"The relation points the other way: {_relation(closest, analysis.alpha)}."
    n_tried = len(analysis.leading)
    tried = f"{n_tried} distances" if n_tried > 1 else f"{closest.distance} distance"
    measure = words(closest.effectiveness)
    if any(record.verdict == "underpowered" for record in analysis.leading):
        start = f"Too little data to tell whether {measure} changes with distance ({tried} tried)"
    else:
        start = f"No change of {measure} with distance was found ({tried} tried)"
    return f"{start}; the closest: {_relation(closest, analysis.alpha)}."


def _relation(record: Record, alpha: float) -> str:
    verb = "falls" if record.estimate < 0 else "rises"
    bounds = " to ".join(amount(record.effectiveness, bound) for bound in (record.ci_low, record.ci_high))
    return (
        f"{words(record.effectiveness)} {verb} with {record.distance} distance by "
        f"{per_unit(record.effectiveness, abs(record.estimate))} "
        f"({1 - alpha:.0%} interval {bounds}, family-wise p = {p_text(record.p_family)})"
    )


def _power(analysis: Analysis) -> str:
    """Say how powerful the design was."""
    closest = analysis.leading[0]
    size = f"{len(analysis.rows)} {analysis.row_role} x {len(analysis.columns)} target languages"
    design = f"Design: {size}, {analysis.n_dyads} cells"
    if not analysis.information.informative:
        return f"{design}; its power does not matter while the scores carry no information."
    design += f", smallest attainable p = {p_text(closest.p_min)}"
    if math.isinf(closest.min_detectable):
        return f"{design}; no slope on {closest.distance} distance could be found reliably."
    correlation = _as_correlation(closest, analysis)
    return (
        f"{design}; a slope of {per_unit(closest.effectiveness, closest.min_detectable)} of "
        f"{closest.distance} distance would be found with {POWER:.0%} probability{correlation}."
    )


def _as_correlation(record: Record, analysis: Analysis) -> str:
    """The detectable slope of a star as a correlation: what so few languages can carry."""
    if analysis.design != "star" or record.n_dyads < 4:
        return ""
    ratio = record.smallest_of_interest / math.sqrt(SHARE_OF_INTEREST)  # |y| / |x|
    unexplained = max(0.0, 1 - (record.estimate / ratio) ** 2)
    noise = ratio**2 * unexplained * (record.n_dyads - 1) / (record.n_dyads - 2)
    correlation = record.min_detectable / math.sqrt(record.min_detectable**2 + noise)
    return (
        f", which is a correlation of {correlation:.2f}: {record.n_dyads} languages can carry no weaker "
        "relation"
    )
