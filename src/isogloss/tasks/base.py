"""Interface of tasks: a card with provenance, examples, and a loader that reports what it dropped."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, get_args, overload

from isogloss.display import counted
from isogloss.errors import DataError
from isogloss.languages.base import Language
from isogloss.registry import Registry

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)
HeadKind = Literal["sentence", "word"]
"""`sentence`: one label per sentence or sentence pair; `word`: one label per word."""

MetricName = Literal["accuracy", "entity_f1", "word_accuracy"]
FROM_FILES = "unpinned: read from local files, whose hashes are recorded"
"""Revision of data that the user brings."""


@dataclass(frozen=True)
class Control:
    """Sentences about a task that serves as a control of another one.

    Parameters
    ----------
    kind : {"twin", "null"}
        A twin takes something away and is judged by how many cells stay above chance. In a null world no
        relation with distance may be found.
    given : str
        What was done: ``"With every word enciphered"``.
    above_chance, at_chance : str
        What follows for a twin; ``{targets}`` stands for the targets above chance, ``{task}`` for the task
        that the model was trained on. A null world needs neither.
    """

    kind: Literal["twin", "null"]
    given: str
    above_chance: str = ""
    at_chance: str = ""


@dataclass(frozen=True)
class TaskCard:
    """Description of a benchmark and where it comes from.

    Parameters
    ----------
    name : str
        Registry name.
    title : str
        As papers write it: ``"PAWS-X"``.
    dataset, revision : str
        Data set id on its hub and the pinned revision; for generated data, its own version.
    licence, citation : str
        SPDX id or short name; one line that tells a reader where to look it up.
    labels : tuple of str
        The label space in the order of class indices.
    head : {"sentence", "word"}
        Kind of head that the model gets.
    metric : {"accuracy", "entity_f1", "word_accuracy"}
        The metric that papers report for this task.
    languages : mapping of str to str
        Canonical BCP 47 tag to the data set's own code spelling.
    editions : mapping of str to str
        Spelling in file names to the code used here, where the spelling is another language's code.
    parallel_rows : bool
        Row i says the same thing in every language.
    epochs : int
        The field's default (XTREME).
    version : int
        Raised when a fix of the loader changes the examples; part of every stage id.
    control : Control or None
        What the report says of the task where it is a control of another one.
    """

    name: str
    title: str
    dataset: str
    revision: str
    licence: str
    citation: str
    labels: tuple[str, ...]
    head: HeadKind
    metric: MetricName
    languages: Mapping[str, str]
    editions: Mapping[str, str] = field(default_factory=dict)
    parallel_rows: bool = False
    epochs: int = 5
    version: int = 1
    control: Control | None = None

    def codes_by_language(self, have: Mapping[str, Language]) -> dict[str, str]:
        """Language id to the code that it is read under: of several in one language the one on the card.

        Parameters
        ----------
        have : mapping of str to Language
            The codes that there are data for.
        """
        codes: dict[str, str] = {}
        on_card = frozenset(self.languages.values())
        for code, language in have.items():
            if language.id not in codes or (code in on_card and codes[language.id] not in on_card):
                codes[language.id] = code
        return codes


@dataclass(frozen=True, slots=True)
class SentenceExample:
    """One sentence or sentence pair; `row` is the row number in the source file, from 0."""

    row: int
    text_a: str
    text_b: str | None
    label: int


@dataclass(frozen=True, slots=True)
class WordExample:
    """One sentence as words with one label each; `row` is the sentence's number in the file, from 0."""

    row: int
    words: tuple[str, ...]
    labels: tuple[int, ...]


Example = SentenceExample | WordExample


def texts_of(example: Example) -> tuple[str, ...]:
    """Texts of a row: one or two sentences, or its words with a space between them."""
    if isinstance(example, WordExample):
        return (" ".join(example.words),)
    return (example.text_a,) if example.text_b is None else (example.text_a, example.text_b)


class GeneratedExamples(Sequence[Example]):
    """Examples of rows 0, 1, ..., each made when it is asked for.

    Parameters
    ----------
    size : int
    make : callable
        Row number to its example.
    """

    def __init__(self, size: int, make: Callable[[int], Example]) -> None:
        self._size = size
        self._make = make

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, position: int) -> Example: ...

    @overload
    def __getitem__(self, position: slice) -> tuple[Example, ...]: ...

    def __getitem__(self, position: int | slice) -> Example | tuple[Example, ...]:
        """Make one example, or those of a slice."""
        chosen = range(self._size)[position]
        return self._make(chosen) if isinstance(chosen, int) else tuple(map(self._make, chosen))


@dataclass(frozen=True)
class SourceFile:
    """One file that examples were read from."""

    path: str
    sha256: str
    rows: int


