"""mini-pos: the UPOS tag of every word."""

from __future__ import annotations

from isogloss.tasks.base import Split, WordExample
from isogloss.world.design import Row
from isogloss.world.generator import say_sentence
from isogloss.world.tags import UPOS
from isogloss.world.task import WorldTask, world_card

NAME = "mini-pos"


class MiniPos(WorldTask):
    """Sentences with one of the 17 universal part-of-speech tags per word."""

    stream = "sentences"

    def example(self, language: str, split: Split, row: Row) -> WordExample:
        """Write one row in one language."""
        words = say_sentence(language, split, row).words
        return WordExample(
            row.row, tuple(word.text for word in words), tuple(UPOS.index(word.upos) for word in words)
        )


TASK = MiniPos(world_card(NAME, "mini-POS (built-in world)", UPOS, "word", "word_accuracy"))
