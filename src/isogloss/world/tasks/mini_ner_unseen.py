"""mini-ner-unseen: the test rows are of frames that no training row uses."""

from __future__ import annotations

from isogloss.world.tasks.mini_ner import MiniNer

NAME = "mini-ner-unseen"

TASK = MiniNer(NAME, "mini-NER, unseen frames", test_frames="unseen")
