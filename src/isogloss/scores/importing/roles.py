"""Roles of columns: as the user states them, by their names, or by what they hold; reported in every case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from isogloss.errors import DataError, closest, some_of
from isogloss.scores.importing import labels as known
from isogloss.scores.importing.labels import SYNONYMS, are_languages, language_of, words
from isogloss.scores.importing.layout import (
    AN_AVERAGE,
    COLUMNS,
    ROWS,
    Columns,
    Dimension,
    Layout,
    Search,
    may_be,
)
from isogloss.scores.importing.score_columns import A_SPREAD, N_NAMED, score_columns
from isogloss.scores.importing.sheet import Sheet
from isogloss.scores.table import LANGUAGE_ROLES


def layout_of(sheet: Sheet, said: Columns, kept: Sequence[str] = ()) -> Layout:
    """Find the columns of scores and the role of every other.

    Parameters
    ----------
    sheet : Sheet
    said : Columns
    kept : sequence of str
        Numeric columns that are asked for as such; none of them is a score.

    Raises
    ------
    DataError
        If what was named is not there, or a role that is needed can be given to no column.
    """
    named = _named(sheet, said)
    apart = {*named.values(), *(sheet.names.index(name) for name in (*said.by, *kept) if name in sheet.names)}
    search = Search(sheet, said)
    scores, across, left_out = score_columns(search, apart)
    search.levels = across
    for role, position in named.items():
        search.take(role, search.column(position), "named")
    by = tuple(search.column(_existing(name, sheet, "--by")) for name in said.by)
    search.taken |= {dimension.name for dimension in by}
    beside = _beside(search, scores, left_out)
    _by_name(beside, search)
    for level in across:
        _of_header(level, search)
    undecided = _languages(search, [d for d in beside if d.column not in sheet.numeric])
    used = {d.name for d in (*search.roles.values(), *undecided, *by)}
    others = tuple(d for d in (*beside, *across) if d.name not in used)
    only_source = "" if "source" in named or said.source in (None, ROWS, COLUMNS) else str(said.source)
    layout = Layout(
        tuple(scores), search.roles, search.how, undecided, others, only_source, by, tuple(left_out)
    )
    _complete(layout, sheet)
    return layout


def _beside(search: Search, scores: Sequence[int], left_out: Iterable[tuple[str, str]]) -> list[Dimension]:
    """Columns that hold neither scores nor what is derived from them."""
    sheet = search.sheet
    derived = {name for name, reason in left_out if reason in (AN_AVERAGE, A_SPREAD)}
    own = [j for j in range(len(sheet.names)) if j not in scores and sheet.names[j] not in derived]
    return [search.column(j) for j in own if not (sheet.body[j] == "").all()]


def _existing(name: str, sheet: Sheet, option: str) -> int:
    if name not in sheet.names:
        raise DataError(
            f"no column '{name}'",
            where=f"{sheet.grid.name}, {option}",
            allowed=closest(name, [known_name for known_name in sheet.names if known_name]),
        )
    return sheet.names.index(name)


def _named(sheet: Sheet, said: Columns) -> dict[str, int]:
    """Positions of the columns that the user named, by role.

    Raises
    ------
    DataError
        If there is no such column; all of them at once.
    """
    found: dict[str, int] = {}
    wrong: list[DataError] = []
    for role in (*LANGUAGE_ROLES, "seed"):
        name = getattr(said, role)
        if name is None or _is_no_column(name, role, sheet):
            continue
        try:
            found[role] = _existing(name, sheet, f"--{role}" if role != "seed" else "--seed-column")
        except DataError as error:
            wrong.append(error)
    if wrong:
        if len(wrong) > 1:
            wrong[0].what = "; ".join(error.what for error in wrong)
        raise wrong[0]
    return found


def _is_no_column(name: str, role: str, sheet: Sheet) -> bool:
    """Say whether the user named a side of the matrix, or the only source language, and no column."""
    is_source = role == "source" and language_of(name) is not None
    if name in sheet.names:  # a column of numbers is the score of a language, not the source: --source en
        return is_source and sheet.names.index(name) in sheet.numeric
    return is_source or (role != "seed" and name in (ROWS, COLUMNS))


def _by_name(columns: Sequence[Dimension], search: Search) -> None:
    """Give columns the roles that their names say."""
    for role in SYNONYMS:
        if role in search.roles or role in ("score", "language"):
            continue
        column = _called(role, columns, search)
        if column is not None and may_be(role, column):
            search.take(role, column, "by its name")
    for column in columns:
        sides = _corner(column.name)
        if sides and column.name not in search.taken and not set(sides) & set(search.roles):
            search.take(sides[0], column, "by its name")


def _called(role: str, columns: Sequence[Dimension], search: Search) -> Dimension | None:
    """The column with the best name for a role; one of numbers holds no languages, whatever its name."""
    names = {words(column.name): column for column in reversed(columns) if column.name not in search.taken}
    if role in (*LANGUAGE_ROLES, "pair"):
        names = {name: own for name, own in names.items() if own.column not in search.sheet.numeric}
    return next((names[name] for name in SYNONYMS[role] if name in names), None)


def _corner(name: str) -> tuple[str, str] | None:
    r"""Roles of rows and header in the corner of a matrix: ``src\tgt``, ``Train ↓ / Test →``."""
    parts = [part for part in re.split(r"[\\/|,&\s]+|(?<=[↓→])|->|\bvs\b", name.lower()) if part.strip("↓→")]
    roles = [
        role for part in parts for role in ("source", "target") if words(part.strip("↓→")) in SYNONYMS[role]
    ]
    if sorted(roles) != ["source", "target"]:
        return None
    down = next((part for part in parts if "↓" in part), "")
    if down and words(down.strip("↓→")) in SYNONYMS[roles[1]]:
        roles.reverse()
    return roles[0], roles[1]


def _of_header(level: Dimension, search: Search) -> None:
    """Give a row of the header its role, by its name or by what it holds; languages are looked at later."""
    named = re.search(r"\((.+)\)$", level.name)
    role = next((r for r, names in SYNONYMS.items() if named and words(named[1]) in names), None)
    how = "by its name"
    if role is None or role in ("language", "score"):
        how = "by what it holds"
        kinds = {
            "pair": bool(known.pairs(level.labels)),
            "language": are_languages(level.labels),
            "seed": known.seeds(level.labels) is not None,
            "metric": known.are_metrics(level.labels),
            "split": known.is_one_of(level.labels, known.SPLITS),
            "task": known.is_one_of(level.labels, known.TASKS),
            "encoder": len(level.labels) > 1,
        }
        role = next((r for r, holds in kinds.items() if holds and r not in search.roles), None)
        if kinds["language"] and not kinds["pair"]:
            return
    if role is not None and role not in search.roles:
        search.take(role, level, how)


def _languages(search: Search, columns: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """Roles of the dimensions of languages that no name decides; two that only the scores can decide."""
    roles = search.roles
    free = _dimensions_of_languages(search, columns)
    if "pair" in roles:
        return ()
    free = _without_constant(search, free)
    for role in LANGUAGE_ROLES:
        side = getattr(search.said, role)
        if side in (ROWS, COLUMNS) and role not in roles:
            free.remove(_side(search, role, side, free))
    missing = [role for role in ("source", "target") if role not in roles]
    if "intermediate" in roles and "source" in missing and len(free) < len(missing):
        missing.remove("source")
    if len(missing) == 2 and len(free) >= 2:
        return free[0], free[1]
    if len(missing) == 2 and free:
        missing = ["target"]
    for role, dimension in zip(missing, free, strict=False):
        search.take(role, dimension, "by what it holds")
    return ()


def _dimensions_of_languages(search: Search, columns: Sequence[Dimension]) -> list[Dimension]:
    """Rows of the header and columns that hold languages, without those that repeat another."""
    found = [d for d in search.levels if are_languages(d.labels) and d.name not in search.taken]
    found += _columns_of_languages(search, columns)
    others = [*search.roles.values(), *found]
    return [d for d in found if not _repeats(d, others[: others.index(d)], search.sheet)]


def _without_constant(search: Search, free: list[Dimension]) -> list[Dimension]:
    """A column that holds one language in several rows can be the source alone, or nothing."""
    constant = [d for d in free if len(d.labels) == 1 < len(search.sheet.body) and not _is_named(d)]
    if len(constant) != 1 or len(free) == 1:
        return free
    if not {"source", "intermediate"} & set(search.roles) and not search.said.source:
        search.take("source", constant[0], "by what it holds")
    return [d for d in free if d not in constant]


def _side(search: Search, role: str, side: str, free: Sequence[Dimension]) -> Dimension:
    """Give the side of a matrix that was named its role.

    Raises
    ------
    DataError
        If it names no language.
    """
    own = next((d for d in free if (d.column is None) == (side == COLUMNS)), None)
    if own is None:
        raise DataError(
            f"the {side} of the table name no language",
            where=f"{search.sheet.grid.name}, --{role}",
            allowed="a column by its name",
        )
    search.take(role, own, "named")
    return own


def _columns_of_languages(search: Search, columns: Sequence[Dimension]) -> list[Dimension]:
    """Columns of languages; one of pairs is given its role."""
    found = []
    for column in columns:
        if column.name in search.taken:
            continue
        filled = [label for label in column.labels if label]
        if not {"pair", "source", "target"} & set(search.roles) and known.pairs(filled):
            search.take("pair", column, "by what it holds")
        elif are_languages(filled) or (_is_named(column) and any(map(language_of, filled))):
            found.append(column)
    return found


def _is_named(column: Dimension) -> bool:
    return words(column.name) in SYNONYMS["language"]


def _repeats(dimension: Dimension, others: Iterable[Dimension], sheet: Sheet) -> bool:
    """A column that says the same languages, row by row, as another: a code next to a name."""
    if dimension.column is None:
        return False
    for other in others:
        if other.column is None or other.column == dimension.column:
            continue
        both = sheet.body[[dimension.column, other.column]].drop_duplicates().to_numpy().tolist()
        same = [_same(a, b) for a, b in both]
        if len(both) > 1 and sum(same) >= 0.8 * len(same):
            return True
    return False


def _same(a: str, b: str) -> bool:
    one, other = language_of(a), language_of(b)
    return one is not None and other is not None and one.id == other.id


def _complete(layout: Layout, sheet: Sheet) -> None:
    """Refuse a table without a target or a source.

    Raises
    ------
    DataError
    """
    if layout.undecided or "pair" in layout.roles:
        return
    for role in ("target", "source"):
        without = role == "source" and ("intermediate" in layout.roles or layout.only_source)
        if role in layout.roles or without:
            continue
        hint = f"name it with --{role}"
        if role == "source":
            hint += ", name the only source language (--source en), or name an --intermediate column"
        seen = _seen(sheet, layout)
        hint += "; languages are read from codes and English names" if seen else ""
        raise DataError(
            f"no column of the {role} language could be guessed{seen}",
            where=sheet.grid.name,
            allowed=f"columns: {some_of([*filter(None, sheet.names)], N_NAMED)}",
            hint=hint,
        )


def _seen(sheet: Sheet, layout: Layout) -> str:
    """Describe what the columns of text hold, where nothing in the table names a language."""
    if set(LANGUAGE_ROLES) & set(layout.roles) or layout.undecided:
        return ""
    texts = [j for j in range(len(sheet.names)) if j not in sheet.numeric]
    held = [(f"column '{sheet.names[j]}'", sheet.body[j].unique()) for j in texts[:3]]
    if layout.is_wide:
        held.append(("the header", np.array([sheet.paths[j][-1] for j in layout.scores])))
    shown = [f"{name} holds {', '.join(repr(str(label)[:30]) for label in own[:3])}" for name, own in held]
    return f": {'; '.join(shown)}" if shown else ""
