"""Pearson's correlation over dyads as if they were independent."""

from functools import partial

from scipy.stats import pearsonr

from isogloss.statistics.sensitivity.base import naive_correlation

NAME = "pearson"

method = partial(naive_correlation, NAME, "pearson_r", pearsonr)
"""Pearson's r of raw effectiveness and distance; the naive p-value, with Fisher's interval."""
