"""The result of `isogloss.correlate`: one analysis or several, and what was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from isogloss import __version__
from isogloss.analysis.pipeline import NotAnalysed
from isogloss.analysis.results import Analysis
from isogloss.display import Result
from isogloss.identity import as_json
from isogloss.registry import RENDERERS
from isogloss.scores.effectiveness import condition_names

if TYPE_CHECKING:
    import pandas as pd

    from isogloss.scores.importing import Unusable


@dataclass(frozen=True, eq=False, repr=False)
class Correlation(Result):
    """What is said about distance and transfer in a table of scores.

    Parameters
    ----------
    analyses : tuple of Analysis
        One per condition (task, encoder, ...); most tables have one.
    notes : tuple of str
        How the table was understood.
    unusable : tuple of Unusable
        Rows that no analysis uses.
    not_analysed : tuple of NotAnalysed
    keys : tuple of str
        Name of each analysis: as many fields of its condition as tell those of the table apart; empty for the
        only one.
    """

    analyses: tuple[Analysis, ...]
    notes: tuple[str, ...]
    unusable: tuple[Unusable, ...]
    not_analysed: tuple[NotAnalysed, ...]
    keys: tuple[str, ...]

    @property
    def _names(self) -> tuple[str, ...]:
        return condition_names(analysis.condition for analysis in self.analyses)

    def to_frame(self) -> pd.DataFrame:
        """One row per record, primary first; each names its condition if the table has several."""
        import pandas as pd

        frames = [analysis.to_frame() for analysis in self.analyses]
        for frame, name in zip(frames, self._names, strict=True):
            frame.insert(0, "condition", name)
        whole = pd.concat(frames, ignore_index=True)
        return whole if any(self.keys) else whole.drop(columns="condition")

    def to_dict(self) -> dict[str, Any]:
        """Everything as JSON has it; None where a number is NaN or infinite.

        With several conditions every record names its own, ``primary`` and ``sensitivity`` hold the records
        of all of them, counts are sums, and ``analyses`` holds each one whole.
        """
        parts = [analysis.to_dict() for analysis in self.analyses]
        about = {
            "notes": list(self.notes),
            "unusable": as_json(self.unusable),
            "not_analysed": [entry.to_dict() for entry in self.not_analysed],
        }
        if len(parts) == 1:
            return {**parts[0], **about}
        for part, name in zip(parts, self._names, strict=True):
            for record in (*part["primary"], *part["sensitivity"]):
                record["condition"] = name

        def together(field: str) -> list[Any]:
            return [entry for part in parts for entry in part[field]]

        return {
            "design": ", ".join(dict.fromkeys(part["design"] for part in parts)),
            "n_sources": len({row.id for analysis in self.analyses for row in analysis.rows}),
            "n_targets": len({column.id for analysis in self.analyses for column in analysis.columns}),
            "n_dyads": sum(part["n_dyads"] for part in parts),
            "languages": list({entry["input"]: entry for entry in together("languages")}.values()),
            "primary": together("primary"),
            "sensitivity": together("sensitivity"),
            "analyses": parts,
            "version": __version__,
            **about,
        }

    def __str__(self) -> str:
        return "\n".join(RENDERERS["analysis"](self))

    def _repr_html_(self) -> str:
        from html import escape

        parts = []
        numbers = ["estimate", "ci_low", "ci_high", "p_value", "p_family"]
        shown = ["effectiveness", "distance", *numbers, "verdict"]
        for analysis, key in zip(self.analyses, self.keys, strict=True):
            if key:
                parts.append(f"<h4>{escape(key)}</h4>")
            parts += [f"<p>{escape(sentence)}</p>" for sentence in analysis.answer()]
            frame = analysis.to_frame()
            primary = frame[frame["analysis"] == "primary"][shown]
            parts.append(primary.to_html(index=False, float_format="{:.3g}".format))
        parts += [
            f"<p>not analysed: {escape(entry.condition)}: {escape(entry.reason)}</p>"
            for entry in self.not_analysed
        ]
        return "".join(parts)
