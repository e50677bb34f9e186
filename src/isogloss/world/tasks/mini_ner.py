"""mini-ner: persons and places as BIO labels."""

from __future__ import annotations

from isogloss.tasks.base import Split, WordExample
from isogloss.world.design import Row
from isogloss.world.generator import say_sentence
from isogloss.world.tags import BIO
from isogloss.world.task import WorldTask, world_card

NAME = "mini-ner"


class MiniNer(WorldTask):
    """Sentences with BIO labels over PER and LOC."""

    stream = "sentences"

    def example(self, language: str, split: Split, row: Row) -> WordExample:
        """Write one row in one language."""
        words = say_sentence(language, split, row).words
        return WordExample(
            row.row, tuple(word.text for word in words), tuple(BIO.index(word.bio) for word in words)
        )


TASK = MiniNer(world_card(NAME, "mini-NER (built-in world)", BIO, "word", "entity_f1"))
