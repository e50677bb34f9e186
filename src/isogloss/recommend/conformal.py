"""Bounds that hold for a new language with 90% probability, from languages that were left out in turn."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from isogloss.identity import as_json
from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers.base import Ranker, ratings

LEVEL = 0.9
BUDGET = 60_000_000
"""Cells that the models of a measurement of coverage may read; some seconds."""

FEWEST_TESTED = 40
"""Targets that are tested in any case."""


@dataclass(frozen=True)
class Bounded:
    """Bound below which errors stay with the stated probability; infinite where languages are too few.

    Parameters
    ----------
    score : float
        Error of the expected score of the first choice.
    gain : float
        Error of its expected gain over a random choice.
    loss_percent, loss_points : float
        Loss of the first choice.
    gap : float
        Rating by which the first choice exceeds the best source.
    """

    score: float
    gain: float
    loss_percent: float
    loss_points: float
    gap: float


@dataclass(frozen=True, eq=False)
class ConformalBounds:
    """Bounds for a new language from the errors of a ranker on languages that it had not seen.

    The bounds hold with 90% probability if the next target is like those of the table: drawn, as they were,
    without regard to its scores. They are infinite where there are too few targets for such a bound.

    Parameters
    ----------
    n_targets : int
        Targets with two candidates or more.
    level : float
        Mean score of a randomly chosen source.
    slope : float
        Score per unit of rating.
    bounds : Bounded
    mean_loss_percent, mean_loss_points : float
    """

    n_targets: int
    level: float
    slope: float
    bounds: Bounded
    mean_loss_percent: float
    mean_loss_points: float

    @property
    def bounded(self) -> bool:
        """Whether there are languages enough for bounds."""
        return self.n_targets >= fewest()

    def gains(self, rated: NDArray[np.float64]) -> NDArray[np.float64]:
        """Expected score of each candidate less that of a random one."""
        filled = _filled(rated)
        return np.asarray(self.slope * (filled - filled.mean()))

    def best(self, rated: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which candidates are in the set that holds the best one; all of them where there is no bound."""
        filled = _filled(rated)
        return np.asarray(filled.max() - filled <= self.bounds.gap)


def fewest() -> int:
    """Fewest targets that bound the next one: 9 for 90%."""
    return math.ceil(LEVEL / (1 - LEVEL) - 1e-9)


def calibrate(scores: NDArray[np.float64], rated: NDArray[np.float64]) -> ConformalBounds:
    """Turn ratings of left-out targets into expected scores and bounds.

    Each target's ratings come from a model without its language. Expected scores are its mean, taken from the
    other targets, plus the rating times a slope, fitted on the other targets.

    Parameters
    ----------
    scores : ndarray of float, shape (source, target)
        NaN where a source is not a candidate.
    rated : ndarray of float, shape (target, source)

    References
    ----------
    Barber, Candès, Ramdas, Tibshirani (2021), Predictive inference with the jackknife+, Annals of Statistics
    49(1), section 2.
    """
    found = []
    for target in np.flatnonzero(np.isfinite(scores).sum(axis=0) >= 2):
        candidates = np.isfinite(scores[:, target])
        values, own = scores[candidates, target], _filled(rated[target, candidates])
        first, apart = own == own.max(), own - own.mean()
        top, best = values[first].mean(), values.max()
        sums = apart @ (values - values.mean()), apart @ apart
        loss = (100 * (best - top) / best if best > 0 else 0.0, 100 * (best - top))
        gap = own.max() - own[values == best].max()
        found.append((values.mean(), top, apart.max(), *sums, *loss, gap))
    if not found:
        return ConformalBounds(0, math.nan, 0.0, Bounded(*[math.inf] * 5), math.nan, math.nan)
    means, tops, ahead, products, squares, percent, points, gaps = np.array(found).T
    n = len(means)
    elsewhere = np.full(n, math.inf) if n < 2 else (means.sum() - means) / (n - 1)
    slopes = _slope(products.sum() - products, squares.sum() - squares)
    errors_of_gain = np.abs(tops - means - slopes * ahead)
    errors_of_score = np.abs(tops - elsewhere - slopes * ahead)
    bounds = Bounded(*map(bound, (errors_of_score, errors_of_gain, percent, points, gaps)))
    level, slope = float(means.mean()), float(_slope(products.sum(), squares.sum()))
    return ConformalBounds(n, level, slope, bounds, float(percent.mean()), float(points.mean()))


