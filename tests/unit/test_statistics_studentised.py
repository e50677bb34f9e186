"""The slope over its standard error with rows as clusters: the primary test of ten rows or more."""

import math

import numpy as np
import pytest
from dyadic_examples import example

from isogloss.statistics.detectable import Errors, minimum_detectable_slope, slopes_needed
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.primary import permutation_slope
from isogloss.statistics.reference import permute
from isogloss.statistics.studentised import studentise

SHAPES = {
    "square": ("abcdefghij", "abcdefghij"),
    "overlap": ("abcdefghijkl", "jklxyz"),
    "apart": ("abcdefghij", "vwxyz"),
}


def slope_and_error(values, x, mask):
    """Of the regression on x and indicators of rows and columns, with the sandwich estimator over rows."""
    i, j = np.nonzero(mask)
    indicators = [i == k for k in range(mask.shape[0])] + [j == k for k in range(mask.shape[1])]
    basis = np.column_stack([x[mask], *indicators]).astype(float)
    coefficients = np.linalg.lstsq(basis, values[mask], rcond=None)[0]
    error = values[mask] - basis @ coefficients
    bread = np.linalg.pinv(basis.T @ basis)
    meat = sum(np.outer(s, s) for row in set(i) for s in [basis[i == row].T @ error[i == row]])
    return coefficients[0], math.sqrt((bread @ meat @ bread)[0, 0])


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_statistic_equals_regressions_one_by_one(shape, missing):
    rows, columns = SHAPES[shape]
    values, distances = example(rows, columns, missing=missing)
    mask = np.isfinite(values) & np.array([[row != column for column in columns] for row in rows])
    permutations = language_permutations(rows, columns, n_permutations=40, rng=np.random.default_rng(1))
    found = studentise(values, distances, rows, columns, permutations)
    assert found.n == mask.sum()
    for k, distance in enumerate(distances):
        for s, at in enumerate(zip(permutations.rows, permutations.columns, strict=True)):
            slope, error = slope_and_error(values, distance[np.ix_(*at)], mask)
            assert found.statistic[s, k] == pytest.approx(slope / error, rel=1e-7)
            if s == 0:
                assert (found.slope[k], found.error[k]) == pytest.approx((slope, error))


@pytest.mark.parametrize(("rows", "is_studentised"), [("abcdefghi", False), ("abcdefghij", True)])
def test_the_primary_test_takes_it_from_ten_rows_on(rows, is_studentised):
    values, distances = example(rows, "stuvw", n_distances=3)
    given = {"n_permutations": 99, "rng": np.random.default_rng(0)}
    family = permutation_slope(values, distances, rows, "stuvw", **given)
    permutations = language_permutations(rows, "stuvw", n_permutations=99, rng=np.random.default_rng(0))
    if is_studentised:
        statistic = studentise(values, distances, rows, "stuvw", permutations).statistic
    else:
        statistic = permute(values, distances, rows, "stuvw", permutations, AdditiveEffects.two_way).statistic
    size = np.abs(statistic)
    scaled = (size / np.sqrt(np.mean(size**2, axis=0))).max(axis=1)
    for k, result in enumerate(family.results):
        assert result.p_value == np.mean(size[:, k] >= size[0, k] - 1e-9)
        own = size[0, k] / np.sqrt(np.mean(size[:, k] ** 2))
        assert result.p_family == np.mean(scaled >= own - 1e-9)


def test_the_interval_excludes_what_the_test_rejects():
    """0 lies outside where p is at most .05; no other p-value says the same of the interval."""
    agree = set()
    for seed in range(60):
        values, distances = example("abcdefghij", "uvwxyz", n_distances=1, seed=seed)
        values = values - 2 * distances[0]
        (result,) = permutation_slope(
            values, distances, "abcdefghij", "uvwxyz", n_permutations=199, rng=np.random.default_rng(0)
        ).results
        agree.add((result.p_value <= 0.05, not result.ci_low <= 0 <= result.ci_high))
    assert agree == {(True, True), (False, False)}


def test_it_is_unbounded_where_the_level_cannot_be_reached():
    values, distances = example("abcdefghij", "uvwxyz", n_distances=1)
    (result,) = permutation_slope(
        values, distances, "abcdefghij", "uvwxyz", n_permutations=15, rng=np.random.default_rng(0)
    ).results
    assert (result.ci_low, result.ci_high) == (-math.inf, math.inf)
    assert (
        minimum_detectable_slope(
            values, distances[0], "abcdefghij", "uvwxyz", level=1e-4, rng=np.random.default_rng(0)
        )
        == math.inf
    )


def test_scores_on_a_line_are_found():
    _, distances = example("abcdefghij", "uvwxyz", n_distances=1)
    (result,) = permutation_slope(
        -distances[0], distances, "abcdefghij", "uvwxyz", n_permutations=199, rng=np.random.default_rng(0)
    ).results
    assert result.estimate == pytest.approx(-1)
    assert result.p_value == 1 / 200
    assert result.ci_low == pytest.approx(result.ci_high)


def test_it_keeps_its_level_where_targets_of_one_cluster_share_their_noise():
    """Two clusters of targets, rows nearer to one of them, and noise that is common to a cluster."""
    rng = np.random.default_rng(3)
    rows, columns = [f"r{i}" for i in range(12)], [f"c{j}" for j in range(6)]
    side = np.repeat([1.0, -1.0], 3)
    leaning = rng.normal(size=(12, 1))
    distances = (1 + 0.3 * leaning * side + 0.05 * rng.normal(size=(12, 6)))[None]
    rejected = {"studentised": 0, "plain": 0}
    for _ in range(400):
        values = rng.normal(size=(12, 1)) * side + 0.3 * rng.normal(size=(12, 6))
        permutations = language_permutations(rows, columns, n_permutations=199, rng=rng)
        tests = {
            "studentised": studentise(values, distances, rows, columns, permutations),
            "plain": permute(values, distances, rows, columns, permutations, AdditiveEffects.two_way),
        }
        for name, found in tests.items():
            size = np.abs(found.statistic[:, 0])
            rejected[name] += np.mean(size >= size[0] - 1e-9) <= 0.05
    assert rejected["studentised"] <= 0.08 * 400
    assert rejected["plain"] >= 0.10 * 400  # what it is there for


