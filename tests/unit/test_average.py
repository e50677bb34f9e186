"""Mean of a measure over cells, and its interval for other languages and seeds."""

import math

import numpy as np
import pytest
from scipy import stats

from isogloss.narrative.analysis import interval_of_mean
from isogloss.statistics.average import average


def test_one_seed_of_a_whole_table_is_the_t_interval_of_row_means():
    runs = np.random.default_rng(1).normal(0.01, 0.02, (1, 9, 4))
    found = average(runs)
    of_rows = stats.ttest_1samp(runs[0].mean(axis=1), 0.0).confidence_interval(0.95)
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(of_rows))
    assert found.estimate == pytest.approx(runs.mean())
    assert (found.n_cells, found.n_rows, found.n_seeds) == (36, 9, 1)
    assert found.n_below == (runs < 0).sum()


def test_one_row_is_the_t_interval_of_seeds():
    runs = np.random.default_rng(2).normal(0.01, 0.02, (5, 1, 4))
    found = average(runs)
    of_seeds = stats.ttest_1samp(runs.mean(axis=(1, 2)), 0.0).confidence_interval(0.95)
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(of_seeds))


def naive(runs):
    """Cells, rows and seeds in loops."""
    n_seeds, n_rows, n_columns = runs.shape
    cells = {}
    for i in range(n_rows):
        for j in range(n_columns):
            own = [runs[s, i, j] for s in range(n_seeds) if not math.isnan(runs[s, i, j])]
            if own:
                cells[i, j] = own
    mean = sum(sum(own) / len(own) for own in cells.values()) / len(cells)
    variances = []
    for axis in (1, 0):
        sums = {}
        for s, i, j in np.argwhere(np.isfinite(runs)):
            part = (runs[s, i, j] - mean) / len(cells[i, j]) / len(cells)
            key = (s, i)[axis]
            sums[key] = sums.get(key, 0.0) + part
        n = len(sums)
        variances.append((n / (n - 1) * sum(part**2 for part in sums.values()), n))
    total = sum(v for v, _ in variances)
    degrees = total**2 / sum(v**2 / (n - 1) for v, n in variances)
    return mean, stats.t.ppf(0.975, degrees) * total**0.5


def test_cells_that_are_missing_agree_with_loops():
    rng = np.random.default_rng(3)
    runs = rng.normal(0, 0.02, (3, 6, 5)) + rng.normal(0, 0.02, (3, 1, 1))
    runs[rng.random(runs.shape) < 0.3] = np.nan
    found = average(runs)
    mean, reach = naive(runs)
    assert found.estimate == pytest.approx(mean)
    assert found.ci_high - found.estimate == pytest.approx(reach)


def test_the_interval_holds_the_mean_as_often_as_it_says():
    """Noise of rows, of seeds (a baseline that all rows share) and of cells, over fixed columns."""
    rng = np.random.default_rng(4)
    columns = rng.normal(0, 0.03, (1, 1, 6))
    held = 0
    for _ in range(1000):
        parts = [rng.normal(0, 0.01, shape) for shape in ((1, 8, 1), (4, 1, 1), (4, 8, 6))]
        found = average(columns + sum(parts))
        held += found.ci_low <= columns.mean() <= found.ci_high
    assert 0.94 <= held / 1000 <= 0.99


def test_one_row_and_one_seed_have_no_interval_and_no_words():
    found = average(np.array([[[0.1, 0.2]]]))
    assert math.isnan(found.ci_low) and math.isnan(found.ci_high)
    assert interval_of_mean("gain", found, "intermediate") == ""


def test_words_say_what_the_interval_is_over():
    runs = np.random.default_rng(5).normal(0.01, 0.02, (2, 9, 4))
    both, one = (interval_of_mean("gain", average(r), "intermediate") for r in (runs, runs[:1]))
    assert both.endswith("over 9 intermediate languages and 2 seeds)")
    assert one.endswith(
        "9 intermediate languages, without the noise of the one baseline run, which all share)"
    )
    assert "baseline" not in interval_of_mean("gap", average(runs[:1]), "source")


def test_seeds_that_cancel_leave_a_cell_neither_below_nor_above_zero():
    runs = np.array([[[0.7 - 0.6, 0.1]], [[0.3 - 0.4, 0.1]]])
    assert runs[:, 0, 0].sum() != 0
    found = average(runs)
    assert (found.n_below, found.n_above) == (0, 1)