def _slope(products: NDArray[np.float64], squares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Least squares; 0 where ratings say nothing, or the opposite of what they should."""
    products, squares = np.asarray(products), np.asarray(squares)
    enough = squares > 1e-12
    return np.maximum(np.divide(products, squares, out=np.zeros(squares.shape), where=enough), 0.0)


def bound(errors: NDArray[np.float64]) -> float:
    """Give what a further error stays below with 90% probability; infinite where there are too few."""
    place = math.ceil((len(errors) + 1) * LEVEL - 1e-9)
    return float(np.sort(errors)[place - 1]) if place <= len(errors) else math.inf


def _filled(rated: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put what cannot be rated on a level with the last."""
    known = rated[~np.isnan(rated)]
    return np.where(np.isnan(rated), known.min() if len(known) else 0.0, rated)


@dataclass(frozen=True)
class Coverage:
    """How often the bounds held for languages that neither model nor calibration had seen.

    Parameters
    ----------
    n_targets : int
        Languages for which there was a bound.
    interval, gain, loss, best : int
        For how many of them the interval of the score, that of the gain over a random choice, the bound of
        the loss, and the set of sources held what they should.
    set_size, n_candidates : float
        Means over the languages.
    """

    n_targets: int
    interval: int
    gain: int
    loss: int
    best: int
    set_size: float
    n_candidates: float

    @property
    def band(self) -> tuple[float, float]:
        """Where the share of a right 90% bound lies with 99% probability."""
        low, high = (float(binom.ppf(tail, self.n_targets, LEVEL)) for tail in (0.005, 0.995))
        return low / self.n_targets, high / self.n_targets

    @classmethod
    def pooled(cls, parts: Sequence[Coverage]) -> Coverage:
        """Counts of several tables together."""
        n = sum(part.n_targets for part in parts)
        counts = {
            name: sum(getattr(part, name) for part in parts) for name in ("interval", "gain", "loss", "best")
        }
        known = [part for part in parts if part.n_targets]
        set_size, n_candidates = (
            sum(part.n_targets * getattr(part, name) for part in known) / n if n else math.nan
            for name in ("set_size", "n_candidates")
        )
        return cls(n, **counts, set_size=set_size, n_candidates=n_candidates)

    def to_dict(self) -> dict[str, object]:
        """Shares as JSON has them; None where there was no bound."""
        n = self.n_targets or math.nan
        shares = {
            "interval": self.interval / n,
            "set": self.best / n,
            "gain": self.gain / n,
            "loss": self.loss / n,
            "band_99": self.band if self.n_targets else None,
            "set_size": self.set_size,
            "n_candidates": self.n_candidates,
        }
        return {"level": LEVEL, "n_targets": self.n_targets, **as_json(shares)}


def coverage(pairs: Pairs, ranker: Ranker, *, seed: int = 0, budget: int = BUDGET) -> Coverage:
    """Measure the bounds by an outer loop over targets.

    A target's language is taken out on both sides; within the rest every other target is left out in turn to
    calibrate the bounds; then it is seen whether they hold for the target. So each rating of the calibration
    comes from a model without two languages. In a very large table this is done with a sample of its targets.

    Parameters
    ----------
    pairs : Pairs
    ranker : Ranker
    seed : int
        Of the sample.
    budget : int
        Cells that may be read; a sample is drawn where all targets would take more.
    """
    usable = np.flatnonzero(np.isfinite(pairs.offered).sum(axis=0) >= 2)
    tested = _sample(usable, budget // max(pairs.scores.size, 1), np.random.default_rng(seed))
    if len(tested) - 1 < fewest():
        return NOTHING_COVERED
    alone = ratings(ranker, pairs, Folds.without(pairs, tested[:, None]))[:, 0]
    inner = _without_two(pairs, ranker, tested)
    held = []
    for number, target in enumerate(tested):
        scores = np.where(pairs.source_ids[:, None] != pairs.target_ids[target], pairs.offered, np.nan)
        others = np.delete(tested, number)
        found = calibrate(scores[:, others], inner[number, others])
        if not found.bounded:
            continue
        candidates = np.isfinite(pairs.offered[:, target])
        values, own = pairs.offered[candidates, target], alone[number, candidates]
        filled = _filled(own)
        top, best = values[filled == filled.max()].mean(), values.max()
        gain = found.gains(own).max()
        members = found.best(own)
        held.append(
            (
                abs(top - found.level - gain) <= found.bounds.score,
                abs(top - values.mean() - gain) <= found.bounds.gain,
                100 * (best - top) <= found.bounds.loss_percent * best,
                members[values == best].any(),
                members.sum(),
                len(values),
            )
        )
    if not held:
        return NOTHING_COVERED
    columns = np.array(held, dtype=int)
    interval, gained, lost, best_held, *_ = columns.sum(axis=0).tolist()
    return Coverage(len(held), interval, gained, lost, best_held, *columns[:, -2:].mean(axis=0).tolist())


NOTHING_COVERED = Coverage(0, 0, 0, 0, 0, math.nan, math.nan)


def _sample(targets: NDArray[np.intp], models: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Take as many targets as have no more pairs than models, but not too few."""
    most = max(FEWEST_TESTED, int(math.sqrt(2 * models)))
    return targets if len(targets) <= most else np.sort(rng.choice(targets, most, replace=False))


def _without_two(pairs: Pairs, ranker: Ranker, tested: NDArray[np.intp]) -> NDArray[np.float64]:
    """Ratings of each target by a model without it and without another: (other, target, source)."""
    first, second = np.triu_indices(len(tested), 1)
    asked = np.stack([tested[first], tested[second]], axis=1)
    rated = ratings(ranker, pairs, Folds.without(pairs, asked))
    out = np.full((len(tested), len(pairs.targets), len(pairs.sources)), np.nan)
    out[first, tested[second]] = rated[:, 1]
    out[second, tested[first]] = rated[:, 0]
    return out
