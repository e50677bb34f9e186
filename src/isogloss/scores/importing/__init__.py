"""Score tables from anywhere: long or wide, in any spelling, with what was understood and what was not."""

from isogloss.scores.importing.reading import Reading, Unusable, read_scores
from isogloss.scores.importing.roles import Columns

__all__ = ["Columns", "Reading", "Unusable", "read_scores"]
