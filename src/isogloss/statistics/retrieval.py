"""How alike languages are in a set of sentence vectors: retrieval of translations, and language identity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]


def retrieval_accuracy(one: Floats, other: Floats) -> float:
    """Share of sentences whose nearest vector in the other language is their translation, both ways.

    Parameters
    ----------
    one, other : ndarray, shape (sentence, width)
        Row i says the same in both. Nearness is the cosine; of equally near ones the translation counts only
        if it is alone, so that vectors without information score 0.

    Returns
    -------
    float
        Mean of the two directions; chance is one in the number of sentences.

    References
    ----------
    Artetxe and Schwenk (2019), Massively multilingual sentence embeddings, section 4.3, on similarity search.
    """
    cosine = _unit(one) @ _unit(other).T
    right = np.diagonal(cosine)
    others = cosine.copy()
    np.fill_diagonal(others, -np.inf)
    return float(np.mean([(right > others.max(axis=axis)).mean() for axis in (0, 1)]))


def identity_accuracy(vectors: Floats, rng: np.random.Generator) -> float:
    """Share of sentences whose language the nearest mean vector tells.

    Means are those of one half of the sentences, and the other half is classified.

    Parameters
    ----------
    vectors : ndarray, shape (language, sentence, width)
        Row i says the same in every language, and falls into the same half in every language, so that
        content is not a cue.
    rng : Generator
        Divides the sentences.

    Returns
    -------
    float
        Mean of both ways round; chance is one in the number of languages.
    """
    n_languages, n_sentences, width = vectors.shape
    halves = np.array_split(rng.permutation(n_sentences), 2)
    found = []
    for seen, held_out in (halves, halves[::-1]):
        means = vectors[:, seen].mean(axis=1)
        tested = vectors[:, held_out].reshape(-1, width)
        distances = ((tested[:, None] - means) ** 2).sum(axis=-1)
        truth = np.repeat(np.arange(n_languages), len(held_out))
        found.append((distances.argmin(axis=1) == truth).mean())
    return float(np.mean(found))


def _unit(vectors: Floats) -> Floats:
    norm = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norm > 0, norm, 1))
