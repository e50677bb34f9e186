"""Floor, ceiling and the rule of verdicts."""

import math

import numpy as np
import pytest

from isogloss.analysis.results import Judged
from isogloss.narrative.analysis import in_words
from isogloss.statistics.base import TestResult
from isogloss.statistics.floor import information, wilson_interval
from isogloss.statistics.verdict import judge


def result(estimate=-0.1, p_family=0.01, p_min=0.0001):
    interval = {"ci_low": -1.0, "ci_high": 1.0}
    tested = {"p_value": p_family, "p_min": p_min, "p_family": p_family}
    return TestResult(method="primary", statistic="slope", estimate=estimate, n=100, **interval, **tested)


def judged(test, *, sign=-1, detectable=0.1, interest=0.2):
    verdict = judge(
        test, expected_sign=sign, alpha=0.05, min_detectable=detectable, smallest_of_interest=interest
    )
    return Judged("score", test, verdict, 0.05, detectable, interest, cells([0.8] * 6))


@pytest.mark.parametrize(
    ("test", "options", "expected", "said"),
    [
        (result(), {}, "supported", "falls with distance"),
        (result(p_family=0.05), {}, "supported", "falls"),
        (result(estimate=0.1), {}, "not supported", "points the other way: it rises"),
        (result(estimate=0.1), {"sign": 0}, "supported", "rises with distance"),
        (result(estimate=0.1), {"sign": 1}, "supported", "rises with distance"),
        (result(p_family=0.2), {}, "not supported", "slopes from 10.0 points per unit on would be found"),
        (
            result(p_family=0.2),
            {"detectable": 0.3},
            "underpowered",
            "only slopes from 30.0 points per unit on",
        ),
        (result(p_family=0.2), {"detectable": math.inf}, "underpowered", "no slope could reach"),
        (result(p_family=0.2, p_min=0.17), {}, "underpowered", "below 0.17"),
    ],
)
def test_verdicts(test, options, expected, said):
    found = judged(test, **options)
    assert found.verdict.word == expected
    assert said in in_words(found)[0]


def test_wilson_interval_equals_scipy():
    from scipy.stats import binomtest

    low, high = wilson_interval(np.array([0.55, 1.0]), np.array([2000.0, 7.0]), confidence=0.99)
    for i, (k, n) in enumerate([(1100, 2000), (7, 7)]):
        expected = binomtest(k, n).proportion_ci(0.99, method="wilson")
        assert (low[i], high[i]) == pytest.approx((expected.low, expected.high))


def cells(scores, chance=0.55, n=2000):
    scores = np.array(scores)
    return information(scores, np.full(len(scores), chance), np.full(len(scores), n))


def test_cells_near_the_majority_class_carry_no_information():
    found = cells([0.55, 0.56, 0.54, 0.57, 0.2, 0.55])
    assert not found.informative
    assert found.n_at_chance == 6
    assert in_words(found)[0] == (
        "6 of 6 cells score within sampling error of chance: the scores carry no information on transfer"
    )


def test_the_same_distance_from_chance_tells_more_with_more_examples():
    assert cells([0.57] * 6, n=2000).n_at_chance == 6
    assert cells([0.57] * 6, n=20000).n_at_chance == 0


def test_a_tenth_of_the_cells_and_at_least_two_must_be_useful():
    assert not cells([0.8] + [0.55] * 5).informative
    assert cells([0.8] * 2 + [0.55] * 5).informative
    assert not cells([0.8] * 3 + [0.55] * 37).informative
    assert cells([0.8] * 4 + [0.55] * 36).informative


def test_the_ceiling_counts_too():
    found = cells([0.99] * 6)
    assert (found.n_at_ceiling, found.informative) == (6, False)
    assert "ceiling" in in_words(found)[0]


def test_an_unknown_chance_level_is_said_and_does_not_count_as_chance():
    found = information(np.array([0.5, 0.6, 0.7]), np.full(3, np.nan), np.array([0, 10, 10]))
    assert (found.n_chance_unknown, found.n_at_chance, found.informative) == (3, 0, True)
    assert in_words(found)[0] == "the chance level of 3 of 3 cells is unknown"
