"""From records to the score table: languages, scale, replicates, what cannot be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from textwrap import shorten
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.data_files import comma_error, unclear_comma
from isogloss.display import counted
from isogloss.errors import DataError, FieldError, closest, some_of
from isogloss.scores.importing.cells import cells_of
from isogloss.scores.importing.describing import ImportedScores, Unusable, described
from isogloss.scores.importing.files import read_grids
from isogloss.scores.importing.grid import Grid, grid_of_frame
from isogloss.scores.importing.labels import METRICS, word_list, words
from isogloss.scores.importing.layout import Columns, Layout
from isogloss.scores.importing.numbers import Scale, as_fractions, parse, scale_of
from isogloss.scores.importing.records import SWAPPED, Records, records_of, without_minus_one
from isogloss.scores.importing.repeats import Cells, make_distinct, take_editions
from isogloss.scores.importing.roles import layout_of
from isogloss.scores.importing.sheet import Sheet, sheet_of, split_at_languages
from isogloss.scores.table import COLUMNS, KEY, LANGUAGE_ROLES, ScoreRow, ScoreTable

NO_SCORES = word_list("no_scores")
"""Words in the names of metrics whose numbers are not scores, whatever they are."""

ERRORS = word_list("errors")
"""Words in the names of metrics of which less is better."""

_TITLE = 70
"""Most characters shown of a title, which may be a whole paragraph before a table."""

_N_TABLES = 12
"""So many tables of a page that are not read are named by number."""

_BLOCK = 100_000
"""So many rows of a table are made at a time."""


def read_scores(
    scores: Path | str | pd.DataFrame,
    columns: Columns | None = None,
    *,
    scale: Scale | None = None,
    numeric: Sequence[str] = (),
) -> ImportedScores:
    """Read a score table.

    Parameters
    ----------
    scores : path or data frame
        Long (one row per score) or wide (a matrix, in any form): CSV, TSV, Markdown, LaTeX, HTML, Excel,
        Parquet, JSON, JSON lines, also compressed; or the output folder of a study.
    columns : Columns, optional
        Columns that the user names; the others are guessed, and listed in `notes`.
    scale : {"percent", "fraction"}, optional
        Recognised where it is not said: percent if a score exceeds 1.
    numeric : sequence of str
        Further columns to read as numbers; one that the table does not have is passed over.

    Raises
    ------
    DataError
        If the file cannot be read, a score is not a number or out of range, cells disagree without a seed
        column, or no row can be used.
    FieldError
        If an option has a value that it does not take.
    """
    if not isinstance(columns, Columns | None):
        raise FieldError(f"{columns!r} is not a Columns", where="columns", hint="Columns(source='en')")
    columns = columns or Columns()
    if not isinstance(scores, str | Path | pd.DataFrame):
        raise DataError(
            f"scores cannot be read from a {type(scores).__name__}",
            allowed="the path of a file or folder, or a pandas data frame",
            hint="pandas.DataFrame makes a data frame of records",
        )
    if isinstance(scores, pd.DataFrame):
        return _of_grids([grid_of_frame("data frame", scores)], columns, scale, numeric)
    path = Path(scores)
    try:
        grids = read_grids(path)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(
            f"the path cannot be read: {error}", where=str(path)[:200], hint="check the path"
        ) from error
    return _of_grids(grids, columns, scale, numeric)


def as_it_is(table: ScoreTable, said: Mapping[str, Any]) -> ImportedScores:
    """Take a table whose columns are known.

    Parameters
    ----------
    table : ScoreTable
    said : mapping of str to value
        What a caller says of the columns, by the name of the option.

    Raises
    ------
    FieldError
        If anything is said.
    """
    if ignored := [name for name, value in said.items() if value]:
        raise FieldError(
            f"a ScoreTable has its columns already, so {', '.join(ignored)} would be ignored",
            hint="leave it out, or give a file or data frame",
        )
    return ImportedScores(table, (), (), {})


def _of_grids(
    grids: Sequence[Grid], said: Columns, scale: Scale | None, numeric: Sequence[str]
) -> ImportedScores:
    sheet, layout, notes = _chosen(grids, said, numeric)
    records = records_of(sheet, layout)
    notes += [*sheet.grid.notes, *sheet.notes, *_layout_notes(records, said), *records.notes]
    scaled, more = _scaled(records, scale)
    notes += more
    cells = cells_of(scaled)
    take_editions(cells, said.editions)
    make_distinct(cells)
    notes += [*cells.notes, *_range_notes(cells, notes), *_direction_notes(cells.frame, records.layout)]
    seed = records.layout.roles.get("seed")
    if seed is not None:
        notes.append(f"{counted(cells.frame['seed'].nunique(), 'replicate')} by {seed.place}")
    extras = {name: _means(cells, sheet, name) for name in numeric if name in sheet.names}
    places = [Unusable(scaled.place(record), reason) for record, reason in sorted(cells.unusable)]
    table = _table(cells)
    return ImportedScores(
        table,
        tuple(notes),
        tuple(places),
        extras,
        described(scaled, table, tuple(notes), places, cells.used),
    )


def _chosen(grids: Sequence[Grid], said: Columns, numeric: Sequence[str]) -> tuple[Sheet, Layout, list[str]]:
    """The table that is read: as named, the only one, or the only one that holds scores of languages.

    Raises
    ------
    DataError
        If several could be meant, or none can be read.
    """
    shown = [shorten(grid.title, _TITLE, placeholder=" ...") for grid in grids]
    titles = [f"{i} ({title})" if title else str(i) for i, title in enumerate(shown, start=1)]
    found, failed = [], []
    for i in range(len(grids)) if said.table is None else [_asked(said.table, grids, titles)]:
        try:
            sheet = split_at_languages(sheet_of(grids[i]))
            found.append((i, sheet, layout_of(sheet, said, numeric)))
        except DataError as error:
            failed.append((i, error))
    if not found:
        raise _none_of(failed)
    if len(found) > 1:
        raise DataError(
            f"the file holds {len(found)} tables of scores",
            where=grids[0].name,
            allowed=", ".join(titles[i] for i, _, _ in found),
            hint="name one with --table, by its number or words of its title",
        )
    i, sheet, layout = found[0]
    notes = [f"table {titles[i]} of {len(grids)} is read"] if len(grids) > 1 else []
    notes += _not_read(failed, titles)
    return sheet, layout, notes


Failed = Sequence[tuple[int, DataError]]
"""Positions of tables that cannot be read, each with its error."""


def _none_of(failed: Failed) -> DataError:
    """The error of most tables, which says what would help them, with the reasons of all in its words."""
    if len(failed) == 1:
        return failed[0][1]
    alike = _alike(failed)
    told = "; ".join(
        f"{', '.join(str(i + 1) for i, _ in tables)}: {reason}" for reason, tables in alike.items()
    )
    most = max(alike.values(), key=lambda tables: (len(tables), tables[0][0]))[0][1]
    most.what = f"none of the {len(failed)} tables can be read; {told}"
    return most


def _not_read(failed: Failed, titles: Sequence[str]) -> list[str]:
    """Why the tables beside the one that is read are not: the reason of several once, and in short."""
    lines = []
    for reason, tables in _alike(failed).items():
        if len(tables) == 1:
            lines.append(f"table {titles[tables[0][0]]} is not read: {tables[0][1].what}")
        else:
            numbers = some_of([str(i + 1) for i, _ in tables], _N_TABLES)
            lines.append(f"tables {numbers} are not read: {reason}")
    return lines


def _alike(failed: Failed) -> dict[str, list[tuple[int, DataError]]]:
    """Tables by the reason, without what it says of each of them."""
    alike: dict[str, list[tuple[int, DataError]]] = {}
    for i, error in failed:
        alike.setdefault(error.what.partition(":")[0], []).append((i, error))
    return alike


def _asked(table: str, grids: Sequence[Grid], titles: Sequence[str]) -> int:
    """Position of a table by its number, or by words of its title.

    Raises
    ------
    DataError
        If there is not exactly one.
    """
    asked = table.strip().lower()
    found = [i for i in range(len(grids)) if asked == str(i + 1)]
    found = found or [i for i, grid in enumerate(grids) if asked and asked in grid.title.lower()]
    if len(found) != 1:
        raise DataError(
            f"{'no table' if not found else f'{len(found)} tables'} '{table}' in the file",
            where=f"{grids[0].name}, --table",
            allowed=closest(table, titles),
        )
    return found[0]


def _layout_notes(records: Records, said: Columns) -> list[str]:
    """Roles in words, unless the columns are isogloss's own, and the columns and rows that are left out."""
    layout = records.layout

    def told(role: str) -> str:
        found = layout.how[role]
        return "" if found == "named" else " (guessed)" if found == "by its name" else f" (guessed {found})"

    if not layout.is_wide:
        own = [f"{role} = {of.name}{told(role)}" for role, of in layout.roles.items()]
        own.append(f"score = {_metric_name(records)}{'' if said.score else ' (guessed)'}")
        own += [f"each {of.name} by itself" for of in layout.by]
        used = {of.name for of in layout.roles.values()} | {_metric_name(records)}
        notes = [f"columns: {', '.join(own)}"] if said != Columns() or used - set(COLUMNS) else []
    else:
        own = [
            f"{role}{' languages' if role in LANGUAGE_ROLES else ''} in {of.place}{told(role)}"
            for role, of in layout.roles.items()
        ]
        own += [f"each value of {of.place} by itself" for of in layout.by]
        notes = [f"a matrix: {', '.join(own)}"]
    why: dict[str, list[str]] = {}
    for what, reason in (*layout.left_out, *records.left_out):
        why.setdefault(reason, []).append(what)
    return notes + [f"left out: {', '.join(whats)} ({reason})" for reason, whats in why.items()]


