"""Rows of files that make a split: the one rule for data sets whose files are incomplete."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from isogloss.tasks.base import Split


@dataclass(frozen=True)
class Part:
    """Some of the rows of a file.

    Parameters
    ----------
    text : str
        In words; also what the fingerprint holds.
    takes : callable
        Row number and number of rows in the file to whether the row belongs to the part.
    """

    text: str
    takes: Callable[[int, int], bool]


ALL = Part("all rows", lambda row, n_rows: True)
HEAD = Part("all but the last tenth of the rows", lambda row, n_rows: row < n_rows - tail_size(n_rows))
TAIL = Part("the last tenth of the rows", lambda row, n_rows: row >= n_rows - tail_size(n_rows))


def tail_size(n_rows: int) -> int:
    """Rows that a train file gives up where there is no validation file: a tenth, at least one."""
    return max(1, n_rows // 10)


def every_fifth(group: int, *, chosen: bool) -> Part:
    """Every fifth group of `group` rows, or the other four: the same rows in every language."""
    unit = "row" if group == 1 else f"group of {group} rows"
    text = f"every fifth {unit}" if chosen else f"all but every fifth {unit}"
    return Part(text, lambda row, n_rows: (row // group % 5 == 4) is chosen)


@dataclass(frozen=True)
class Origin:
    """The file that a split comes from and the part of it; `name` if the file is not called by its split."""

    file: Split
    part: Part
    name: str = ""

    def notes(self, split: Split) -> tuple[str, ...]:
        """Say what a reader must know; nothing where the split is simply its own file."""
        if self.file == split and self.part is ALL:
            return ()
        return (f"{split} is {self.part.text} of the {self.name or self.file} file",)


@dataclass(frozen=True)
class SplitRule:
    """How the three splits are made from the labelled files that exist.

    1. test is the test file. Without one it is the validation file, where `validation_as_test` says so: the
       benchmark then has no other labelled evaluation data.
    2. train is the train file, validation the validation file. Where that file is absent or serves as
       test, validation is the last tenth of the train file (neighbours in a file are often of one text, so
       that a contiguous part leaks least).
    3. Without a train file, validation stays whole; where `validation_as_train` says so it is divided by row
       number: every fifth group of `group` rows is validation and the rest train.

    Parameters
    ----------
    validation_as_test, validation_as_train : bool
    group : int
        Rows that belong together and must not be divided (XNLI repeats each premise three times).
    """

    validation_as_test: bool = False
    validation_as_train: bool = False
    group: int = 1

    def origins(self, files: Collection[Split]) -> Mapping[Split, Origin]:
        """Where each split comes from, given the labelled files of one language."""
        origins: dict[Split, Origin] = {}
        free = "validation" in files
        if "test" in files:
            origins["test"] = Origin("test", ALL)
        elif free and self.validation_as_test:
            origins["test"] = Origin("validation", ALL)
            free = False
        if "train" in files and free:
            origins["train"], origins["validation"] = Origin("train", ALL), Origin("validation", ALL)
        elif "train" in files:
            origins["train"], origins["validation"] = Origin("train", HEAD), Origin("train", TAIL)
        elif free and self.validation_as_train:
            origins["train"] = Origin("validation", every_fifth(self.group, chosen=False))
            origins["validation"] = Origin("validation", every_fifth(self.group, chosen=True))
        elif free:
            origins["validation"] = Origin("validation", ALL)
        return origins


@dataclass(frozen=True)
class OneFileRule(SplitRule):
    """Three splits from one file: of every ten rows the ninth is validation, the tenth test."""

    def origins(self, files: Collection[Split]) -> Mapping[Split, Origin]:
        """Where each split comes from; the one file is listed under ``train``."""
        return {split: Origin("train", part, "only") for split, part in _TENTHS.items()} if files else {}


_TENTHS: Mapping[Split, Part] = {
    "train": Part("the first eight of every ten rows", lambda row, n_rows: row % 10 < 8),
    "validation": Part("the ninth of every ten rows", lambda row, n_rows: row % 10 == 8),
    "test": Part("the tenth of every ten rows", lambda row, n_rows: row % 10 == 9),
}
