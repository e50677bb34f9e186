"""mini-paws: same words, same or swapped roles."""

from __future__ import annotations

from isogloss.tasks.base import SentenceExample, Split
from isogloss.world.design import Row
from isogloss.world.generator import say_pair
from isogloss.world.grammar import Sentence
from isogloss.world.task import WorldTask

NAME = "mini-paws"


class MiniPaws(WorldTask):
    """Sentence pairs: 1 for two ways to say the same, 0 for the two roles of the same type swapped."""

    stream = "pairs"
    labels = ("0", "1")

    def example(self, language: str, split: Split, row: Row) -> SentenceExample:
        """Write one row in one language."""
        pair, place = say_pair(language, split, row), f"{split}:{row.row}"
        first = self.spell(language, pair.first, f"{place}:a")
        second = self.spell(language, pair.second, f"{place}:b")
        return SentenceExample(row.row, first, second, int(row.paraphrase))

    def spell(self, language: str, sentence: Sentence, place: str) -> str:
        """Write one sentence as the task has it; `place` is the same in every language."""
        return sentence.text


TASK = MiniPaws(NAME, "mini-PAWS")
