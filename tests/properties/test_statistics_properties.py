"""Relabelling changes nothing; under the null hypothesis the primary test keeps its level."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from isogloss.statistics.primary import permutation_slope

DESIGNS = {"6 x 6": (6, 6, 6), "40 x 6": (40, 6, 6), "15 x 15": (15, 15, 15), "20 x 8, 4 on both": (20, 8, 4)}
"""Rows, columns, languages on both margins."""


def margins(n_rows, n_columns, n_both):
    rows = [f"b{i}" for i in range(n_both)] + [f"r{i}" for i in range(n_rows - n_both)]
    columns = [f"b{i}" for i in range(n_both)] + [f"c{i}" for i in range(n_columns - n_both)]
    return rows, columns


def places(languages, rng):
    """Distances between random places, of which some lie in clusters, as languages in families do."""
    centres = rng.normal(size=(4, 2))
    at = {x: centres[rng.integers(4)] + 0.4 * rng.normal(size=2) for x in languages}
    return lambda a, b: float(np.hypot(*(at[a] - at[b])))


def null_scores(rows, columns, reciprocity, rng):
    """Row, column and unordered-pair effects and noise, none of which knows the distances."""
    pair = {}
    values = np.empty((len(rows), len(columns)))
    by_row, by_column = (dict(zip(side, rng.normal(size=len(side)), strict=True)) for side in (rows, columns))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            shared = pair.setdefault(frozenset((row, column)), rng.normal())
            noise = np.sqrt(reciprocity) * shared + np.sqrt(1 - reciprocity) * rng.normal()
            values[i, j] = 2 * by_row[row] + 3 * by_column[column] + noise
    return values


def rejections(design, reciprocity, n_tables, n_permutations, missing=0.0):
    """Share of null tables with p <= .05, and of intervals that hold the true slope 0.7 of shifted tables."""
    rows, columns = margins(*DESIGNS[design])
    rejected, covered = 0, 0
    for seed in range(n_tables):
        rng = np.random.default_rng([seed, n_tables])
        between = places([*rows, *columns], rng)
        distances = np.array([[[between(row, column) for column in columns] for row in rows]])
        values = null_scores(rows, columns, reciprocity, rng) + 0.7 * distances[0]
        values[rng.random(values.shape) < missing] = np.nan
        shifted = permutation_slope(values, distances, rows, columns, n_permutations=n_permutations, rng=rng)
        null = permutation_slope(
            values - 0.7 * distances[0], distances, rows, columns, n_permutations=n_permutations, rng=rng
        )
        rejected += null.results[0].p_value <= 0.05
        covered += shifted.results[0].ci_low <= 0.7 <= shifted.results[0].ci_high
    return rejected / n_tables, covered / n_tables


@pytest.mark.parametrize("design", ["6 x 6", "15 x 15"])
def test_type_one_error_and_coverage_are_near_nominal(design):
    rejected, covered = rejections(design, reciprocity=0.5, n_tables=300, n_permutations=199)
    assert 0.02 <= rejected <= 0.085
    assert 0.915 <= covered <= 0.98


@pytest.mark.slow
@pytest.mark.parametrize("reciprocity", [0.0, 0.5, 0.8])
@pytest.mark.parametrize("design", DESIGNS)
def test_type_one_error_and_coverage_are_nominal(design, reciprocity):
    rejected, covered = rejections(design, reciprocity, n_tables=2000, n_permutations=199)
    assert 0.035 <= rejected <= 0.065
    assert 0.93 <= covered <= 0.97


@pytest.mark.slow
def test_type_one_error_is_nominal_with_missing_cells():
    rejected, covered = rejections("20 x 8, 4 on both", 0.5, n_tables=2000, n_permutations=199, missing=0.2)
    assert 0.035 <= rejected <= 0.065
    assert 0.93 <= covered <= 0.97


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), n_both=st.integers(0, 4), missing=st.sampled_from([0.0, 0.2]))
def test_relabelling_and_units_change_nothing(seed, n_both, missing):
    rng = np.random.default_rng(seed)
    rows, columns = margins(5, 4, n_both)
    between = places([*rows, *columns], rng)
    distances = np.array([[[between(row, column) for column in columns] for row in rows]])
    values = rng.normal(size=(5, 4))
    values[rng.random(values.shape) < missing] = np.nan
    row_order, column_order = rng.permutation(5), rng.permutation(4)
    languages = sorted({*rows, *columns})
    names = {x: f"z{i}" for x, i in zip(languages, rng.permutation(len(languages)), strict=True)}

    def test(scores, x, row_names, column_names):
        family = permutation_slope(scores, x, row_names, column_names, n_permutations=3000, rng=rng)
        return family.results[0]

    assume(np.isfinite(values).sum() >= 12)
    before = test(values, distances, rows, columns)
    after = test(
        (3 * values + 7)[np.ix_(row_order, column_order)],
        (distances / 2 + 1)[:, row_order][:, :, column_order],
        [names[rows[i]] for i in row_order],
        [names[columns[j]] for j in column_order],
    )
    assert before.exact
    assert 0 < before.p_min <= before.p_value <= 1
    assert after.estimate == pytest.approx(6 * before.estimate, rel=1e-6, abs=1e-9)
    for name in ("p_value", "p_min", "p_family", "n", "n_resamples"):
        assert getattr(after, name) == pytest.approx(getattr(before, name))
    for name in ("ci_low", "ci_high"):
        assert getattr(after, name) == pytest.approx(6 * getattr(before, name), rel=1e-6, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_row_and_column_effects_of_the_scores_do_not_matter(seed):
    rng = np.random.default_rng(seed)
    rows, columns = margins(6, 5, 2)
    between = places([*rows, *columns], rng)
    distances = np.array([[[between(row, column) for column in columns] for row in rows]])
    values = rng.normal(size=(6, 5))
    values[0, 3] = values[4, 4] = np.nan
    shifted = values + 5 * rng.normal(size=6)[:, None] + 5 * rng.normal(size=5)
    one, other = (
        permutation_slope(
            v, distances, rows, columns, n_permutations=199, rng=np.random.default_rng(1)
        ).results[0]
        for v in (values, shifted)
    )
    assert other.estimate == pytest.approx(one.estimate, rel=1e-6, abs=1e-9)
    assert other.p_value == one.p_value
