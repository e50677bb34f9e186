"""PAWS-X: are two sentences paraphrases? Adversarial pairs with much the same words (Yang et al. 2019)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from isogloss.tasks._files import FileTask
from isogloss.tasks._layouts import by_language, hub, xtreme
from isogloss.tasks._reading import Reading, Row, SentenceRow, sentence_rows
from isogloss.tasks._splits import SplitRule
from isogloss.tasks._tables import read_delimited, read_records
from isogloss.tasks.base import Split
from isogloss.tasks.sources import card_of

NAME = "pawsx"

CARD = card_of(NAME, labels=("0", "1"), head="sentence", metric="accuracy", parallel_rows=True)

FIELDS = ("sentence1", "sentence2", "label")
OFFICIAL: dict[str, Split] = {
    "train.tsv": "train",
    "translated_train.tsv": "train",
    "dev_2k.tsv": "validation",
    "test_2k.tsv": "test",
}
"""Files of the archive that the authors publish."""


class PawsX(FileTask):
    """Sentence pairs; label 1 is a paraphrase."""

    def rows(self, path: Path, reading: Reading) -> Iterator[Row]:
        """Read one file of any layout; the official ones have a header, and quotes are characters."""
        if path.name in OFFICIAL:
            cells = read_delimited(path, "\t", header=True, quoted=False)
        else:
            cells = read_records(path, FIELDS)
        return sentence_rows(cells, path, FIELDS, self.card.labels)

    def reason_to_drop(self, row: Row, path: Path) -> str | None:
        """Name pairs that nobody translated: they say nothing about a language.

        The literal ``NS`` marks them in the development and test files; in the machine-translated training
        files the sentence is empty (https://github.com/google-research-datasets/paws/issues/4).
        """
        texts = (row.text_a.strip(), (row.text_b or "").strip()) if isinstance(row, SentenceRow) else ()
        if "NS" in texts:
            return "untranslated (NS)"
        return "untranslated (empty)" if "" in texts else None


TASK = PawsX(
    CARD,
    (
        xtreme(NAME),
        hub(CARD.dataset, title=CARD.title),
        by_language("x-final", ("x-final", "pawsx/x-final", "paws-x/x-final", NAME, "paws-x"), OFFICIAL),
    ),
    SplitRule(validation_as_train=True),
)