@dataclass(frozen=True)
class TaskData:
    """Examples of one language and split, with what was left out and why.

    Parameters
    ----------
    language : str
        The data set's own code.
    examples : sequence of Example
        In the order of the file; a tuple, or `GeneratedExamples`.
    dropped : mapping of str to int
        Reason in words to the number of rows: ``{"untranslated (NS)": 68}``.
    files : tuple of SourceFile
        Empty for generated data.
    notes : tuple of str
        What a reader must know: ``"train rows come from the dev file"``.
    changes : tuple of str
        Those of the notes that say what was read otherwise than the file has it.
    """

    task: str
    language: str
    split: Split
    examples: Sequence[Example]
    dropped: Mapping[str, int] = field(default_factory=dict)
    files: tuple[SourceFile, ...] = ()
    notes: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def rows(self) -> Sequence[int]:
        """Row numbers of the examples; generated ones need not be made for that."""
        if isinstance(self.examples, GeneratedExamples):
            return range(len(self.examples))
        return [example.row for example in self.examples]


class Task(ABC):
    """One benchmark: its card and how its examples are read.

    A file in ``tasks/`` defines ``NAME`` and ``TASK``, an instance of a subclass.
    """

    card: TaskCard

    @abstractmethod
    def available(self, root: Path | None) -> Mapping[str, tuple[Split, ...]]:
        """Languages (the data set's own codes) and labelled splits that are under `root`.

        Cheap: looks at names, and at content only where a name does not decide.
        """

    @abstractmethod
    def load(self, root: Path | None, language: str, split: Split) -> TaskData:
        """Read one split of one language.

        Parameters
        ----------
        root : Path or None
            The data directory; None for a generated task.
        language : str
            The data set's own code, as `available` lists it.
        split : {"train", "validation", "test"}

        Raises
        ------
        DataError
            Naming file, line and field.
        """

    def reason_to_refuse(self, spelling: str, root: Path | None) -> str | None:
        """Why a spelling of a language cannot be taken for this task; None where it can."""
        return None

    def where_to_put(self, language: str, split: Split) -> str | None:
        """Say what to do where a split is missing; None where the data directory decides."""
        return None

    @abstractmethod
    def fingerprint(self, root: Path | None, language: str, split: Split) -> str:
        """Hash of everything `load` depends on, without parsing it; part of the stage id."""


def select(data: TaskData, budget: int | None, seed: int) -> tuple[Example, ...]:
    """Choose `budget` examples, the same rows in every language for the same `seed`.

    Rows are ordered by a hash of their number and the seed, so that a larger budget contains a smaller one
    and parallel rows stay parallel.

    Parameters
    ----------
    data : TaskData
    budget : int or None
        None keeps all examples.
    seed : int

    Returns
    -------
    tuple of Example
        In file order.
    """
    if budget is None or budget >= len(data.examples):
        return tuple(data.examples)
    rows = data.rows
    positions = sorted(range(len(rows)), key=lambda position: _row_order(rows[position], seed))[:budget]
    return tuple(data.examples[position] for position in sorted(positions))


def in_random_order(examples: Sequence[Example], seed: int) -> list[Example]:
    """Order examples as `select` draws them: the first ones are a random choice, fixed by `seed`.

    Examples of several languages come with parallel rows side by side.
    """
    return sorted(examples, key=lambda example: _row_order(example.row, seed))


def without_overlap(data: TaskData, others: Mapping[Split, TaskData]) -> TaskData:
    """Drop examples whose text, whatever its label, is in another split, and count them by split.

    Parameters
    ----------
    data : TaskData
    others : mapping of split to TaskData
        Of the same task and language.
    """
    if not others:
        return data  # generated examples are made when they are asked for, and most of them never are
    kept = tuple(data.examples)
    dropped = dict(data.dropped)
    for split, other in others.items():
        texts = {text_of(example) for example in other.examples}
        before, kept = len(kept), tuple(example for example in kept if text_of(example) not in texts)
        if before > len(kept):
            dropped[f"stand in {split} too"] = before - len(kept)
    return replace(data, examples=kept, dropped=dropped)


def left_out(dropped: Mapping[str, int]) -> list[str]:
    """Say how many rows were left out, by reason."""
    return [f"{counted(n_rows, 'row')} left out: {reason}" for reason, n_rows in dropped.items()]


def text_of(example: Example) -> tuple[str | None, ...]:
    """Text of an example without its label: its words, or its sentences."""
    return example.words if isinstance(example, WordExample) else (example.text_a, example.text_b)


def _row_order(row: int, seed: int) -> bytes:
    return hashlib.blake2b(f"{seed}:{row}".encode(), digest_size=8).digest()


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, as hex.

    Raises
    ------
    DataError
        If the file cannot be read.
    """
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", where=str(path)) from None


def combine_hashes(parts: Sequence[str]) -> str:
    """One SHA-256 over an ordered sequence of strings."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


TASKS: Registry[Task] = Registry("task", ("isogloss.tasks", "isogloss.world.tasks"), "TASK")
