"""Intervals of distances: a naive version, limits, coverage on features hidden at random, rankings."""

import math

import numpy as np
import pytest

import isogloss as ig
from isogloss.distances.uncertainty import (
    AngularEstimate,
    Calibration,
    Group,
    ShareEstimate,
    prevalence,
)
from isogloss.statistics.sensitivity.base import SENSITIVITY, Dyads, NotApplicableError

CALIBRATION = Calibration(12.0, 1.1)
Z = 1.6448536269514722


def some_facts(n=14, n_features=30, unknown=0.3, seed=0):
    rng = np.random.default_rng(seed)
    facts = (rng.random((n, n_features)) < rng.uniform(0.1, 0.9, n_features)).astype(np.int8)
    return np.where(rng.random(facts.shape) < unknown, -1, facts).astype(np.int8)


def angle(in_a, in_b, disagreements):
    both = min(max((in_a + in_b - disagreements) / 2, 0), in_a, in_b)
    return 2 / math.pi * math.acos(min(both / math.sqrt(in_a * in_b), 1))


def naive(a, b, q):
    """One pair, feature by feature."""
    observed = expected = expected_unseen = in_a = in_b = free = 0.0
    n_unseen = 0
    for x, y, share in zip(a, b, q, strict=True):
        p_a = share if x < 0 else x
        p_b = share if y < 0 else y
        in_a, in_b = in_a + p_a, in_b + p_b
        free += share * (1 - share) * (int(x < 0) + int(y < 0))
        if x >= 0 and y >= 0:
            observed += x != y
            expected += 2 * share * (1 - share)
        else:
            n_unseen += 1
            expected_unseen += p_a * (1 - p_b) + p_b * (1 - p_a)
    k, f = CALIBRATION.concentration, CALIBRATION.inflation
    shape = k + observed / f
    mean = min(expected_unseen * shape / (k + expected / f), n_unseen)
    middle = angle(in_a, in_b, observed + mean)
    if not n_unseen:
        return middle, middle, middle
    spread = (f * mean * (1 - mean / n_unseen) + mean**2 / shape) / mean**2
    least, most = (mean * max(0, 1 - spread / 9 + z * math.sqrt(spread / 9)) ** 3 for z in (-Z, Z))
    least, most = max(least - 0.5, 0), min(most + 0.5, n_unseen)
    shift = (Z * math.sqrt(f * free) + 0.5) / 2
    more = angle(in_a + shift, in_b + shift, observed + mean) - middle
    fewer = angle(max(in_a - shift, in_a / 2), max(in_b - shift, in_b / 2), observed + mean) - middle
    low = middle - math.hypot(angle(in_a, in_b, observed + least) - middle, more)
    high = middle + math.hypot(angle(in_a, in_b, observed + most) - middle, fewer)
    return middle, max(low, 0), min(high, 1)


def test_products_of_matrices_equal_a_loop_over_features() -> None:
    facts = some_facts()
    q = prevalence(facts)
    whole = [Group(np.ones(facts.shape[1], dtype=bool), CALIBRATION)]
    rows, columns = np.arange(6), np.arange(4, 14)
    found = AngularEstimate(facts, q, whole)(rows, columns)
    for i, a in enumerate(rows):
        for j, b in enumerate(columns):
            sides = (found.expected[i, j], found.low[i, j], found.high[i, j])
            assert sides == pytest.approx(naive(facts[a], facts[b], q), abs=1e-12)


def test_an_interval_without_unknown_features_is_the_value() -> None:
    facts = some_facts(unknown=0)
    whole = [Group(np.ones(facts.shape[1], dtype=bool), CALIBRATION)]
    everyone = np.arange(len(facts))
    found = AngularEstimate(facts, prevalence(facts), whole)(everyone, everyone)
    assert found.low == pytest.approx(found.high)
    assert found.expected == pytest.approx(found.low)
    known = np.ones((4, 10), dtype=bool)
    values = np.full((4, 4), 0.3)
    share = ShareEstimate(known, np.full(10, 0.5), values)(np.arange(4), np.arange(4))
    assert (share.low, share.expected, share.high) == tuple(pytest.approx(values) for _ in range(3))


