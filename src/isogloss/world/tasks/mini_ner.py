"""mini-ner: persons and places as BIO labels."""

from __future__ import annotations

from isogloss.world.grammar import Word
from isogloss.world.tags import BIO
from isogloss.world.task import WordLabels

NAME = "mini-ner"


class MiniNer(WordLabels):
    """Sentences with BIO labels over PER and LOC."""

    labels = BIO
    metric = "entity_f1"

    def label_of(self, word: Word) -> str:
        """BIO tag: the word begins a name, continues one, or is outside of names."""
        return word.bio


TASK = MiniNer(NAME, "mini-NER")
