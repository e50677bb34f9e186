"""The angular distance between feature vectors, over all pairs at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BLOCK = 1024


def angular(
    vectors: NDArray[np.int8], used: NDArray[np.bool_], threshold: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.int32]]:
    r"""Angle between every two vectors over the features used for both, as a fraction of a right angle.

    .. math:: d(a, b) = \frac{2}{\pi} \arccos \frac{\sum_i a_i b_i}{\sqrt{\sum_i a_i^2 \sum_i b_i^2}}

    with all sums over the features that are used for both. The sums are products of matrices of zeros and
    ones, which single precision holds exactly. The half above the diagonal is computed, in blocks, over the
    languages of which any feature is used.

    Parameters
    ----------
    vectors : ndarray of int8, shape (language, feature)
        0 or 1 where used.
    used : ndarray of bool, shape (language, feature)
    threshold : int
        Pairs with fewer shared features are NaN.

    Returns
    -------
    values : ndarray of float, shape (language, language)
        NaN where one of the vectors has no present feature among the shared ones: a null vector has no angle.
    shared : ndarray of int, shape (language, language)
        Features used for both.
    union : ndarray of int, shape (language, language)
        Features used for at least one.
    """
    n = len(used)
    per_language = used.sum(axis=1, dtype=np.int32)
    described = np.flatnonzero(per_language)
    values, shared = np.full((n, n), np.nan), np.zeros((n, n), dtype=np.int32)
    at = np.ix_(described, described)
    values[at], shared[at] = _angular(vectors[described], used[described], threshold)
    return values, shared, per_language[:, None] + per_language[None] - shared


def _angular(
    vectors: NDArray[np.int8], used: NDArray[np.bool_], threshold: int
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    known = used.astype(np.float32)
    present = np.where(used, vectors, 0).astype(np.float32)
    n = len(known)
    values = np.empty((n, n))
    shared = np.empty((n, n), dtype=np.int32)
    for first in range(0, n, _BLOCK):
        rows = slice(first, first + _BLOCK)
        for second in range(first, n, _BLOCK):
            columns = slice(second, second + _BLOCK)
            both = known[rows] @ known[columns].T
            squares = present[rows] @ known[columns].T
            squares *= known[rows] @ present[columns].T
            angles = _angles(present[rows] @ present[columns].T, squares)
            angles[both < threshold] = np.nan
            values[rows, columns], values[columns, rows] = angles, angles.T
            shared[rows, columns], shared[columns, rows] = both, both.T
    return values, shared


def _angles(dot: NDArray[np.float32], squares: NDArray[np.float32]) -> NDArray[np.float64]:
    """Angles from sums; in double precision, because the arc cosine loses half the digits near 0."""
    cosine = squares.astype(np.float64)
    cosine[cosine == 0] = np.nan
    np.sqrt(cosine, out=cosine)
    np.divide(dot, cosine, out=cosine)
    np.minimum(cosine, 1, out=cosine)
    np.arccos(cosine, out=cosine)
    cosine *= 2 / np.pi
    return cosine