def test_slopes_needed_are_those_of_tests_one_by_one():
    rows, columns = "abcdefghij", "ijvwxy"
    _, distances = example(rows, columns, n_distances=1)
    mask = np.array([[row != column for column in columns] for row in rows])
    needed = slopes_needed(
        mask, distances[0], rows, columns, Errors(0.1), level=0.05, n_draws=(5, 99),
        rng=np.random.default_rng(4),
    )  # fmt: skip
    rng = np.random.default_rng(4)
    noise = 0.1 * rng.standard_normal((5, 60)).reshape(5, 10, 6)
    permutations = language_permutations(rows, columns, n_permutations=99, rng=rng)

    def p_value(scores):
        size = np.abs(studentise(scores, distances, rows, columns, permutations).statistic[:, 0])
        return np.mean(size >= size[0] - 1e-9)

    for slope, errors, sign in zip(needed, [*noise, *noise], [-1] * 5 + [1] * 5, strict=True):
        assert p_value(errors + 1.01 * sign * slope * distances[0]) <= 0.05
        assert p_value(errors + 0.99 * sign * slope * distances[0]) > 0.05


def test_a_planned_slope_is_found_as_often_as_stated():
    """Also where half of the columns are rows too: permuted distances see the slope in the errors."""
    rows, columns = "abcdefghijkl", "jklxyz"
    _, distances = example(rows, columns, n_distances=1)
    mask = np.array([[row != column for column in columns] for row in rows])
    rng = np.random.default_rng(0)
    needed = slopes_needed(mask, distances[0], rows, columns, Errors(1.0), level=0.05, rng=rng)
    slope = np.quantile(needed, 0.8)
    found = 0
    for _ in range(400):
        values = -slope * distances[0] + rng.normal(size=mask.shape)
        test = permutation_slope(values, distances, rows, columns, n_permutations=299, rng=rng)
        found += test.results[0].p_value <= 0.05
    assert 0.74 * 400 <= found <= 0.86 * 400


def test_the_detectable_slope_is_found_with_about_the_stated_probability():
    """Somewhat less often than in 80%: a standard error over 14 rows is uncertain by a fifth."""
    rows, columns = "abcdefghijklmn", "ABCDEF"
    found = []
    for seed in range(60):
        values, distances = example(rows, columns, n_distances=1, seed=seed)
        detectable = minimum_detectable_slope(
            values, distances[0], rows, columns, rng=np.random.default_rng(0)
        )
        for draw in range(5):
            rng = np.random.default_rng([seed, draw])
            new = -detectable * distances[0] + rng.normal(size=values.shape)
            (result,) = permutation_slope(new, distances, rows, columns, n_permutations=199, rng=rng).results
            found.append(result.p_value <= 0.05)
    assert np.mean(found) == pytest.approx(0.76, abs=0.08)


@pytest.mark.parametrize("shape", SHAPES)
def test_the_detectable_slope_of_scores_is_that_of_their_design(shape):
    """Whatever slope they have, and where sides overlap, so that permuted distances see it."""
    rows, columns = SHAPES[shape]
    _, (distance,) = example(rows, columns, n_distances=1)
    mask = np.array([[row != column for column in columns] for row in rows])
    rng = np.random.default_rng(0)
    needed = slopes_needed(mask, distance, rows, columns, Errors(1.0), level=0.05, rng=rng)
    planned = np.quantile(needed, 0.8)
    found = []
    for slope in (0.0, -planned, -3 * planned):
        errors = np.random.default_rng(1).normal(size=(40, *mask.shape))
        tables = np.where(mask, errors + slope * distance, np.nan)
        found.append(
            np.mean([minimum_detectable_slope(one, distance, rows, columns, rng=rng) for one in tables])
        )
    assert found == pytest.approx([planned] * 3, rel=0.08)


def test_scores_that_a_slope_explains_wholly_have_a_detectable_slope():
    rows, columns = SHAPES["overlap"]
    _, (distance,) = example(rows, columns, n_distances=1)
    values = 0.8 - 0.2 * distance
    detectable = minimum_detectable_slope(values, distance, rows, columns, rng=np.random.default_rng(0))
    assert detectable == pytest.approx(0, abs=1e-9)


def test_a_permuted_distance_without_spread_counts_as_no_slope():
    """It varies in missing cells alone then; what rounding leaves of it is no statistic."""
    values, distances = example("abcdefghijkl", "uvw", n_distances=1)
    distances[0] = 0.3
    distances[0][0, 0] = 0.7
    values[6:, 0] = np.nan
    permutations = language_permutations(
        "abcdefghijkl", "uvw", n_permutations=99, rng=np.random.default_rng(1)
    )
    found = studentise(values, distances, "abcdefghijkl", "uvw", permutations)
    moved = np.array([
        np.isfinite(values[np.ix_(np.argsort(r), np.argsort(c))][0, 0])
        for r, c in zip(permutations.rows, permutations.columns, strict=True)
    ])  # fmt: skip
    assert 0 < (~moved).sum() < 99
    assert (found.statistic[~moved, 0] == 0).all()
    assert (found.statistic[moved, 0] != 0).all()
