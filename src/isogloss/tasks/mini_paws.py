"""mini-paws: same words, same or swapped roles."""

from __future__ import annotations

from isogloss.tasks._world import WorldTask, world_card
from isogloss.tasks.base import SentenceExample, Split
from isogloss.world.generator import pairs

NAME = "mini-paws"


class MiniPaws(WorldTask):
    """Sentence pairs: 1 for two ways to say the same, 0 for the two roles of the same type swapped."""

    def examples(self, language: str, split: Split, size: int) -> tuple[SentenceExample, ...]:
        """Generate the first `size` pairs of a split."""
        return tuple(
            SentenceExample(pair.row.row, pair.first.text, pair.second.text, int(pair.row.paraphrase))
            for pair in pairs(language, split, size)
        )


TASK = MiniPaws(world_card(NAME, "mini-PAWS (built-in world)", ("0", "1"), "sentence", "accuracy"))
