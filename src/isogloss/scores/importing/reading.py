"""From records to the score table: languages, scale, replicates, what cannot be used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from isogloss.errors import DataError
from isogloss.scores.importing.layout import Layout, Record, laid_out
from isogloss.scores.importing.numbers import (
    Scale,
    as_fractions,
    number,
    read_scores_of,
    scale_of,
    whole_number,
)
from isogloss.scores.importing.raw import read_raw
from isogloss.scores.importing.repeats import clashing_spellings, distinct_cells
from isogloss.scores.importing.roles import CONDITION_ROLES, Columns
from isogloss.scores.table import LANGUAGE_ROLES, ScoreRow, ScoreTable

if TYPE_CHECKING:
    import pandas as pd

NO_STAGE = frozenset({"", "none", "-", "null", "baseline"})
"""What stands in the column of the intermediate language where there is no intermediate stage."""


@dataclass(frozen=True)
class Unusable:
    """A row that no analysis uses, and why."""

    place: str
    reason: str


@dataclass(frozen=True)
class Reading:
    """A score table from elsewhere, and how it was read.

    Parameters
    ----------
    table : ScoreTable
        Scores as fractions; what the file does not say is empty, NaN (chance) or 0 (examples).
    notes : tuple of str
        How it was understood: columns, scale, spellings.
    unusable : tuple of Unusable
    columns : mapping of str to mapping of (str, str) to float
        Numeric columns that were asked for, by row and target language: means over replicates.
    """

    table: ScoreTable
    notes: tuple[str, ...]
    unusable: tuple[Unusable, ...]
    columns: Mapping[str, Mapping[tuple[str, str], float]]


def read_scores(
    scores: Path | str | pd.DataFrame,
    columns: Columns = Columns(),  # noqa: B008  (frozen)
    *,
    scale: Scale | None = None,
    numeric: Sequence[str] = (),
) -> Reading:
    """Read a score table.

    Parameters
    ----------
    scores : path or data frame
        Long (one row a score) or wide (a matrix); CSV, TSV or Parquet.
    columns : Columns
        What the user says; the rest is guessed, and said in `notes`.
    scale : {"percent", "fraction"}, optional
        Recognised where it is not said: percent if a score exceeds 1.
    numeric : sequence of str
        Further columns to read as numbers; one that the table does not have is passed over.

    Raises
    ------
    DataError
        If the file cannot be read, a score is no number or out of range, cells disagree without a seed
        column, or no row can be used.
    """
    raw = read_raw(scores)
    layout = laid_out(raw, columns)
    score_column = layout.roles.column["score"]
    texts = [record.fields["score"] for record in layout.records]
    places = [record.place for record in layout.records]
    values = read_scores_of(texts, places, score_column)
    scale = scale or scale_of(values, texts)
    notes = [*layout.notes, f"scores are read as {scale}"]
    unusable: list[Unusable] = []
    spelled = _Spellings(_language_texts(layout))
    usable: list[tuple[Record, ScoreRow]] = []
    seeds = _seeds(layout)
    for record, value in zip(layout.records, values, strict=True):
        try:
            usable.append((record, _row(record, value, layout, spelled, seeds)))
        except _UnusableError as reason:
            unusable.append(Unusable(record.place, str(reason)))
    if not usable:
        raise DataError(
            f"none of the {len(layout.records)} rows can be used; the first: {unusable[0].reason}",
            where=unusable[0].place,
            hint="name the columns with --source, --target and --score",
        )
    fractions = as_fractions(
        [row.score for _, row in usable], scale, [record.place for record, _ in usable], score_column
    )
    scored = [
        (record, _with(row, score=value)) for (record, row), value in zip(usable, fractions, strict=True)
    ]
    scored, second = _without_second_spellings(scored)
    unusable += second
    rows = [row for _, row in scored]
    kept, repeats, more = distinct_cells([record for record, _ in scored], rows, layout.roles)
    unusable += [Unusable(record.place, f"says the same as {first.place}") for record, first in repeats]
    notes += [*more, *spelled.notes, *_scale_notes(rows, scale), *_direction_notes(row for _, row in kept)]
    if seeds:
        notes.append(f"{len(seeds)} replicates by column '{layout.roles.column['seed']}'")
    extras = {name: _means(kept, name, spelled) for name in numeric if name in raw.header}
    return Reading(ScoreTable.of(row for _, row in kept), tuple(notes), tuple(unusable), extras)


class _UnusableError(Exception):
    """A row that cannot be used; the message is the reason."""


class _Spellings:
    """One spelling per language: the first that the table uses."""

    def __init__(self, texts: Iterable[str]) -> None:
        from isogloss.languages import read_together

        self._found = read_together(texts)
        self._first: dict[str, str] = {}
        self._read: dict[str, str] = {}
        self._other: dict[str, str] = {}

    def of(self, text: str, role: str) -> str:
        """The spelling that stands for the language of `text`."""
        from isogloss.languages import resolve

        if not text:
            raise _UnusableError(f"no {role} language")
        error = self._found.problems.get(text)
        if error is not None:
            raise _UnusableError(f"{role}: {error.what}" + (f" ({error.allowed})" if error.allowed else ""))
        if text not in self._read:
            language = self._found.languages[text]
            alone = text if resolve(text) == language else language.id  # later rooms read it by itself
            self._read[text] = self._first.setdefault(language.id, alone)
            if self._read[text] not in (text, language.id):
                self._other[text] = self._read[text]
        return self._read[text]

    @property
    def notes(self) -> list[str]:
        """Spellings that were replaced by another of the same language."""
        return [
            *self._found.notes,
            *(
                f"'{text}' is the language that the table also calls '{first}'"
                for text, first in self._other.items()
            ),
        ]


def _language_texts(layout: Layout) -> list[str]:
    """Everything that stands where a language is expected."""
    texts = dict.fromkeys(record.fields.get(role, "") for role in LANGUAGE_ROLES for record in layout.records)
    return [text for text in (*texts, layout.roles.only_source) if text and text.lower() not in NO_STAGE]


def _without_second_spellings(
    scored: Sequence[tuple[Record, ScoreRow]],
) -> tuple[list[tuple[Record, ScoreRow]], list[Unusable]]:
    """Set aside rows whose code denotes a language that has other scores under an earlier code."""
    clashing = clashing_spellings([record for record, _ in scored], [row for _, row in scored])
    kept, second = [], []
    for record, row in scored:
        clash = next((item for item in record.fields.items() if item in clashing), None)
        if clash is None:
            kept.append((record, row))
        else:
            told = f"'{clash[1]}' is the language that the table also calls '{clashing[clash]}'"
            second.append(Unusable(record.place, f"{clash[0]}: {told}, which has other scores"))
    return kept, second


def _seeds(layout: Layout) -> dict[str, int]:
    """Numbers of the replicates: as written where all are whole numbers, else counted."""
    if "seed" not in layout.roles.column:
        return {}
    texts = sorted({record.fields["seed"] for record in layout.records})
    if all(text.lstrip("-").isdigit() for text in texts):
        return {text: int(text) for text in texts}
    return {text: number for number, text in enumerate(texts)}


def _row(
    record: Record, value: float, layout: Layout, spelled: _Spellings, seeds: Mapping[str, int]
) -> ScoreRow:
    fields, roles = record.fields, layout.roles
    if np.isnan(value):
        raise _UnusableError("no score")
    staged = "intermediate" in fields and fields["intermediate"].lower() not in NO_STAGE
    source = fields.get("source", roles.only_source)
    needs_source = "intermediate" not in fields
    target = spelled.of(fields["target"], "target")
    source = spelled.of(source, "source") if source or needs_source else ""
    intermediate = spelled.of(fields["intermediate"], "intermediate") if staged else None
    condition: dict[str, Any] = {role: fields.get(role, "") for role in CONDITION_ROLES}
    condition["metric"] = condition["metric"] or roles.column["score"]
    condition["aggregator"] = condition["aggregator"] or "last"
    told_apart = [f"{name} {record.row[name]}" for name in roles.by]
    condition["task"] = ", ".join(part for part in (condition["task"], *told_apart) if part)
    marked = fields.get("zero_shot", "").lower() in ("false", "0", "no")
    n_examples = whole_number(fields.get("n_examples", ""))
    return ScoreRow(
        **condition,
        source_task=fields.get("source_task", ""),
        seed=seeds.get(fields.get("seed", ""), 0),
        source_language=source,
        intermediate_task=(fields.get("intermediate_task") or "intermediate stage") if staged else None,
        intermediate_language=intermediate,
        target_language=target,
        score=value,
        chance=_optional(fields.get("chance", "")),
        n_examples=n_examples,
        n_units=n_examples,
        zero_shot=not marked and target not in (source, intermediate),
        stage_id=record.place,
    )


def _optional(text: str) -> float:
    value = number(text)
    return float("nan") if value is None else value


def _with(row: ScoreRow, score: float) -> ScoreRow:
    from dataclasses import replace

    return replace(row, score=score)


def _means(
    kept: Sequence[tuple[Record, ScoreRow]], name: str, spelled: _Spellings
) -> dict[tuple[str, str], float]:
    """A numeric column by row and target language.

    Raises
    ------
    DataError
        If a text is no number.
    """
    found: dict[tuple[str, str], list[float]] = {}
    for record, row in kept:
        value = number(record.row[name])
        if value is None:
            raise DataError(
                f"'{record.row[name]}' is no number",
                where=f"{record.place}, column '{name}'",
                hint="a control is a numeric column, or a built-in control",
            )
        if not np.isnan(value):
            cell = (row.intermediate_language or row.source_language, row.target_language)
            found.setdefault(cell, []).append(value)
    return {cell: float(np.mean(values)) for cell, values in found.items()}


def _scale_notes(rows: Sequence[ScoreRow], scale: Scale) -> list[str]:
    low = [row for row in rows if 0 < row.score <= 0.01]
    if scale != "percent" or not low:
        return []
    return [
        f"{len(low)} of {len(rows)} scores are at most 1%, the first in {low[0].stage_id}: are fractions "
        "mixed with percent? Correct them; --scale applies to the whole column"
    ]


def _direction_notes(rows: Iterable[ScoreRow]) -> list[str]:
    """Notice a table whose source and target columns look swapped.

    In published zero-shot matrices scores differ more between targets than between sources.
    """
    means: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if row.intermediate_language is None and row.source_language != row.target_language:
            means.setdefault(("source", row.source_language), []).append(row.score)
            means.setdefault(("target", row.target_language), []).append(row.score)
    by_side = {
        side: [float(np.mean(scores)) for (where, _), scores in means.items() if where == side]
        for side in ("source", "target")
    }
    if min(map(len, by_side.values())) < 5:
        return []
    spread = {side: float(np.var(values)) for side, values in by_side.items()}
    ratio = float(np.sqrt(spread["source"] / max(spread["target"], 1e-12)))
    if ratio > 2:
        return [
            f"mean scores differ {ratio:.1f} times as much between sources as between targets; usually it is "
            "the other way: are the two columns swapped?"
        ]
    return []
