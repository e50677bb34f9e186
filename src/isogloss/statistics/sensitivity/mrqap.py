"""Multiple regression on all distances at once (MRQAP with double semi-partialling)."""

from functools import partial

from isogloss.statistics.sensitivity._regression import beside_others

NAME = "mrqap"

method = partial(beside_others, NAME, "slope", "others", None)
"""Slope of raw effectiveness on this distance with the other distances in the model."""
