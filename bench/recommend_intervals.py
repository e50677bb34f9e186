"""How often the jackknife intervals of a loss hold, in simulated tables whose targets share their sources.

``python bench/recommend_intervals.py``. Languages lie at random in a plane; a score falls with distance,
differs by source and target, and by chance. The truth is the mean loss over all tables of a kind. It is
printed with the standard deviation of the loss over tables, and with the mean standard error and the coverage
of two intervals: the jackknife, and one that assumes independent targets.
"""

import argparse
from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from isogloss.recommend.jackknife import replicates
from isogloss.recommend.quality import quality


def one(n: int, donors: float, kind: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """Loss, ends of its interval, and the standard error that takes targets for independent."""
    places = rng.normal(size=(n, 2))
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    level = 0.6 + rng.normal(0, donors, n)[:, None] + rng.normal(0, 0.1, n)
    scores = np.clip(level - 0.05 * distance + rng.normal(0, 0.03, (n, n)), 0.01, 1)
    np.fill_diagonal(scores, np.nan)
    rest = np.where(np.isfinite(scores), scores - np.nanmean(scores, axis=0), 0.0)
    rated = {
        "nearest": -distance,
        "source mean": (rest.sum(axis=1)[:, None] - rest).T,
        "random": np.zeros((n, n)),
    }[kind]
    found = quality(scores, rated)
    names = np.array([f"language {number}" for number in range(n)])
    pairs = SimpleNamespace(source_ids=names, target_ids=names)
    own = replicates(pairs, found.loss_percent, found.without)
    return np.array([own.estimate, *own.interval(), found.loss_percent.std(ddof=1) / np.sqrt(n)])


def main() -> None:
    """Print one line per size, ranker and spread of the donors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    print("languages, ranker, donors: loss, sd; jackknife: error, coverage; independent: error, coverage")
    for n in (8, 20, 40):
        for kind in ("nearest", "source mean", "random"):
            for donors in (0.0, 0.05):
                runs = np.array([one(n, donors, kind, rng) for _ in range(options.tables)])
                loss, low, high, error = runs.T
                truth, reach = loss.mean(), student.ppf(0.975, n - 1)
                held = np.mean((low <= truth) & (truth <= high))
                naive = np.mean(np.abs(loss - truth) <= reach * error)
                print(
                    f"{n:2d} {kind:12s} {donors:.2f}: {truth:5.2f}, {loss.std():.2f}; "
                    f"{np.mean(high - low) / 2 / reach:.2f}, {held:.2f}; {error.mean():.2f}, {naive:.2f}"
                )


if __name__ == "__main__":
    main()
