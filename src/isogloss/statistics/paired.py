"""Paired comparison of runs on the same items: an interval over seeds and items, and what a choice gains.

A score is a ratio of sums over items (`isogloss.metrics`), so a resample of items is a weighting of counts
and nothing is scored again. Items that say the same in several languages are resampled together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ItemCounts:
    """Results of several systems on the items of one target.

    Parameters
    ----------
    items : ndarray of int, shape (item,)
        Number of each item; the same number in two targets is the same item in two languages.
    hits, predicted : ndarray of int, shape (system, seed, item)
    gold : ndarray of int, shape (item,)
    """

    items: NDArray[np.int64]
    hits: NDArray[np.int64]
    predicted: NDArray[np.int64]
    gold: NDArray[np.int64]

    def scores(self) -> Floats:
        """Score of every system and seed, shape (system, seed)."""
        return _ratio(self.hits.sum(-1), self.predicted.sum(-1), self.gold.sum())


@dataclass(frozen=True)
class Difference:
    """A mean difference of scores with its interval.

    Parameters
    ----------
    estimate : float
    ci_low, ci_high : float
        Student's t on the two variances together, see `difference`.
    seed_error, item_error : float
        Standard errors from seeds and from items; NaN for one seed.
    n_seeds, n_items : int
    confidence : float
    """

    estimate: float
    ci_low: float
    ci_high: float
    seed_error: float
    item_error: float
    n_seeds: int
    n_items: int
    confidence: float


def resample_scores(
    counts: Sequence[ItemCounts], *, shared: bool, n_resamples: int, rng: np.random.Generator
) -> Floats:
    """Scores in resamples of the items.

    Parameters
    ----------
    counts : sequence of ItemCounts
        One a target, all with the same systems and seeds.
    shared : bool
        Draw items by number, for all targets together; otherwise for each target by itself.
    n_resamples : int
    rng : Generator

    Returns
    -------
    ndarray of float, shape (resample, target, system, seed)
    """
    if shared:
        numbers = np.unique(np.concatenate([one.items for one in counts]))
        weights = _weights(len(numbers), n_resamples, rng)
    out = []
    for one in counts:
        if shared:
            own = weights[:, np.searchsorted(numbers, one.items)]
        else:
            own = _weights(len(one.items), n_resamples, rng)
        shape = (n_resamples, *one.hits.shape[:2])
        hits, predicted = (
            (own @ part.reshape(-1, part.shape[-1]).T.astype(np.float32)).reshape(shape)
            for part in (one.hits, one.predicted)
        )
        gold = (own @ one.gold.astype(np.float32)).reshape(-1, 1, 1)
        out.append(_ratio(hits, predicted, gold))
    return np.stack(out, axis=1)


def difference(by_seed: Floats, resampled: Floats, *, n_items: int, confidence: float = 0.95) -> Difference:
    """Mean difference over seeds, with an interval for other seeds and other items.

    With d_s the difference at seed s (S of them) and d* its mean over seeds in a resample of the items, the
    variance is that of the seeds, ``var(d_s) / S``, plus that of the items, ``var(d*)``. The first is what
    resampling the seeds gives once it is corrected for their small number; what both share, the part of
    the noise that is neither of a seed nor of an item alone, counts twice, so the interval errs to the wide
    side. Student's t has the degrees of freedom of Welch and Satterthwaite: about S - 1 where the seeds
    dominate. With one seed the interval is for other items only.

    Parameters
    ----------
    by_seed : ndarray of float, shape (seed,)
    resampled : ndarray of float, shape (resample, seed)
        The same in resamples of the items.
    n_items : int
    confidence : float

    References
    ----------
    Satterthwaite (1946), An approximate distribution of estimates of variance components, Biometrics
    Bulletin 2, 110-114. Owen (2007), The pigeonhole bootstrap, Annals of Applied Statistics 1, 386-411, on
    the variance of two crossed factors.
    """
    n_seeds = len(by_seed)
    of_seeds = float(np.var(by_seed, ddof=1)) / n_seeds if n_seeds > 1 else 0.0
    of_items = float(np.var(resampled.mean(axis=1), ddof=1))
    found = _difference(float(by_seed.mean()), [(of_seeds, n_seeds)], [(of_items, n_items)], confidence)
    return found if n_seeds > 1 else replace(found, seed_error=float("nan"))


def summed(differences: Sequence[Difference], *, confidence: float = 0.95) -> Difference:
    """Sum of independent differences, with an interval as that of each; of one alone, at another level."""
    estimate = sum(one.estimate for one in differences)
    of_seeds = [(np.nan_to_num(one.seed_error) ** 2, one.n_seeds) for one in differences]
    of_items = [(one.item_error**2, one.n_items) for one in differences]
    return _difference(estimate, of_seeds, of_items, confidence)


def _difference(
    estimate: float,
    of_seeds: Sequence[tuple[float, int]],
    of_items: Sequence[tuple[float, int]],
    confidence: float,
) -> Difference:
    """Difference with an interval of Student's t over variances, each with the number that it is over."""
    reach = student_reach([*of_seeds, *of_items], confidence)
    seed_error, item_error = (sum(variance for variance, _ in part) ** 0.5 for part in (of_seeds, of_items))
    n_seeds, n_items = (min(n for _, n in part) for part in (of_seeds, of_items))
    bounds = estimate - reach, estimate + reach
    return Difference(estimate, *bounds, seed_error, item_error, n_seeds, n_items, confidence)


