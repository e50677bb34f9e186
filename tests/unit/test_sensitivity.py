"""Methods that stand beside the primary test, against naive versions of themselves."""

import math
from dataclasses import replace
from itertools import permutations as permutations_of

import numpy as np
import pytest
from dyadic_examples import example
from scipy.stats import kendalltau, rankdata, spearmanr

from isogloss.narrative.analysis import in_words
from isogloss.statistics.effects import AdditiveEffects
from isogloss.statistics.permutations import language_permutations
from isogloss.statistics.reliability import reliability
from isogloss.statistics.reml import DyadCells, Precision
from isogloss.statistics.semipartial import double_semi_partialling
from isogloss.statistics.sensitivity import kendall_qap
from isogloss.statistics.sensitivity.base import SENSITIVITY, Dyads, NotApplicableError

SHAPES = {"square": ("abcdef", "abcdef"), "overlap": ("abcdefg", "fgxyz"), "apart": ("abcdef", "vwxyz")}


def dyads(rows="abcdef", columns="abcdef", *, missing=0.0, seed=0, **more):
    values, distances = example(rows, columns, n_distances=3, missing=missing, seed=seed)
    others = {"other": distances[1], "third": distances[2]}
    more = {"expected": distances[0], "error": np.full_like(distances[0], 0.1), **more}
    return Dyads(values, distances[0], list(rows), list(columns), **{"others": others, **more})


def run(name, case, n=199):
    return SENSITIVITY[name](case, n, np.random.default_rng(1))


def indicators(mask, two_way):
    i, j = np.nonzero(mask)
    columns = [np.ones(len(i))]
    if two_way:
        columns += [(i == k).astype(float) for k in range(mask.shape[0])]
        columns += [(j == k).astype(float) for k in range(mask.shape[1])]
    return np.stack(columns, axis=1)


def t_of(y, x, rest):
    basis = np.column_stack([x, rest])
    coefficients, _, rank, _ = np.linalg.lstsq(basis, y, rcond=None)
    error = y - basis @ coefficients
    inverse = np.linalg.pinv(basis.T @ basis)
    return coefficients[0], coefficients[0] / math.sqrt(error @ error / (len(y) - rank) * inverse[0, 0])


@pytest.mark.parametrize("two_way", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.15])
@pytest.mark.parametrize("shape", SHAPES)
def test_semi_partialling_equals_regressions_one_by_one(shape, missing, two_way):
    case = dyads(*SHAPES[shape], missing=missing)
    others = np.stack(list(case.others.values()))
    permutations = language_permutations(
        case.rows, case.columns, n_permutations=25, rng=np.random.default_rng(2)
    )
    removal = AdditiveEffects.two_way if two_way else AdditiveEffects.mean
    found = double_semi_partialling(
        case.values, case.distance, others, case.rows, case.columns, permutations, removal
    )
    apart, mask = case.apart, case.observed
    rest = np.column_stack([indicators(apart, two_way), *(other[apart] for other in others)])
    part = np.full(apart.shape, np.nan)
    part[apart] = case.distance[apart] - rest @ np.linalg.lstsq(rest, case.distance[apart], rcond=None)[0]
    rest = np.column_stack([indicators(mask, two_way), *(other[mask] for other in others)])
    slope, _ = t_of(case.values[mask], case.distance[mask], rest)
    assert found.slope == pytest.approx(slope)
    for s in range(len(permutations)):
        moved = part[np.ix_(permutations.rows[s], permutations.columns[s])][mask]
        _, t = t_of(case.values[mask], moved, rest)
        degrees = mask.sum() - np.linalg.matrix_rank(np.column_stack([moved, rest]))
        r = found.correlation[s]
        assert r * math.sqrt(degrees / (1 - r**2)) == pytest.approx(t)


def test_a_distance_that_the_others_determine_has_nothing_left():
    case = dyads()
    twice = Dyads(case.values, case.distance, case.rows, case.columns, others={"twice": 2 * case.distance})
    with pytest.raises(NotApplicableError, match="nothing is left to explain once these are held constant"):
        run("mrqap", twice)