def _scaled(records: Records, scale: Scale | None) -> tuple[Records, list[str]]:
    """Scores as fractions, each metric by its own scale; a metric that holds no scores is left out.

    Raises
    ------
    DataError
        If scores are out of range, in the only metric.
    """
    if scale not in (None, *get_args(Scale)):
        raise FieldError(f"unknown scale '{scale}'", where="scale", allowed=", ".join(get_args(Scale)))
    groups = _by_metric(records)
    values, keep = records.values.copy(), np.ones(len(records), dtype=bool)
    notes, left_out, scales = [], [], {}
    failed: DataError | None = None
    for label, own in groups.items():
        said = set(words(label).split("_"))
        _refuse_errors(records, label, said, alone=len(groups) == 1)
        if (NO_SCORES | ERRORS) & said and len(groups) > 1:
            keep &= ~own
            left_out.append((label, "these are not scores"))
            continue
        part = records.where(own)
        cleaned, told = without_minus_one(part, label)
        notes += [told] if told else []
        scales[label] = scale or scale_of(cleaned, part.percent)
        try:
            values[own] = as_fractions(cleaned, scales[label], part.field)
        except DataError as error:
            failed = error
            keep &= ~own
            left_out.append((label, f"{error.what}: these are not scores"))
    if not keep.any():
        raise failed or DataError(
            "no metric of the table is a score",
            where=records.sheet.grid.name,
            hint="name the column of a score with --score",
        )
    if len(set(scales.values())) == 1:
        notes.append(f"scores are read as {next(iter(scales.values()))}")
    else:
        notes += [f"scores of {label} are read as {own}" for label, own in scales.items()]
    notes += [f"left out: {label}: {reason}" for label, reason in left_out]
    kept = replace(records, values=values, left_out=(*records.left_out, *left_out)).where(keep)
    return kept, notes


