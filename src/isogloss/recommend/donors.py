"""How good a source is for other targets: additive effects of source and target, without what is left out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from isogloss.recommend.pairs import Folds, Pairs

_TINY = 1e-9
"""Keeps the normal equations solvable where the cells fall into parts that share no language."""


@dataclass(frozen=True, eq=False)
class DonorEffects:
    """Additive effects in each fold: ``score = source + target + rest``.

    Parameters
    ----------
    used : ndarray of float, shape (fold, source, target)
        1 where a score was used.
    sources : ndarray of float, shape (fold, source)
        Mean 0 over the sources with a score; 0 for one without.
    targets : ndarray of float, shape (fold, target)
    counts : ndarray of float, shape (fold, source)
        Scores of each source that were used.
    """

    used: NDArray[np.float64]
    sources: NDArray[np.float64]
    targets: NDArray[np.float64]
    counts: NDArray[np.float64]


def donor_effects(pairs: Pairs, folds: Folds) -> DonorEffects:
    """Fit the effects by least squares over the scores of each fold.

    In a table with all its cells a source's effect is its mean score less that of all sources. The fit makes
    means comparable where cells are missing, the diagonal at least: a source is not scored on itself.

    Parameters
    ----------
    pairs : Pairs
    folds : Folds
    """
    used = (pairs.scored & folds.rows[:, :, None] & folds.columns[:, None]).astype(np.float64)
    scores = np.where(pairs.scored, pairs.scores, 0.0)
    counts, per_target = used.sum(axis=2), used.sum(axis=1)
    shares = np.divide(1.0, per_target, out=np.zeros_like(per_target), where=per_target > 0)
    sums = np.einsum("fst,st->fs", used, scores)
    means = np.einsum("fst,st->ft", used, scores) * shares
    # The targets' effects are eliminated; adding the mean as a further equation makes the solution unique.
    n = len(pairs.sources)
    there = counts > 0
    reduced = -np.matmul(used * shares[:, None], used.transpose(0, 2, 1))
    diagonal = np.arange(n)
    reduced[:, diagonal, diagonal] += counts + np.where(there, _TINY, 1.0)
    reduced += there[:, :, None] * there[:, None] / n
    right = sums - np.einsum("fst,ft->fs", used, means)
    effects = np.linalg.solve(reduced, right[..., None])[..., 0]
    effects -= (effects * there).sum(axis=1, keepdims=True) / np.maximum(there.sum(axis=1, keepdims=True), 1)
    effects = np.where(there, effects, 0.0)
    targets = means - np.einsum("fst,fs->ft", used, effects) * shares
    return DonorEffects(used, effects, targets, counts)
