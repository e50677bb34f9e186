"""A recommendation as numbers and facts."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from isogloss import __version__
from isogloss.display import Result
from isogloss.identity import as_json
from isogloss.languages.base import Language
from isogloss.recommend.evaluation import Evaluated
from isogloss.registry import RENDERERS

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal[
    "better than a random choice", "worse than a random choice", "cannot tell", "no bound", "no scores"
]

_NUMBERS = ("place", "rating", "expected_score", "expected_loss", "in_set", "pretraining_gib")
"""Fields of a candidate that a table of candidates has."""


@dataclass(frozen=True)
class Closeness:
    """One distance from candidate to target, and what it rests on.

    Parameters
    ----------
    metric : str
    value : float
        NaN where too little is on record.
    place : int
        1 for the closest of the candidates; 0 where there is no value.
    shared : int
        Facts on record for both languages.
    coverage : str
        In words: ``"enough"``, ``"too little: 3 of 30 needed"``.
    """

    metric: str
    value: float
    place: int
    shared: int
    coverage: str


@dataclass(frozen=True)
class Donor:
    """How good a source is for the other targets of the table.

    Parameters
    ----------
    points : float
        Mean score less that of all sources, in points.
    place, n_sources : int
        1 for the best of so many sources.
    n_targets : int
        Other targets that it has been scored on.
    """

    points: float
    place: int
    n_sources: int
    n_targets: int


@dataclass(frozen=True)
class Candidate:
    """One source language in the ranking.

    Parameters
    ----------
    language : Language
    place : int
    rating : float
        As the ranker gives it; NaN for one that it cannot rate, which comes last.
    expected_score, expected_loss : float
        Score, and points below the best candidate; NaN without a table of scores.
    in_set : bool or None
        Whether it is in the set that holds the best source; None without such a set.
    unknown : tuple of str
        What the ranker uses and is not on record.
    closeness : tuple of Closeness
    donor : Donor or None
    pretraining_gib : float
        Size of its text in CC-100, on which XLM-R was trained; NaN where it has none.
    """

    language: Language
    place: int
    rating: float
    expected_score: float
    expected_loss: float
    in_set: bool | None
    unknown: tuple[str, ...]
    closeness: tuple[Closeness, ...]
    donor: Donor | None
    pretraining_gib: float

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it."""
        return {
            "language": self.language.input,
            "id": self.language.id,
            "name": self.language.name,
            **{name: as_json(getattr(self, name)) for name in _NUMBERS},
            "unknown": list(self.unknown),
            "closeness": as_json(self.closeness),
            "donor": asdict(self.donor) if self.donor else None,
        }


@dataclass(frozen=True)
class Bounds:
    """Bounds for the first choice with 90% probability; infinite where languages are too few.

    Parameters
    ----------
    n_targets : int
        Languages that the bounds are calibrated on.
    score_low, score_high : float
    gain, gain_low, gain_high : float
        Score of the first choice less that of a source drawn at random.
    loss_percent, loss_points : float
        Expected loss against the best candidate.
    loss_percent_high, loss_points_high : float
    """

    n_targets: int
    score_low: float
    score_high: float
    gain: float
    gain_low: float
    gain_high: float
    loss_percent: float
    loss_points: float
    loss_percent_high: float
    loss_points_high: float

    @property
    def exist(self) -> bool:
        """Whether there are languages enough for bounds."""
        return math.isfinite(self.gain_low)


@dataclass(frozen=True, eq=False)
class Recommendation:
    """Which source language to train on for one target, in one condition.

    Parameters
    ----------
    target : Language
    ranker : str
    condition : str
        Empty without a table of scores.
    candidates : tuple of Candidate
        The best first.
    bounds : Bounds or None
        None without a table of scores.
    evaluated : Evaluated or None
        How good such recommendations would have been for the languages of the table.
    observed : tuple of (str, float)
        Scores of the target itself that the table holds, the best first; none of them is used.
    notes : tuple of str
    """

    target: Language
    ranker: str
    condition: str
    candidates: tuple[Candidate, ...]
    bounds: Bounds | None
    evaluated: Evaluated | None
    observed: tuple[tuple[str, float], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def first(self) -> Candidate:
        """The language that is recommended."""
        return self.candidates[0]

    @property
    def verdict(self) -> Verdict:
        """Whether the first choice is better than a random one, as far as 90% bounds tell."""
        if self.bounds is None:
            return "no scores"
        if not self.bounds.exist:
            return "no bound"
        if self.bounds.gain_low > 0:
            return "better than a random choice"
        return "worse than a random choice" if self.bounds.gain_high < 0 else "cannot tell"

    def candidate(self, code: str) -> Candidate | None:
        """The candidate with this ISO 639-3 code."""
        return next((entry for entry in self.candidates if entry.language.id == code), None)

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it; None where a number is not defined."""
        english = self.candidate("eng")
        return {
            "target": self.target.input,
            "ranker": self.ranker,
            "condition": self.condition,
            "recommended": self.first.language.input,
            "verdict": self.verdict,
            "bounds": as_json(self.bounds),
            "set": [entry.language.input for entry in self.candidates if entry.in_set],
            "english": english.to_dict() if english else None,
            "ranking": [entry.to_dict() for entry in self.candidates],
            "evaluated": self.evaluated.to_dict() if self.evaluated else None,
            "observed": [list(entry) for entry in self.observed],
            "answer": RENDERERS["recommendation"](self),
            "notes": list(self.notes),
        }

    def __str__(self) -> str:
        return "\n".join(RENDERERS["recommendation"](self))


@dataclass(frozen=True, eq=False, repr=False)
class Recommendations(Result):
    """One recommendation per condition of a table; most tables have one, and without a table there is one.

    Parameters
    ----------
    conditions : tuple of Recommendation
    notes : tuple of str
        How the table was read, and conditions in which nothing can be recommended.
    """

    conditions: tuple[Recommendation, ...]
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pd.DataFrame:
        """One row per candidate, the best first; numbers from scores are missing where no table was given.

        ``expected_score`` is a fraction, as scores are; ``expected_loss`` is in points, as in JSON and
        on the terminal.
        """
        import pandas as pd

        return pd.DataFrame(
            [
                {"condition": found.condition, "language": entry.language.input, "name": entry.language.name}
                | {name: getattr(entry, name) for name in _NUMBERS}
                for found in self.conditions
                for entry in found.candidates
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it: the first condition, and all of them under ``conditions``."""
        parts = [entry.to_dict() for entry in self.conditions]
        return {**parts[0], "conditions": parts, "notes": list(self.notes), "version": __version__}

    def __str__(self) -> str:
        return "\n\n".join(map(str, self.conditions))
