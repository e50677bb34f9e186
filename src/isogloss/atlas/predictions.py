"""Scores to expect in languages that have none, with intervals from languages that were left out in turn."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.recommend.conformal import bound, calibrate, fewest
from isogloss.recommend.pairs import METRICS, Folds, Pairs
from isogloss.recommend.rankers.base import ranker_named, ratings

RANKER = "ridge"


@dataclass(frozen=True, eq=False)
class ExpectedScores:
    """Expected scores of every source on every target that is asked about.

    Parameters
    ----------
    scores, reach : ndarray of float, shape (source, target)
        Expected score, and how far the true one may lie from it with 90% probability: NaN where nothing can
        be said, infinite where languages are too few for a bound.
    method : str
        In words.
    """

    scores: NDArray[np.float64]
    reach: NDArray[np.float64]
    method: str


def predict(wide: Pairs, n_learnt: int) -> ExpectedScores:
    """Predict the targets of `wide` after the first `n_learnt`, which have scores.

    Parameters
    ----------
    wide : Pairs
    n_learnt : int
    """
    several = int((wide.scored[:, :n_learnt].sum(axis=1) > 0).sum()) >= 2
    enough = bool((wide.scored[:, :n_learnt].sum(axis=0) >= 2).any())
    return _from_scores(wide, n_learnt) if several and enough else _from_distance(wide, n_learnt)


def _from_scores(wide: Pairs, n_learnt: int) -> ExpectedScores:
    """Use the ranker of the recommendations: expected score of the target plus what the source adds."""
    ranker = ranker_named(RANKER)
    asked = np.arange(wide.scores.shape[1])
    rated = ratings(ranker, wide, Folds.without(wide, asked[:, None]))[:, 0]
    calibration = calibrate(wide.scores[:, :n_learnt], rated[:n_learnt])
    level, n = calibration.level, calibration.n_targets
    gains = np.array([calibration.gains(own) for own in rated]).T
    known = wide.scored[:, :n_learnt]
    counts = known.sum(axis=0)
    levels = np.full(wide.scores.shape[1], level)
    of_own = known & np.isfinite(gains[:, :n_learnt])  # a target's own scores say how hard it is
    rest = np.where(of_own, wide.scores[:, :n_learnt] - gains[:, :n_learnt], 0.0).sum(axis=0)
    levels[:n_learnt] = np.where(of_own.any(axis=0), rest / np.maximum(of_own.sum(axis=0), 1), level)
    expected = levels + gains
    reach = np.full(expected.shape, math.inf)
    means = np.where(known, wide.scores[:, :n_learnt], 0.0).sum(axis=0) / np.maximum(counts, 1)
    for row in range(len(wide.sources)):
        there = np.flatnonzero(known[row] & (counts >= 2))
        if n < 2 or len(there) < fewest():
            continue
        elsewhere = (n * level - means[there]) / (n - 1)
        errors = np.abs(wide.scores[row, there] - elsewhere - gains[row, there])
        reach[row] = bound(errors)
    reach[~wide.apart] = math.nan
    return ExpectedScores(
        np.where(wide.apart, expected, np.nan),
        reach,
        "a ridge regression on how good a donor a source is and how close (isogloss recommend)",
    )


def _from_distance(wide: Pairs, n_learnt: int) -> ExpectedScores:
    """With one source, use the distance that predicts its left-out targets best, or their mean."""
    expected, reach = np.full((2, *wide.scores.shape), np.nan)
    used = []
    for row in range(len(wide.sources)):
        there = np.flatnonzero(wide.scored[row, :n_learnt])
        if len(there) < 3:
            continue
        y = wide.scores[row, there]
        columns = [np.zeros(wide.scores.shape[1]), *(wide.distances[metric][row] for metric in METRICS)]
        errors = np.array([_left_out_error(y, x[there]) for x in columns])
        left = np.array([_nested_error(y, [x[there] for x in columns], i) for i in range(len(there))])
        best = int(np.argmin(errors))
        used.append("the mean of the other targets" if best == 0 else f"{METRICS[best - 1]} distance")
        expected[row] = _line(y, columns[best][there], columns[best])
        reach[row] = bound(left[np.isfinite(left)])
    expected[~wide.apart] = math.nan
    reach[~np.isfinite(expected)] = math.nan
    how = ", ".join(dict.fromkeys(used))
    method = f"{how}, which predicts left-out targets best: a line through the scores of the one source"
    return ExpectedScores(
        expected, reach, method if how else "nothing: fewer than three targets have a score"
    )


def _line(y: NDArray[np.float64], x: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares at new places; NaN where a distance is not on record."""
    known = np.isfinite(x)
    if known.sum() < 3:
        return np.full(np.shape(at), np.nan)
    centred = x[known] - x[known].mean()
    square = centred @ centred
    steep = centred @ y[known] / square if square > 1e-12 else 0.0
    return np.asarray(y[known].mean() + steep * (at - x[known].mean()))


def _left_out_error(y: NDArray[np.float64], x: NDArray[np.float64]) -> float:
    """Mean absolute error on targets left out in turn; infinite where a target has no value."""
    if not np.isfinite(x).all() or (len(y) < 4 and np.ptp(x) > 0):
        return math.inf
    others = ~np.eye(len(y), dtype=bool)
    return float(np.mean([abs(y[i] - _line(y[o], x[o], x[i])) for i, o in enumerate(others)]))


def _nested_error(y: NDArray[np.float64], columns: list[NDArray[np.float64]], out: int) -> float:
    """Error on one target, the distance chosen without it."""
    keep = np.arange(len(y)) != out
    errors = [_left_out_error(y[keep], x[keep]) for x in columns]
    x = columns[int(np.argmin(errors))]
    found = float(_line(y[keep], x[keep], x[out]))
    return float(abs(y[out] - (found if math.isfinite(found) else y[keep].mean())))
