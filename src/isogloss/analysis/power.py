"""Power of a planned design, before anything is trained."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from isogloss import __version__
from isogloss.analysis.dyads import FEWEST_LANGUAGES, select
from isogloss.analysis.pipeline import each_condition
from isogloss.analysis.spec import PowerSpec
from isogloss.display import Result
from isogloss.distances.matrix import DISTANCES, PairMatrix, check_distinct
from isogloss.errors import AnalysisError, FieldError, closest
from isogloss.identity import as_json, plain
from isogloss.languages.base import Language
from isogloss.statistics.coverage import incomplete_languages
from isogloss.statistics.detectable import Errors, residual_errors, slopes_needed
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.permutations import language_permutations, share_of_ties

if TYPE_CHECKING:
    import pandas as pd

_LEAST_DEVIATION = 1e-9
"""Of scores that vary by more than rounding."""

Sides = tuple[Sequence[Language], Sequence[Language]]
"""Languages of the rows and of the columns."""

CURVE = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
"""Points of a power curve, in minimum detectable slopes."""


@dataclass(frozen=True)
class PlannedTest:
    """One distance in a planned design.

    Parameters
    ----------
    distance, definition : str
    n_rows, n_columns, n_dyads : int
        After languages without the distance are left out.
    left_out : tuple of str
    min_detectable : float
        Absolute slope found with the stated power, in effectiveness per unit distance.
    range : float
        Largest less smallest distance of the design: what a slope is multiplied with at most.
    p_min : float
        Smallest p-value that any result could have.
    curve : tuple of (float, float)
        Slope and power.
    """

    distance: str
    definition: str
    n_rows: int
    n_columns: int
    n_dyads: int
    left_out: tuple[str, ...]
    min_detectable: float
    range: float
    p_min: float
    curve: tuple[tuple[float, float], ...]


@dataclass(frozen=True, repr=False)
class PlannedDesign(Result):
    """Everything said about a planned design.

    Parameters
    ----------
    rows, columns : tuple of Language
    errors : Errors
    level : float
        Of each test: alpha over the number of distances that can be tested (Bonferroni).
    tests : tuple of PlannedTest
    untested : mapping of str to str
        Distances that cannot be tested in this design, and why.
    spec : PowerSpec
    """

    rows: tuple[Language, ...]
    columns: tuple[Language, ...]
    errors: Errors
    level: float
    tests: tuple[PlannedTest, ...]
    untested: Mapping[str, str]
    spec: PowerSpec

    def to_frame(self) -> pd.DataFrame:
        """One row per distance that can be tested; slopes are fractions of a score per unit of distance."""
        import pandas as pd

        return pd.DataFrame([asdict(test) for test in self.tests]).drop(columns="curve")

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it; None where a slope is infinite."""
        return {
            "rows": [language.input for language in self.rows],
            "columns": [language.input for language in self.columns],
            "residual_sd": self.errors.deviation,
            "reciprocity": self.errors.reciprocity,
            "level": self.level,
            "power": self.spec.power,
            "tests": as_json(self.tests),
            "untested": dict(self.untested),
            "n_permutations": self.spec.n_permutations,
            "n_simulations": self.spec.n_simulations,
            "seed": self.spec.seed,
            "version": __version__,
        }


def plan(
    rows: Sequence[Language],
    columns: Sequence[Language],
    distances: Mapping[str, PairMatrix],
    errors: Errors,
    spec: PowerSpec | None = None,
) -> PlannedDesign:
    """Simulate the primary test of every distance in a design with all cells of two different languages.

    Parameters
    ----------
    rows, columns : sequence of Language
    distances : mapping of str to PairMatrix
    errors : Errors
        What is left of effectiveness beyond row and column effects and distance.
    spec : PowerSpec, optional
        By default ``PowerSpec()``.

    Raises
    ------
    AnalysisError
        If no distance can be tested.
    LanguageError
        If a language stands twice on one side.
    """
    spec = spec or PowerSpec()
    if not rows or not columns:
        raise AnalysisError("no language on one side of the design", hint="name rows and targets")
    if not distances:
        raise AnalysisError("no distance to test", allowed=closest("", DISTANCES))
    for where, side in (("rows", rows), ("targets", columns)):
        check_distinct(side, "", where=where)
    kept = {name: _testable(matrix, rows, columns) for name, matrix in distances.items()}
    untested = {name: found for name, found in kept.items() if isinstance(found, str)}
    level = spec.alpha / max(1, len(kept) - len(untested))
    tests = [
        _plan_one(distances[name], (rows, columns), found, errors, level, spec)
        for name, found in kept.items() if not isinstance(found, str)
    ]  # fmt: skip
    if not tests:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in untested.items())
        raise AnalysisError(
            f"no distance can be tested in this design: {reasons}", hint="choose other languages"
        )
    return PlannedDesign(tuple(rows), tuple(columns), errors, level, tuple(tests), untested, spec)