def _refuse_errors(records: Records, label: str, said: AbstractSet[str], *, alone: bool) -> None:
    """Refuse error rates where there is nothing else: with them every slope has the wrong sign.

    Raises
    ------
    DataError
    """
    if alone and ERRORS & said and not (METRICS | {"1", "100"}) & said:
        raise DataError(
            f"'{label}' looks like an error or a loss, of which less is better: transfer would seem to rise "
            "where it falls",
            where=records.sheet.grid.name,
            allowed="scores: the more, the better",
            hint="write a score, such as 100 - error or 1 - error, and name it so",
        )


def _by_metric(records: Records) -> dict[str, NDArray[np.bool_]]:
    """Which records are of each metric, or task of the header; all, where nothing distinguishes them."""
    task = records.layout.roles.get("task")
    role = "metric" if "metric" in records.labels or task is None or task.column is not None else "task"
    if role not in records.labels:
        return {_metric_name(records): np.ones(len(records), dtype=bool)}
    metric = records.labels[role]
    return {
        str(label): (metric == label).to_numpy()
        for label in metric.cat.remove_unused_categories().cat.categories
    }


def _metric_name(records: Records) -> str:
    layout = records.layout
    return "the matrix" if layout.is_wide else records.sheet.names[layout.scores[0]]


