"""mini-pos: the UPOS tag of every word."""

from __future__ import annotations

from isogloss.tasks._world import WorldTask, world_card
from isogloss.tasks.base import Split, WordExample
from isogloss.world.base import UPOS
from isogloss.world.generator import sentences

NAME = "mini-pos"


class MiniPos(WorldTask):
    """Sentences with one of the 17 universal part-of-speech tags a word."""

    def examples(self, language: str, split: Split, size: int) -> tuple[WordExample, ...]:
        """Generate the first `size` sentences of a split."""
        return tuple(
            WordExample(
                row.row,
                tuple(word.text for word in sentence.words),
                tuple(UPOS.index(word.upos) for word in sentence.words),
            )
            for row, sentence in sentences(language, split, size)
        )


TASK = MiniPos(world_card(NAME, "mini-POS (built-in world)", UPOS, "word", "word_accuracy"))
