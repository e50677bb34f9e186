"""How good the choices of a ranker are, target by target."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

RELEVANT = 10
"""Sources that count in NDCG: the best has relevance 10, the tenth 1, as LangRank has it."""


@dataclass(frozen=True, eq=False)
class Quality:
    """Figures by target; NaN where a target has fewer than two candidates, or the ranker says nothing.

    Where a ranker rates sources alike, figures are expected values over a random order of them.

    Parameters
    ----------
    loss_percent : ndarray of float, shape (target,)
        Score lost by the first choice, in percent of the best candidate's score.
    loss_points : ndarray of float, shape (target,)
        The same in points, hundredths of a score.
    top1, top3 : ndarray of float, shape (target,)
        Probability that the best candidate is the first choice, or among the first three.
    ndcg3, ndcg10 : ndarray of float, shape (target,)
    without : ndarray of float, shape (source, target)
        `loss_percent` if a source were no candidate.
    """

    loss_percent: NDArray[np.float64]
    loss_points: NDArray[np.float64]
    top1: NDArray[np.float64]
    top3: NDArray[np.float64]
    ndcg3: NDArray[np.float64]
    ndcg10: NDArray[np.float64]
    without: NDArray[np.float64]


FIGURES = ("loss_percent", "loss_points", "top1", "top3", "ndcg3", "ndcg10")
"""Figures that are averaged over targets."""


def quality(scores: NDArray[np.float64], ratings: NDArray[np.float64], *, abstains: bool = False) -> Quality:
    """Judge the ratings of every target against its scores.

    Parameters
    ----------
    scores : ndarray of float, shape (source, target)
        NaN where a source is not a candidate.
    ratings : ndarray of float, shape (target, source)
        Higher is better; NaN comes last.
    abstains : bool
        Whether a target of which every rating is NaN is passed over; otherwise the choice is random.

    References
    ----------
    NDCG with LangRank's relevance: Lin et al. (2019), ACL (arXiv 1905.12688), section 4.
    """
    n_sources, n_targets = scores.shape
    figures = np.full((len(FIGURES), n_targets), np.nan)
    without = np.full((n_sources, n_targets), np.nan)
    for target in range(n_targets):
        candidates = np.flatnonzero(np.isfinite(scores[:, target]))
        own = ratings[target, candidates]
        if len(candidates) < 2 or (abstains and np.isnan(own).all()):
            continue
        values, rated = scores[candidates, target], np.where(np.isnan(own), -np.inf, own)
        loss = _loss(values, rated)
        figures[:, target] = (
            loss,
            100 * (values.max() - values[rated == rated.max()].mean()),
            *(_found(values, rated, k) for k in (1, 3)),
            *(_ndcg(values, rated, k) for k in (3, 10)),
        )
        without[:, target] = loss
        if len(candidates) > 2:
            for at in np.flatnonzero((rated == rated.max()) | (values == values.max())):
                rest = np.arange(len(candidates)) != at
                silent = abstains and np.isneginf(rated[rest]).all()
                without[candidates[at], target] = np.nan if silent else _loss(values[rest], rated[rest])
    return Quality(**dict(zip(FIGURES, figures, strict=True)), without=without)


def _loss(values: NDArray[np.float64], rated: NDArray[np.float64]) -> float:
    """Percent of the best value; 0 where all are 0."""
    best = values.max()
    return float(100 * (best - values[rated == rated.max()].mean()) / best) if best > 0 else 0.0


def _found(values: NDArray[np.float64], rated: NDArray[np.float64], k: int) -> float:
    """Probability that a best source is among the first k."""
    best = values == values.max()
    last = np.sort(rated)[::-1][min(k, len(rated)) - 1]
    if best[rated > last].any():
        return 1.0
    tied = rated == last
    n_tied, n_open, n_best = int(tied.sum()), k - int((rated > last).sum()), int(best[tied].sum())
    if n_open >= n_tied:
        return float(n_best > 0)
    return 1 - comb(n_tied - n_best, n_open) / comb(n_tied, n_open)


def _ndcg(values: NDArray[np.float64], rated: NDArray[np.float64], k: int) -> float:
    gains = 2.0 ** np.maximum(RELEVANT + 1 - rankdata(-values, method="min"), 0) - 1
    order = np.argsort(-rated, kind="stable")
    group = np.concatenate([[0], np.cumsum(rated[order][1:] != rated[order][:-1])])
    shared = np.bincount(group, gains[order]) / np.bincount(group)
    discounts = 1 / np.log2(np.arange(2, min(k, len(values)) + 2))
    ideal = np.sort(gains)[::-1]
    return float(discounts @ shared[group][: len(discounts)] / (discounts @ ideal[: len(discounts)]))
