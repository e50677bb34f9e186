"""Several scores of one cell: replicates, repetitions, editions, or a column that was not named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.errors import DataError
from isogloss.scores.importing.describing import REPEATS
from isogloss.scores.importing.labels import words
from isogloss.scores.importing.layout import Dimension
from isogloss.scores.importing.plain import plain
from isogloss.scores.importing.records import Records
from isogloss.scores.table import KEY, LANGUAGE_ROLES

FIRST, MEAN = "first", "mean"


@dataclass(eq=False)
class Cells:
    """Records that can be used, with the cell that each belongs to.

    Parameters
    ----------
    frame : data frame
        Columns of `isogloss.scores.table.ScoreRow`, and ``record``, the position in `records`.
    records : Records
    unusable : list of (int, str)
        Records that are not used, with the reason.
    notes : list of str
    used : list of str
        Names of dimensions without a role that distinguish scores of one cell.
    """

    frame: pd.DataFrame
    records: Records
    unusable: list[tuple[int, str]]
    notes: list[str]
    used: list[str] = field(default_factory=list)

    def labels(self, dimension: Dimension) -> pd.Series:
        """Labels of the records that are left, in a dimension without a role."""
        of = self.records.of(dimension).iloc[self.frame["record"].to_numpy()]
        return of.set_axis(self.frame.index)

    def cells(self, *more: pd.Series) -> NDArray[np.intp]:
        """Number of the cell of each record; records that differ in `more` are of different cells."""
        keys = [self.frame[name] for name in KEY] + list(more)
        codes = np.zeros(len(self.frame), dtype=np.int64)
        for key in keys:
            own, distinct = pd.factorize(key, use_na_sentinel=False)
            if len(distinct) > 1:
                codes = pd.factorize(codes * len(distinct) + own)[0].astype(np.int64)
        return codes

    def first_of_cell(self, *more: pd.Series) -> NDArray[np.intp]:
        """Position of the first record in the cell of each record."""
        number = self.cells(*more)
        return np.unique(number, return_index=True)[1][number]

    def disagreeing(self, *more: pd.Series) -> tuple[int, int] | None:
        """Positions of the first two records of one cell whose scores differ."""
        first, scores = self.first_of_cell(*more), self.frame["score"].to_numpy()
        differ = np.flatnonzero(scores != scores[first])
        return (int(first[differ[0]]), int(differ[0])) if len(differ) else None

    def leave_out(self, gone: NDArray[np.bool_], reasons: Sequence[str]) -> None:
        """Set records aside, each for its reason."""
        self.unusable += list(zip(self.frame["record"][gone].tolist(), reasons, strict=True))
        self.frame = self.frame[~gone].reset_index(drop=True)


def take_editions(cells: Cells, choice: str | None) -> None:
    """Decide between several labels of one language: treebanks, editions, a macrolanguage and its standard.

    Without a choice the label that the table names first stands for the language, where another has other
    scores.

    Parameters
    ----------
    cells : Cells
    choice : str, optional
        ``"first"``, ``"mean"``, or words of the labels to take, the preferred first.
    """
    found = False
    for role in LANGUAGE_ROLES:
        label = cells.frame[f"{role}_label"]
        language = cells.frame[f"{role}_language"]
        first = pd.DataFrame({"label": label, "language": language}).drop_duplicates()
        several = {name: own.label.tolist() for name, own in first.groupby("language") if len(own) > 1}
        if not several:
            continue
        found = True
        if choice is None:
            _leave_out_clashing(cells, role)
        elif choice != MEAN:
            taken = {name: _taken(own, choice) for name, own in several.items()}
            keep = language.map(taken)
            gone = (keep.notna() & (keep != label)).to_numpy()
            reasons = [
                f"{role}: '{own}' is an edition of the language that is read from '{other}'"
                for own, other in zip(label[gone], keep[gone], strict=True)
            ]
            cells.notes += [f"of {', '.join(several[name])} '{own}' is read" for name, own in taken.items()]
            cells.leave_out(gone, reasons)
    if found and choice == MEAN:
        _average(cells)


def _taken(labels: Sequence[str], choice: str) -> str:
    if choice == FIRST:
        return labels[0]
    for word in choice.split(","):
        for label in labels:
            if (words(word) and words(word) in words(label).split("_")) or words(word) == words(label):
                return label
    return labels[0]


def _leave_out_clashing(cells: Cells, role: str) -> None:
    first, scores = cells.first_of_cell(), cells.frame["score"].to_numpy()
    label = cells.frame[f"{role}_label"].astype("str").to_numpy(dtype=object)
    earlier = label[first]
    clash = (scores != scores[first]) & (label != earlier)
    if not clash.any():
        return
    instead = dict(zip(label[clash].tolist(), earlier[clash].tolist(), strict=True))
    for name, other in list(instead.items()):
        if instead.get(other) == name:
            del instead[name]
    gone = np.isin(label, list(instead))
    told = [
        f"{role}: '{name}' is the language that the table also calls '{instead[name]}', which has other "
        "scores (--editions mean averages them)"
        for name in label[gone]
    ]
    cells.leave_out(gone, told)


def _average(cells: Cells) -> None:
    """One record per cell, the mean over its editions."""
    number = cells.cells()
    editions = cells.frame[[f"{role}_label" for role in LANGUAGE_ROLES]].astype("str").agg("|".join, axis=1)
    several = pd.Series(editions).groupby(number).transform("nunique") > 1
    if not several.any():
        return
    means = cells.frame["score"].groupby(number).transform("mean")
    counts = cells.frame["n_examples"].groupby(number).transform("sum")
    later = several & pd.Series(number).duplicated()
    cells.frame.loc[several, "score"] = means[several]
    cells.frame.loc[several, ["n_examples", "n_units"]] = np.column_stack([counts[several]] * 2)
    cells.notes.append(
        f"several editions of a language are averaged: {int(several.sum())} scores become "
        f"{int(several.sum() - later.sum())}"
    )
    cells.frame = cells.frame[~later].reset_index(drop=True)


def make_distinct(cells: Cells) -> None:
    """Keep one record per cell.

    Records that say the same are kept once. Where records of one cell disagree, a column that was not named
    may distinguish all of them. In a long table it has to be one column alone, each of its values in at least
    half of all cells. Its values are analysed by themselves, and that is said: to take them for replicates
    would be the bolder guess.

    Raises
    ------
    DataError
        If records of one cell disagree and nothing distinguishes them.
    """
    found = cells.disagreeing()
    if found is not None:
        dimensions = _telling_apart(cells)
        if not dimensions:
            raise _disagreement(cells, *found)
        for dimension in dimensions:
            own = cells.labels(dimension)
            cells.frame["task"] = with_condition(cells.frame["task"], dimension, own)
            cells.used.append(dimension.name)
        names = ", ".join(d.place for d in dimensions)
        n_values = " x ".join(str(len(d.labels)) for d in dimensions)
        name, column = dimensions[0].name, dimensions[0].column
        hint = f" (--seed-column {name if ' ' not in name else repr(name)} if they are replicates)"
        cells.notes.append(
            f"{names} distinguishes scores of one cell: each of its {n_values} values is analysed by itself"
            f"{hint if name and column is not None else ''}"
        )
    first = cells.first_of_cell()
    again = first != np.arange(len(first))
    record = cells.frame["record"].to_numpy()[first[again]]
    cells.leave_out(again, [f"{REPEATS}{cells.records.place(int(i))}" for i in record])


def with_condition(task: pd.Series, dimension: Dimension, labels: pd.Series) -> pd.Series:
    """Name of the task with what is analysed by itself behind it."""
    what = f"{dimension.name} ".lstrip() + labels.astype("str").map(plain)
    return what.where(task == "", task.astype("str") + ", " + what)


def _telling_apart(cells: Cells) -> list[Dimension]:
    alone = _candidates(cells)
    is_wide = cells.records.layout.is_wide
    if is_wide or (alone and alone[0].column is None):
        texts = [d for d in cells.records.layout.others if not _is_count(d)]
        if alone:
            return [next((d for d in alone if d in texts), alone[0])]
        return texts if texts and cells.disagreeing(*map(cells.labels, texts)) is None else []
    number = cells.cells()
    n_cells = number.max() + 1
    whole = []
    for dimension in alone:
        own = pd.DataFrame({"label": cells.labels(dimension), "cell": number}).drop_duplicates()
        if (own.groupby("label", observed=True).size() >= n_cells / 2).all():
            whole.append(dimension)
    return whole if len(whole) == 1 else []


def _is_count(dimension: Dimension) -> bool:
    return all(label.replace(".", "", 1).isdigit() for label in dimension.labels if label)


def _candidates(cells: Cells) -> list[Dimension]:
    return [d for d in cells.records.layout.others if cells.disagreeing(cells.labels(d)) is None]


def _disagreement(cells: Cells, before: int, after: int) -> DataError:
    row, records = cells.frame.iloc[after], cells.records
    trained = row["intermediate_language"] or row["source_language"]
    candidates = [dimension.name for dimension in _candidates(cells)]
    places = [records.place(int(cells.frame["record"].iloc[i])) for i in (before, after)]
    return DataError(
        f"two scores of {trained} -> {row['target_language']}: {cells.frame['score'].iloc[before]:g} and "
        f"{row['score']:g}",
        where=f"{places[0]} and {places[1]}",
        allowed=f"columns that distinguish them: {', '.join(candidates)}" if candidates else None,
        hint="name replicates with --seed-column, what is to be analysed apart with --by, or keep one row",
    )
