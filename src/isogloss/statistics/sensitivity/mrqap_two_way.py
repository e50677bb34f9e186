"""Multiple regression on all distances at once, beyond row and column effects."""

from functools import partial

from isogloss.statistics.sensitivity._regression import beside_others

NAME = "mrqap_two_way"

method = partial(beside_others, NAME, "slope", "others", "mrqap")
"""Slope of the primary analysis with the other distances in the model."""