def test_spearman_of_few_pairs_has_an_exact_p_value():
    """All orders by hand; the t-distribution says 0 where rho is 1."""
    for n, seed in ((3, 0), (5, 1), (8, 2)):
        rng = np.random.default_rng(seed)
        values, distance = rng.normal(size=n), np.arange(n) + (0.0 if n == 3 else 2 * rng.normal(size=n))
        values = np.arange(n, dtype=float) if n == 3 else values
        case = Dyads(values[None], distance[None], ["a"], list("vwxyzstu")[:n])
        rho = [abs(spearmanr(order, distance).statistic) for order in permutations_of(values.tolist())]
        found = run("spearman", case)
        assert found.p_value == pytest.approx(np.mean(np.array(rho) >= abs(found.estimate) - 1e-12))


def test_a_regression_that_fits_every_score_says_nothing():
    case = dyads("a", "vwx", controls={"size": np.array([[1.0, 3.0, 2.0]])})
    with pytest.raises(NotApplicableError, match="nothing is left to explain"):
        run("partial", case)
    wider = dyads("a", "vwxyz", controls={"size": np.array([[1.0, 3.0, 2.0, 5.0, 4.0]])})
    assert abs(run("partial", wider).estimate) < 1


def test_controls_of_one_language_are_part_of_its_effects():
    control = np.broadcast_to(np.arange(5.0), (6, 5))
    case = dyads("abcdef", "vwxyz", controls={"size": control})
    plain = run("partial_two_way", case)
    values, distances = case.values, case.distance
    effects = AdditiveEffects.two_way(np.ones(values.shape, dtype=bool))
    x = effects.residuals(distances)
    assert plain.estimate == pytest.approx(float(np.sum(x * values) / np.sum(x**2)))
    assert "1 of them add nothing here" in plain.note


def test_a_language_without_a_control_is_left_out_and_named():
    control = np.random.default_rng(3).random((6, 5))
    control[2] = np.nan
    found = run("partial", dyads("abcdef", "vwxyz", controls={"size": control}))
    assert found.n == 25
    assert "without c" in found.note


def test_controls_that_leave_one_row_leave_no_effects_to_remove():
    known = np.array([[1.0] * 5, [np.nan] * 5]) * np.arange(5)
    case = dyads("ab", "vwxyz", controls={"size": known})
    with pytest.raises(NotApplicableError, match="too few languages are on record for all of: size"):
        run("partial_two_way", case)
    assert run("partial", case).note.startswith("with size; without b")


@pytest.mark.parametrize("sort_from", [0, 10_000])
def test_permuted_taus_are_those_of_scipy(monkeypatch, sort_from):
    monkeypatch.setattr(kendall_qap, "CELLS_TO_SORT", sort_from)
    rng = np.random.default_rng(0)
    values, moved = rng.integers(0, 6, 30).astype(float), rng.integers(0, 5, (7, 30)).astype(float)
    expected = [kendalltau(values, row).statistic for row in moved]
    assert kendall_qap._taus(values, moved) == pytest.approx(expected)
    assert kendall_qap._taus(values, np.ones((1, 30))) == pytest.approx([0.0])


def test_kendall_naive_and_permuted_agree_on_the_estimate():
    case = dyads("abcdefg", "fgxyz", missing=0.1)
    assert run("kendall_qap", case).estimate == pytest.approx(run("kendall", case).estimate)


def test_within_target_correlation_is_the_mean_of_those_of_the_targets():
    case = dyads("abcdefg", "fgxyz", missing=0.15)
    each = [
        spearmanr(case.values[at, j], case.distance[at, j]).statistic
        for j in range(5)
        if (at := case.observed[:, j]).sum() >= 3
    ]
    found = run("within_target_spearman", case)
    assert found.estimate == pytest.approx(np.mean(each))
    assert 0 < found.p_value <= 1


def test_the_precision_of_the_mixed_model_is_the_inverse_of_its_covariance():
    mask = np.ones((5, 4), dtype=bool)
    mask[1, 0] = mask[2, 1] = mask[0, 0] = False  # no cell of a language with itself, one missing
    rows, columns = list("abcde"), list("bcxy")
    cells = DyadCells.of(mask, rows, columns)
    i, j = np.nonzero(mask)
    same_pair = np.array(
        [
            [{rows[a], columns[b]} == {rows[c], columns[d]} for c, d in zip(i, j, strict=True)]
            for a, b in zip(i, j, strict=True)
        ]
    )
    ratios = np.array([0.7, 2.0, 1.3])
    covariance = np.eye(len(i)) + ratios[0] * (i[:, None] == i) + ratios[1] * (j[:, None] == j)
    covariance += ratios[2] * same_pair
    precision = Precision.of(cells, ratios)
    np.testing.assert_allclose(precision.times(np.eye(len(i))), np.linalg.inv(covariance), atol=1e-10)
    assert precision.log_determinant == pytest.approx(np.linalg.slogdet(covariance)[1])


