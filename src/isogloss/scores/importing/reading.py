"""From records to the score table: languages, scale, replicates, what cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.display import counted
from isogloss.errors import DataError, LanguageError, closest
from isogloss.languages import find, read_together
from isogloss.scores.importing import labels as known
from isogloss.scores.importing.describing import Reading, Unusable, described
from isogloss.scores.importing.files import read_grids
from isogloss.scores.importing.grid import Grid, grid_of_frame
from isogloss.scores.importing.labels import MAX_LABEL, language_of, unmarked
from isogloss.scores.importing.numbers import Scale, as_fractions, number, parse, scale_of, whole_number
from isogloss.scores.importing.plain import plain
from isogloss.scores.importing.records import (
    SWAPPED,
    Records,
    categorical,
    records_of,
    sides_of_pairs,
    without_minus_one,
)
from isogloss.scores.importing.repeats import CELL, Cells, make_distinct, take_editions
from isogloss.scores.importing.roles import Columns, Layout, layout_of
from isogloss.scores.importing.sheet import Sheet, sheet_of
from isogloss.scores.table import COLUMNS, LANGUAGE_ROLES, ScoreRow, ScoreTable, layer_of

_BLOCK = 100_000
"""So many rows of a table are made at a time."""

OTHER_SOURCE = "another source language than the one that was named"

NO_STAGE = frozenset({"", "none", "-", "null", "baseline"})
"""Texts in the column of the intermediate language that mean no intermediate stage."""


def read_scores(
    scores: Path | str | pd.DataFrame,
    columns: Columns | None = None,
    *,
    scale: Scale | None = None,
    numeric: Sequence[str] = (),
) -> Reading:
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
    """
    columns = columns or Columns()
    if not isinstance(scores, str | Path):
        return _of_grids([grid_of_frame("data frame", scores)], columns, scale, numeric)
    path = Path(scores)
    try:
        grids = read_grids(path)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"the path cannot be read: {error}", where=str(path)[:200]) from error
    return _of_grids(grids, columns, scale, numeric)


def _of_grids(grids: Sequence[Grid], said: Columns, scale: Scale | None, numeric: Sequence[str]) -> Reading:
    sheet, layout, notes = _chosen(grids, said, numeric)
    records = records_of(sheet, layout)
    unusable: list[tuple[int, str]] = []
    notes += [*sheet.grid.notes, *sheet.notes, *_layout_notes(records, said), *records.notes]
    scaled, more = _scaled(records, scale)
    notes += more
    cells, spelled_notes = _cells(scaled, said, unusable)
    notes += spelled_notes
    take_editions(cells, said.editions)
    make_distinct(cells)
    notes += [*cells.notes, *_range_notes(cells, notes), *_direction_notes(cells.frame, records.layout)]
    seed = records.layout.roles.get("seed")
    if seed is not None:
        notes.append(f"{cells.frame['seed'].nunique()} replicates by {seed.place}")
    extras = {name: _means(cells, sheet, name) for name in numeric if name in sheet.names}
    places = [Unusable(scaled.place(record), reason) for record, reason in sorted(cells.unusable)]
    table = _table(cells)
    return Reading(
        table,
        tuple(notes),
        tuple(places),
        extras,
        described(sheet, scaled, table, tuple(notes), places, cells.used),
    )


