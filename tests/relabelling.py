"""The null world: the primary test on scores that stay, with languages that are drawn anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from isogloss.errors import AnalysisError
from isogloss.statistics.effects import AdditiveEffects, is_constant
from isogloss.statistics.primary import permutation_slope


def relabelled_p_values(
    values: NDArray[np.float64],
    distances: NDArray[np.float64],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    n_relabellings: int,
    n_permutations: int = 999,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Smallest family-wise p-value of the primary test under each of many random labellings.

    Every language of the design gets the label, and with it the distances, of another drawn from a pool
    without replacement; a language on both margins gets one label. Scores do not move. Distances then belong
    to the wrong languages, so that every relation found is a false one: a test that holds its level rejects
    in a share alpha of the labellings, or less.

    Parameters
    ----------
    values : ndarray, shape (row, column)
        Effectiveness; NaN where a cell is missing.
    distances : ndarray, shape (distance, language, language)
        Between all languages of the pool, none missing.
    rows, columns : sequence of str
        Language ids of the design.
    n_relabellings, n_permutations : int
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (relabelling,)
        1 where no distance varies under a labelling, so that nothing is tested.

    Raises
    ------
    AnalysisError
        If the pool has fewer languages than the design, or a distance is missing.
    """
    slots = list(dict.fromkeys([*rows, *columns]))
    n_pool = distances.shape[1]
    if n_pool < len(slots):
        raise AnalysisError(
            f"{n_pool} languages to draw labels from, but {len(slots)} in the design",
            hint="add languages to the pool",
        )
    if not np.isfinite(distances).all():
        raise AnalysisError("a distance of the pool is missing", hint="leave its language or metric out")
    row_slots = [slots.index(row) for row in rows]
    column_slots = [slots.index(column) for column in columns]
    effects = AdditiveEffects.two_way(np.isfinite(values))
    p_values = np.ones(n_relabellings)
    for i in range(n_relabellings):
        labels = rng.permutation(n_pool)[: len(slots)]
        drawn = distances[:, labels[row_slots][:, None], labels[column_slots][None, :]]
        varying = [d for d in drawn if not is_constant(d[np.isfinite(values)], effects.residuals(d))]
        if varying:
            family = permutation_slope(
                values, np.stack(varying), rows, columns, n_permutations=n_permutations, rng=rng
            )
            p_values[i] = min(result.p_family for result in family.results)
    return p_values
