"""mini-ner: persons and places as BIO labels."""

from __future__ import annotations

from isogloss.tasks._world import WorldTask, world_card
from isogloss.tasks.base import Split, WordExample
from isogloss.world.base import BIO
from isogloss.world.generator import sentences

NAME = "mini-ner"


class MiniNer(WorldTask):
    """Sentences with BIO labels over PER and LOC."""

    def examples(self, language: str, split: Split, size: int) -> tuple[WordExample, ...]:
        """Generate the first `size` sentences of a split."""
        return tuple(
            WordExample(
                row.row,
                tuple(word.text for word in sentence.words),
                tuple(BIO.index(word.bio) for word in sentence.words),
            )
            for row, sentence in sentences(language, split, size)
        )


TASK = MiniNer(world_card(NAME, "mini-NER (built-in world)", BIO, "word", "entity_f1"))