def _means(cells: Cells, sheet: Sheet, name: str) -> dict[tuple[str, str], float]:
    """A numeric column by row and target language.

    Raises
    ------
    DataError
        If a text is not a number.
    """
    rows = cells.records.row[cells.frame["record"].to_numpy()]
    own = sheet.body[sheet.names.index(name)]
    unclear = unclear_comma(own)
    if unclear is not None:
        place = sheet.place(int(np.argmax(own == unclear)))
        raise comma_error(unclear, f"{place}, column '{name}'")
    found = parse(own.iloc[rows].reset_index(drop=True))
    if found.wrong.any():
        first = int(rows[int(np.argmax(found.wrong))])
        raise DataError(
            f"'{own.iloc[first]}' is not a number",
            where=f"{sheet.place(first)}, column '{name}'",
            hint="a control is a numeric column, or a built-in control",
        )
    frame = cells.frame
    row_language = frame["intermediate_language"].where(
        frame["intermediate_language"].notna(), frame["source_language"].astype(object)
    )
    table = pd.DataFrame(
        {"row": row_language, "target": frame["target_language"].astype(object), "value": found.values[:, 0]}
    ).dropna(subset="value")
    means = table.groupby(["row", "target"], sort=False)["value"].mean()
    return dict(zip(means.index.tolist(), means.tolist(), strict=True))


def _table(cells: Cells) -> ScoreTable:
    """The score table, in its order."""
    frame = cells.frame
    order = _order(frame)
    names = [name for name in COLUMNS if name != "stage_id"]
    rows: list[ScoreRow] = []
    for start in range(0, len(order), _BLOCK):
        block = frame.iloc[order[start : start + _BLOCK]]
        stages = zip(
            block["stage_id"].tolist(), cells.records.places(block["record"].to_numpy()), strict=True
        )
        values = zip(*(block[name].astype(object).tolist() for name in names), strict=True)
        rows += (
            ScoreRow(stage_id=stage or place, **dict(zip(names, row, strict=True)))
            for (stage, place), row in zip(stages, values, strict=True)
        )
    return ScoreTable(tuple(rows))


def _order(frame: pd.DataFrame) -> NDArray[np.intp]:
    """Positions of the rows in the order of the score table."""
    keys = (frame[name].astype(object).where(frame[name].notna(), "") for name in reversed(KEY))
    return np.lexsort([pd.factorize(key, sort=True)[0].astype(np.int32) for key in keys])


def _range_notes(cells: Cells, notes: Sequence[str]) -> list[str]:
    scores = cells.frame["score"].to_numpy()
    low = np.flatnonzero((scores > 0) & (scores <= 0.01))
    if not len(low) or not any(note.endswith("read as percent") for note in notes):
        return []
    first = cells.records.place(int(cells.frame["record"].iloc[low[0]]))
    return [
        f"{len(low)} of {len(scores)} scores are at most 1%, the first in {first}: are fractions "
        "mixed with percent? Correct them; --scale applies to the whole column"
    ]


def _direction_notes(frame: pd.DataFrame, layout: Layout) -> list[str]:
    """Notice a table whose source and target columns look swapped.

    In published zero-shot matrices scores differ more between targets than between sources.
    """
    plain_rows = frame[frame["intermediate_language"].isna()]
    plain_rows = plain_rows[
        plain_rows["source_language"].astype("str") != plain_rows["target_language"].astype("str")
    ]
    sides = (plain_rows[f"{side}_language"].astype("str") for side in ("source", "target"))
    of_sources, of_targets = (plain_rows.groupby(side)["score"].mean() for side in sides)
    if min(len(of_sources), len(of_targets)) < 5:
        return []
    ratio = float(np.sqrt(np.var(of_sources) / max(float(np.var(of_targets)), 1e-12)))
    if ratio <= SWAPPED:
        return []
    return [
        f"mean scores differ {ratio:.1f} times as much between sources as between targets; usually it is "
        "the other way: are the two columns swapped?"
    ]
