"""How often a sentence of the target finds its nearest neighbours in a source language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def vote_shares(
    target: NDArray[np.floating], rivals: Sequence[NDArray[np.floating]], *, k: int = 5
) -> NDArray[np.float64]:
    """Share of the votes of a target's sentences that each of several languages gets, a mean over layers.

    Every sentence of the target votes with its `k` nearest sentences (by cosine) among those of its rivals,
    of which each is cut to as many as the smallest has, so that none gets votes for its size.

    Parameters
    ----------
    target : ndarray, shape (layer, sentence, width)
    rivals : sequence of ndarray, each of shape (layer, sentence, width)
        Two or more.
    k : int
        Nearest sentences that a sentence votes with; no more than the smallest rival has.

    Returns
    -------
    ndarray of float, shape (rival,)
        Sums to 1.

    References
    ----------
    NN-Rank, arXiv 2510.03202.
    """
    least = min(rival.shape[1] for rival in rivals)
    layers = [
        _shares(
            _unit(np.asarray(target[layer], dtype=float)),
            [_unit(np.asarray(rival[layer, :least], dtype=float)) for rival in rivals],
            min(k, least),
        )
        for layer in range(len(target))
    ]
    shares: NDArray[np.float64] = np.mean(layers, axis=0)
    return shares


def _shares(
    target: NDArray[np.float64], rivals: Sequence[NDArray[np.float64]], k: int
) -> NDArray[np.float64]:
    """Votes for rivals of equal size, all states of unit length."""
    nearest = np.argpartition(-(target @ np.concatenate(rivals).T), k - 1, axis=1)[:, :k]
    votes = np.bincount(nearest.ravel() // len(rivals[0]), minlength=len(rivals))
    shares: NDArray[np.float64] = votes / votes.sum()
    return shares


def _unit(x: NDArray[np.float64]) -> NDArray[np.float64]:
    unit: NDArray[np.float64] = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12)
    return unit
