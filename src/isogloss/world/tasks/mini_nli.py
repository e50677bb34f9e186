"""mini-nli: what the second sentence says is the same, something else, or the opposite of the first."""

from __future__ import annotations

from isogloss.tasks.base import SentenceExample, Split
from isogloss.world.design import Row
from isogloss.world.generator import say_pair
from isogloss.world.task import WorldTask

NAME = "mini-nli"


class MiniNli(WorldTask):
    """Sentence pairs about the same names in the same year.

    Both sentences are read as speaking of the same event, as in SNLI and MNLI: exchanged roles contradict.

    References
    ----------
    Bowman et al. (2015), section 2.1.
    """

    stream = "inference"
    labels = ("entailment", "neutral", "contradiction")

    def example(self, language: str, split: Split, row: Row) -> SentenceExample:
        """Write one row in one language."""
        pair = say_pair(language, split, row)
        return SentenceExample(row.row, pair.first.text, pair.second.text, self.labels.index(row.relation))


TASK = MiniNli(NAME, "mini-NLI")
