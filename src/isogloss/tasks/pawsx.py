"""PAWS-X: are two sentences paraphrases? Adversarial pairs with much the same words (Yang et al. 2019)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from isogloss.tasks._files import FileTask
from isogloss.tasks._layouts import hub, xtreme
from isogloss.tasks._reading import Row, SentenceRow
from isogloss.tasks._sentences import read_sentences
from isogloss.tasks._splits import SplitRule
from isogloss.tasks.base import TaskCard

NAME = "pawsx"

CARD = TaskCard(
    name=NAME,
    title="PAWS-X",
    dataset="google-research-datasets/paws-x",
    revision="unpinned: read from local files, whose hashes are recorded",
    licence="free use with acknowledgement of Google LLC",
    citation="Yang et al. (2019), PAWS-X, EMNLP, arXiv:1908.11828",
    labels=("0", "1"),
    head="sentence",
    metric="accuracy",
    languages={code: code for code in ("de", "en", "es", "fr", "ja", "ko", "zh")},
    parallel_rows=True,
    epochs=5,
)

FIELDS = ("sentence1", "sentence2", "label")


class PawsX(FileTask):
    """Sentence pairs; label 1 is a paraphrase."""

    def rows(self, path: Path) -> Iterator[Row]:
        """Read one file of either layout."""
        return read_sentences(path, FIELDS, self.card.labels)

    def reason_to_drop(self, row: Row) -> str | None:
        """Name pairs that nobody translated: they say nothing about a language.

        The literal ``NS`` marks them in the development and test files; in the machine-translated training
        files the sentence is empty (https://github.com/google-research-datasets/paws/issues/4).
        """
        texts = (row.text_a.strip(), (row.text_b or "").strip()) if isinstance(row, SentenceRow) else ()
        if "NS" in texts:
            return "untranslated (NS)"
        return "untranslated (empty)" if "" in texts else None


TASK = PawsX(CARD, (xtreme(NAME), hub(CARD.dataset)), SplitRule(validation_as_train=True))
