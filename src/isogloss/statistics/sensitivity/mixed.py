"""Mixed model with source, target and pair effects; p by permutation."""

from __future__ import annotations

import numpy as np

from isogloss.statistics.base import TestResult
from isogloss.statistics.reml import DyadCells, fit_reml
from isogloss.statistics.sensitivity.base import Dyads, NotApplicableError, permuted

NAME = "mixed"


def method(dyads: Dyads, n_permutations: int, rng: np.random.Generator) -> TestResult:
    """Slope with random row, column and unordered-pair effects (REML).

    The estimate is that of the fitted model. For the p-value the variances are fitted once, without the
    distance, so that they favour no permutation; the statistic under every permutation is the generalised
    least-squares slope over its standard error with these variances.
    """
    if dyads.star:
        raise NotApplicableError("with one cell per language their effects cannot be told from error")
    mask = dyads.observed
    cells = DyadCells.of(mask, dyads.rows, dyads.columns)
    if len(cells.row) <= sum(mask.shape):
        raise NotApplicableError("fewer cells than row and column effects")
    y, x = dyads.values[mask], dyads.distance[mask]
    scale = float(np.std(y))
    one = np.ones((len(y), 1))
    fit = fit_reml(cells, y / scale, np.column_stack([one, x]))
    precision = fit_reml(cells, y / scale, one).precision
    weights = precision.times(np.column_stack([y / scale, one]))
    total = float(weights[:, 1].sum())
    residual = weights[:, 0] - weights[:, 1] * float(weights[:, 0].sum()) / total
    permutations = dyads.permutations(n_permutations, rng)
    reference = np.empty(len(permutations))
    for piece, at_rows, at_columns in permutations.batches():
        moved = dyads.distance[at_rows, at_columns][:, mask].T
        squares = precision.squares(moved) - (weights[:, 1] @ moved) ** 2 / total
        flat = squares <= 1e-12 * len(y) * max(float(np.var(x)), 1e-300)
        reference[piece] = np.where(flat, 0.0, residual @ moved / np.sqrt(np.where(flat, 1.0, squares)))
    shares = ", ".join(f"{name} {scale**2 * variance:.2g}" for name, variance in fit.variances.items())
    estimate = scale * float(fit.coefficients[1])
    return permuted(NAME, "slope", estimate, reference, len(y), permutations, f"variances: {shares}")