def _chosen(grids: Sequence[Grid], said: Columns, numeric: Sequence[str]) -> tuple[Sheet, Layout, list[str]]:
    """The table that is read: as named, the only one, or the only one that holds scores of languages.

    Raises
    ------
    DataError
        If several could be meant, or none can be read.
    """
    titles = [f"{i} ({grid.title})" if grid.title else str(i) for i, grid in enumerate(grids, start=1)]
    wanted = list(range(len(grids)))
    if said.table is not None:
        asked = said.table.strip().lower()
        wanted = [i for i, grid in enumerate(grids) if asked == str(i + 1)] or [
            i for i, grid in enumerate(grids) if asked and asked in grid.title.lower()
        ]
        if len(wanted) != 1:
            raise DataError(
                f"{'no table' if not wanted else f'{len(wanted)} tables'} '{said.table}' in the file",
                where=f"{grids[0].name}, --table",
                allowed=closest(said.table, titles),
            )
    found, failed = [], []
    for i in wanted:
        try:
            sheet = sheet_of(grids[i])
            found.append((i, sheet, layout_of(sheet, said, numeric)))
        except DataError as error:
            failed.append((i, error))
    if not found:
        if len(failed) > 1:
            failed[0][
                1
            ].what = f"none of the {len(failed)} tables can be read; the first: {failed[0][1].what}"
        raise failed[0][1]
    if len(found) > 1:
        raise DataError(
            f"the file holds {len(found)} tables of scores",
            where=grids[0].name,
            allowed=", ".join(titles[i] for i, _, _ in found),
            hint="name one with --table, by its number or words of its title",
        )
    i, sheet, layout = found[0]
    notes = [f"table {titles[i]} of {len(grids)} is read"] if len(grids) > 1 else []
    notes += [f"table {titles[j]} is not read: {error.what}" for j, error in failed]
    return sheet, layout, notes


def _layout_notes(records: Records, said: Columns) -> list[str]:
    """Roles in words, and the columns and rows that are left out."""
    layout = records.layout

    def told(role: str) -> str:
        found = layout.how[role]
        return "" if found == "named" else " (guessed)" if found == "by its name" else f" (guessed {found})"

    if not layout.is_wide:
        own = [f"{role} = {of.name}{told(role)}" for role, of in layout.roles.items()]
        own.append(f"score = {_metric_name(records)}{'' if said.score else ' (guessed)'}")
        own += [f"each {of.name} by itself" for of in layout.by]
        notes = [f"columns: {', '.join(own)}"]
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
    metric = records.labels.get("metric")
    groups = (
        {str(label): (metric == label).to_numpy() for label in metric.cat.categories}
        if metric is not None
        else {}
    )
    groups = {label: own for label, own in groups.items() if own.any()}
    if len(groups) < 2:
        groups = {next(iter(groups), _metric_name(records)): np.ones(len(records), dtype=bool)}
    values, keep = records.values.copy(), np.ones(len(records), dtype=bool)
    notes, left_out, scales = [], [], {}
    failed: DataError | None = None
    for label, own in groups.items():
        part = records.where(own)
        cleaned, told = without_minus_one(part, label)
        notes += [told] if told else []
        scales[label] = scale or scale_of(cleaned, part.percent)
        try:
            places = _Places(part)
            values[own] = as_fractions(cleaned, scales[label], places, _metric_name(records))
        except DataError as error:
            failed = error
            keep &= ~own
            left_out.append((label, f"{error.what}: these are not scores"))
    if failed is not None and not keep.any():
        raise failed
    if len(set(scales.values())) == 1:
        notes.append(f"scores are read as {next(iter(scales.values()))}")
    else:
        notes += [f"scores of {label} are read as {own}" for label, own in scales.items()]
    notes += [f"left out: {label}: {reason}" for label, reason in left_out]
    kept = replace(records, values=values, left_out=(*records.left_out, *left_out)).where(keep)
    return kept, notes


class _Places(Sequence[str]):
    """Places of records, made when one is asked for."""

    def __init__(self, records: Records) -> None:
        self._records = records

    def __getitem__(self, index: Any) -> Any:
        return self._records.sheet.place(int(self._records.row[index]))

    def __len__(self) -> int:
        return len(self._records)


def _metric_name(records: Records) -> str:
    layout = records.layout
    return "the matrix" if layout.is_wide else records.sheet.names[layout.scores[0]]


