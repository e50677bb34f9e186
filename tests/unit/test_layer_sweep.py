"""The choice of a layer and what it gains: paired resampling, its coverage, and the choice by chance."""

import numpy as np
import pytest

from isogloss.analysis.layer_sweep import SweepData, SweepSetting, analyse_layers
from isogloss.metrics import MetricResult
from isogloss.scores.table import layer_of
from isogloss.statistics import paired
from isogloss.statistics.paired import ItemCounts, difference, gain_of_choosing, resample_scores, summed


def counts(rng, n_items=40, systems=3, seeds=2, items=None):
    gold = rng.integers(1, 5, n_items)
    predicted = rng.integers(0, 6, (systems, seeds, n_items))
    hits = np.minimum(np.minimum(gold, predicted), rng.integers(0, 5, (systems, seeds, n_items)))
    return ItemCounts(np.arange(n_items) if items is None else items, hits, predicted, gold)


def test_resampled_scores_are_those_of_the_metric_on_the_drawn_items(monkeypatch):
    rng = np.random.default_rng(1)
    one, draws = counts(rng), rng.integers(40, size=(7, 40))
    weights = np.stack([np.bincount(row, minlength=40) for row in draws]).astype(np.float32)
    monkeypatch.setattr(paired, "_weights", lambda n, n_resamples, rng: weights)
    found = resample_scores([one], shared=False, n_resamples=7, rng=rng)
    assert found.shape == (7, 1, 3, 2)
    for system in range(3):
        for seed in range(2):
            metric = MetricResult("", 0.0, one.hits[system, seed], one.predicted[system, seed], one.gold)
            np.testing.assert_allclose(found[:, 0, system, seed], metric.resampled(draws), atol=1e-6)
            np.testing.assert_allclose(one.scores()[system, seed], metric.resampled(np.arange(40)))


def test_shared_items_are_drawn_together_and_missing_ones_are_left_out():
    rng = np.random.default_rng(2)
    whole = counts(rng, items=np.arange(100, 140))
    kept = np.arange(0, 40, 2)
    part = ItemCounts(whole.items[kept], whole.hits[..., kept], whole.predicted[..., kept], whole.gold[kept])
    twin = ItemCounts(whole.items, whole.hits, whole.predicted, whole.gold)
    found = resample_scores([whole, part, twin], shared=True, n_resamples=50, rng=rng)
    np.testing.assert_array_equal(found[:, 0], found[:, 2])
    apart = resample_scores([whole, twin], shared=False, n_resamples=50, rng=rng)
    assert np.corrcoef(apart[:, 0, 0, 0], apart[:, 1, 0, 0])[0, 1] < 0.5
    assert np.corrcoef(found[:, 0, 0, 0], found[:, 1, 0, 0])[0, 1] > 0.4


@pytest.mark.parametrize(("of_seeds", "of_items"), [(0.0, 0.4), (0.02, 0.4), (0.05, 0.0), (0.05, 0.2)])
def test_the_interval_covers_the_true_difference(of_seeds, of_items):
    """3 seeds x 100 items; the difference of two systems is a seed effect, an item effect and noise."""
    rng, covered, n = np.random.default_rng(3), 0, 400
    for _ in range(n):
        cells = (
            0.1
            + of_seeds * rng.standard_normal((3, 1))
            + of_items * rng.standard_normal((1, 100))
            + 0.1 * rng.standard_normal((3, 100))
        )
        draws = rng.integers(100, size=(200, 100))
        found = difference(cells.mean(axis=1), cells[:, draws].mean(axis=2).T, n_items=100)
        covered += found.ci_low <= 0.1 <= found.ci_high
    assert 0.925 <= covered / n <= 0.995


def test_one_seed_gives_an_interval_for_items_and_no_difference_none():
    rng = np.random.default_rng(4)
    found = difference(np.array([0.1]), 0.1 + 0.01 * rng.standard_normal((2000, 1)), n_items=500)
    assert np.isnan(found.seed_error) and found.item_error == pytest.approx(0.01, rel=0.1)
    assert found.ci_high - found.estimate == pytest.approx(1.96 * 0.01, rel=0.1)
    same = difference(np.zeros(3), np.zeros((50, 3)), n_items=10)
    assert (same.ci_low, same.estimate, same.ci_high) == (0, 0, 0)


def test_a_sum_of_differences_covers_the_true_sum_and_one_alone_keeps_its_interval():
    """Two systems on 100 items each, with other spreads of seeds and items."""
    rng, covered, n = np.random.default_rng(7), 0, 400
    for _ in range(n):
        found = []
        for of_seeds, of_items in ((0.02, 0.4), (0.08, 0.2)):
            cells = 0.1 + of_seeds * rng.standard_normal((3, 1)) + of_items * rng.standard_normal((1, 100))
            draws = rng.integers(100, size=(200, 100))
            found.append(difference(cells.mean(axis=1), cells[:, draws].mean(axis=2).T, n_items=100))
        total = summed(found)
        covered += total.ci_low <= 0.2 <= total.ci_high
    assert 0.925 <= covered / n <= 0.995
    alone = summed(found[:1])
    ends = [found[0].ci_low, found[0].ci_high]
    assert [alone.ci_low, alone.ci_high] == pytest.approx(ends)
    wide = summed(found[:1], confidence=0.99)
    assert wide.ci_low < alone.ci_low and alone.ci_high < wide.ci_high


