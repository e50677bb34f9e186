"""mini-paws-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.task import world_card
from isogloss.world.tasks.mini_paws import MiniPaws

NAME = "mini-paws-unseen"

TASK = MiniPaws(
    world_card(NAME, "mini-PAWS, unseen frames (built-in world)", ("0", "1"), "sentence", "accuracy"),
    test_frames="unseen",
)
