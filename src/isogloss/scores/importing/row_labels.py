"""Labels of rows that hold a language and something else, such as ``xnli_de``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from isogloss.scores.importing import labels as known
from isogloss.scores.importing.labels import are_languages
from isogloss.scores.importing.sheet import Sheet

MOST_LABELS = 10_000
"""A column with more distinct labels is not looked at: there are 8,000 languages."""


def split_at_languages(sheet: Sheet) -> Sheet:
    """Make two columns of a column of such labels, where nothing else in the table names languages.

    Parameters
    ----------
    sheet : Sheet

    Returns
    -------
    Sheet
        With one further column, called ``task`` where it holds tasks; or as it was.
    """
    if any(_name_languages(list(level)) for level in zip(*sheet.paths, strict=True)):
        return sheet
    texts = [j for j in range(len(sheet.names)) if j not in sheet.numeric]
    distinct = {j: [label for label in sheet.body[j].unique() if label] for j in texts}
    distinct = {j: own for j, own in distinct.items() if 1 < len(own) <= MOST_LABELS}
    if any(are_languages(own) or known.pairs(own) for own in sorted(distinct.values(), key=len)):
        return sheet
    for j, own in distinct.items():
        parts = known.split(own)
        if parts is not None:
            return _divided(sheet, j, parts)
    return sheet


def _divided(sheet: Sheet, position: int, parts: Mapping[str, known.Pair]) -> Sheet:
    """The languages stay in the column, the rest comes into one of its own."""
    rests = {rest for _, rest in parts.values()}
    name = "task" if known.is_one_of(rests, known.TASKS) else f"{sheet.names[position]}, the rest"
    if name in sheet.names:
        return sheet
    labels = sheet.body[position].tolist()
    body = sheet.body.copy()
    body[position] = pd.Series([parts.get(label, ("", label))[0] for label in labels], dtype="str")
    body[len(sheet.names)] = pd.Series([parts.get(label, ("", label))[1] for label in labels], dtype="str")
    label, (language, rest) = next(iter(parts.items()))
    note = f"labels of rows hold a language and something else: '{label}' is '{language}' of '{rest}'"
    paths = (*sheet.paths, (*[""] * (len(sheet.paths[0]) - 1), name))
    return replace(sheet, body=body, names=(*sheet.names, name), paths=paths, notes=(*sheet.notes, note))


def _name_languages(labels: list[str]) -> bool:
    own = [label for label in labels if label]
    return bool(own) and bool(are_languages(own) or known.pairs(own) or known.split(own))
