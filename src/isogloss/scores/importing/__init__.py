"""Score tables from anywhere: long or wide, in any spelling, with what was understood and what was not."""

from isogloss.scores.importing.describing import ImportedScores, Unusable, by_reason, describe
from isogloss.scores.importing.layout import Columns
from isogloss.scores.importing.reading import as_it_is, read_scores

__all__ = ["Columns", "ImportedScores", "Unusable", "as_it_is", "by_reason", "describe", "read_scores"]
