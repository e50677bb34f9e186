"""Interval by inversion, levels of a family, detectable slope, coverage of languages."""

import math

import numpy as np
import pytest
from dyadic_examples import example

from isogloss.statistics.coverage import incomplete_languages
from isogloss.statistics.detectable import minimum_detectable_slope
from isogloss.statistics.primary import permutation_slope


def p_at(values, distance, rows, columns, slope, n):
    shifted = values - slope * distance
    rng = np.random.default_rng(1)
    family = permutation_slope(shifted, distance[None], rows, columns, n_permutations=n, rng=rng)
    return family.results[0].p_value


@pytest.mark.parametrize(
    ("rows", "columns", "missing"),
    [
        ("abcdefgh", "abcdefgh", 0.1),
        ("abcdefg", "efgxyz", 0.0),
        ("s", "abcdef", 0.0),
        ("abcdefg", "vwxyz", 0.25),
    ],
)
def test_interval_holds_the_slopes_that_the_test_does_not_reject(rows, columns, missing):
    values, distances = example(rows, columns, n_distances=1, missing=missing, seed=8)
    rng = np.random.default_rng(1)
    result = permutation_slope(values, distances, rows, columns, n_permutations=719, rng=rng).results[0]
    width = result.ci_high - result.ci_low
    assert result.ci_low < result.estimate < result.ci_high
    for bound, outwards in ((result.ci_low, -1), (result.ci_high, 1)):
        assert p_at(values, distances[0], rows, columns, bound - outwards * 1e-6 * width, 719) > 0.05
        assert p_at(values, distances[0], rows, columns, bound + outwards * 1e-6 * width, 719) <= 0.05


def test_interval_is_unbounded_where_the_level_cannot_be_reached():
    values, distances = example("s", "abc", n_distances=1)
    result = permutation_slope(values, distances, "s", "abc", rng=np.random.default_rng(0)).results[0]
    assert result.p_min == pytest.approx(1 / 6)
    assert (result.ci_low, result.ci_high) == (-math.inf, math.inf)


def test_levels_are_where_the_family_wise_p_value_meets_alpha():
    rows, columns = list("abcdefgh"), list("stuvw")
    pairs = []
    for seed in range(40):
        values, distances = example(rows, columns, n_distances=4, seed=seed)
        family = permutation_slope(
            values, distances, rows, columns, n_permutations=999, rng=np.random.default_rng(0)
        )
        pairs += [
            (r.p_value <= level, r.p_family <= 0.05)
            for r, level in zip(family.results, family.levels, strict=True)
        ]
        assert all(0.0 < level <= 0.05 for level in family.levels)
    assert all(by_level == by_family for by_level, by_family in pairs)
    assert any(by_family for _, by_family in pairs)


def test_a_family_among_more_distances_pays_by_its_share():
    values, distances = example("abcdefgh", "stuvw", n_distances=2)
    alone, among = (
        permutation_slope(
            values, distances, "abcdefgh", "stuvw", n_tried=n, rng=np.random.default_rng(0)
        ).results
        for n in (None, 6)
    )
    for one, other in zip(alone, among, strict=True):
        assert other.p_family == pytest.approx(min(1.0, 3 * one.p_family))
        assert other.p_value == one.p_value


@pytest.mark.parametrize(("rows", "columns"), [("abcdefghi", "fghijklmnop"), ("s", "abcdefghijkl")])
def test_the_detectable_slope_is_found_with_the_stated_probability(rows, columns):
    values, distances = example(rows, columns, n_distances=1, seed=4)
    detectable = minimum_detectable_slope(values, distances[0], rows, columns, rng=np.random.default_rng(0))
    # The fitted variance, not the true one, is what the simulation assumes.
    sigma = fitted_sigma(values, distances[0], rows, columns)
    found = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        new = -detectable * distances[0] + sigma * rng.normal(size=values.shape)
        result = permutation_slope(new, distances, rows, columns, n_permutations=199, rng=rng).results[0]
        found.append(result.p_value <= 0.05)
    assert np.mean(found) == pytest.approx(0.8, abs=0.08)


def fitted_sigma(values, distance, rows, columns):
    apart = np.array([[row != column for column in columns] for row in rows])
    indicators = [np.ones(apart.sum()), distance[apart]]
    if len(rows) > 1:
        i, j = np.nonzero(apart)
        indicators += [i == k for k in range(len(rows))] + [j == k for k in range(len(columns))]
    basis = np.stack([np.asarray(column, dtype=float) for column in indicators], axis=1)
    coefficients, _, rank, _ = np.linalg.lstsq(basis, values[apart], rcond=None)
    error = values[apart] - basis @ coefficients
    return math.sqrt(float(error @ error) / (apart.sum() - rank))


def test_nothing_is_detectable_without_degrees_of_freedom_or_level():
    values, distances = example("abc", "abc", n_distances=1)
    assert (
        minimum_detectable_slope(values, distances[0], "abc", "abc", rng=np.random.default_rng(0)) == math.inf
    )
    values, distances = example("abcdef", "xyz", n_distances=1)
    rng = np.random.default_rng(0)
    assert minimum_detectable_slope(values, distances[0], "abcdef", "xyz", level=0.0, rng=rng) == math.inf


def test_a_language_without_distances_goes_and_nothing_else():
    rows, columns = list("abcdefgh"), list("axyz")
    values, distances = example(rows, columns, n_distances=1)
    distance = distances[0]
    distance[3] = np.nan
    assert incomplete_languages(values, distance, rows, columns) == ("d",)


def test_one_target_goes_rather_than_many_rows():
    rows, columns = [f"r{i}" for i in range(20)], list("uvwxyz")
    values, distances = example(rows, columns, n_distances=1)
    distances[0][:12, 4] = np.nan
    assert incomplete_languages(values, distances[0], rows, columns) == ("y",)


def test_a_missing_distance_of_a_language_to_itself_does_not_matter():
    values, distances = example("abcd", "abcd", n_distances=1)
    np.fill_diagonal(distances[0], np.nan)
    assert incomplete_languages(values, distances[0], "abcd", "abcd") == ()


def test_without_any_distance_languages_go_until_no_pair_is_left():
    values, _ = example("abcd", "wxyz")
    gone = incomplete_languages(values, np.full((4, 4), np.nan), "abcd", "wxyz")
    assert set(gone) in ({*"abcd"}, {*"wxyz"})
