"""mini-paws: same words, same or swapped roles."""

from __future__ import annotations

from isogloss.tasks.base import SentenceExample, Split
from isogloss.world.design import Row
from isogloss.world.generator import say_pair
from isogloss.world.task import WorldTask, world_card

NAME = "mini-paws"


class MiniPaws(WorldTask):
    """Sentence pairs: 1 for two ways to say the same, 0 for the two roles of the same type swapped."""

    stream = "pairs"

    def example(self, language: str, split: Split, row: Row) -> SentenceExample:
        """Write one row in one language."""
        pair = say_pair(language, split, row)
        return SentenceExample(row.row, pair.first.text, pair.second.text, int(row.paraphrase))


TASK = MiniPaws(world_card(NAME, "mini-PAWS (built-in world)", ("0", "1"), "sentence", "accuracy"))
