"""Spearman's rank correlation over dyads as if they were independent."""

from functools import partial

from scipy.stats import spearmanr

from isogloss.statistics.sensitivity.base import naive_correlation

NAME = "spearman"

method = partial(naive_correlation, NAME, "spearman_rho", spearmanr)
"""Spearman's rho of raw effectiveness and distance; the naive p-value."""
