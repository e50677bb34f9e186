"""Every ranker, and LightGBM as LangRank sets it, on every table of scores, on the same folds.

``python bench/recommend.py TABLE...``; needs the extra ``bench``. Prints the loss of the first choice in
percent of the best source's score by table and ranker, how often the bounds of the default held, and how the
settings of the ridge would have done had they been chosen on the other tables alone.

LightGBM is given the six distances (as LangRank's typological features), and in a second row the donor effect
too. Settings as in the training code of LangRank (Lin et al. 2019, ACL): 100 trees of 16 leaves, rate .1, at
least 5 pairs a leaf, relevance 10 for the best source of a target down to 1 for the tenth.
"""

import argparse
import math
import time
import warnings
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import lightgbm
import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from isogloss.errors import AnalysisError
from isogloss.recommend.conformal import Coverage
from isogloss.recommend.donors import donor_effects
from isogloss.recommend.evaluation import check_choice, evaluate_pairs, mean_of_conditions
from isogloss.recommend.jackknife import mean_of
from isogloss.recommend.pairs import METRICS, Folds, Pairs
from isogloss.recommend.quality import RELEVANT, quality
from isogloss.recommend.rankers import ridge
from isogloss.recommend.rankers.base import ratings
from isogloss.scores.effectiveness import conditions
from isogloss.scores.importing import read_scores

SETTINGS = tuple(product((0.01, 0.05, 0.2), (0.1, 1.0, 3.0)))
"""Offset and penalty of the ridge."""


def tables(paths: list[Path]) -> Iterator[tuple[str, list[tuple[str, Pairs]]]]:
    """Name and conditions of every table in which there is a choice."""
    for path in paths:
        found = []
        table = read_scores(path).table
        for condition in conditions(table):
            try:
                pairs = Pairs.of(table, condition)
                check_choice(pairs)
            except AnalysisError:
                continue
            found.append((str(condition), pairs))
        if found:
            yield path.name.split(".")[0], found


def lambdarank(pairs: Pairs, *, donors: bool) -> float:
    """Loss in percent of LightGBM's first choice, with every language left out in turn."""
    folds = Folds.without(pairs, np.arange(len(pairs.targets))[:, None])
    distances = np.stack([pairs.distances[metric] for metric in METRICS], axis=-1)
    rated = np.full((len(pairs.targets), len(pairs.sources)), np.nan)
    effects = donor_effects(pairs, folds)
    for fold in range(len(folds.asked)):
        used = effects.used[fold] > 0
        features, relevance, sizes = [], [], []
        for target in np.flatnonzero(used.any(axis=0)):
            rows = used[:, target]
            columns = [distances[rows, target]]
            if donors:
                columns.append(_donor(pairs, effects, fold, target)[rows, None])
            features.append(np.hstack(columns))
            place = rankdata(-pairs.scores[rows, target], method="min")
            relevance.append(np.maximum(RELEVANT + 1 - place, 0).astype(int))
            sizes.append(int(rows.sum()))
        model = lightgbm.LGBMRanker(
            boosting_type="gbdt",
            num_leaves=16,
            max_depth=-1,
            learning_rate=0.1,
            n_estimators=100,
            min_child_samples=5,
            n_jobs=1,
            random_state=0,
            verbose=-1,
        )
        model.fit(np.vstack(features), np.concatenate(relevance), group=sizes)
        (asked,) = folds.asked[fold]
        columns = [distances[:, asked]]
        if donors:
            known = np.where(effects.counts[fold] > 0, effects.sources[fold], np.nan)
            columns.append(known[:, None])
        rated[fold] = model.predict(np.hstack(columns))
    return mean_of(quality(pairs.scores, rated).loss_percent)


def _donor(pairs: Pairs, effects, fold: int, target: int) -> NDArray[np.float64]:
    """Donor effects without the scores on one further target."""
    counts, own = effects.counts[fold], effects.used[fold][:, target]
    rest = np.where(own > 0, pairs.scores[:, target] - effects.targets[fold][target], 0.0)
    left = counts - own
    return np.where(left > 0, (counts * effects.sources[fold] - rest) / np.maximum(left, 1), np.nan)


def loss_of_ridge(pairs: Pairs, offset: float, penalty: float) -> float:
    """Loss in percent with other settings."""
    before = ridge.OFFSET, ridge.PENALTY
    ridge.OFFSET, ridge.PENALTY = offset, penalty
    try:
        folds = Folds.without(pairs, np.arange(len(pairs.targets))[:, None])
        return mean_of(quality(pairs.scores, ratings(ridge.Ranker(), pairs, folds)[:, 0]).loss_percent)
    finally:
        ridge.OFFSET, ridge.PENALTY = before


def main() -> None:
    """Print losses, coverage, and what settings chosen on other tables would have lost."""
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", type=Path)
    parser.add_argument("--no-lightgbm", action="store_true")
    options = parser.parse_args()
    covered: list[Coverage] = []
    by_setting: dict[str, NDArray[np.float64]] = {}
    ours: dict[str, float] = {}
    simple_best: dict[str, float] = {}
    for name, parts in tables(options.tables):
        start = time.process_time()
        whole = mean_of_conditions([evaluate_pairs(pairs, "ridge", condition=told) for told, pairs in parts])
        seconds = time.process_time() - start
        losses = {entry.name: entry.loss_percent for entry in whole.figures}
        if not options.no_lightgbm:
            losses["lightgbm"] = float(np.mean([lambdarank(pairs, donors=False) for _, pairs in parts]))
            losses["lightgbm, donors"] = float(
                np.mean([lambdarank(pairs, donors=True) for _, pairs in parts])
            )
        best = min(value for value in losses.values() if math.isfinite(value))
        print(f"\n{name}: {whole.n_sources} x {whole.n_targets}, {len(parts)} conditions, {seconds:.1f} s")
        for ranker, loss in losses.items():
            print(f"  {ranker:22s}{loss:7.1f}  {loss - best:+6.1f}")
        if whole.coverage.n_targets:
            covered.append(whole.coverage)
            print(f"  coverage: {_told(whole.coverage)}")
        by_setting[name] = np.array(
            [np.mean([loss_of_ridge(pairs, *setting) for _, pairs in parts]) for setting in SETTINGS]
        )
        ours[name], simple_best[name] = losses["ridge"], best
    if covered:
        print(f"\nall tables: {_told(Coverage.pooled(covered))}")
    print("\nridge with settings chosen on the other tables:")
    for name, own in by_setting.items():
        others = [values - values.min() for other, values in by_setting.items() if other != name]
        if not others:
            continue
        at = int(np.argmin(np.mean(others, axis=0)))
        print(
            f"  {name:30s} {own[at]:6.1f} (offset {SETTINGS[at][0]}, penalty {SETTINGS[at][1]}); "
            f"as it is {ours[name]:.1f}; best of all {simple_best[name]:.1f}"
        )


def _told(found: Coverage) -> str:
    n, (low, high) = found.n_targets, found.band
    shares = ", ".join(
        f"{what} {held / n:.2f}"
        for what, held in (
            ("interval", found.interval),
            ("set", found.best),
            ("gain", found.gain),
            ("loss", found.loss),
        )
    )
    sizes = f"{found.set_size:.1f} of {found.n_candidates:.1f}"
    return f"{shares} of {n} (99% band {low:.2f} to {high:.2f}); set {sizes}"


if __name__ == "__main__":
    main()
