"""mini-pos-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.tasks.mini_pos import MiniPos

NAME = "mini-pos-unseen"

TASK = MiniPos(NAME, "mini-POS, unseen frames", test_frames="unseen")