class _Spellings:
    """One spelling per language: the first that the table uses; labels are read together."""

    def __init__(self, labels: Sequence[str], only_source: str) -> None:
        self.ids: dict[str, str] = {}
        self.unknown: dict[str, str] = {}
        self.first: dict[str, str] = {}
        self.other: dict[str, str] = {}
        alone = {label: language_of(label) for label in labels if label.strip() and len(label) <= MAX_LABEL}
        texts = {label: found.input.strip() if found else plain(label) for label, found in alone.items()}
        together = read_together(dict.fromkeys(texts.values()))
        self.notes = list(together.notes)
        for label in dict.fromkeys([*([only_source] if only_source else []), *labels]):
            language = together.languages.get(texts.get(label, "")) or language_of(label)
            if language is None:
                self.unknown[label] = _reason(label, together.problems.get(texts.get(label, "")))
                continue
            self.ids[label] = language.id
            spelled = texts.get(label, label.strip())
            other = find(spelled)
            by_itself = spelled if other is not None and other == language else language.id
            first = self.first.setdefault(language.id, by_itself)
            if first not in (spelled, language.id):
                self.other[spelled] = first
        self.notes += [
            f"'{text}' is the language that the table also calls '{first}'"
            for text, first in self.other.items()
        ]

    def spelling(self, label: str) -> str:
        """The spelling that stands for the language of a label; empty for an unknown one."""
        return self.first.get(self.ids.get(label, ""), "")


def _reason(label: str, problem: LanguageError | None) -> str:
    if problem is None:
        return f"no language '{label[:MAX_LABEL]}'"
    return problem.what + (f" ({problem.allowed})" if problem.allowed else "")


def _cells(records: Records, said: Columns, unusable: list[tuple[int, str]]) -> tuple[Cells, list[str]]:
    """Records with their languages; those that cannot be used are set aside with the reason.

    Raises
    ------
    DataError
        If none can be used.
    """
    labels = _language_labels(records)
    n = len(records)
    notes: list[str] = []
    reasons = pd.Series([""] * n, dtype=object)
    reasons[np.isnan(records.values)] = "no score"
    usable = ~np.isnan(records.values)
    only = records.layout.only_source
    used = dict.fromkeys(label for label in _in_order(labels, usable) if label.lower() not in NO_STAGE)
    spelled = _Spellings([label for label in used if label != only], only)
    frame = pd.DataFrame({"record": np.arange(n), "score": records.values})
    for role in LANGUAGE_ROLES:
        own = labels.get(role)
        if own is None:
            blank = categorical(np.zeros(n, dtype=int), [""])
            frame[[f"{role}_label", f"{role}_language", f"{role}_id"]] = pd.concat([blank] * 3, axis=1)
            continue
        frame[f"{role}_label"] = own
        known_labels = list(map(str, own.cat.categories))
        frame[f"{role}_language"] = _mapped(own, {label: spelled.spelling(label) for label in known_labels})
        frame[f"{role}_id"] = _mapped(own, {label: spelled.ids.get(label, "") for label in known_labels})
    for role in ("target", "source", "intermediate"):
        if role not in labels or (
            role == "source" and "intermediate" in labels and role not in records.labels
        ):
            continue
        why = {str(label): _not_usable(str(label), role, spelled) for label in labels[role].cat.categories}
        told = _mapped(labels[role], why).to_numpy(dtype=object)
        blank_source = role == "source" and "intermediate" in labels
        wrong = (told != "") & (reasons == "").to_numpy()
        if blank_source:
            wrong &= labels[role].astype("str").to_numpy() != ""
        reasons[wrong] = told[wrong]
    others = _other_sources(records, labels, said, spelled)
    if others is not None:
        others &= (reasons == "").to_numpy()
        reasons[others] = OTHER_SOURCE
        notes.append(f"left out: {counted(int(others.sum()), 'score')} of other sources than {only}")
    gone = (reasons != "").to_numpy()
    if gone.all():
        first = int(np.argmax(reasons != "no score")) if (reasons != "no score").any() else 0
        raise DataError(
            f"none of the {n} rows can be used; the first: {reasons[first]}",
            where=records.place(first),
            hint="name the columns with --source, --target and --score",
        )
    listed = gone & (reasons != OTHER_SOURCE).to_numpy()
    if records.layout.is_wide:
        empty = int((reasons == "no score").sum())
        notes += [counted(empty, "field") + " without a score"] if empty else []
        listed &= (reasons != "no score").to_numpy()
    unusable += [(int(i), reasons[i]) for i in np.flatnonzero(listed)]
    cells = Cells(_with_conditions(frame[~gone], records).reset_index(drop=True), records, unusable, notes)
    return cells, spelled.notes