@pytest.mark.parametrize(("n_systems", "expected"), [(1, 0.0), (2, 0.5642), (11, 1.5864)])
@pytest.mark.parametrize("source", ["items", "seeds"])
def test_gain_of_choosing_is_the_expected_maximum_of_normals(n_systems, expected, source):
    """Harter (1961), table 1: the expected largest of 2 and of 11 standard normals."""
    rng = np.random.default_rng(5)
    n_seeds = 40 if source == "seeds" else 1
    by_seed = rng.standard_normal((n_systems, n_seeds)) * (n_seeds**0.5 if source == "seeds" else 0)
    by_seed -= by_seed.mean(axis=1, keepdims=True)
    if source == "seeds":
        by_seed *= (n_seeds / by_seed.var(axis=1, ddof=1, keepdims=True)) ** 0.5
        resampled = np.zeros((4000, n_systems, n_seeds))
    else:
        resampled = rng.standard_normal((4000, n_systems, 1))
    found = gain_of_choosing(by_seed, resampled, rng=rng)
    assert found == pytest.approx(expected, abs=0.12 if source == "seeds" else 0.05)


def sweep(validation, accuracy, *, seeds=(1, 2), targets=("en", "de", "zh"), parallel=False, n=400):
    """Accuracies by aggregator, the same on every target; validation scores by aggregator."""
    rng = np.random.default_rng(6)
    ones = np.ones((len(accuracy), len(seeds), n), dtype=np.int64)
    easy = rng.random(n)
    per_target = tuple(
        ItemCounts(
            np.arange(n),
            np.stack([np.broadcast_to(easy < share, (len(seeds), n)) for share in accuracy.values()]).astype(
                np.int64
            ),
            ones,
            ones[0, 0],
        )
        for _ in targets
    )
    setting = SweepSetting(
        task="task",
        encoder="encoder",
        source_language="en",
        metric="accuracy",
        split="test",
        aggregators=tuple(accuracy),
        seeds=seeds,
        targets=targets,
        zero_shot=tuple(target != "en" for target in targets),
        parallel=parallel,
    )
    scores = [[validation.get(name, np.nan)] * len(seeds) for name in accuracy]
    return SweepData(setting, per_target, np.array(scores))


ACCURACY = {"last": 0.5, "D_1": 0.6, "D_2": 0.7, "mlp_last": 0.55}


def test_the_layer_is_chosen_on_source_validation_not_on_the_targets():
    found = analyse_layers(sweep({"last": 0.9, "D_1": 0.8, "D_2": 0.7}, ACCURACY), n_resamples=200)
    assert found.chosen == "D_1" and found.best == "D_2"
    assert [name for name, _ in found.headline] == ["last", "mlp_last"]
    scores = {row.aggregator: row.targets for row in found.rows}
    over = dict(found.headline)
    assert over["last"].estimate == pytest.approx(scores["D_1"] - scores["last"])
    assert over["mlp_last"].estimate == pytest.approx(scores["D_1"] - scores["mlp_last"])
    assert found.best_gain.estimate == pytest.approx(scores["D_2"] - scores["last"])
    assert found.best_by_chance > 0
    assert over["last"].ci_low < over["last"].estimate < over["last"].ci_high
    assert next(row for row in found.rows if row.aggregator == "last").gain is None


def test_the_lowest_of_equal_layers_is_chosen():
    accuracy = {"last": 0.5, "D_10": 0.6, "D_2": 0.7}
    found = analyse_layers(sweep({"D_10": 0.8, "D_2": 0.8}, accuracy), n_resamples=50)
    assert found.chosen == "D_2"


def test_without_validation_scores_nothing_is_chosen_and_the_reason_is_given():
    found = analyse_layers(sweep({"D_1": 0.8}, ACCURACY), n_resamples=50)
    assert found.chosen is None and found.headline == () and found.per_target == ()
    assert found.no_choice == "no source validation score of D_2: run with selection: source-validation"
    assert found.best == "D_2"


def test_targets_are_grouped_by_the_family_of_the_source():
    data = sweep({"D_1": 0.9, "D_2": 0.7}, ACCURACY, targets=("en", "de", "hi", "zh", "fi"))
    found = analyse_layers(data, n_resamples=50)
    assert {row.target: row.family for row in found.per_target} == {
        "en": True,
        "de": True,
        "hi": True,
        "zh": False,
        "fi": False,
    }
    groups = {group.group: group for group in found.families}
    assert groups["enf"].targets == ("de", "hi") and groups["noenf"].targets == ("zh", "fi")
    between = groups["noenf"].gain.estimate - groups["enf"].gain.estimate
    assert groups["noenf less enf"].gain.estimate == pytest.approx(between)


def test_items_shared_by_targets_widen_the_interval_of_their_mean():
    targets = ("en", "de", "fr", "es", "ru", "zh")
    together, apart = (
        analyse_layers(
            sweep({"D_1": 0.9, "D_2": 0.7}, ACCURACY, targets=targets, parallel=parallel), n_resamples=400
        )
        for parallel in (True, False)
    )
    wide, narrow = (dict(found.headline)["last"].item_error for found in (together, apart))
    assert wide == pytest.approx(narrow * 5**0.5, rel=0.2)


@pytest.mark.parametrize(
    ("name", "layer"), [("D_3", 3), ("D_10_batch", 10), ("last", None), ("dwatt", None), ("D_x", None)]
)
def test_layer_of_a_name(name, layer):
    assert layer_of(name) == layer
