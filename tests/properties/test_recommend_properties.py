"""Recommendations: what holds for any table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from isogloss.recommend.conformal import calibrate
from isogloss.recommend.quality import FIGURES, quality

SEEDS = st.integers(0, 2**32 - 1)


def drawn(seed, n_sources, n_targets, *, missing=0.2, ties=False):
    """Scores with gaps and ratings that know something of them."""
    rng = np.random.default_rng(seed)
    scores = rng.random((n_sources, n_targets))
    rated = scores.T + rng.normal(0, 0.3, (n_targets, n_sources))
    if ties:
        rated, scores = np.round(rated), np.round(scores, 1)
    scores[rng.random(scores.shape) < missing] = np.nan
    rated[rng.random(rated.shape) < missing] = np.nan
    return scores, rated


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(2, 8), st.integers(1, 6), st.booleans())
def test_figures_are_within_their_range_and_do_not_know_the_order_of_sources(
    seed, n_sources, n_targets, ties
):
    scores, rated = drawn(seed, n_sources, n_targets, ties=ties)
    found = quality(scores, rated)
    known = np.isfinite(found.loss_percent)
    assert (known == (np.isfinite(scores).sum(axis=0) >= 2)).all()
    assert (found.loss_percent[known] >= 0).all()
    assert (found.loss_percent[known] <= 100).all()
    for name in ("top1", "top3", "ndcg3", "ndcg10"):
        values = getattr(found, name)[known]
        assert (values >= 0).all()
        assert (values <= 1 + 1e-12).all()
    assert (found.top1[known] <= found.top3[known] + 1e-12).all()
    order = np.random.default_rng(seed).permutation(n_sources)
    again = quality(scores[order], rated[:, order])
    for name in FIGURES:
        assert getattr(again, name) == pytest.approx(getattr(found, name), nan_ok=True)


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(2, 6))
def test_expected_figures_are_means_over_random_orders(seed, n_sources):
    scores, rated = drawn(seed, n_sources, 1, missing=0.0, ties=True)
    found = quality(scores, rated)
    rng = np.random.default_rng(seed)
    orders = [quality(scores, rated + 1e-6 * rng.permutation(n_sources)) for _ in range(2000)]
    for name in FIGURES:
        values = np.array([getattr(one, name)[0] for one in orders])
        error = values.std() / np.sqrt(len(values))
        assert abs(values.mean() - getattr(found, name)[0]) <= 5 * error + 1e-9


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(10, 30))
def test_a_perfect_ranker_loses_nothing_and_its_sets_are_single(seed, n_targets):
    scores, _ = drawn(seed, 5, n_targets, missing=0.0)
    assert (quality(scores, scores.T).loss_percent == 0).all()
    found = calibrate(scores, scores.T)
    assert found.bounds.loss_percent == 0
    assert found.best(scores[:, 0]).sum() == 1


def test_bounds_hold_for_a_new_target_as_often_as_they_say():
    """Split over exchangeable targets: 90% or a little more, by less than one in n + 1."""
    n, rounds = 19, 3000
    rng = np.random.default_rng(7)
    held = np.zeros(2)
    for _ in range(rounds):
        scores = rng.random((4, n + 1))
        rated = scores.T + rng.normal(0, 0.5, (n + 1, 4))
        found = calibrate(scores[:, :n], rated[:n])
        new, own = scores[:, n], rated[n]
        held += (
            100 * (new.max() - new[own.argmax()]) <= found.bounds.loss_points,
            found.best(own)[new.argmax()],
        )
    error = np.sqrt(0.9 * 0.1 / rounds)
    assert (held / rounds >= 0.9 - 4 * error).all()
    # The set is bounded by an error that is often exactly 0, which can only add to how often it holds.
    assert held[0] / rounds <= 0.9 + 1 / (n + 1) + 4 * error
