"""The mixed model's search: exact slopes of the deviance, and no better point that it misses."""

import numpy as np
import pytest
from scipy.optimize import minimize

from isogloss.statistics.reml import DyadCells, fit_reml
from isogloss.statistics.reml import _profiled as profiled
from isogloss.statistics.reml import _ratios as ratios_of
from isogloss.statistics.reml import _with_gradient as with_gradient

MARGINS = {"square": ("abcdefg", "abcdefg"), "overlapping": ("abcde", "defxyz"), "apart": ("abcd", "wxyz")}


def table(sides, seed, deviations=(1.0, 1.0, 1.0)):
    """Cells, scores with row, column and pair effects of the given size, and a design with one covariate."""
    rng = np.random.default_rng(seed)
    rows, columns = sides
    mask = np.array([[row != column and rng.random() < 0.9 for column in columns] for row in rows])
    pair = {}
    shared = np.array([[pair.setdefault(frozenset(a + b), rng.normal()) for b in columns] for a in rows])
    row, column, both = deviations
    scores = rng.normal(size=mask.shape) + row * rng.normal(size=(len(rows), 1)) + both * shared
    scores += column * rng.normal(size=len(columns))
    cells = DyadCells.of(mask, list(rows), list(columns))
    y = scores[mask]
    return cells, y / y.std(), np.column_stack([np.ones(len(y)), rng.normal(size=len(y))])


@pytest.mark.parametrize("sides", MARGINS.values(), ids=MARGINS)
def test_the_gradient_is_that_of_the_deviance(sides):
    problem = table(sides, seed=1)
    n_free = 3 if problem[0].paired.any() else 2
    for at in (np.full(n_free, 0.1), np.linspace(0.5, 4, n_free), np.linspace(3, 0.2, n_free)):
        _, gradient = with_gradient(*problem, at)
        steps = 1e-5 * np.eye(n_free)
        numeric = [
            (with_gradient(*problem, at + step)[0] - with_gradient(*problem, at - step)[0]) / 2e-5
            for step in steps
        ]
        np.testing.assert_allclose(gradient, numeric, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("deviations", [(0.1, 10, 0), (10, 0, 0), (10, 0, 1), (0, 0, 0), (1, 1, 3)])
def test_no_search_without_derivatives_finds_a_better_fit(deviations):
    """Variances of 0 and very unequal ones, where a search over logarithms of ratios got lost."""
    for seed, sides in enumerate(MARGINS.values()):
        cells, y, design = table(sides, seed, deviations)
        n_free = 3 if cells.paired.any() else 2

        def deviance(logarithms, cells=cells, y=y, design=design):
            return profiled(cells, y, design, ratios_of(np.clip(logarithms, 0, 13))).criterion

        searched = [
            minimize(deviance, np.full(n_free, start), method="Nelder-Mead", options={"fatol": 1e-9}).fun
            for start in (0.3, 2.0)
        ]
        assert fit_reml(cells, y, design).criterion <= min(searched) + 1e-4
