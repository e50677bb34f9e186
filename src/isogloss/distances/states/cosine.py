"""Angle between the mean states of two languages, layer by layer."""

from __future__ import annotations

import numpy as np

from isogloss.distances.matrix import DistanceMatrix
from isogloss.distances.states.base import States, check_states

NAME = "cosine"
MIN_SENTENCES = 100
"""Fewest sentences of a language."""


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
    check_states(states, NAME)
    languages = tuple(states)
    n_sentences = np.array([states[language].shape[1] for language in languages], dtype=np.int32)
    shared = np.minimum(n_sentences[:, None], n_sentences[None])
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
        matrices.append(
            DistanceMatrix(
                metric=f"{NAME}-layer-{layer}",
                definition="encoder",
                languages=languages,
                values=values,
                shared=shared,
                union=np.maximum(n_sentences[:, None], n_sentences[None]),
                source=source,
                threshold=MIN_SENTENCES,
            )
        )
    return tuple(matrices)
