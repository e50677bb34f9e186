"""Permutation of whole languages, and inner products under them, against naive loops."""

import itertools
import math

import numpy as np
import pytest
from dyadic_examples import example

from isogloss.errors import AnalysisError
from isogloss.statistics.effects import AdditiveEffects, two_way_residuals
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.primary import permutation_slope
from isogloss.statistics.reference import permute

DESIGNS = {
    "square": ("abcde", "abcde"),
    "overlap": ("abcdef", "abc"),
    "partial overlap": ("abcd", "cdef"),
    "apart": ("abcd", "xyz"),
    "star": ("a", "bcdef"),
    "star with the source among the targets": ("a", "abcdef"),
}


def relabellings(rows, columns):
    """All maps of languages to languages that keep the three blocks, from their definition."""
    blocks = [
        sorted(set(rows) & set(columns)),
        sorted(set(rows) - set(columns)),
        sorted(set(columns) - set(rows)),
    ]
    for orders in itertools.product(*(itertools.permutations(block) for block in blocks)):
        yield {
            old: new
            for block, order in zip(blocks, orders, strict=True)
            for old, new in zip(block, order, strict=True)
        }


def naive_correlation(values, distance, rows, columns, relabelled):
    """Permute the distances, residualise both sides by regression on indicators, correlate."""
    cells = [
        (i, j)
        for i, row in enumerate(rows)
        for j, column in enumerate(columns)
        if row != column and np.isfinite(values[i, j])
    ]
    y = np.array([values[cell] for cell in cells])
    x = np.array(
        [distance[rows.index(relabelled[rows[i]]), columns.index(relabelled[columns[j]])] for i, j in cells]
    )
    design = [np.ones(len(cells))]
    if min(len(rows), len(columns)) > 1:
        design += [np.array([i == k for i, _ in cells], dtype=float) for k in range(len(rows))]
        design += [np.array([j == k for _, j in cells], dtype=float) for k in range(len(columns))]
    basis = np.stack(design, axis=1)
    y, x = (side - basis @ np.linalg.lstsq(basis, side, rcond=None)[0] for side in (y, x))
    return float(x @ y / math.sqrt((x @ x) * (y @ y))), float(x @ y / (x @ x))


@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("design", DESIGNS)
def test_exact_p_values_equal_those_of_naive_enumeration(design, missing):
    rows, columns = DESIGNS[design]
    if missing and len(rows) == 1:
        missing = 0.0
    values, distances = example(rows, columns, missing=missing)
    naive = np.array(
        [
            [naive_correlation(values, distance, rows, columns, relabelled)[0] for distance in distances]
            for relabelled in relabellings(rows, columns)
        ]
    )
    size = len(naive)
    scaled = np.abs(naive) / np.sqrt((naive**2).mean(axis=0))
    family = permutation_slope(
        values, distances, rows, columns, n_permutations=size, rng=np.random.default_rng(0)
    )
    for k, result in enumerate(family.results):
        assert result.exact
        assert result.n_resamples == size
        assert result.estimate == pytest.approx(
            naive_correlation(values, distances[k], rows, columns, {x: x for x in {*rows, *columns}})[1]
        )
        assert result.p_value == pytest.approx((np.abs(naive[:, k]) >= abs(naive[0, k]) - 1e-9).mean())
        assert result.p_family == pytest.approx((scaled.max(axis=1) >= scaled[0, k] - 1e-9).mean())
        assert result.p_min == pytest.approx((scaled[:, k] >= scaled[:, k].max() - 1e-9).mean())


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_drawn_permutations_give_what_a_loop_over_them_gives(missing):
    rows, columns = list("abcdefghij"), list("hijklmn")
    values, distances = example(rows, columns, missing=missing)
    permutations = language_permutations(rows, columns, n_permutations=40, rng=np.random.default_rng(3))
    reference = permute(values, distances, rows, columns, permutations, AdditiveEffects.two_way)
    assert not permutations.exact
    for s in range(len(permutations)):
        # Entry s moves the scores of row rows[s, i] to row i, so the distance of row i to row rows[s, i].
        relabelled = {rows[permutations.rows[s, i]]: rows[i] for i in range(len(rows))}
        relabelled |= {columns[permutations.columns[s, j]]: columns[j] for j in range(len(columns))}
        for k in range(2):
            expected, _ = naive_correlation(values, distances[k], rows, columns, relabelled)
            assert reference.statistic[s, k] == pytest.approx(expected, abs=1e-10)


def test_a_language_on_both_margins_moves_on_both():
    rows, columns = list("abcdefgh"), list("hgfxyzw")
    drawn = language_permutations(rows, columns, n_permutations=200, rng=np.random.default_rng(0))
    assert (drawn.rows[0] == np.arange(8)).all()
    assert (drawn.columns[0] == np.arange(7)).all()
    for at_rows, at_columns in zip(drawn.rows, drawn.columns, strict=True):
        new_row = {old: rows[i] for old, i in zip(rows, at_rows, strict=True)}
        new_column = {old: columns[j] for old, j in zip(columns, at_columns, strict=True)}
        assert {new_row[x] for x in "fgh"} == set("fgh")
        assert all(new_row[x] == new_column[x] for x in "fgh")
        assert sorted(new_row.values()) == rows
        assert sorted(new_column.values()) == sorted(columns)


