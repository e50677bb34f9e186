"""Partial correlation of raw effectiveness and distance, controls held constant."""

from functools import partial

from isogloss.statistics.sensitivity._regression import beside_others

NAME = "partial"

method = partial(beside_others, NAME, "partial_r", "controls", None)
"""Pearson's partial correlation given the controls; p by double semi-partialling."""
