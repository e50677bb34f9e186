"""Corpora, and matrices from measures of two corpora."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from isogloss.distances.matrix import DissimilarityMatrix, DistanceMatrix, check_distinct
from isogloss.distances.sources.text_files import read_text
from isogloss.errors import DataError
from isogloss.languages import Language

WITHOUT_SPACES = frozenset({"Hans", "Hant", "Hani", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts whose text shows no words."""


@dataclass(frozen=True)
class Corpus:
    """Text of one language.

    Parameters
    ----------
    language : Language
    lines : tuple of str
    subwords : tuple of str, optional
        The subwords of all lines in their order, by the tokenizer of the caller.
    source : str
        File, for messages and records.
    """

    language: Language
    lines: tuple[str, ...]
    subwords: tuple[str, ...] | None = None
    source: str = ""

    @classmethod
    def read(cls, language: Language, path: Path) -> Corpus:
        """Read a text file, compressed or not, in UTF-8 or as its mark says; blank lines are left out.

        Raises
        ------
        DataError
            If the file cannot be read or decoded, or holds no text.
        """
        text = read_text(path, "the corpus")
        lines = tuple(line.strip() for line in text.splitlines() if line.strip())
        if not any(character.isalpha() for line in lines for character in line):
            raise DataError(
                "the corpus is empty: it holds no letter",
                where=str(path),
                allowed=f"plain text in {language.name}, a sentence or paragraph a line",
            )
        return cls(language, lines, source=str(path))

    @cached_property
    def words(self) -> tuple[str, ...] | None:
        """Runs of letters and marks in lower case; None in a script without spaces between words."""
        if self.language.script in WITHOUT_SPACES:
            return None
        return tuple(word for line in self.letters for word in line.split())

    @cached_property
    def letters(self) -> tuple[str, ...]:
        """Lines in lower case, NFKC-normalised, with everything that is not a letter or mark as one space."""
        return tuple(map(_letters_of, self.lines))


def _letters_of(line: str) -> str:
    folded = unicodedata.normalize("NFKC", line).lower()
    return " ".join("".join(c if unicodedata.category(c)[0] in "LM" else " " for c in folded).split())


Units = Callable[[Corpus], Sequence[str] | None]
Value = Callable[[Corpus, Corpus], float]
M = TypeVar("M", DistanceMatrix, DissimilarityMatrix)


def matrix_of(
    kind: type[M], name: str, corpora: Sequence[Corpus], units: Units, value: Value, threshold: int
) -> M:
    """Measure of two corpora as a matrix: a distance, or directed from the row to the column.

    Parameters
    ----------
    kind : DistanceMatrix or DissimilarityMatrix
    name : str
        Registry name.
    corpora : sequence of Corpus
    units : callable
        The running units (words, subwords, letters) that are counted; None where a corpus has none, which
        makes its pairs NaN.
    value : callable
        The measure of two corpora.
    threshold : int
        Pairs in which a corpus has fewer running units are NaN.

    Returns
    -------
    DistanceMatrix or DissimilarityMatrix
        `shared` is the number of running units of the smaller corpus, `union` that of the larger.

    Raises
    ------
    LanguageError
        If a language occurs twice.
    """
    languages = tuple(corpus.language for corpus in corpora)
    check_distinct(languages, name)
    found = [units(corpus) for corpus in corpora]
    sizes = np.array([0 if running is None else len(running) for running in found], dtype=np.int32)
    shared, union = np.minimum(sizes[:, None], sizes[None]), np.maximum(sizes[:, None], sizes[None])
    values = np.full(shared.shape, np.nan)
    for a, b in np.argwhere(shared >= max(threshold, 1)):
        values[a, b] = value(corpora[a], corpora[b])
    if issubclass(kind, DistanceMatrix):
        np.fill_diagonal(values, 0.0)
    source = ", ".join(corpus.source for corpus in corpora if corpus.source)
    notes = tuple(
        f"{corpus.language.id}: {name} has nothing to count: {_why_nothing(corpus)}"
        for corpus, running in zip(corpora, found, strict=True)
        if running is None
    )
    return kind(name, "text", languages, values, shared, union, source, threshold, notes=notes)


def _why_nothing(corpus: Corpus) -> str:
    if corpus.words is None:
        return f"its script ({corpus.language.script}) is written without spaces between words"
    return "no tokenizer was given"


def types(a: Sequence[str], b: Sequence[str]) -> tuple[set[str], set[str]]:
    """Types of two texts, each cut to the length of the shorter: a longer text has more types."""
    n = min(len(a), len(b))
    return set(a[:n]), set(b[:n])


def share_not_in_common(a: set[str], b: set[str]) -> float:
    """One minus the overlap of two sets, ``1 - 2 |A and B| / (|A| + |B|)``."""
    return 1 - 2 * len(a & b) / (len(a) + len(b))
