"""Kendall's rank correlation over dyads as if they were independent."""

from functools import partial

from scipy.stats import kendalltau

from isogloss.statistics.sensitivity.base import naive_correlation

NAME = "kendall"

method = partial(naive_correlation, NAME, "kendall_tau", kendalltau)
"""Kendall's tau-b of raw effectiveness and distance; the naive p-value."""
