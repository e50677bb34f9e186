"""mini-pos: the UPOS tag of every word."""

from __future__ import annotations

from isogloss.tasks._tags import UPOS
from isogloss.world.grammar import Word
from isogloss.world.task import WordLabels

NAME = "mini-pos"


class MiniPos(WordLabels):
    """Sentences with one of the 17 universal part-of-speech tags per word."""

    labels = UPOS
    metric = "word_accuracy"

    def label_of(self, word: Word) -> str:
        """Part of speech."""
        return word.upos


TASK = MiniPos(NAME, "mini-POS")
