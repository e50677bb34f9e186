"""XNLI: does a premise entail a hypothesis, contradict it, or neither? (Conneau et al. 2018)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from isogloss.tasks._files import FileTask
from isogloss.tasks._layouts import hub, xtreme
from isogloss.tasks._reading import Row
from isogloss.tasks._sentences import read_sentences
from isogloss.tasks._splits import SplitRule
from isogloss.tasks.base import TaskCard

NAME = "xnli"

LANGUAGES = ("ar", "bg", "de", "el", "en", "es", "fr", "hi", "ru", "sw", "th", "tr", "ur", "vi", "zh")

CARD = TaskCard(
    name=NAME,
    title="XNLI",
    dataset="facebook/xnli",
    revision="unpinned: read from local files, whose hashes are recorded",
    licence="CC-BY-NC-4.0",
    citation="Conneau et al. (2018), XNLI, EMNLP, arXiv:1809.05053",
    labels=("entailment", "neutral", "contradiction"),
    head="sentence",
    metric="accuracy",
    languages={code: code for code in LANGUAGES},
    parallel_rows=True,
    epochs=5,
)

FIELDS = ("premise", "hypothesis", "label")


class Xnli(FileTask):
    """Premise and hypothesis."""

    def rows(self, path: Path) -> Iterator[Row]:
        """Read one file of either layout."""
        return read_sentences(path, FIELDS, self.card.labels)


# Each premise stands three times in a row, once with every label: dividing such a group would put a
# premise into train and validation alike.
TASK = Xnli(CARD, (xtreme(NAME), hub(CARD.dataset)), SplitRule(validation_as_train=True, group=3))
