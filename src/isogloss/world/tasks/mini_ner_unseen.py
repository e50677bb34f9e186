"""mini-ner-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.tags import BIO
from isogloss.world.task import world_card
from isogloss.world.tasks.mini_ner import MiniNer

NAME = "mini-ner-unseen"

TASK = MiniNer(
    world_card(NAME, "mini-NER, unseen frames (built-in world)", BIO, "word", "entity_f1"),
    test_frames="unseen",
)