def errors_of(sd: float | None = None, pilot: Path | None = None) -> Errors:
    """Errors beyond row and column effects: as stated, or fitted to a score table.

    Of the table, the condition with the most cells is used; conditions that are too small for an analysis do
    not matter. The distance that will be tested is not taken out of the errors, so they are, if anything, too
    large.

    Parameters
    ----------
    sd : float, optional
        Standard deviation in points of score; 1 by default.
    pilot : Path, optional
        A score table, instead.

    Raises
    ------
    FieldError
        If both are given, or `sd` is not positive.
    DataError
        If the table cannot be read.
    AnalysisError
        If it is too small.
    """
    from isogloss.scores.importing import read_scores  # brings pandas, which a study file does without

    if sd is not None and pilot is not None:
        raise FieldError("both sd and pilot are given", hint="give one of them")
    if pilot is None:
        points = 1.0 if sd is None else plain(sd)
        if not isinstance(points, int | float) or not 0 < points < np.inf:
            raise FieldError(
                f"a residual deviation of {points}",
                where="sd",
                allowed="more than 0 points",
                hint="give the standard deviation that scores of one pair differ by, in points",
            )
        return Errors(points / 100)
    table = read_scores(pilot).table
    selected = each_condition(table, ["score"], lambda of, _, own: select(table, own, of).dyads[0])
    dyads = max(selected.require(), key=lambda found: int(np.isfinite(found.values).sum()))
    fitted = residual_errors(dyads.values, dyads.row_ids, dyads.column_ids)
    if fitted is None or not fitted.deviation > _LEAST_DEVIATION:
        why = "has too few cells" if fitted is None else "has scores that do not vary enough"
        raise AnalysisError(
            f"the pilot {why} to fit a residual deviation",
            where=str(pilot),
            hint="give a pilot with more languages, or the deviation itself",
        )
    return fitted


def _testable(matrix: PairMatrix, rows: Sequence[Language], columns: Sequence[Language]) -> Sides | str:
    """Rows and columns with every pair on record, or why the distance cannot be tested."""
    on_record = matrix.between(rows, columns, missing="nan")
    gone = incomplete_languages(np.zeros(on_record.shape), on_record, _ids(rows), _ids(columns))
    kept = [each for each in rows if each.id not in gone], [each for each in columns if each.id not in gone]
    size = f"{len(kept[0])} x {len(kept[1])} languages are left with every pair on record"
    if max(map(len, kept)) < FEWEST_LANGUAGES or not all(kept):
        return size
    if min(map(len, kept)) < 2 <= min(len(rows), len(columns)):
        return f"{size}: too few to remove row and column effects"
    distance, apart = matrix.between(*kept), _apart(kept)
    if is_constant(distance[apart], AdditiveEffects.two_way(apart).residuals(distance)):
        return "it does not vary beyond row and column effects over these languages"
    return kept


def _apart(sides: Sides) -> NDArray[np.bool_]:
    """Cells of two different languages."""
    rows, columns = (np.array(_ids(side)) for side in sides)
    return np.asarray(rows[:, None] != columns)


def _plan_one(
    matrix: PairMatrix, sides: Sides, kept: Sides, errors: Errors, level: float, spec: PowerSpec
) -> PlannedTest:
    """Plan one distance that can be tested."""
    distance, apart = matrix.between(*kept), _apart(kept)
    names = _ids(kept[0]), _ids(kept[1])
    n_draws, rng = (spec.n_simulations, spec.n_permutations), np.random.default_rng(spec.seed)
    needed = slopes_needed(apart, distance, *names, errors, level=level, n_draws=n_draws, rng=rng)
    detectable = float(np.quantile(needed, spec.power, method="higher"))
    curve = [share * detectable for share in CURVE if math.isfinite(detectable)]
    permutations = language_permutations(*names, n_permutations=spec.n_permutations, rng=rng)
    return PlannedTest(
        distance=matrix.metric,
        definition=matrix.definition,
        n_rows=len(kept[0]),
        n_columns=len(kept[1]),
        n_dyads=int(apart.sum()),
        left_out=tuple(
            each.input for own, of in zip(sides, kept, strict=True) for each in own if each not in of
        ),
        min_detectable=detectable,
        range=float(np.ptp(distance[apart])),
        p_min=share_of_ties(AdditiveEffects.two_way(apart).residuals(distance), permutations),
        curve=tuple((slope, float(np.mean(needed < slope))) for slope in curve),
    )


def _ids(languages: Sequence[Language]) -> list[str]:
    return [language.id for language in languages]
