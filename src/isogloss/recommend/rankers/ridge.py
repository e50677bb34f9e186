"""Two facts weighed against each other: how good a donor a source is, and how close."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from isogloss.recommend.donors import donor_effects
from isogloss.recommend.pairs import Folds, Pairs
from isogloss.recommend.rankers import base

NAME = "ridge"

OFFSET = 0.05
"""Added to a distance before its logarithm is taken: close languages differ more than remote ones."""

PENALTY = 3.0
"""Weight of the assumption that nothing matters, in targets: as much as so many of them say.

This and the offset were chosen on six published tables; docs/recommend.md says what the same choice, made on
the others, comes to on each of them.
"""


class Ranker(base.Ranker):
    r"""Ridge regression of scores, less the mean of the target, on donor effect and five distances.

    For source s and target t the expected score beyond the target's mean is
    :math:`\beta_0 d_s + \sum_k \beta_k \log(\delta_k(s, t) + 0.05)`. :math:`d_s` is the donor effect of s
    (`isogloss.recommend.donors`), for a pair that is learnt from without that pair's own score; the
    :math:`\delta_k` are the genetic, geographic, syntactic, phonological and inventory distance. Everything
    is centred within the target and scaled to equal variance. The penalty weighs as much as three targets,
    so that a table of few targets is believed less than one of many.

    A distance that is not on record counts like the mean of the target's other pairs, and is named in the
    answer; so does the donor effect of a source without scores.
    """

    needs = ("scores",)
    metrics = ("genetic", "geographic", "syntactic", "phonological", "inventory")

    def rate(self, pairs: Pairs, folds: Folds) -> NDArray[np.float64]:
        """Give the expected score less the mean over the sources, in units of the scores."""
        distances = np.stack([np.log(pairs.distances[metric] + OFFSET) for metric in self.metrics])
        distances[:, ~pairs.apart] = np.nan
        found = donor_effects(pairs, folds)
        scores = np.where(pairs.scored, pairs.scores, 0.0)
        out = np.empty((*folds.asked.shape, len(pairs.sources)))
        for fold, asked in enumerate(folds.asked):
            used, counts = found.used[fold] > 0, found.counts[fold]
            rest = np.where(used, scores - found.targets[fold], 0.0)
            others = counts[:, None] * found.sources[fold][:, None] - rest
            donors = np.where(counts[:, None] > 1, others / np.maximum(counts[:, None] - 1, 1), 0.0)
            features = _centred(np.concatenate([distances, donors[None]]), used)
            weights = _fit(features, _centred(rest, used), used)
            known = np.where(counts > 0, found.sources[fold], np.nan)
            at = np.concatenate(
                [distances[:, :, asked], np.broadcast_to(known[:, None], (1, len(known), len(asked)))]
            )
            out[fold] = np.tensordot(weights, _centred(at, pairs.apart[:, asked]), axes=1).T
        return out


def _centred(values: NDArray[np.float64], used: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Values less the mean over the sources of each target; 0 where unknown or not used."""
    known = used & ~np.isnan(values)
    plain = np.where(known, values, 0.0)
    means = plain.sum(axis=-2) / np.maximum(known.sum(axis=-2), 1)
    return np.where(known, plain - means[..., None, :], 0.0)


def _fit(
    features: NDArray[np.float64], rest: NDArray[np.float64], used: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Weights of the features, shape (feature,)."""
    x = features.reshape(len(features), -1)
    products, with_rest = x @ x.T, x @ rest.ravel()
    n_cells, n_targets = int(used.sum()), int(used.any(axis=0).sum())
    if n_cells == 0:
        return np.zeros(len(x))
    scale = np.sqrt(np.diag(products) / n_cells)
    scale[scale == 0] = 1.0
    penalty = PENALTY * n_cells / n_targets
    system = products / np.outer(scale, scale) + penalty * np.eye(len(x))
    return np.asarray(np.linalg.solve(system, with_rest / scale) / scale)
