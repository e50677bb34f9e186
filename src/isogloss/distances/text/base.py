"""Corpora, and matrices from measures of two corpora."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from isogloss.distances.matrix import DissimilarityMatrix, DistanceMatrix, check_distinct
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
        """Read a UTF-8 text file; blank lines are left out.

        Raises
        ------
        DataError
            If the file cannot be read, is not UTF-8, or holds no text.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise DataError(
                f"the corpus cannot be read: {error.strerror}", where=str(path), hint="check the path"
            ) from None
        except UnicodeDecodeError as error:
            raise DataError(
                f"the corpus is not UTF-8: byte {error.start} cannot be read",
                where=str(path),
                hint="convert it to UTF-8",
            ) from None
        if "\0" in text:
            raise DataError(
                f"the corpus is not plain text: byte {text.encode().index(0)} is zero",
                where=str(path),
                hint="give a text file; a file in UTF-16 has to be converted to UTF-8",
            )
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
        return tuple(
            " ".join(
                "".join(
                    c if unicodedata.category(c)[0] in "LM" else " "
                    for c in unicodedata.normalize("NFKC", line).lower()
                ).split()
            )
            for line in self.lines
        )


Units = Callable[[Corpus], Sequence[str] | None]
Value = Callable[[Corpus, Corpus], float]


def distance_of(
    name: str, corpora: Sequence[Corpus], units: Units, value: Value, threshold: int
) -> DistanceMatrix:
    """Symmetric measure of two corpora, as a matrix.

    Parameters
    ----------
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
    DistanceMatrix
        `shared` is the number of running units of the smaller corpus, `union` that of the larger.

    Raises
    ------
    LanguageError
        If a language occurs twice.
    """
    matrix = DistanceMatrix(**_fields(name, corpora, units, value, threshold))
    np.fill_diagonal(matrix.values, 0.0)
    return matrix


def dissimilarity_of(
    name: str, corpora: Sequence[Corpus], units: Units, value: Value, threshold: int
) -> DissimilarityMatrix:
    """Directed measure from the corpus of the row to that of the column; see `distance_of`."""
    return DissimilarityMatrix(**_fields(name, corpora, units, value, threshold))


def _fields(
    name: str, corpora: Sequence[Corpus], units: Units, value: Value, threshold: int
) -> dict[str, Any]:
    languages = tuple(corpus.language for corpus in corpora)
    check_distinct(languages, name)
    found = [units(corpus) for corpus in corpora]
    sizes = np.array([0 if running is None else len(running) for running in found], dtype=np.int32)
    shared = np.minimum(sizes[:, None], sizes[None])
    values = np.full(shared.shape, np.nan)
    for a, b in np.argwhere(shared >= max(threshold, 1)):
        values[a, b] = value(corpora[a], corpora[b])
    return {
        "metric": name,
        "definition": "text",
        "languages": languages,
        "values": values,
        "shared": shared,
        "union": np.maximum(sizes[:, None], sizes[None]),
        "source": ", ".join(corpus.source for corpus in corpora if corpus.source),
        "threshold": threshold,
        "notes": tuple(
            f"{corpus.language.id}: {name} has nothing to count: {_why_nothing(corpus)}"
            for corpus, running in zip(corpora, found, strict=True)
            if running is None
        ),
    }


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
