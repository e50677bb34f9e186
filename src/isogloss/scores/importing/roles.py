"""Roles of columns: as the user states them, by their names, or by what they hold; reported in every case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from isogloss.errors import DataError, closest
from isogloss.scores.importing import labels as known
from isogloss.scores.importing.labels import are_languages, is_average, language_of, words
from isogloss.scores.importing.names import FEATURES, SYNONYMS
from isogloss.scores.importing.numbers import MISSING, is_mostly_numeric, parse
from isogloss.scores.importing.sheet import Sheet
from isogloss.scores.table import LANGUAGE_ROLES

CONDITION_ROLES = ("task", "encoder", "aggregator", "split", "metric")
"""Each value of such a column is analysed by itself."""

MODELS = re.compile(
    r"bert|xlm|rob|t5|gpt|llama|bloom|electra|labse|laser|gemma|mistral|qwen|aya|muril|glot|encoder"
)
AN_AVERAGE = "an average or other summary"
THE_HEADER = "the header"
ROWS, COLUMNS = "rows", "columns"
"""Sides of a matrix as ``--source`` and ``--target`` may name them."""


@dataclass(frozen=True)
class Columns:
    """Roles of columns as the user states them; None is guessed.

    Parameters
    ----------
    source : str, optional
        Column of the source language; or one language, for a table of that source or to take it alone; in a
        matrix also ``"rows"`` or ``"columns"``.
    intermediate, target : str, optional
        Columns; in a matrix also ``"rows"`` or ``"columns"``.
    score : str, optional
        Column of the score, or one of several metrics or models in the header.
    seed : str, optional
        Column of the replicates.
    by : tuple of str
        Columns of which each value is analysed by itself.
    table : str, optional
        Number, sheet or words of the title of a table in a file of several.
    editions : str, optional
        What is done with several treebanks or editions of one language: ``"first"``, ``"mean"``, or words in
        the names of the editions to take, the preferred first, separated by commas: ``"pud,gsd"``.
    """

    source: str | None = None
    intermediate: str | None = None
    target: str | None = None
    score: str | None = None
    seed: str | None = None
    by: tuple[str, ...] = ()
    table: str | None = None
    editions: str | None = None


@dataclass(frozen=True)
class Dimension:
    """Something that distinguishes scores: a column of labels, or a row of the header.

    Parameters
    ----------
    name : str
        As messages call it.
    labels : tuple of str
        Distinct labels.
    column : int, optional
        Position of a column.
    across : tuple of str
        Label by column of scores, for a row of the header.
    """

    name: str
    labels: tuple[str, ...]
    column: int | None = None
    across: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """The column or the header in words."""
        if self.column is None:
            return self.name
        return f"column '{self.name}'" if self.name else f"column {self.column + 1}"


@dataclass(frozen=True)
class Layout:
    """Which column plays which role.

    Parameters
    ----------
    scores : tuple of int
        Columns of scores.
    roles : mapping of str to Dimension
        Role to what holds it. ``"pair"`` holds source and target in one.
    how : mapping of str to str
        Role to how it was found: ``"named"``, ``"by its name"``, ``"by what it holds"``.
    undecided : tuple of Dimension
        The two dimensions of languages of which one is the source; only the scores can decide which.
    others : tuple of Dimension
        Dimensions without a role.
    only_source : str
        The one source language, where it was named.
    by : tuple of Dimension
        Of which each value is analysed by itself.
    left_out : tuple of (str, str)
        Columns that hold no score that is read, with the reason.
    """

    scores: tuple[int, ...]
    roles: Mapping[str, Dimension]
    how: Mapping[str, str]
    undecided: tuple[Dimension, ...] = ()
    others: tuple[Dimension, ...] = ()
    only_source: str = ""
    by: tuple[Dimension, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()

    @property
    def is_wide(self) -> bool:
        """Whether the header distinguishes scores."""
        return len(self.scores) > 1


@dataclass
class _Search:
    """Roles found so far; each is taken once."""

    sheet: Sheet
    said: Columns
    numeric: list[int]
    levels: Sequence[Dimension] = ()
    roles: dict[str, Dimension] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def take(self, role: str, dimension: Dimension, how: str) -> None:
        self.roles[role], self.how[role] = dimension, how
        self.taken.add(dimension.name)

    def column(self, position: int) -> Dimension:
        labels = tuple(self.sheet.body[position].unique())
        return Dimension(self.sheet.names[position], labels, position)


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
    numeric = [j for j in range(len(sheet.names)) if is_mostly_numeric(sheet.body[j])]
    search = _Search(sheet, said, numeric)
    scores, across, left_out = _scores(search, apart)
    search.levels = across
    for role, position in named.items():
        search.take(role, search.column(position), "named")
    by = tuple(search.column(_existing(name, sheet, "--by")) for name in said.by)
    search.taken |= {dimension.name for dimension in by}
    averages = {name for name, reason in left_out if reason == AN_AVERAGE}
    beside = [
        search.column(j)
        for j in range(len(sheet.names))
        if j not in scores and sheet.names[j] not in averages and not (sheet.body[j] == "").all()
    ]
    _by_name([d for d in beside if d.name not in search.taken], search)
    for level in across:
        _of_header(level, search)
    undecided = _languages(
        search, [d for d in beside if d.name not in search.taken and d.column not in numeric]
    )
    used = {d.name for d in (*search.roles.values(), *undecided, *by)}
    others = tuple(d for d in (*beside, *across) if d.name not in used)
    only_source = (
        said.source if said.source and "source" not in named and said.source not in (ROWS, COLUMNS) else ""
    )
    layout = Layout(
        tuple(scores), search.roles, search.how, undecided, others, only_source or "", by, tuple(left_out)
    )
    _complete(layout, sheet)
    return layout


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
        if name is None or (name in (ROWS, COLUMNS) and role != "seed" and name not in sheet.names):
            continue
        if role == "source" and name not in sheet.names and language_of(name) is not None:
            continue
        if role == "source" and name in sheet.names and language_of(name) and _is_score(sheet, name):
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


def _is_score(sheet: Sheet, name: str) -> bool:
    """A column of numbers is not the source language, even if it is named after one: ``--source en``."""
    return is_mostly_numeric(sheet.body[sheet.names.index(name)])


def _scores(search: _Search, apart: set[int]) -> tuple[list[int], list[Dimension], list[tuple[str, str]]]:
    """Columns of scores, the rows of the header that distinguish them, and columns that are left out."""
    sheet, said = search.sheet, search.said
    candidates = [j for j in search.numeric if j not in apart]
    if said.score is not None and said.score in sheet.names:
        return [sheet.names.index(said.score)], [], []
    last = [sheet.paths[j][-1] for j in candidates]
    averages = [j for j in candidates if any(is_average(label, last) for label in sheet.paths[j] if label)]
    left_out = [(sheet.names[j], AN_AVERAGE) for j in averages]
    candidates = [j for j in candidates if j not in averages and not _is_index(sheet, j)]
    chosen = _of_languages(sheet, candidates) or _without_languages(search, candidates)
    levels = _levels(sheet, chosen)
    if said.score is not None:
        chosen, levels = _chosen_by_label(said.score, sheet, chosen, levels)
    if levels and any(are_languages(level.labels) or known.pairs(level.labels) for level in levels):
        left_out += [
            (sheet.names[j], _why_left(sheet, j))
            for j in candidates
            if j not in chosen and not _is_reserved(sheet, j)
        ]
    return chosen, levels, left_out


def _why_left(sheet: Sheet, position: int) -> str:
    return "it names no language" if language_of(sheet.paths[position][-1]) is None else "it holds no score"


def _is_index(sheet: Sheet, position: int) -> bool:
    """A column without a name that counts the rows."""
    if sheet.names[position] and not re.fullmatch(
        r"Unnamed: \d+|#|no|nr", sheet.names[position], re.IGNORECASE
    ):
        return False
    values = pd.to_numeric(sheet.body[position], errors="coerce").to_numpy(dtype=float)
    return bool(len(values) > 1 and (np.diff(values) == 1).all())


def _of_languages(sheet: Sheet, candidates: Sequence[int]) -> list[int]:
    """Columns named after languages, pairs of them, or languages with something else."""
    reserved = {name for names in SYNONYMS.values() for name in names}
    has_score = any(words(sheet.names[j]) in SYNONYMS["score"] for j in candidates)
    candidates = sorted({*candidates, *_unmeasured(sheet)})
    for level in range(len(sheet.paths[0])) if sheet.paths else ():
        labels = {j: sheet.paths[j][level] for j in candidates}
        free = [j for j, label in labels.items() if words(label) not in reserved | known.SPLITS | known.TASKS]
        named = [j for j in free if language_of(labels[j]) is not None]
        distinct = {labels[j] for j in named}
        pairs = known.pairs([labels[j] for j in free])
        if pairs and len(pairs) >= 2:
            return [j for j in free if labels[j] in pairs]
        composed = known.split([labels[j] for j in free])
        if composed and (len(composed) > len(named) or known.repeat(labels[j] for j in named)):
            return [j for j in free if labels[j] in composed]
        enough = 3 if has_score else 2
        if len(distinct) >= enough or (
            len(distinct) == 1 and len(named) == len(candidates) > 0 and not has_score
        ):
            codes = {len(label) for label in distinct}
            more = [
                j
                for j in candidates
                if j not in named
                and len(distinct) >= 5
                and len(labels[j]) in codes
                and len(labels[j]) <= 3
                and language_of(labels[j]) is not None
                and not _are_counts(sheet, j)
            ]
            return sorted([*named, *more])
    return []


def _unmeasured(sheet: Sheet) -> list[int]:
    """Columns of which no field has a score: a language that was not measured."""
    return [j for j in range(len(sheet.names)) if sheet.body[j].str.lower().isin(MISSING).all()]


def _are_counts(sheet: Sheet, position: int) -> bool:
    return bool(sheet.body[position].str.fullmatch(r"\d{1,4}").all())


def _without_languages(search: _Search, candidates: Sequence[int]) -> list[int]:
    """Columns of scores of a table whose header names no language.

    Raises
    ------
    DataError
        If several columns could hold the score.
    """
    sheet, said = search.sheet, search.said
    names = {j: words(sheet.paths[j][-1]) for j in candidates}
    exact = next((name for name in SYNONYMS["score"] if name in names.values()), None)
    if exact is not None and len(sheet.paths[0]) == 1:
        measured = [j for j, name in names.items() if name in known.METRICS]
        is_alone = exact == "score" or exact not in known.METRICS
        return [next(j for j, name in names.items() if name == exact)] if is_alone else measured
    seeds = known.seeds([sheet.paths[j][-1] for j in candidates])
    if seeds and len(candidates) > 1:
        return list(candidates)
    free = [j for j in candidates if not FEATURES & set(names[j].split("_")) and not _is_reserved(sheet, j)]
    told = [j for j in free if known.METRICS & set(names[j].split("_"))]
    free = told or free
    if len(free) > 1 or not free:
        inside = [j for j in free if _is_in_range(sheet, j)]
        n_sides = sum(
            j not in candidates
            and (words(sheet.names[j]) in _LANGUAGE_WORDS or are_languages(sheet.body[j].unique()))
            for j in range(len(sheet.names))
        )
        are_models = all(MODELS.search(sheet.names[j].lower()) for j in inside)
        if inside and (len(inside) == 1 or n_sides <= 1 or said.score is not None or are_models or told):
            return inside
        if len(candidates) == 1 and not free:
            return list(candidates)
        raise DataError(
            f"{len(free)} columns could hold the score{': ' if free else ''}"
            f"{', '.join(sheet.names[j] for j in free)}",
            where=sheet.grid.name,
            allowed=f"columns: {', '.join(filter(None, sheet.names))}",
            hint="name it with --score",
        )
    return free


_LANGUAGE_WORDS = frozenset(name for role in (*LANGUAGE_ROLES, "language", "pair") for name in SYNONYMS[role])
_RESERVED = frozenset(
    name for role in ("seed", "chance", "n_examples", "n_units", "layer") for name in SYNONYMS[role]
)


def _is_in_range(sheet: Sheet, position: int) -> bool:
    values = parse(pd.Series(sheet.body[position].unique(), dtype="str")).values
    return bool((np.nan_to_num(values) <= 100).all() and (np.nan_to_num(values) >= -1).all())


def _is_reserved(sheet: Sheet, position: int) -> bool:
    name = words(sheet.names[position])
    if name in SYNONYMS["zero_shot"]:
        return _may_be("zero_shot", Dimension(name, tuple(sheet.body[position].unique()), position))
    return name in _RESERVED


def _levels(sheet: Sheet, chosen: Sequence[int]) -> list[Dimension]:
    """Rows of the header, as far as they distinguish columns of scores; composed labels become two."""
    if len(chosen) < 2:
        return []
    n_levels = len(sheet.paths[0])
    names = sheet.grid.levels or ("",) * n_levels
    found = []
    for level in range(n_levels):
        across = tuple(sheet.paths[j][level] for j in chosen)
        if not any(across):
            continue
        name = THE_HEADER if n_levels == 1 else f"row {level + 1} of the header"
        name = f"{name} ({names[level]})" if level < len(names) and names[level] else name
        is_plain = (are_languages(across) and not known.repeat(across)) or known.pairs(across)
        composed = None if is_plain else known.split(across)
        if composed is None:
            found.append(Dimension(name, tuple(dict.fromkeys(across)), across=across))
            continue
        for side, what in ((0, "languages"), (1, "the rest")):
            part = tuple(composed[label][side] if label in composed else "" for label in across)
            found.append(Dimension(f"{name}, {what}", tuple(dict.fromkeys(part)), across=part))
    return found


def _chosen_by_label(
    name: str, sheet: Sheet, chosen: list[int], levels: list[Dimension]
) -> tuple[list[int], list[Dimension]]:
    """Columns of scores of one metric or model, where the header distinguishes several.

    Raises
    ------
    DataError
        If there is neither a column nor a label of that name.
    """
    for level in levels:
        at = [i for i, label in enumerate(level.across) if words(label) == words(name)]
        if at:
            kept = [
                replace(other, across=tuple(other.across[i] for i in at))
                for other in levels
                if other is not level
            ]
            return [chosen[i] for i in at], [
                replace(other, labels=tuple(dict.fromkeys(other.across))) for other in kept
            ]
    labels = [label for level in levels for label in level.labels]
    raise DataError(
        f"no column '{name}'",
        where=f"{sheet.grid.name}, --score",
        allowed=closest(name, [*filter(None, sheet.names), *labels]),
    )


def _by_name(columns: Sequence[Dimension], search: _Search) -> None:
    """Give columns the roles that their names say; one of numbers holds no languages, whatever its name."""
    for role, synonyms in SYNONYMS.items():
        if role in search.roles or role in ("score", "language"):
            continue
        names = {
            words(column.name): column for column in reversed(columns) if column.name not in search.taken
        }
        if role in (*LANGUAGE_ROLES, "pair"):
            names = {name: column for name, column in names.items() if column.column not in search.numeric}
        column = next((names[name] for name in synonyms if name in names), None)
        if column is not None and _may_be(role, column):
            search.take(role, column, "by its name")
    for column in columns:
        sides = _corner(column.name)
        if sides and column.name not in search.taken and not set(sides) & set(search.roles):
            search.take(sides[0], column, "by its name")


def _may_be(role: str, column: Dimension) -> bool:
    """A column called ``Zero-shot`` may hold scores."""
    if role == "zero_shot":
        return {label.lower() for label in column.labels} <= {"", "true", "false", "yes", "no", "0", "1"}
    return role != "pair" or bool(known.pairs(column.labels))


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


def _of_header(level: Dimension, search: _Search) -> None:
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
            "metric": known.is_one_of(level.labels, known.METRICS),
            "split": known.is_one_of(level.labels, known.SPLITS),
            "task": known.is_one_of(level.labels, known.TASKS),
            "encoder": len(level.labels) > 1,
        }
        role = next((r for r, holds in kinds.items() if holds and r not in search.roles), None)
        if kinds["language"] and not kinds["pair"]:
            return
    if role is not None and role not in search.roles:
        search.take(role, level, how)


def _languages(search: _Search, columns: Sequence[Dimension]) -> tuple[Dimension, ...]:
    """Roles of the dimensions of languages that no name decides; two that only the scores can decide."""
    roles, sheet = search.roles, search.sheet
    sides = _sides_said(search)
    free = [level for level in _header_of_languages(search) if level.name not in search.taken]
    for column in columns:
        if column.name in search.taken:
            continue
        filled = [label for label in column.labels if label]
        is_named = words(column.name) in SYNONYMS["language"]
        if "pair" not in roles and not {"source", "target"} & set(roles) and known.pairs(filled):
            search.take("pair", column, "by what it holds")
        elif are_languages(filled) or (is_named and any(map(language_of, filled))):
            free.append(column)
    free = [d for d in free if not _repeats(d, [*roles.values(), *free[: free.index(d)]], sheet)]
    if "pair" in roles:
        return ()
    if sides:
        for role, side in sides.items():
            own = next((d for d in free if (d.column is None) == (side == COLUMNS)), None)
            if own is None:
                raise DataError(
                    f"the {side} of the table name no language",
                    where=f"{sheet.grid.name}, --{role}",
                    allowed="a column by its name",
                )
            search.take(role, own, "named")
            free.remove(own)
    missing = [role for role in ("source", "target") if role not in roles]
    if "intermediate" in roles and "source" in missing and len(free) <= len(missing) - 1:
        missing.remove("source")
    if len(missing) == 2 and len(free) >= 2:
        return free[0], free[1]
    if len(missing) == 2 and free:
        missing = ["target"]
    for role, dimension in zip(missing, free, strict=False):
        search.take(role, dimension, "by what it holds")
    return ()


def _header_of_languages(search: _Search) -> list[Dimension]:
    return [level for level in search.levels if are_languages(level.labels)]


def _sides_said(search: _Search) -> dict[str, str]:
    return {
        role: side
        for role in LANGUAGE_ROLES
        if (side := getattr(search.said, role)) in (ROWS, COLUMNS) and role not in search.roles
    }


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
        if role in layout.roles:
            continue
        if role == "source" and ("intermediate" in layout.roles or layout.only_source):
            continue
        hint = f"name it with --{role}"
        if role == "source":
            hint += ", name the only source language (--source en), or name an --intermediate column"
        raise DataError(
            f"no column of the {role} language could be guessed",
            where=sheet.grid.name,
            allowed=f"columns: {', '.join(filter(None, sheet.names))}",
            hint=hint,
        )
