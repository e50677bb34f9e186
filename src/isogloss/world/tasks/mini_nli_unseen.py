"""mini-nli-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.tasks.mini_nli import MiniNli

NAME = "mini-nli-unseen"

TASK = MiniNli(NAME, "mini-NLI, unseen frames", test_frames="unseen")
