"""Roles of the columns of a table: what the user states, and what is found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from isogloss.errors import FieldError
from isogloss.identity import listed, plain
from isogloss.scores.importing import labels as known
from isogloss.scores.importing.sheet import Sheet

AN_AVERAGE = "an average or other summary"
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

    def __post_init__(self) -> None:
        """Take a whole number as the name that it is in a header, or as the number of a table."""
        for role, value in vars(self).copy().items():
            if role == "by":
                names = tuple(_name(each, role) for each in listed(value))
                object.__setattr__(self, role, names)
            elif value is not None:
                object.__setattr__(self, role, _name(value, role))


def _name(value: object, role: str) -> str:
    value = plain(value)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise FieldError(f"{value!r} does not name a column", where=role, allowed="a text or a whole number")
    return str(value)


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

    @classmethod
    def of_header(cls, name: str, across: tuple[str, ...]) -> Dimension:
        """Make one of a row of the header."""
        return cls(name, tuple(dict.fromkeys(across)), across=across)

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
class Search:
    """Roles found so far; each is taken once."""

    sheet: Sheet
    said: Columns
    levels: Sequence[Dimension] = ()
    roles: dict[str, Dimension] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def take(self, role: str, dimension: Dimension, how: str) -> None:
        """Give a dimension a role."""
        self.roles[role], self.how[role] = dimension, how
        self.taken.add(dimension.name)

    def column(self, position: int) -> Dimension:
        """The column at a position with its labels."""
        labels = tuple(self.sheet.body[position].unique())
        return Dimension(self.sheet.names[position], labels, position)


def may_be(role: str, column: Dimension) -> bool:
    """A column called ``Zero-shot`` may hold scores."""
    if role == "zero_shot":
        return {label.lower() for label in column.labels} <= {"", "true", "false", "yes", "no", "0", "1"}
    return role != "pair" or bool(known.pairs(column.labels))
