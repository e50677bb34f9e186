"""Measures over an encoder's states of unlabelled text; the caller computes the states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.distances.matrix import DistanceMatrix, check_distinct
from isogloss.errors import DataError
from isogloss.languages import Language

COSINE = "cosine"
MIN_SENTENCES = 100
"""Fewest sentences of a language that has a cosine distance."""

States = Mapping[Language, NDArray[np.floating]]
"""For each language the states of its sentences, (layer, sentence, width), means over subwords."""


def check_states(states: States, metric: str) -> None:
    """Refuse states that cannot be compared.

    Raises
    ------
    DataError
        If shapes differ in more than the number of sentences, a language has none, or a state is not finite.
    LanguageError
        If `states` is empty.
    """
    check_distinct(tuple(states), metric)
    shapes = {language: array.shape for language, array in states.items()}
    first = next(iter(states))
    for language, shape in shapes.items():
        if len(shape) != 3 or shape[::2] != shapes[first][::2]:
            raise DataError(
                f"states of {language.id} have the shape {shape}, those of {first.id} {shapes[first]}",
                where=metric,
                allowed="one array a language, (layer, sentence, width), equal but for the sentences",
            )
        if not shape[1]:
            raise DataError(f"no sentence of {language.id}", where=metric, hint="leave the language out")
        if not np.isfinite(states[language]).all():
            raise DataError(f"states of {language.id} are not finite", where=metric)


def cosine_by_layer(states: States, source: str = "") -> tuple[DistanceMatrix, ...]:
    r"""One matrix per layer of :math:`d(a, b) = \arccos(\cos(\bar h_a, \bar h_b)) / \pi`.

    :math:`\bar h_a` is the mean over all sentences of a language of the mean over the subwords of each. The
    states of an encoder share a large common part, so that all values are small; compare them within a layer
    only.

    Parameters
    ----------
    states : mapping of Language to ndarray, shape (layer, sentence, width)
        The mean over the subwords of each sentence; layer 0 is the embedding output. The sentences of two
        languages need not be translations.
    source : str
        Encoder and text, for the record.

    Returns
    -------
    tuple of DistanceMatrix
        Of the metrics ``"cosine-layer-0"``, ``"cosine-layer-1"``, ... `shared` is the number of sentences of
        the smaller text; below `MIN_SENTENCES` the value is NaN.

    Raises
    ------
    DataError
        If the arrays do not fit each other, or are not finite.
    """
    check_states(states, COSINE)
    languages = tuple(states)
    n_sentences = np.array([states[language].shape[1] for language in languages], dtype=np.int32)
    shared, union = (of.outer(n_sentences, n_sentences) for of in (np.minimum, np.maximum))
    means = np.stack([np.asarray(states[language], dtype=float).mean(axis=1) for language in languages])
    matrices = []
    for layer in range(means.shape[1]):
        x = means[:, layer]
        lengths = np.linalg.norm(x, axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            cosine = np.where(lengths[:, None] * lengths > 0, x @ x.T / (lengths[:, None] * lengths), np.nan)
        values = np.arccos(np.clip((cosine + cosine.T) / 2, -1, 1)) / np.pi
        values[shared < MIN_SENTENCES] = np.nan
        np.fill_diagonal(values, 0.0)
        known = (values, shared, union, source, MIN_SENTENCES)
        matrices.append(DistanceMatrix(f"{COSINE}-layer-{layer}", "encoder", languages, *known))
    return tuple(matrices)


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
    k = min(k, least)
    shares = []
    for layer in range(len(target)):
        sentences = np.concatenate([_unit(rival[layer, :least]) for rival in rivals])
        nearest = np.argpartition(-(_unit(target[layer]) @ sentences.T), k - 1, axis=1)[:, :k]
        votes = np.bincount(nearest.ravel() // least, minlength=len(rivals))
        shares.append(votes / votes.sum())
    return np.asarray(np.mean(shares, axis=0))


def _unit(states: NDArray[np.floating]) -> NDArray[np.float64]:
    """States of one layer, in double precision and of length 1."""
    x = np.asarray(states, dtype=float)
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-12))
