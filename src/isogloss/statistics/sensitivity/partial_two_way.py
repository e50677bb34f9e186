"""The primary slope with controls in the model."""

from functools import partial

from isogloss.statistics.sensitivity._regression import beside_others

NAME = "partial_two_way"

method = partial(beside_others, NAME, "slope", "controls", "partial")
"""Slope beyond row and column effects and the controls.

What describes one language alone, such as the size of its pre-training data, is part of the row and column
effects already; only what describes a pair makes a difference here.
"""