def test_intervals_of_uriel_hold_their_value_and_narrow_with_features() -> None:
    languages = ["en", "de", "nl", "sw", "qu", "ja", "th", "eu"]
    for definition in ("shared", "uriel", "knn"):
        found = ig.distance_matrices(languages, ["syntactic", "featural"], definition)
        for matrix in found.values():
            known = ~np.isnan(matrix.values)
            assert np.all((matrix.low <= matrix.values)[known])
            assert np.all((matrix.values <= matrix.high)[known])
            assert np.array_equal(np.isnan(matrix.low), ~known)
            assert not matrix.high.diagonal().any()
    syntactic = ig.distance_matrices(languages, ["syntactic"])["syntactic"]
    width, shared = syntactic.high - syntactic.low, syntactic.shared
    pairs = np.triu_indices(len(languages), 1)
    assert np.corrcoef(width[pairs], shared[pairs])[0, 1] < -0.5
    assert ig.distance_matrices(["en", "de"], ["genetic"])["genetic"].interval() is None


def test_some_rows_are_those_of_the_whole() -> None:
    matrix = ig.distance_matrices(["en", "de", "nl", "sw"], ["syntactic"])["syntactic"]
    part = matrix.interval([2, 0], [3])
    assert part is not None
    assert part.low == pytest.approx(matrix.low[np.ix_([2, 0], [3])])
    assert matrix.on(matrix.languages[::-1]).high == pytest.approx(matrix.high[::-1, ::-1])


def test_intervals_of_a_share_hold_what_is_hidden() -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(30):
        values = rng.integers(3, size=(10, 40))
        near = rng.random((10, 40)) < rng.uniform(0, 0.5, (10, 1))
        values = np.where(near, values[0], values)
        differ = values[:, None] != values[None]
        known = rng.random(values.shape) < 0.75
        both = known[:, None] & known[None]
        seen = np.where(both, differ, 0).sum(axis=2) / both.sum(axis=2)
        pairs = np.triu_indices(10, 1)
        rates = np.array([differ[..., p][pairs][both[..., p][pairs]].mean() for p in range(40)])
        found = ShareEstimate(known, rates, seen)(np.arange(10), np.arange(10))
        full = differ.mean(axis=2)
        held.append(((found.low <= full) & (full <= found.high))[pairs].mean())
    assert 0.85 <= np.mean(held) <= 0.96


def test_the_slope_on_best_estimates_is_pulled_less_towards_zero() -> None:
    rng = np.random.default_rng(5)
    names = [f"l{i:02d}" for i in range(24)]
    truth = rng.normal(0.5, 0.1, (24, 24))
    truth = (truth + truth.T) / 2
    errors = rng.normal(0, 0.07, (24, 24))
    errors = (errors + errors.T) / math.sqrt(2)
    value = truth + errors
    share = truth.var() / (truth.var() + 0.07**2)
    expected = 0.5 + share * (value - 0.5)
    scores = -truth + rng.normal(0, 0.02, truth.shape)
    error = np.full_like(truth, math.sqrt(share) * 0.07)
    dyads = Dyads(scores, value, names, names, expected=expected, error=error)
    found = SENSITIVITY["distance_uncertainty"](dyads, 99, np.random.default_rng(0))
    plain = SENSITIVITY["distance_uncertainty"](
        Dyads(scores, value, names, names, expected=value, error=error), 99, np.random.default_rng(0)
    )
    assert found.estimate == pytest.approx(-1, abs=0.15)
    assert found.estimate < plain.estimate < -0.3
    assert found.ci_low < found.estimate < found.ci_high
    assert math.isnan(found.p_value)
    again = SENSITIVITY["distance_uncertainty"](dyads, 99, np.random.default_rng(0))
    assert (again.ci_low, again.ci_high) == (found.ci_low, found.ci_high)


def test_exact_distances_leave_nothing_to_draw() -> None:
    values = np.arange(16.0).reshape(4, 4)
    for more in ({}, {"expected": values, "error": np.zeros((4, 4))}):
        with pytest.raises(NotApplicableError, match=r"no intervals|are exact"):
            SENSITIVITY["distance_uncertainty"](
                Dyads(values, values.T, list("abcd"), list("abcd"), **more), 99, np.random.default_rng(0)
            )