def student_reach(variances: Sequence[tuple[float, int]], confidence: float) -> float:
    """Half the width of an interval of Student's t over independent variances of a mean.

    Parameters
    ----------
    variances : sequence of (float, int)
        Each with the number of independent values that it was estimated from.
    confidence : float

    References
    ----------
    Satterthwaite (1946), Biometrics Bulletin 2, 110-114, for the degrees of freedom.
    """
    from scipy import stats

    total = sum(variance for variance, _ in variances)
    parts = sum(variance**2 / max(n - 1, 1) for variance, n in variances)
    return float(stats.t.ppf((1 + confidence) / 2, total**2 / parts)) * total**0.5 if total > 0 else 0.0


def gain_of_choosing(by_seed: Floats, resampled: Floats, *, rng: np.random.Generator) -> float:
    """Gain by chance of the best of several equally good systems.

    The mean, over resamples of seeds and items together, of the largest of the deviations of the systems from
    their own means. Deviations of seeds are stretched by sqrt(S / (S - 1)), which their resampling lacks.

    Parameters
    ----------
    by_seed : ndarray of float, shape (system, seed)
        Score, or gain over a reference that all share.
    resampled : ndarray of float, shape (resample, system, seed)
        The same in resamples of the items.
    rng : Generator
    """
    n_seeds = by_seed.shape[1]
    mean = by_seed.mean(axis=1)
    deviation = resampled.mean(axis=2) - mean
    if n_seeds > 1:
        draws = rng.integers(n_seeds, size=(len(resampled), n_seeds))
        stretch = (n_seeds / (n_seeds - 1)) ** 0.5
        deviation = deviation + stretch * (by_seed[:, draws].mean(axis=2) - mean[:, None]).T
    centred = deviation - deviation.mean(axis=0)
    return float(centred.max(axis=1).mean())


def _weights(n: int, n_resamples: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """How often each of `n` items is drawn in each resample."""
    weights = np.zeros((n_resamples, n), dtype=np.float32)
    for number in range(n_resamples):
        weights[number] = np.bincount(rng.integers(n, size=n), minlength=n)
    return weights


def _ratio(
    hits: NDArray[np.generic], predicted: NDArray[np.generic], gold: NDArray[np.generic] | np.generic
) -> Floats:
    """Ratio of sums as in `isogloss.metrics`: 0 where neither side has a unit."""
    total = np.add(predicted, gold, dtype=np.float64)
    doubled = np.multiply(2.0, hits, dtype=np.float64)
    return np.asarray(np.divide(doubled, total, out=np.zeros_like(total), where=total > 0))
