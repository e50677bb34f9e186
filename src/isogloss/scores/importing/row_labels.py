"""Labels of rows that hold a language and something else, such as ``xnli_de``."""

from __future__ import annotations

from dataclasses import replace

from isogloss.scores.importing import labels as known
from isogloss.scores.importing.labels import are_languages
from isogloss.scores.importing.numbers import is_mostly_numeric
from isogloss.scores.importing.sheet import Sheet


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
    if any(_name_languages([path[level] for path in sheet.paths]) for level in range(len(sheet.paths[0]))):
        return sheet
    texts = [j for j in range(len(sheet.names)) if not is_mostly_numeric(sheet.body[j])]
    distinct = {j: [label for label in sheet.body[j].unique() if label] for j in texts}
    distinct = {j: own for j, own in distinct.items() if len(own) > 1}
    if any(are_languages(own) or known.pairs(own) for own in distinct.values()):
        return sheet
    for j, own in distinct.items():
        parts = known.split(own)
        if parts is None:
            continue
        rests = {rest for _, rest in parts.values()}
        name = "task" if known.is_one_of(rests, known.TASKS) else f"{sheet.names[j]}, the rest"
        if name in sheet.names:
            continue
        body = sheet.body.copy()
        body[len(sheet.names)] = body[j].map(lambda label: parts.get(label, ("", label))[1]).astype("str")  # noqa: B023
        body[j] = body[j].map(lambda label: parts.get(label, ("", ""))[0]).astype("str")  # noqa: B023
        label, (language, rest) = next(iter(parts.items()))
        note = f"labels of rows hold a language and something else: '{label}' is '{language}' of '{rest}'"
        paths = (*sheet.paths, (*[""] * (len(sheet.paths[0]) - 1), name))
        return replace(sheet, body=body, names=(*sheet.names, name), paths=paths, notes=(*sheet.notes, note))
    return sheet


def _name_languages(labels: list[str]) -> bool:
    own = [label for label in labels if label]
    return bool(own) and bool(are_languages(own) or known.pairs(own) or known.split(own))
