"""mini-paws-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.tasks.mini_paws import MiniPaws

NAME = "mini-paws-unseen"

TASK = MiniPaws(NAME, "mini-PAWS, unseen frames", test_frames="unseen")