def test_the_mixed_model_finds_a_slope_that_is_there():
    case = dyads("abcdefgh", "abcdefgh", missing=0.1)
    values = case.values * 0.01 - 0.1 * case.distance
    found = run("mixed", Dyads(values, case.distance, case.rows, case.columns), n=499)
    assert found.estimate == pytest.approx(-0.1, abs=0.02)
    assert found.p_value <= 0.01
    assert "residual" in found.note


def test_leaving_out_a_language_is_the_slope_without_it():
    case = dyads("abcdefg", "efxyz")
    found = run("leave_one_language_out", case)
    slopes = {}
    for gone in "abcdefgxyz":
        rows, columns = ([k for k, x in enumerate(side) if x != gone] for side in (case.rows, case.columns))
        keep = np.ix_(rows, columns)
        mask = case.apart[keep]
        rest = indicators(mask, True)
        slopes[gone], _ = t_of(case.values[keep][mask], case.distance[keep][mask], rest)
    assert (found.ci_low, found.ci_high) == pytest.approx((min(slopes.values()), max(slopes.values())))
    assert f"lowest without {min(slopes, key=slopes.get)}" in found.note
    assert found.n_resamples == 10


def test_leaving_out_families_groups_languages():
    families = dict.fromkeys("abc", "A") | dict.fromkeys("def", "B") | {"x": "C"}
    case = dyads("abcdefg", "efxyz", families=families)
    assert run("leave_one_family_out", case).n_resamples == 6  # A, B, C and g, y, z by themselves
    with pytest.raises(NotApplicableError, match="one family"):
        run("leave_one_family_out", dyads(families=dict.fromkeys("abcdef", "A")))


def test_the_logit_scale_leaves_out_zero_and_one():
    scores = np.random.default_rng(0).uniform(0.2, 0.9, (6, 5))
    scores[0, 0], scores[1, 1] = 0.0, 1.0
    case = dyads("abcdef", "vwxyz", scores=scores)
    found = run("logit", case)
    assert (found.n, found.statistic) == (28, "logit_slope")
    assert "2 cells with a score of 0 or 1 left out" in found.note
    with pytest.raises(NotApplicableError, match="not a score"):
        run("logit", dyads())


def test_flagged_cells_can_be_left_out():
    flagged = np.zeros((6, 5), dtype=bool)
    flagged[0, :2] = True
    assert run("without_floor_and_ceiling", dyads("abcdef", "vwxyz", flagged=flagged)).n == 28
    with pytest.raises(NotApplicableError, match="no cell is at chance"):
        run("without_floor_and_ceiling", dyads("abcdef", "vwxyz", flagged=np.zeros((6, 5), dtype=bool)))


def test_resampling_languages_is_for_stars():
    case = dyads("s", "abcdefghij", seed=2)
    found = run("bca", case)
    assert found.ci_low < found.estimate < found.ci_high
    slope, _ = np.polyfit(case.distance[0], case.values[0], 1)
    assert found.estimate == pytest.approx(slope)
    with pytest.raises(NotApplicableError, match="cannot be resampled"):
        run("bca", dyads())


def test_the_interval_over_languages_does_not_depend_on_the_level_of_the_scores():
    case = dyads("a", "vwxyz")
    whole = run("bca", case)
    for moved, scale in ((1, 1), (0, 100), (3, 7)):
        other = run("bca", replace(case, values=moved + scale * case.values))
        ends = other.ci_low / scale, other.ci_high / scale
        assert ends == pytest.approx((whole.ci_low, whole.ci_high), rel=1e-6)


def test_runs_are_resampled_whole():
    case = dyads("abcdef", "vwxyz")
    rng = np.random.default_rng(0)
    runs = case.values + rng.normal(0, 0.1, (4, 6, 1)) + rng.normal(0, 0.1, (4, 6, 5))
    found = run("run_bootstrap", Dyads(runs.mean(axis=0), case.distance, case.rows, case.columns, runs=runs))
    assert found.ci_low < found.estimate < found.ci_high
    # A shift of a whole run is a row effect: it widens nothing.
    shifted = runs + 10 * rng.normal(size=(4, 6, 1))
    same = run(
        "run_bootstrap", Dyads(shifted.mean(axis=0), case.distance, case.rows, case.columns, runs=shifted)
    )
    assert (same.ci_low, same.ci_high) == pytest.approx((found.ci_low, found.ci_high))
    with pytest.raises(NotApplicableError, match="one seed"):
        run("run_bootstrap", dyads(runs=runs[:1]))


