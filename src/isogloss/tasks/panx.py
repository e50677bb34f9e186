"""PAN-X: named entities of Wikipedia in 176 languages (Pan et al. 2017; splits of Rahimi et al. 2019)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from isogloss.data_files import BROKEN_ARCHIVE, open_bytes, suffix_of
from isogloss.errors import DataError
from isogloss.languages.resolution import find
from isogloss.languages.rules import EDITIONS, WIKIPEDIA
from isogloss.tasks._conll import read_word_lines
from isogloss.tasks._files import WordTask
from isogloss.tasks._layouts import by_language, hub, xtreme
from isogloss.tasks._opening import unreadable
from isogloss.tasks._reading import Reading, Row, WordRow, read_table_of_words
from isogloss.tasks._splits import SplitRule
from isogloss.tasks._tables import COLUMNAR
from isogloss.tasks.base import Example, Split, WordExample
from isogloss.tasks.sources import card_of

NAME = "panx"

_TAGS = {
    **{code: edition.individual for code, edition in WIKIPEDIA.items()},
    **{"no": "nb", "zh-min-nan": "nan", "zh-yue": "yue"},
}
"""Canonical tags where they are not Wikipedia's code."""

CARD = card_of(
    NAME,
    _TAGS,
    labels=("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"),
    head="word",
    metric="entity_f1",
    editions={code: edition.individual for code, edition in EDITIONS.items()},
    epochs=10,
)


class PanX(WordTask):
    """Words with BIO tags over person, organisation and location."""

    def rows(self, path: Path, reading: Reading) -> Iterator[Row]:
        """Read one file of any layout, without the language that WikiAnn's own files put before a word."""
        if suffix_of(path) in (*COLUMNAR, ".jsonl"):
            rows = read_table_of_words(path, "ner_tags", self.card.labels)
        else:
            rows = list(read_word_lines(path))
        return iter(self._without_prefix(rows, path, reading))

    def variant(self, language: str, paths: Sequence[Path]) -> Sequence[str]:
        """Distinguish files with a prefix from those without, by their first word; see `FileTask.variant`."""
        usual = super().variant(language, paths)
        return (*usual, "prefix taken off") if any(map(_begins_with_prefix, paths)) else usual

    def _without_prefix(self, rows: Sequence[WordRow], path: Path, reading: Reading) -> Sequence[WordRow]:
        """Take the prefix off (``de:Berlin``) where every word of the file has it."""
        words = [(row, at) for row in rows for at in range(len(row.words))]
        match = self._prefix_of([row.words[at] for row, at in words], reading.language)
        if match is None:
            return rows
        prefix = match[0]
        bare = [(row, at) for row, at in words if not row.words[at].startswith(prefix)]
        is_own = self._is_own(match[1], reading.language)
        if not bare:
            if is_own:
                reading.changes[f"'{prefix}' in front of a word was taken off"] += len(words)
                size = len(prefix)
                return [replace(row, words=[word[size:] for word in row.words]) for row in rows]
            if len(words) > 1 and find(match[1]) is not None:
                raise DataError(
                    f"every word begins with '{prefix}', but the file is one of '{reading.language}'",
                    where=str(path),
                    hint="give the file the name of its own language",
                )
        elif is_own and 2 * len(bare) < len(words):
            row, at = bare[0]
            n_with = len(words) - len(bare)
            raise DataError(
                f"{n_with:,} of {len(words):,} words begin with '{prefix}', not '{row.words[at][:40]}'",
                where=f"{path}, {row.place_of(at)}",
                allowed="the prefix in front of every word, or of none",
            )
        return rows

    def _prefix_of(self, words: Sequence[str], language: str) -> re.Match[str] | None:
        """Find a prefix of the file's own language, or else the first of any."""
        found = [match for word in words if (match := _PREFIX.match(word))]
        own = (match for match in found if self._is_own(match[1], language))
        return next(own, found[0] if found else None)

    def _is_own(self, spelling: str, language: str) -> bool:
        """Whether a prefix names the language of the file."""
        code = _code(spelling)
        found = find(code)
        return code == language or (found is not None and (not language or found == find(language)))

    def remarks(self, examples: Sequence[Example]) -> tuple[str, ...]:
        """Count tags that break BIO, and say whether words are characters."""
        n_broken = sum(broken_bio(example.labels) for example in examples if isinstance(example, WordExample))
        return (f"{n_broken} I- tags continue no entity of their type; each begins one",) if n_broken else ()


_PREFIX = re.compile(r"([a-z]{2,}(?:-[a-z]+)*):")
_FIRST_WORD = re.compile(rb'\s*(?:\{.*?"tokens":\s*\[\s*")?[a-z]{2,}(?:-[a-z]+)*:')


def _begins_with_prefix(path: Path) -> bool:
    """Whether the first word of a text file begins as files with a prefix do."""
    if suffix_of(path) in COLUMNAR:
        return False
    try:
        with open_bytes(path) as handle:
            return _FIRST_WORD.match(handle.read(1 << 12).removeprefix(b"\xef\xbb\xbf")) is not None
    except (OSError, *BROKEN_ARCHIVE) as error:
        raise unreadable(path, error) from None


def broken_bio(labels: Sequence[int]) -> int:
    """Count I- tags that are neither after the B- nor after the I- tag of their type."""
    inside = (index for index in range(1, len(labels)) if labels[index] and labels[index] % 2 == 0)
    first = bool(labels and labels[0] and labels[0] % 2 == 0)
    return first + sum(labels[index - 1] not in (labels[index], labels[index] - 1) for index in inside)


SPLITS_OF_ARCHIVE: dict[str, Split] = {"train": "train", "dev": "validation", "test": "test"}
"""Files of one language as Rahimi et al. distribute them; ``extra`` is not a split."""


def _code(spelling: str) -> str:
    """The code used here of a Wikipedia edition."""
    return CARD.editions.get(spelling, spelling)


# XTREME's own test files come without labels where they are not rebuilt; dev is then the evaluation data.
TASK = PanX(
    CARD,
    (
        xtreme(NAME, _code),
        hub(CARD.dataset, _code, title=CARD.title),
        by_language("WikiAnn", (NAME, "wikiann", "panx_dataset"), SPLITS_OF_ARCHIVE, _code),
    ),
    SplitRule(validation_as_test=True),
)
