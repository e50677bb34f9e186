"""How seldom a sentence of the target finds its nearest neighbours in a source language."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.matrix import DissimilarityMatrix
from isogloss.distances.states.base import MIN_SENTENCES, States, check_states
from isogloss.errors import DataError

NAME = "nearest-neighbours"


def nearest_neighbour_vote(states: States, *, k: int = 5, source: str = "") -> DissimilarityMatrix:
    """One minus the share of the votes of a target's sentences that a source language gets.

    Every sentence of the target votes with its `k` nearest sentences (by cosine) among those of all other
    languages, which are cut to the same number of sentences, so that none gets votes for its size. The vote
    depends on which languages compete; with one competitor there is nothing to choose, and the value is NaN.

    Parameters
    ----------
    states : mapping of Language to ndarray, shape (sentence, width)
        The mean over the subwords of each sentence, of one layer.
    k : int
    source : str
        Encoder and text, for the record.

    Returns
    -------
    DissimilarityMatrix
        The row is the source language, the column the target; a column of votes sums to 1.

    Raises
    ------
    DataError
        If the arrays do not fit each other, or are not finite.

    References
    ----------
    NN-Rank, arXiv 2510.03202.
    """
    check_states(states, NAME, n_axes=2)
    languages = tuple(states)
    n_sentences = np.array([len(states[language]) for language in languages], dtype=np.int32)
    n, least = len(languages), int(n_sentences.min())
    if not 1 <= k <= max(least, 1):
        raise DataError(
            f"k = {k} neighbours", where=NAME, allowed=f"1 to {least}, the sentences of a language"
        )
    shared = np.minimum(n_sentences[:, None], n_sentences[None])
    values = np.full((n, n), np.nan)
    if n > 2 and least >= MIN_SENTENCES:
        unit = [_unit(np.asarray(states[language], dtype=float)) for language in languages]
        for target in range(n):
            rivals = [row for row in range(n) if row != target]
            values[rivals, target] = 1 - _shares(unit[target], [unit[row][:least] for row in rivals], k)
    np.fill_diagonal(values, 0.0)
    return DissimilarityMatrix(
        metric=NAME,
        definition="encoder",
        languages=languages,
        values=values,
        shared=shared,
        union=np.maximum(n_sentences[:, None], n_sentences[None]),
        source=source,
        threshold=MIN_SENTENCES,
        notes=(f"votes of the {k} nearest of {least} sentences a language",),
    )


def vote_shares(
    target: NDArray[np.floating], rivals: Sequence[NDArray[np.floating]], *, k: int = 5
) -> NDArray[np.float64]:
    """Share of the votes of a target's sentences that each of several languages gets, a mean over layers.

    Other than in `nearest_neighbour_vote` the target may have fewer sentences than its rivals, of which each
    is cut to as many as the smallest has.

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
