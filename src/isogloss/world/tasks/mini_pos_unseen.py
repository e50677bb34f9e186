"""mini-pos-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.tags import UPOS
from isogloss.world.task import world_card
from isogloss.world.tasks.mini_pos import MiniPos

NAME = "mini-pos-unseen"

TASK = MiniPos(
    world_card(NAME, "mini-POS, unseen frames (built-in world)", UPOS, "word", "word_accuracy"),
    test_frames="unseen",
)
