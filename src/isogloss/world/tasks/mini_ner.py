"""mini-ner: persons and places as BIO labels."""

from __future__ import annotations

from isogloss.world.grammar import BIO
from isogloss.world.task import WordLabels

NAME = "mini-ner"


class MiniNer(WordLabels):
    """Sentences with BIO labels over PER and LOC."""

    labels = BIO
    metric = "entity_f1"
    annotation = "bio"


TASK = MiniNer(NAME, "mini-NER")
