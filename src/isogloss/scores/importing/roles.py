"""Which column is what: as the user says, or guessed from the name and said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from isogloss.errors import DataError, LanguageError, closest
from isogloss.scores.importing.numbers import is_mostly_numeric, is_numeric
from isogloss.scores.importing.raw import RawTable
from isogloss.scores.table import LANGUAGE_ROLES

CONDITION_ROLES = ("task", "encoder", "aggregator", "split", "metric")
"""Each value of such a column is analysed by itself."""

SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "source": (
        *("source", "source_language", "source_lang", "src", "src_lang", "src_language", "transfer_lang"),
        *("transfer_language", "transfer", "train_lang", "train_language", "training_language", "trained_on"),
        *("train", "from", "lang_train", "lang_source", "lang_src", "training_lang"),
    ),
    "intermediate": (
        *("intermediate_language", "intermediate", "intermediate_lang", "inter", "inter_lang"),
        *("inter_language",),
    ),
    "target": (
        *("target", "target_language", "target_lang", "tgt", "tgt_lang", "tgt_language", "task_lang"),
        *("task_language", "test_lang", "test_language", "eval_lang", "eval_language", "evaluated_on"),
        *("lang_pred", "lang_test", "lang_eval", "lang_target", "lang_tgt", "testing_lang", "test"),
        *("eval", "to", "language", "lang"),
    ),
    "score": (
        *("score", "accuracy", "acc", "f1", "f1_score", "entity_f1", "word_accuracy", "las", "uas", "bleu"),
        *("em", "exact_match", "mrr", "map", "performance", "result", "value"),
    ),
    "seed": ("seed", "random_seed", "run", "run_id", "replicate", "rep", "trial"),
    "task": ("task", "dataset", "benchmark"),
    "encoder": ("encoder", "model", "model_name", "model_id", "plm", "lm"),
    "aggregator": ("aggregator",),
    "split": ("split",),
    "metric": ("metric",),
    "source_task": ("source_task",),
    "intermediate_task": ("intermediate_task",),
    "chance": ("chance", "majority", "random_baseline"),
    "n_examples": ("n_examples", "n_test", "test_size"),
    "zero_shot": ("zero_shot",),
}
"""Names of columns by role, the best first."""


@dataclass(frozen=True)
class Columns:
    """What the user says of the columns; what is None is guessed.

    Parameters
    ----------
    source : str, optional
        Column of the source language; or one language, for a table that has only that source.
    intermediate, target, score, seed : str, optional
        Columns.
    by : tuple of str
        Columns of which each value is analysed by itself.
    """

    source: str | None = None
    intermediate: str | None = None
    target: str | None = None
    score: str | None = None
    seed: str | None = None
    by: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roles:
    """Which column plays which role.

    Parameters
    ----------
    column : mapping of str to str
        Role to column.
    guessed : frozenset of str
        Roles whose column the user did not name.
    only_source : str
        The one source language, where no column holds it.
    by : tuple of str
        Further columns of which each value is analysed by itself.
    """

    column: Mapping[str, str]
    guessed: frozenset[str]
    only_source: str
    by: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The columns in words."""
        told = [
            f"{role} = {column}{' (guessed)' if role in self.guessed else ''}"
            for role, column in self.column.items()
        ]
        return f"columns: {', '.join([*told, *(f'each {column} by itself' for column in self.by)])}"


def normalised(name: str) -> str:
    """A column name as it is compared: ``"Source Lang"`` is ``"source_lang"``."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def is_language(text: str) -> bool:
    """Whether a text denotes a language."""
    from isogloss.languages import resolve

    try:
        resolve(text)
    except LanguageError:
        return False
    return True


def language_columns(table: RawTable) -> tuple[str, ...]:
    """Columns that are named after languages and hold numbers; no column that a role is guessed from.

    A text among the numbers does not make a column of text: it is a score that somebody mistyped.
    """
    known = {name for names in SYNONYMS.values() for name in names}
    return tuple(
        name
        for number, name in enumerate(table.header)
        if normalised(name) not in known
        and is_language(name)
        and is_mostly_numeric([row[number] for row in table.rows])
    )


def is_wide(table: RawTable, said: Columns) -> bool:
    """Whether the table is a matrix: three or more columns are named after languages, none is the score.

    Two are enough where no column has the name of a score.
    """
    n_languages = len(language_columns(table))
    scored = {normalised(name) for name in table.header} & set(SYNONYMS["score"])
    return said.score not in table.header and (n_languages >= 3 or (n_languages == 2 and not scored))


def said_roles(table: RawTable, said: Columns) -> tuple[dict[str, str], str]:
    """Columns that the user named, and the one source language, where that was named instead.

    Raises
    ------
    DataError
        If there is no such column.
    """
    found: dict[str, str] = {}
    only_source = ""
    for role in (*LANGUAGE_ROLES, "score", "seed"):
        name = getattr(said, role)
        if name is None:
            continue
        if role == "source" and name not in table.header and is_language(name):
            only_source = name
        else:
            found[role] = _existing(name, table, f"--{role}" if role != "seed" else "--seed-column")
    return found, only_source


def roles_of_long(table: RawTable, said: Columns) -> Roles:
    """Find the roles of a table of one row a score.

    Raises
    ------
    DataError
        If a column that is needed was not said and cannot be guessed.
    """
    column, only_source = said_roles(table, said)
    by = tuple(_existing(name, table, "--by") for name in said.by)
    named = set(column)
    for role in SYNONYMS:
        if role not in column and not (role == "source" and only_source):
            guess = _guess(role, table, {*column.values(), *by})
            if guess is not None:
                column[role] = guess
    if "score" not in column:
        column["score"] = _only_numeric(table, {*column.values(), *by})
    if "target" not in column:
        raise _no_column("target", table)
    if not {"source", "intermediate"} & set(column) and not only_source:
        raise _no_column("source", table)
    return Roles(column, frozenset(set(column) - named), only_source, by)


def _existing(name: str, table: RawTable, option: str) -> str:
    if name not in table.header:
        raise DataError(
            f"no column '{name}'", where=f"{table.name}, {option}", allowed=closest(name, table.header)
        )
    return name


def _guess(role: str, table: RawTable, taken: set[str]) -> str | None:
    """The column with the best name for a role; one of numbers holds no languages, whatever its name."""
    names = {normalised(name): name for name in reversed(table.header) if name not in taken}
    guesses = (names[synonym] for synonym in SYNONYMS[role] if synonym in names)
    if role in LANGUAGE_ROLES:
        numeric = {name for i, name in enumerate(table.header) if is_numeric([row[i] for row in table.rows])}
        guesses = (name for name in guesses if name not in numeric)
    return next(guesses, None)


def _only_numeric(table: RawTable, taken: set[str]) -> str:
    numeric = [
        name
        for number, name in enumerate(table.header)
        if name not in taken and is_numeric([row[number] for row in table.rows])
    ]
    if len(numeric) != 1:
        raise DataError(
            f"{len(numeric)} columns could hold the score{': ' if numeric else ''}{', '.join(numeric)}",
            where=table.name,
            allowed=f"columns: {', '.join(table.header)}",
            hint="name it with --score",
        )
    return numeric[0]


def _no_column(role: str, table: RawTable) -> DataError:
    hint = f"name it with --{role}"
    if role == "source":
        hint += ", name the only source language (--source en), or name an --intermediate column"
    return DataError(
        f"no column of the {role} language could be guessed",
        where=table.name,
        allowed=f"columns: {', '.join(table.header)}",
        hint=hint,
    )
