"""UD POS: one of 17 universal parts of speech per word (Universal Dependencies, Nivre et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from isogloss.data_files import suffix_of
from isogloss.languages.resolution import find
from isogloss.tasks._conll import read_conllu, read_word_lines
from isogloss.tasks._files import WordTask
from isogloss.tasks._layouts import hub, treebanks, xtreme
from isogloss.tasks._reading import Reading, Row, WordRow, read_table_of_words
from isogloss.tasks._splits import SplitRule
from isogloss.tasks._tags import UPOS
from isogloss.tasks.sources import card_of

NAME = "udpos"

_TAGS = {"ajp": "apc", "kmr": "ku", "no": "nb", "sme": "se"}
"""Canonical tags where they are not the treebanks' code."""

CARD = card_of(NAME, _TAGS, labels=UPOS, head="word", metric="word_accuracy", epochs=10)

HUB_ORDER = (
    *("NOUN", "PUNCT", "ADP", "NUM", "SYM", "SCONJ", "ADJ", "PART", "DET", "CCONJ", "PROPN", "PRON", "X"),
    *("_", "ADV", "INTJ", "VERB", "AUX"),
)
"""Labels of the hub's integers where a file does not state them."""


VERSION_1 = {"CONJ": "CCONJ"}
"""Tags that version 2 of Universal Dependencies renamed."""


class UdPos(WordTask):
    """Words with universal part-of-speech tags; all treebanks found for a language are one data set."""

    def rows(self, path: Path, reading: Reading) -> Iterator[Row]:
        """Read one file of any of the three layouts; tags of version 1 get their present names."""
        if suffix_of(path) == ".tsv":
            rows: Iterable[WordRow] = read_word_lines(path)
        elif suffix_of(path) == ".conllu":
            rows = read_conllu(path)
        else:
            rows = map(syntactic_words, read_table_of_words(path, "upos", HUB_ORDER))
        for row in rows:
            old = [label for label in row.labels if label in VERSION_1]
            if not old:
                yield row
                continue
            reading.changes.update(
                f"{label} was read as {VERSION_1[label]}, its name since version 2 of UD" for label in old
            )
            yield replace(row, labels=[VERSION_1.get(label, label) for label in row.labels])

    def reason_to_refuse(self, spelling: str, root: Path | None) -> str | None:
        """Refuse the code of one treebank where others of its language would be read with it."""
        found = find(spelling)
        if found is None or not any("names a treebank" in rule for rule in found.rules):
            return super().reason_to_refuse(spelling, root)
        code, name = language_of(spelling.lower()), spelling.lower()
        paths = [path for own in self._locate(root)[1].get(code, {}).values() for path in own]
        others = [path for path in paths if name not in (path.parent.name, path.name.partition("-ud-")[0])]
        return f"'{spelling}' names a treebank, but {others[0]} is read for {code} too" if others else None

    def reason_to_drop(self, row: Row, path: Path) -> str | None:
        """Name sentences of treebanks that may not publish their text, and those with a word without tag.

        Where the text is withheld, underscores stand for every word.
        """
        if not isinstance(row, WordRow):
            return None
        withheld = all(word and not word.strip("_") for word in row.words)
        if withheld and (len(row.words) > 1 or row.labels[0] not in ("PUNCT", "SYM", "X")):
            return "text withheld (_)"
        return "a word without a tag (_)" if "_" in row.labels else None


def syntactic_words(row: WordRow) -> WordRow:
    """Leave out multiword ranges, which the hub keeps among the words with the tag ``_``."""
    kept: Sequence[int] = [i for i, label in enumerate(row.labels) if label != "_"]
    return replace(row, words=[row.words[i] for i in kept], labels=[row.labels[i] for i in kept])


def language_of(treebank: str) -> str:
    """Give the language of ``en_ewt``; treebanks of Nynorsk have Norwegian's code, no, but are nn here."""
    code = treebank.partition("_")[0]
    whole, usual = find(treebank), find(code)
    return whole.tag if whole and usual and whole != usual else code


TASK = UdPos(
    CARD,
    (xtreme(NAME), hub(CARD.dataset, language_of), treebanks(language_of)),
    SplitRule(validation_as_test=True),
)
