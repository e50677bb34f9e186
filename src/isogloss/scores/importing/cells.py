"""Cells of the score table: the language, conditions and other facts of each record."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from isogloss.display import counted
from isogloss.errors import DataError, LanguageError, closest
from isogloss.languages import find, read_together
from isogloss.scores.importing.labels import MAX_LABEL, language_of, pairs, seeds, unmarked
from isogloss.scores.importing.numbers import number, whole_number
from isogloss.scores.importing.plain import plain
from isogloss.scores.importing.records import Records, categorical
from isogloss.scores.importing.repeats import Cells, with_condition
from isogloss.scores.table import LANGUAGE_ROLES, layer_of

OTHER_SOURCE = "another source language than the one that was named"

NO_SCORE = "no score"

SEVERAL = frozenset({"multilingual", "multi", "joint", "mixed", "all languages", "concatenated"})
"""Texts in a column of languages that mean more than one."""

NO_STAGE = frozenset({"", "none", "-", "null", "baseline"})
NOT_GIVEN = frozenset(
    {"nan", "<na>"}
)  # pandas' spellings of an empty field; the first is the code of Min Nan too
"""Texts in the column of the intermediate language that mean no intermediate stage."""


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

    def columns(self, role: str, labels: pd.Series | None, n: int) -> dict[str, pd.Series]:
        """Label, spelling and id of every record; empty where a table has no such role."""
        names = (f"{role}_label", f"{role}_language", f"{role}_id")
        if labels is None:
            return dict.fromkeys(names, categorical(np.zeros(n, dtype=int), [""]))
        known_labels = list(map(str, labels.cat.categories))
        ids = {label: self.ids.get(label, "") for label in known_labels}
        spellings = {label: self.first.get(of, "") for label, of in ids.items()}
        return dict(zip(names, (labels, _mapped(labels, spellings), _mapped(labels, ids)), strict=True))


def _reason(label: str, problem: LanguageError | None) -> str:
    parts = re.split(r"\s*(?:[+&,]|\band\b)\s*", plain(label))
    if len(parts) > 1 and all(map(language_of, parts)):
        return f"'{label[:MAX_LABEL]}' names {len(parts)} languages, where one is needed"
    if plain(label).lower() in SEVERAL:
        return f"'{label}' names several languages, where one is needed"
    if problem is None:
        return f"no language '{label[:MAX_LABEL]}'"
    return problem.what + (f" ({problem.allowed})" if problem.allowed else "")


def cells_of(records: Records) -> Cells:
    """Join records with their languages and conditions, and set those aside that cannot be used.

    Raises
    ------
    DataError
        If none can be used.
    """
    labels = _language_labels(records)
    notes_on_stages = _clear_stages_not_given(records, labels)
    only = records.layout.only_source
    in_order = _in_order(labels, ~np.isnan(records.values))
    used = dict.fromkeys(label for label in in_order if label.lower() not in NO_STAGE and label != only)
    spelled = _Spellings(list(used), only)
    notes = notes_on_stages + spelled.notes
    reasons = _reasons(records, labels, spelled)
    others = _other_sources(records, labels, spelled) & (reasons == "")
    reasons[others] = OTHER_SOURCE
    if others.any():
        notes.append(f"left out: {counted(int(others.sum()), 'score')} of other sources than {only}")
    _refuse_if_none(records, reasons)
    not_listed = {"", OTHER_SOURCE}
    if records.layout.is_wide:
        not_listed.add(NO_SCORE)
        empty = int((reasons == NO_SCORE).sum())
        notes += [counted(empty, "field") + " without a score"] if empty else []
    unusable = [(i, reason) for i, reason in enumerate(reasons.tolist()) if reason not in not_listed]
    frame = pd.DataFrame({"record": np.arange(len(records)), "score": records.values})
    for role in LANGUAGE_ROLES:
        frame = frame.assign(**spelled.columns(role, labels.get(role), len(records)))
    frame = _with_conditions(frame[reasons == ""], records).reset_index(drop=True)
    return Cells(frame, records, unusable, notes)


def _reasons(records: Records, labels: Mapping[str, pd.Series], spelled: _Spellings) -> NDArray[np.object_]:
    """Why each record cannot be used, by the first reason; empty where it can."""
    reasons = np.where(np.isnan(records.values), NO_SCORE, "").astype(object)
    for role in ("target", "source", "intermediate"):
        own = labels.get(role)
        if own is None or (role == "source" and "intermediate" in labels and role not in records.labels):
            continue
        why = {str(label): _not_usable(str(label), role, spelled) for label in own.cat.categories}
        if role == "source" and "intermediate" in labels:
            why[""] = ""  # trained in the intermediate language alone
        told = _mapped(own, why).to_numpy(dtype=object)
        wrong = (told != "") & (reasons == "")
        reasons[wrong] = told[wrong]
    return reasons


def _refuse_if_none(records: Records, reasons: NDArray[np.object_]) -> None:
    """Refuse a table of which no row can be used.

    Raises
    ------
    DataError
    """
    if (reasons == "").any():
        return
    first = int(np.argmax(reasons != NO_SCORE))  # 0 where it is the reason of all
    n = len(reasons)
    whole = "the only row cannot be used" if n == 1 else f"none of the {n:,} rows can be used; the first"
    raise DataError(
        f"{whole}: {reasons[first]}",
        where=records.place(first),
        hint="write languages as codes or English names, and name the columns that are not found with "
        "--source, --target and --score",
    )


def _language_labels(records: Records) -> dict[str, pd.Series]:
    labels = {role: of for role, of in records.labels.items() if role in LANGUAGE_ROLES}
    if "pair" in records.labels:
        own = records.labels["pair"]
        sides = pairs(list(map(str, own.cat.categories))) or {}
        for side, role in enumerate(("source", "target")):
            labels[role] = _mapped(own, {label: pair[side] for label, pair in sides.items()})
    if "source" not in labels and records.layout.only_source:
        labels["source"] = categorical(np.zeros(len(records), dtype=int), [records.layout.only_source])
    return labels


def _clear_stages_not_given(records: Records, labels: dict[str, pd.Series]) -> list[str]:
    """Empty the intermediate language where `nan` says that there was no stage; a guess is noted.

    Pandas writes `nan` for an empty field; in ISO 639-3 it is the code of Min Nan. The task in the same row
    decides; without one it is an empty field.
    """
    own = labels.get("intermediate")
    if own is None or not any(str(label).lower() in NOT_GIVEN for label in own.cat.categories):
        return []
    empty = own.astype("str").str.lower().isin(NOT_GIVEN)
    task = records.labels.get("intermediate_task")
    if task is not None:
        empty &= task.astype("str").str.lower().isin(NO_STAGE | NOT_GIVEN)
    if not empty.any():
        return []
    labels["intermediate"] = own.astype("str").where(~empty, "").astype("category")
    if task is not None:
        return []
    rows = counted(int(empty.sum()), "row")
    return [f"read 'nan' in {rows} as no intermediate stage; for Min Nan write 'Min Nan Chinese'"]


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
    records: Records, labels: Mapping[str, pd.Series], spelled: _Spellings
) -> NDArray[np.bool_]:
    """Records of other sources than the one that was named, in a table of several."""
    only = records.layout.only_source
    if not only or not {"source", "pair"} & records.labels.keys():
        return np.zeros(len(records), dtype=bool)
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
        own = records.of(dimension).iloc[record].set_axis(frame.index)
        frame["task"] = with_condition(frame["task"], dimension, own)
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
    frame["chance"] = mapped("chance", number, float("nan"))
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
    return int(value) if 0 <= value < 10_000 else None


def _aggregators(aggregator: pd.Series, layer: pd.Series) -> pd.Series:
    """Name of the aggregator with its layer, where a table gives several layers under one name."""
    if layer.isna().all():
        return aggregator
    names = aggregator.astype("str")
    suffixes = " layer " + layer.astype("str")
    both = zip(names, suffixes, strict=True)
    named = [layer_of(name) is not None or name.endswith(str(suffix)) for name, suffix in both]
    return aggregator.where(layer.isna() | np.array(named), names + suffixes)


def _numbers_of_seeds(labels: pd.Series | None) -> dict[str, int]:
    """Numbers of the replicates: as written where all are whole numbers, else counted."""
    if labels is None:
        return {}
    texts = [str(label) for label in labels.cat.categories]
    used = sorted(set(map(str, labels.unique())))
    found = seeds(used) or ({text: int(text) for text in used} if all(map(_is_whole, used)) else None)
    found = found or {text: position for position, text in enumerate(used)}
    return {text: found.get(text, 0) for text in texts}


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and len(text) < 19
