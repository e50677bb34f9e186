"""mini-pos: the UPOS tag of every word."""

from __future__ import annotations

from isogloss.tasks._tags import UPOS
from isogloss.world.task import WordLabels

NAME = "mini-pos"


class MiniPos(WordLabels):
    """Sentences with one of the 17 universal part-of-speech tags per word."""

    labels = UPOS
    metric = "word_accuracy"
    annotation = "upos"


TASK = MiniPos(NAME, "mini-POS")
