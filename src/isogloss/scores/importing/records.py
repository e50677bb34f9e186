"""Which records a table holds: one score each, with what distinguishes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.display import counted
from isogloss.errors import DataError
from isogloss.scores.importing.labels import METRICS, is_average, language_of, word_list, words
from isogloss.scores.importing.layout import AN_AVERAGE, Dimension, Layout
from isogloss.scores.importing.numbers import NOT_MEASURED, PERCENT, Parsed, parse
from isogloss.scores.importing.sheet import Sheet
from isogloss.scores.table import LANGUAGE_ROLES

PART = "part"
"""Dimension of several scores in one field."""

_CORRELATIONS = word_list("correlations")
SWAPPED = 2.0
"""Mean scores that differ so many times as much between languages of one side: these are the targets."""

_MATCHED = 0.75
"""Share of cells of a diagonal that decide which side of a matrix is the target."""


@dataclass(frozen=True, eq=False)
class Records:
    """Scores as they are written, row by row.

    Parameters
    ----------
    sheet : Sheet
    layout : Layout
        With every side of the design decided.
    row : ndarray of int
        Row of the body.
    column : ndarray of int
        Which of the columns of scores.
    labels : mapping of str to Series of str
        Label of every record, by role or name of a dimension.
    values : ndarray of float
        NaN where there is no score.
    percent : ndarray of bool
        A percent sign is written.
    left_out : tuple of (str, str)
        Labels that no record holds, with the reason.
    notes : tuple of str
    """

    sheet: Sheet
    layout: Layout
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    labels: Mapping[str, pd.Series]
    values: NDArray[np.float64]
    percent: NDArray[np.bool_]
    left_out: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def place(self, record: int) -> str:
        """Place of a record: ``"scores.csv, line 3, column 'de'"``."""
        return self.field(record) if self.layout.is_wide else self.row_place(record)

    def row_place(self, record: int) -> str:
        """Place of the row of a record: ``"scores.csv, line 3"``."""
        return self.sheet.place(int(self.row[record]))

    def field(self, record: int) -> str:
        """Place of the field of a record, in a table of any shape."""
        name = self.sheet.names[self.layout.scores[int(self.column[record])]]
        return f"{self.row_place(record)}, column '{name}'"

    def places(self, records: NDArray[np.intp]) -> list[str]:
        """Places of some records."""
        grid = self.sheet.grid
        numbers = grid.numbers[self.sheet.rows[self.row[records]]].tolist()
        names = [self.sheet.names[j] for j in self.layout.scores]
        ends = [f", column '{name}'" if self.layout.is_wide else "" for name in names]
        rows = zip(numbers, self.column[records].tolist(), strict=True)
        return [f"{grid.name}, {grid.unit} {number}{ends[column]}" for number, column in rows]

    def where(self, keep: NDArray[np.bool_]) -> Records:
        """Some of the records."""
        if keep.all():
            return self
        return replace(
            self,
            row=self.row[keep],
            column=self.column[keep],
            labels={name: of[keep].reset_index(drop=True) for name, of in self.labels.items()},
            values=self.values[keep],
            percent=self.percent[keep],
        )

    def of(self, dimension: Dimension) -> pd.Series:
        """Label of every record in a dimension without a role."""
        return _labels_of(dimension, self.sheet, self.row, self.column)


def records_of(sheet: Sheet, layout: Layout) -> Records:
    """Read the scores, without rows and columns of averages.

    Raises
    ------
    DataError
        If a field is not a score.
    """
    n_rows, n_columns = len(sheet.body), len(layout.scores)
    row, column = np.divmod(np.arange(n_rows * n_columns), n_columns)
    texts = sheet.body[list(layout.scores)]
    flat = texts[layout.scores[0]]
    if n_columns > 1:
        flat = pd.Series(texts.to_numpy(dtype=object).ravel(), dtype="str")
    dimensions = {**layout.roles, **{d.name: d for d in layout.undecided}}
    labels = {role: _labels_of(d, sheet, row, column) for role, d in dimensions.items()}
    keep, left_out = _without_averages(labels, layout, dimensions)
    row, column, flat = row[keep], column[keep], flat[keep].reset_index(drop=True)
    labels = {role: of[keep].reset_index(drop=True) for role, of in labels.items()}
    found = parse(flat)
    bare = Records(sheet, layout, row, column, labels, found.values[:, 0], found.percent)
    without = _rows_without_scores(sheet, row, found) if n_columns > 1 else {}
    if without:
        left_out += [(sheet.place(i), reason) for i, reason in without.items()]
        kept = ~np.isin(row, list(without))
        bare, flat = bare.where(kept), flat[kept].reset_index(drop=True)
        found = parse(flat)
    bare = replace(bare, left_out=tuple(left_out))
    _refuse_wrong(bare, found, flat)
    notes = []
    if found.beside.any():
        notes.append(
            f"a spread or a number in brackets behind {counted(int(found.beside.sum()), 'score')} is not used"
        )
    if found.values.shape[1] > 1:
        bare, told = _parts(bare, found.values, flat)
        notes.append(told)
    bare = _sides_decided(bare)
    return replace(bare, notes=(*notes, *bare.notes))


def _labels_of(
    dimension: Dimension, sheet: Sheet, row: NDArray[np.intp], column: NDArray[np.intp]
) -> pd.Series:
    if dimension.column is None:
        codes, distinct = pd.factorize(pd.Series(dimension.across, dtype="str"))
        return categorical(codes[column], list(distinct))
    own = sheet.body[dimension.column].astype("category")
    is_whole = len(row) == len(own) and (row == np.arange(len(own))).all()
    return own if is_whole else own.iloc[row].reset_index(drop=True)


def _without_averages(
    labels: Mapping[str, pd.Series], layout: Layout, dimensions: Mapping[str, Dimension]
) -> tuple[NDArray[np.bool_], list[tuple[str, str]]]:
    """Records that are not averages of others, and the labels of averages with the reason."""
    keep = np.ones(len(next(iter(labels.values()))), dtype=bool)
    left_out = []
    for role, of in labels.items():
        is_averaged = role in (*LANGUAGE_ROLES, "pair", "seed", "encoder")
        if not is_averaged and dimensions[role] not in layout.undecided:
            continue
        own = [label for label in dimensions[role].labels if label]
        averages = [label for label in own if is_average(label, own)]
        if averages and len(averages) < len(own):
            keep &= ~of.isin(averages).to_numpy()
            left_out += [(f"{label} ({dimensions[role].place})", AN_AVERAGE) for label in averages]
    return keep, left_out


def _rows_without_scores(sheet: Sheet, row: NDArray[np.intp], found: Parsed) -> dict[int, str]:
    """Rows of a wide table that hold texts or counts alone: families, sizes. Each with the reason."""
    is_count = np.nan_to_num(found.values).max(axis=1) > PERCENT
    counts, numbers, texts = (
        np.bincount(row[which], minlength=len(sheet.body))
        for which in (is_count, np.isfinite(found.values[:, 0]), found.wrong)
    )
    if not ((numbers > counts) & (texts == 0)).any():
        return {}
    called = sheet.body[0].str.match(r"#\s*[^\W\d]").to_numpy(dtype=bool)
    without = {
        "it holds texts, no scores": (numbers == 0) & (texts > 1),
        "it holds counts, no scores": (texts == 0) & (called | ((counts == numbers) & (counts > 1))),
    }
    return {int(i): why for why, gone in without.items() for i in np.flatnonzero(gone)}


def _refuse_wrong(records: Records, found: Parsed, texts: pd.Series) -> None:
    wrong = np.flatnonzero(found.wrong)
    if not len(wrong):
        return
    further = f" (and {counted(len(wrong) - 1, 'other field')})" if len(wrong) > 1 else ""
    first = int(wrong[0])
    raise DataError(
        f"the score '{texts.iloc[first][:80]}' is not a number{further}",
        where=records.field(first),
        allowed="a number, also 81.2 ± 0.4, 81.2 (0.4) or 77.7 / 65.2; empty, NA or - for no score",
        hint="correct it, or empty the field",
    )


def _parts(records: Records, values: NDArray[np.float64], texts: pd.Series) -> tuple[Records, str]:
    """Several scores in one field become records of several metrics.

    Raises
    ------
    DataError
        If only some fields hold several.
    """
    n_parts = values.shape[1]
    several = np.isfinite(values).sum(axis=1)
    filled = several[several > 0]
    odd = np.flatnonzero((several != np.bincount(filled).argmax()) & (several > 0))
    if len(odd):
        first = int(odd[0])
        raise DataError(
            f"'{texts.iloc[first][:60]}' holds {counted(int(several[first]), 'score')}, most fields "
            f"{np.bincount(filled).argmax()}",
            where=records.field(first),
            hint="write as many scores into every field, or leave it empty",
        )
    names = _names_of_parts(records, n_parts)
    n = len(records)
    order = np.arange(n * n_parts) // n_parts
    labels = {name: of.iloc[order].reset_index(drop=True) for name, of in records.labels.items()}
    part = categorical(np.arange(n * n_parts) % n_parts, names)
    if "metric" in labels:
        part = (labels["metric"].astype("str") + " " + part.astype("str")).astype("category")
    labels["metric"] = part
    spread = replace(
        records,
        row=records.row[order],
        column=records.column[order],
        labels=labels,
        values=values.ravel(),
        percent=np.repeat(records.percent, n_parts),
    )
    return spread, f"{n_parts} scores in every field, analysed by themselves: {', '.join(names)}"


def _names_of_parts(records: Records, n_parts: int) -> list[str]:
    """Names from a header or title such as ``F1 / EM``, else numbers."""
    sheet = records.sheet
    for text in (*(label for path in sheet.paths for label in path), sheet.grid.title):
        parts = [re.sub(r"[^\w\s@-]", " ", part).strip() for part in text.replace("|", "/").split("/")]
        parts = [part.split()[-1 if i == 0 else 0] if part.split() else "" for i, part in enumerate(parts)]
        if len(parts) == n_parts and all(words(part) in METRICS for part in parts):
            return parts
    return [f"part {number}" for number in range(1, n_parts + 1)]


def without_minus_one(records: Records, metric: str) -> tuple[NDArray[np.float64], str]:
    """Scores with -1 read as missing, where no score can be negative; and a note on it."""
    marked = records.values == NOT_MEASURED
    other = (records.values < 0) & ~marked
    if not marked.any() or other.any() or _CORRELATIONS & set(words(metric).split("_")):
        return records.values, ""
    note = f"{counted(int(marked.sum()), 'score')} of -1 read as not measured"
    return np.where(marked, np.nan, records.values), note


def _sides_decided(records: Records) -> Records:
    """Decide which of two dimensions of languages is the source.

    The best source for a target is most often the target's own language, so that the cell of a language
    with itself is the highest of its target. Where too few such cells are known, scores differ more between
    targets than between sources. Where that does not decide either, and one side has three times as many
    languages, these are the targets; else rows are sources, and of two columns the first.
    """
    if not records.layout.undecided:
        return records
    first, second = records.layout.undecided
    # rows come before the header, and a row of the header before the one below
    from_both = first.column is None and second.column is not None
    rows, columns = (second, first) if from_both else (first, second)
    own, reason = _target_side(records, rows, columns)
    source, target = (columns, rows) if own is rows else (rows, columns)
    labels = dict(records.labels)
    labels["source"], labels["target"] = labels.pop(source.name), labels.pop(target.name)
    roles = {**records.layout.roles, "source": source, "target": target}
    how = {**records.layout.how, "source": reason, "target": reason}
    return replace(records, layout=replace(records.layout, roles=roles, how=how, undecided=()), labels=labels)


def _target_side(records: Records, rows: Dimension, columns: Dimension) -> tuple[Dimension, str]:
    by_rows, by_columns = (_ids(records.labels[side.name]) for side in (rows, columns))
    frame = pd.DataFrame({"row": by_rows, "column": by_columns, "score": records.values})
    frame = frame[(frame.row != "") & (frame.column != "") & frame.score.notna()]
    cube = frame.pivot_table(index="row", columns="column", values="score", aggfunc="mean")
    in_rows, in_columns = _shares_highest(cube)
    if max(in_columns, in_rows) >= _MATCHED and abs(in_columns - in_rows) >= 0.25:
        side = columns if in_columns > in_rows else rows
        return side, "by the scores: a target is highest from itself"
    apart = frame[frame.row != frame.column].pivot_table(index="row", columns="column", values="score")
    if min(apart.shape) >= 5:
        of_rows, of_columns = (float(np.nanstd(apart.mean(axis=axis))) for axis in (1, 0))
        if max(of_rows, of_columns) > SWAPPED * min(of_rows, of_columns):
            side = rows if of_rows > of_columns else columns
            return side, "by the scores: they differ more between targets than between sources"
    if max(cube.shape) >= 3 * max(min(cube.shape), 1):
        larger = rows if cube.shape[0] > cube.shape[1] else columns
        return larger, "by the numbers of languages: fewer sources than targets"
    return columns, "by convention: rows are sources"


def _shares_highest(cube: pd.DataFrame) -> tuple[float, float]:
    """Shares of the languages of both sides whose score from themselves is the highest of row and column."""
    both = [language for language in cube.index if language in cube.columns]
    if min(cube.shape) < 3 or len(both) < 3:
        return 0.0, 0.0
    own = np.array([cube.loc[language, language] for language in both], dtype=float)
    in_rows = np.nanmean(own >= cube.loc[both].max(axis=1).to_numpy())
    return float(in_rows), float(np.nanmean(own >= cube[both].max(axis=0).to_numpy()))


def _ids(labels: pd.Series) -> NDArray[np.object_]:
    """Language id by record; empty where a label names no language."""
    codes, distinct = pd.factorize(labels)
    ids = np.array(
        [language.id if (language := language_of(str(label))) else "" for label in distinct], dtype=object
    )
    return ids[codes] if len(ids) else np.array([], dtype=object)


def categorical(codes: NDArray[Any], labels: Sequence[str]) -> pd.Series:
    """Labels by their number, each text held once."""
    return pd.Series(pd.Categorical.from_codes(codes, categories=pd.Index(list(labels), dtype=object)))