def _language_labels(records: Records) -> dict[str, pd.Series]:
    labels = {role: of for role, of in records.labels.items() if role in LANGUAGE_ROLES}
    if "pair" in records.labels:
        own = records.labels["pair"]
        sides = sides_of_pairs(list(map(str, own.cat.categories)))
        for side, role in enumerate(("source", "target")):
            labels[role] = _mapped(own, {label: pair[side] for label, pair in sides.items()})
    if "source" not in labels and records.layout.only_source:
        labels["source"] = categorical(np.zeros(len(records), dtype=int), [records.layout.only_source])
    return labels


def _in_order(labels: Mapping[str, pd.Series], usable: NDArray[np.bool_]) -> list[str]:
    """Distinct labels in the order in which the table uses them."""
    first: list[tuple[int, int, str]] = []
    for order, role in enumerate(("target", "source", "intermediate")):
        if role in labels:
            own = labels[role][usable].drop_duplicates()
            at = own.index.to_numpy().tolist()
            first += [(i, order, str(label)) for i, label in zip(at, own.tolist(), strict=True)]
            first += [(len(usable), order, str(label)) for label in labels[role].cat.categories]
    return [label for _, _, label in sorted(first, key=lambda entry: entry[:2])]


def _mapped(labels: pd.Series, texts: Mapping[str, str]) -> pd.Series:
    """Another text for every label; one that is not in `texts` stays as it is."""
    codes, distinct = pd.factorize(
        pd.Series([texts.get(str(label), str(label)) for label in labels.cat.categories], dtype=object)
    )
    return categorical(codes[labels.cat.codes.to_numpy()], list(distinct)).set_axis(labels.index)


def _not_usable(label: str, role: str, spelled: _Spellings) -> str:
    if role == "intermediate" and label.lower() in NO_STAGE:
        return ""
    if not label.strip():
        return f"no {role} language"
    return f"{role}: {spelled.unknown[label]}" if label in spelled.unknown else ""


def _other_sources(
    records: Records, labels: Mapping[str, pd.Series], said: Columns, spelled: _Spellings
) -> NDArray[np.bool_] | None:
    """Records of other sources than the one that was named, in a table of several."""
    only = records.layout.only_source
    if not only or ("source" not in records.labels and "pair" not in records.labels):
        return None
    language = language_of(only)
    ids = {str(label): spelled.ids.get(str(label), "") for label in labels["source"].cat.categories}
    own = _mapped(labels["source"], ids).to_numpy(dtype=object)
    if language is None or language.id not in own:
        raise DataError(
            f"no score has the source language '{only}'",
            where=f"{records.sheet.grid.name}, --source",
            allowed=closest(only, set(map(str, labels["source"].cat.categories))),
        )
    return np.asarray(own != language.id, dtype=bool)


