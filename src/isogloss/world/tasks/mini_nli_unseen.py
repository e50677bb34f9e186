"""mini-nli-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.task import world_card
from isogloss.world.tasks.mini_nli import LABELS, MiniNli

NAME = "mini-nli-unseen"

TASK = MiniNli(
    world_card(NAME, "mini-NLI, unseen frames (built-in world)", LABELS, "sentence", "accuracy"),
    test_frames="unseen",
)