def test_the_robust_test_needs_rows():
    with pytest.raises(NotApplicableError, match="5 row languages"):
        run("run_robust", dyads("abcde", "vwxyz"))
    with pytest.raises(NotApplicableError, match="star"):
        run("run_robust", dyads("a", "vwxyz"))
    with pytest.raises(NotApplicableError, match="it is the primary test"):
        run("run_robust", dyads("abcdefghij", "vwxyz"))


def test_reliability_is_one_without_noise_and_falls_with_it():
    rng = np.random.default_rng(0)
    cells = rng.normal(size=(20, 6))
    assert reliability(np.stack([cells, cells])).of_cells == 1.0
    noisy = reliability(cells + rng.normal(size=(5, 20, 6)))
    # One part noise to one part signal, five seeds: 5 / 6.
    assert noisy.of_cells == pytest.approx(5 / 6, abs=0.06)
    assert noisy.beyond_effects == pytest.approx(5 / 6, abs=0.06)
    assert "over 5 seeds" in in_words(noisy)[0]
    assert reliability(cells[None]) is None


@pytest.mark.parametrize("name", ["mixed", "within_target_spearman", "mrqap_two_way", "partial_two_way"])
def test_what_needs_a_matrix_says_so_in_a_star(name):
    with pytest.raises(NotApplicableError):
        run(name, dyads("s", "abcdef", controls={"size": np.arange(6.0)[None]}))


@pytest.mark.parametrize("name", sorted(SENSITIVITY))
def test_every_method_returns_its_own_name_and_is_repeatable(name):
    rng = np.random.default_rng(0)
    star = name == "bca"
    rows, columns = ("s", "abcdefgh") if star else ("abcdefg", "fgxyz")
    shape = (len(rows), len(columns))
    case = dyads(
        rows,
        columns,
        controls={"size": rng.random(shape)},
        scores=rng.uniform(0.2, 0.8, shape),
        flagged=np.eye(*shape, dtype=bool),
        runs=rng.normal(size=(3, *shape)),
    )
    first, second = run(name, case, 99), run(name, case, 99)
    assert first.method == name
    assert str(first) == str(second)
    assert math.isfinite(first.estimate)


def test_large_matrices_get_fewer_permutations():
    case = dyads("abcdef", "vwxyz")
    assert case.affordable(9999) == 9999
    wide = Dyads(np.zeros((200, 1000)), np.zeros((200, 1000)), [], [])
    assert wide.affordable(9999) == 350


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_permuted_rank_correlations_within_targets_equal_those_computed_one_by_one(missing):
    """Ranks of all pairs of a target travel with the pairs; correlations are over the cells with a score."""
    case = dyads("abcdefg", "efgxyz", missing=missing)
    observed, n = case.observed, 30
    permutations = language_permutations(
        case.rows, case.columns, n_permutations=n, rng=np.random.default_rng(1)
    )
    ranks = np.full(case.distance.shape, np.nan)
    for j in range(ranks.shape[1]):
        at = case.apart[:, j]
        ranks[at, j] = rankdata(case.distance[at, j])
    naive = []
    for rows, columns in zip(permutations.rows, permutations.columns, strict=True):
        moved = ranks[np.ix_(rows, columns)]
        found = []
        for j in range(ranks.shape[1]):
            at = observed[:, j]
            if at.sum() >= 3:
                x, y = moved[at, j], rankdata(case.values[at, j])
                found.append(np.corrcoef(x, y)[0, 1] if np.ptp(x) > 0 else 0.0)
        naive.append(np.mean(found))
    expected = np.mean(np.abs(naive) >= abs(naive[0]) - 1e-10)
    assert run("within_target_spearman", case, n).p_value == pytest.approx(expected)


def test_squares_in_the_metric_of_the_mixed_model_are_those_of_the_whole_matrix():
    case = dyads("abcdef", "bcdefg", missing=0.15)
    cells = DyadCells.of(case.observed, case.rows, case.columns)
    precision = Precision.of(cells, np.array([0.7, 1.9, 0.4]))
    values = np.random.default_rng(3).normal(size=(len(cells.row), 5))
    expected = [column @ precision.times(column[:, None])[:, 0] for column in values.T]
    assert precision.squares(values) == pytest.approx(np.array(expected))