def _with_conditions(frame: pd.DataFrame, records: Records) -> pd.DataFrame:
    """Everything else that a row of the score table holds."""
    record = frame["record"].to_numpy()

    def texts(role: str) -> pd.Series | None:
        own = records.labels.get(role)
        return None if own is None else own.iloc[record].set_axis(frame.index)

    def mapped(role: str, of: Callable[[str], Any], default: Any) -> Any:
        own = texts(role)
        if own is None:
            return default
        values = [of(str(label)) for label in own.cat.categories]
        return np.array(values, dtype=object)[own.cat.codes.to_numpy()]

    frame = frame.copy()
    staged = ~frame["intermediate_label"].astype("str").str.lower().isin(NO_STAGE).to_numpy()
    for role in ("task", "encoder", "aggregator", "split", "metric", "source_task"):
        frame[role] = mapped(role, unmarked, "")
    for dimension in records.layout.by:
        own = records.of(dimension).iloc[record].set_axis(frame.index).astype("str")
        what = f"{dimension.name} " + own
        frame["task"] = what.where(frame["task"] == "", frame["task"].astype("str") + ", " + what)
    metric = "score" if records.layout.is_wide else records.sheet.names[records.layout.scores[0]] or "score"
    frame["metric"] = frame["metric"].where(frame["metric"] != "", metric)
    frame["layer"] = mapped("layer", _layer, None)
    frame["aggregator"] = _aggregators(
        frame["aggregator"].where(frame["aggregator"] != "", "last"), frame["layer"]
    )
    frame["source_task"] = frame["source_task"].where(frame["source_task"] != "", frame["task"])
    stage = pd.Series(mapped("intermediate_task", plain, ""), index=frame.index)
    stage = stage.where(stage != "", "intermediate stage")
    frame["intermediate_task"] = stage.astype(object).where(staged, None)
    frame["intermediate_language"] = frame["intermediate_language"].astype(object).where(staged, None)
    frame["seed"] = mapped("seed", _numbers_of_seeds(texts("seed")).__getitem__, 0)
    frame["chance"] = mapped("chance", _optional, float("nan"))
    frame["n_examples"] = mapped("n_examples", whole_number, 0)
    frame["n_units"] = mapped("n_units", whole_number, frame["n_examples"])
    marked = mapped("zero_shot", lambda text: text.lower() in ("false", "0", "no"), False)
    ids = {role: frame[f"{role}_id"].astype("str").to_numpy() for role in LANGUAGE_ROLES}
    same = ids["target"] == ids["source"]
    same |= (ids["target"] == ids["intermediate"]) & staged
    frame["zero_shot"] = ~np.asarray(marked, dtype=bool) & ~same
    frame["stage_id"] = mapped("stage_id", str, None)
    texts_of_few = ("task", "encoder", "aggregator", "split", "metric", "source_task")
    return frame.astype(dict.fromkeys(texts_of_few, "category"))


def _layer(text: str) -> int | None:
    value = number(text)
    return int(value) if value is not None and 0 <= value < 10_000 else None


def _aggregators(aggregator: pd.Series, layer: pd.Series) -> pd.Series:
    """Name of the aggregator with its layer, where a table gives several layers under one name."""
    if layer.isna().all():
        return aggregator
    named = aggregator.map(lambda name: layer_of(str(name)) is not None)
    return aggregator.where(named | layer.isna(), aggregator.astype("str") + " layer " + layer.astype("str"))


def _numbers_of_seeds(labels: pd.Series | None) -> dict[str, int]:
    """Numbers of the replicates: as written where all are whole numbers, else counted."""
    if labels is None:
        return {}
    texts = [str(label) for label in labels.cat.categories]
    used = sorted(set(map(str, labels.unique())))
    found = known.seeds(used) or ({text: int(text) for text in used} if all(map(_is_whole, used)) else None)
    found = found or {text: position for position, text in enumerate(used)}
    return {text: found.get(text, 0) for text in texts}


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 19


def _optional(text: str) -> float:
    value = number(text)
    return float("nan") if value is None else value


def _means(cells: Cells, sheet: Sheet, name: str) -> dict[tuple[str, str], float]:
    """A numeric column by row and target language.

    Raises
    ------
    DataError
        If a text is not a number.
    """
    rows = cells.records.row[cells.frame["record"].to_numpy()]
    own = sheet.body[sheet.names.index(name)]
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
    means = table.groupby(["row", "target"], sort=False, as_index=False)["value"].mean()
    cells_of = zip(means["row"].tolist(), means["target"].tolist(), strict=True)
    return dict(zip(cells_of, means["value"].tolist(), strict=True))


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
    keys = (frame[name].astype(object).where(frame[name].notna(), "") for name in reversed(CELL))
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
    spread = {}
    for side in ("source", "target"):
        means = plain_rows.groupby(plain_rows[f"{side}_language"].astype("str"))["score"].mean()
        if len(means) < 5:
            return []
        spread[side] = float(np.var(means))
    ratio = float(np.sqrt(spread["source"] / max(spread["target"], 1e-12)))
    if ratio > SWAPPED:
        return [
            f"mean scores differ {ratio:.1f} times as much between sources as between targets; usually it is "
            "the other way: are the two columns swapped?"
        ]
    return []
