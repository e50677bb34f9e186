"""Files of a report: the page, data as CSV and JSON, tables as LaTeX, figures as SVG, PDF and PNG."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from isogloss.errors import FieldError
from isogloss.report import latex
from isogloss.report.canvas import FORMATS as FIGURE_FORMATS
from isogloss.report.canvas import without_glyph
from isogloss.report.drawn import Drawn, draw
from isogloss.report.figures import Figure
from isogloss.report.render import render
from isogloss.report.summary import Summary
from isogloss.scores.effectiveness import Condition, condition_names
from isogloss.scores.table import csv_text
from isogloss.study.outputs.relations import Dyad
from isogloss.writing import store_error, write_text

FORMATS = ("html", "latex", "csv", "json")
USUAL = ("html", "csv", "json")
"""Files that a study writes without being asked."""


@dataclass(frozen=True)
class ReportFiles:
    """Files written, the page among them, if it was asked for, and older ones that were not.

    `without_glyph` holds the characters of names that figures in PDF and PNG show as boxes.
    """

    html: Path | None
    written: tuple[Path, ...]
    older: tuple[Path, ...] = ()
    without_glyph: str = ""


def write_report(
    summary: Summary, folder: Path, formats: Sequence[str] = USUAL, figures: Sequence[str] = ()
) -> ReportFiles:
    """Write a report; each file is whole or absent.

    Parameters
    ----------
    summary : Summary
    folder : Path
    formats : sequence of str
        Of `FORMATS`: ``report.html``; ``tables.tex``; ``scores.csv``, ``dyads.csv`` and ``verdicts.csv``;
        ``analysis.json``.
    figures : sequence of str
        ``"svg"``, ``"pdf"``, ``"png"``: every figure as such a file in ``figures/``, each with its data as
        CSV.

    Raises
    ------
    FieldError
        If a format is unknown.
    StoreError
        If the disk is full or not writable.
    """
    check_formats(formats, figures)
    drawn = draw(summary) if "html" in formats or figures else None
    written = []
    for file, (name, text) in _FILES.items():
        if name in formats:
            write_text(folder / file, text(summary, drawn))
            written.append(folder / file)
    if drawn is not None and figures:
        written += write_figures(drawn, folder / "figures", figures)
    boxes = ""
    if drawn is not None and {"pdf", "png"}.intersection(figures):
        boxes = without_glyph(figure.canvas for figure in drawn)
    older = [folder / file for file in _FILES if folder / file not in written]
    older += [folder / "figures"] if not figures else []
    page = folder / "report.html" if "html" in formats else None
    return ReportFiles(page, tuple(written), tuple(path for path in older if path.exists()), boxes)


def formats_in(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Formats of a report and of its figures of which a folder holds files."""
    there = dict.fromkeys(name for file, (name, _) in _FILES.items() if (folder / file).is_file())
    figures = (kind for kind in FIGURE_FORMATS if any((folder / "figures").glob(f"*.{kind}")))
    return tuple(there), tuple(figures)


def check_formats(formats: Sequence[str], figures: Sequence[str] = ()) -> None:
    """Refuse formats that cannot be written, all of them at once.

    Raises
    ------
    FieldError
    """
    stated = (("--format", formats, FORMATS), ("--figures", figures, FIGURE_FORMATS))
    wrong = [(option, allowed) for option, names, allowed in stated if not {*names} <= {*allowed}]
    unknown = [name for _, names, allowed in stated for name in names if name not in allowed]
    if unknown:
        raise FieldError(
            f"no format {', '.join(map(repr, unknown))}",
            where=", ".join(option for option, _ in wrong),
            allowed="; ".join(", ".join(allowed) for _, allowed in wrong),
        )


def write_figures(drawn: Drawn | Iterable[Figure], folder: Path, formats: Sequence[str]) -> list[Path]:
    """Write every figure in every format, and its data as CSV.

    Raises
    ------
    StoreError
        If the disk is full or not writable.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for figure in drawn:
            for kind in formats:
                path = folder / f"{figure.name}.{kind}"
                figure.canvas.save(path, figure.alt)
                written.append(path)
            path = folder / f"{figure.name}.csv"
            write_text(path, as_csv(figure.columns, figure.rows))
            written.append(path)
    except OSError as error:
        raise store_error(error, folder) from error
    return written


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows with a header; an empty field for what is missing, floats in shortest exact form."""
    return csv_text(columns, ([None if _is_nan(value) else value for value in row] for row in rows))


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def dyads_csv(summary: Summary) -> str:
    """Every point of every plot, one row each; effectiveness as a fraction, `metric` of the distance."""
    columns = [field.name for field in dataclasses.fields(Dyad)]
    names = _names(summary)
    rows: list[tuple[object, ...]] = []
    for section in summary.results.sections:
        for relation in section.relations:
            model = (names[section.condition], section.encoder, section.aggregator, section.measure)
            about = (*model, relation.distance, relation.definition)
            rows += [(*about, *dataclasses.astuple(dyad)) for dyad in relation.dyads]
    return as_csv(["condition", "encoder", "aggregator", "measure", "metric", "definition", *columns], rows)


def _names(summary: Summary) -> dict[Condition, str]:
    """Name of each analysed condition."""
    conditions = [analysis.condition for analysis in summary.results.analyses]
    return dict(zip(conditions, condition_names(conditions), strict=True))


def verdicts_csv(summary: Summary) -> str:
    """Every test, primary and sensitivity, one row each; slopes as fractions of a score per unit."""
    names = _names(summary)
    rows, columns = [], ["condition"]
    for analysis in summary.results.analyses:
        frame = analysis.to_frame()
        columns = ["condition", *frame.columns]
        rows += [[names[analysis.condition], *row] for row in frame.itertuples(index=False)]
    return as_csv(columns, rows)


_FILES: dict[str, tuple[str, Callable[[Summary, Drawn | None], str]]] = {
    "scores.csv": ("csv", lambda summary, _: summary.results.table.to_csv()),
    "dyads.csv": ("csv", lambda summary, _: dyads_csv(summary)),
    "verdicts.csv": ("csv", lambda summary, _: verdicts_csv(summary)),
    "analysis.json": (
        "json",
        lambda summary, _: json.dumps(summary.to_dict(), indent=1, ensure_ascii=False) + "\n",
    ),
    "tables.tex": ("latex", lambda summary, _: latex.tables(summary)),
    "report.html": ("html", render),
}
"""Files of a report with their format, in the order in which they are written."""
