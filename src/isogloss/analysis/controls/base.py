"""Input and output of a control."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import AnalysisError, closest
from isogloss.languages.base import Language
from isogloss.registry import Registry
from isogloss.scores.effectiveness import MEASURES, Condition
from isogloss.scores.table import ScoreTable


@dataclass(frozen=True, eq=False)
class ControlCells:
    """Where a control is asked for.

    Parameters
    ----------
    rows, columns : sequence of Language
        Intermediate or source languages, and targets.
    table : ScoreTable
    condition : Condition
    """

    rows: Sequence[Language]
    columns: Sequence[Language]
    table: ScoreTable
    condition: Condition

    def per_language(self, name: str, known: Mapping[str, float]) -> dict[str, NDArray[np.float64]]:
        """Spread a value per language id over the cells: once by row, once by column; NaN where unknown."""
        shape = (len(self.rows), len(self.columns))
        by_row = np.array([known.get(language.id, np.nan) for language in self.rows])
        by_column = np.array([known.get(language.id, np.nan) for language in self.columns])
        return {
            f"{name} of the {self.condition.margin} language": np.broadcast_to(by_row[:, None], shape),
            f"{name} of the target language": np.broadcast_to(by_column, shape),
        }


Control = Callable[[ControlCells], Mapping[str, NDArray[np.float64]]]
"""cells -> matrices of shape (row, column) by name; a file in this folder defines ``NAME`` and ``control``.

A value that is not known is NaN; the languages of such cells are left out where the control is used.
"""

CONTROLS: Registry[Control] = Registry("control", "isogloss.analysis.controls", "control")

FROM_THE_SCORE_OF_A_LANGUAGE_ON_ITSELF = ("ceiling",)


@dataclass(frozen=True)
class Controls:
    """The controls that were asked for.

    Parameters
    ----------
    names : tuple of str
        Names in `CONTROLS`, or columns of the score table.
    columns : mapping of str to mapping of (str, str) to float
        Values of the columns of the score table by row and target language, as the table spells them.
    languages : mapping of str to mapping of str to float
        Facts of single languages by language id, which the caller computed: fertility.
    """

    names: tuple[str, ...] = ()
    columns: Mapping[str, Mapping[tuple[str, str], float]] = field(default_factory=dict)
    languages: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def check(self, measures: Sequence[str]) -> None:
        """Refuse what is unknown, and a control that is part of a measure.

        Raises
        ------
        AnalysisError
        """
        for name in self.names:
            if name not in CONTROLS and name not in self.columns and name not in self.languages:
                raise AnalysisError(
                    f"no control '{name}'",
                    allowed=closest(name, [*CONTROLS, *self.columns, *self.languages]),
                    hint="name a built-in control or a numeric column of the score table",
                )
            part_of = [measure for measure in measures if MEASURES[measure].needs_source_score]
            if part_of and name in FROM_THE_SCORE_OF_A_LANGUAGE_ON_ITSELF:
                raise AnalysisError(
                    f"'{name}' cannot be a control of '{part_of[0]}': the measure is computed from it",
                    hint=f"leave '{name}' out, or test another measure",
                )

    def on(self, cells: ControlCells) -> dict[str, NDArray[np.float64]]:
        """Compute every control; a column of the table comes before a built-in of the same name."""
        found: dict[str, NDArray[np.float64]] = {}
        for name in self.names:
            if name in self.columns:
                known = self.columns[name]
                found[name] = np.array(
                    [[known.get((row.input, of.input), np.nan) for of in cells.columns] for row in cells.rows]
                )
            elif name in self.languages:
                found |= cells.per_language(name, self.languages[name])
            else:
                found |= CONTROLS[name](cells)
        return found