def test_enumeration_lists_every_permutation_once():
    everything = language_permutations("abcd", "cdx", n_permutations=4, rng=np.random.default_rng(0))
    assert everything.exact
    assert len(everything) == everything.n_resamples == 4
    assert len({(tuple(r), tuple(c)) for r, c in zip(everything.rows, everything.columns, strict=True)}) == 4


def test_one_permutation_too_many_is_drawn():
    drawn = language_permutations("abcd", "cdx", n_permutations=3, rng=np.random.default_rng(0))
    assert not drawn.exact
    assert (len(drawn), drawn.n_resamples) == (4, 3)


def test_a_language_twice_on_a_margin_is_refused():
    with pytest.raises(AnalysisError, match="'a' stands twice"):
        language_permutations("aba", "c", n_permutations=9, rng=np.random.default_rng(0))


def test_two_way_residuals_are_where_alternating_projections_end():
    rng = np.random.default_rng(5)
    values = rng.normal(size=(9, 7))
    values[rng.random(values.shape) < 0.3] = np.nan
    swept = values.copy()
    for _ in range(2000):
        swept -= np.nanmean(swept, axis=1, keepdims=True)
        swept -= np.nanmean(swept, axis=0, keepdims=True)
    np.testing.assert_allclose(two_way_residuals(values), swept, atol=1e-12)


def test_two_way_residuals_of_a_design_in_two_pieces():
    values = np.full((4, 4), np.nan)
    values[:2, :2], values[2:, 2:] = [[1, 2], [3, 5]], [[10, 0], [0, 0]]
    residuals = two_way_residuals(values)
    np.testing.assert_allclose(residuals[:2, :2], [[0.25, -0.25], [-0.25, 0.25]], atol=1e-12)
    np.testing.assert_allclose(residuals[2:, 2:], [[2.5, -2.5], [-2.5, 2.5]], atol=1e-12)


def test_a_single_row_loses_only_its_mean():
    np.testing.assert_allclose(two_way_residuals(np.array([[1.0, np.nan, 5.0]])), [[-2.0, np.nan, 2.0]])


def test_rank_counts_effects_of_every_piece():
    mask = np.zeros((4, 4), dtype=bool)
    mask[:2, :2] = mask[2:, 2:] = True
    assert AdditiveEffects.two_way(mask).rank == 6
    assert AdditiveEffects.two_way(np.ones((4, 3), dtype=bool)).rank == 6
    assert AdditiveEffects.mean(mask).rank == 1


def test_a_missing_distance_is_named():
    values, distances = example("abcd", "efg")
    distances[1, 2, 1] = np.nan
    with pytest.raises(AnalysisError, match="between 'c' and 'f'"):
        permutation_slope(values, distances, "abcd", "efg", rng=np.random.default_rng(0))


def test_scores_that_are_only_row_and_column_effects_are_refused():
    _, distances = example("abcd", "efg")
    values = np.arange(4.0)[:, None] + 10 * np.arange(3.0)
    with pytest.raises(AnalysisError, match="effectiveness does not vary"):
        permutation_slope(values, distances, "abcd", "efg", rng=np.random.default_rng(0))


def test_a_distance_that_is_only_row_and_column_effects_is_refused():
    values, distances = example("abcd", "efg")
    distances[1] = np.arange(4.0)[:, None] + 10 * np.arange(3.0)
    with pytest.raises(AnalysisError, match="distance 2 of 2 does not vary"):
        permutation_slope(values, distances, "abcd", "efg", rng=np.random.default_rng(0))


@pytest.mark.parametrize(
    ("shape", "missing"), [((32, 760), 0.04), ((760, 32), 0.04), ((65, 105), 0.01), ((33, 799), 0.9)]
)
def test_effects_of_large_matrices_leave_nothing_of_rows_and_columns(shape, missing):
    """Rounding in the normal equations of a large matrix is not an effect to be removed."""
    rng = np.random.default_rng(1)
    mask = rng.random(shape) >= missing
    mask[range(min(shape)), range(min(shape))] = False
    mask[0], mask[:, 0] = True, True  # all cells hang together
    effects = AdditiveEffects.two_way(mask)
    left = effects.residuals(rng.random(shape))
    assert effects.rank == sum(shape) - 1
    assert max(np.abs(left.sum(axis=0)).max(), np.abs(left.sum(axis=1)).max()) < 1e-11


def test_a_distance_that_varies_only_where_no_score_is_is_refused():
    """What is left of it in the other cells is rounding, however large it is elsewhere."""
    values, distances = example("abcdefghijkl", "uvw", n_distances=2)
    distances[1] = 0.0
    distances[1][:4] = 100 * example("abcd", "uvw", n_distances=1, seed=3)[1][0]
    values[:4] = np.nan
    values[4:6, 0] = np.nan
    with pytest.raises(AnalysisError, match="distance 2 of 2 does not vary"):
        permutation_slope(values, distances, "abcdefghijkl", "uvw", rng=np.random.default_rng(0))
